"""The encrypted file that holds the accounts: locked, open, saved, never lost."""
