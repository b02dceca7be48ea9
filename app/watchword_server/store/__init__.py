"""Where state lives: one database, sealed secrets in it, the sealing key beside it."""
