"""The changes, oldest first. What was released is never edited: a mistake is mended by the next."""
