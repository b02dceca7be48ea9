"""Before the accounts: welcome, a new vault, its recovery key, and unlocking."""
