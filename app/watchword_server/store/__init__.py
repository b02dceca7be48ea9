"""Where state lives: one database, secrets in it sealed with a key beside it, and its migrations."""
