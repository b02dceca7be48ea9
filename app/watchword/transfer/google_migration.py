"""`google`: the text of Google Authenticator's export QR codes, one a line, in any order."""

from watchword.otp import migration
from watchword.transfer import link_lines
from watchword.transfer.format import Contents, Format, Skipped
from watchword.vault.account import Account, new_account

_SCHEME = "otpauth-migration://"
_ANY = (_SCHEME, "otpauth://", "motp://", "steam://")


def detect(data: bytes) -> bool:
    """Tell whether the first link is an export of Google Authenticator."""
    return link_lines.first_link(data, _ANY) == _SCHEME


def read(data: bytes, _password: str = "") -> Contents:
    """Return the accounts of every part that is there. Raises FileRefused."""
    parts: list[migration.MigrationPart] = []
    accounts: list[Account] = []
    skipped: list[Skipped] = []

    def read_part(line: str) -> None:
        part = migration.parse(line)
        parts.append(part)
        accounts.extend(new_account(entry) for entry in part.entries)
        skipped.extend(Skipped(each.name, each.reason) for each in part.skipped)

    link_lines.read_each(data, read_part, skipped, lambda: len(accounts))
    notices = []
    for numbers in migration.missing_parts(parts).values():
        missing = ", ".join(map(str, numbers))
        notices.append(f"This export has more QR codes. Still missing: {missing}.")
    return Contents(tuple(accounts), tuple(skipped), tuple(notices))


FORMAT = Format(
    name="google",
    title="Google Authenticator export",
    ending=".txt",
    encrypted=False,
    detect=detect,
    read=read,
)
