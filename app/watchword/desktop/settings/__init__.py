"""The pages of the settings: the ways to open the vault, and its copies."""
