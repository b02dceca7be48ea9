"""One-time codes: what they are made of, how they are computed, how links carry them."""
