"""Background work as a sentence; the only owner of threads."""
