"""Accounts from a file and into one: the pages."""
