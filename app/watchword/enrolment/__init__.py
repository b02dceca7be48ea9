"""From a picture or a text to an account."""
