"""What finds everything by a few letters (Ctrl+K), and the list of the keys (F1)."""
