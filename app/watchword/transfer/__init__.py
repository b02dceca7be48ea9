"""Accounts from a file and into one (docs/transfer-formats.md)."""
