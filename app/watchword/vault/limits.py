"""How much a vault may hold, and how much work a file may ask for: refused, never truncated."""

MIB = 1024 * 1024

FILE_BYTES = 64 * MIB
ADDITIONS_UNTIL = 56 * MIB  # beyond, only counters, edits and removals are saved
HEADER_BYTES = 65_536
SLOTS = 8

ACCOUNTS = 20_000
TRASH = 1_000
TRASH_DAYS = 30
HISTORY = 10_000
HISTORY_DAYS = 365  # where a person has not chosen otherwise
ANSWERED = 2_000
PURGED = 20_000

TEXT = 256
NOTE = 4_096
TAGS = 64
DEPTH = 16  # levels of JSON

PADDING = 4_096
DAY = 86_400.0
PASSWORD_DAYS = 14  # so long the keyring opens the vault before the password is asked for
