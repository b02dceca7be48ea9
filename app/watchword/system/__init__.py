"""The operating system without Qt: one thing a file."""
