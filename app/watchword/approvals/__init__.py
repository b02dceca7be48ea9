"""Login requests: which are open, when to ask again, what an answer came to."""
