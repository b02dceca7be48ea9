"""The accounts: the list with its codes, the empty list, and one account in detail."""
