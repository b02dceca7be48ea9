"""The formats there are, and which of them a file is."""

from watchword.transfer import google_migration, otpauth_list, watchword_backup
from watchword.transfer.format import FileRefused, Format

# Asked in this order: a Google export's links would also be seen by whoever looks for any link.
FORMATS = (watchword_backup.FORMAT, google_migration.FORMAT, otpauth_list.FORMAT)

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"BM", b"RIFF", b"GIF8")


def named(name: str) -> Format:
    """Return the format of that name. Raises KeyError."""
    return {each.name: each for each in FORMATS}[name]


def format_of(data: bytes) -> Format:
    """Return what a file is, by its contents. Raises FileRefused."""
    if found := next((each for each in FORMATS if each.detect(data)), None):
        return found
    if data.startswith(_PICTURES):
        raise FileRefused(
            "This is a picture",
            "Pictures of QR codes are not imported but scanned",
            "Add an account from a picture instead",
        )
    raise FileRefused(
        "This file is of no kind that Watchword reads",
        "It reads lists of otpauth links, exports of Google Authenticator as text, and "
        "Watchword's own backups",
        "Export from the other app as plain text, one link a line",
    )
