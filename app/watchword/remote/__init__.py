"""The only HTTP: a client that trusts little and reads little."""
