"""`google`: the text of Google Authenticator's export QR codes, one a line, in any order."""

import secrets
from collections.abc import Sequence

from watchword.otp import migration, migration_export
from watchword.otp.otpauth import OtpauthEntry
from watchword.transfer import link_lines
from watchword.transfer.format import (
    Contents,
    Format,
    Protection,
    Skipped,
    Written,
    of_counters,
    of_links,
    with_codes,
)
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
    remarks: dict[str, tuple[str, ...]] = {}

    def read_part(line: str) -> None:
        part = migration.parse(line)
        parts.append(part)
        for entry in part.entries:
            account = new_account(entry)
            accounts.append(account)
            remarks[account.id] = entry.notices
        skipped.extend(Skipped(each.name, _sentence(each.reason)) for each in part.skipped)

    link_lines.read_each(data, read_part, skipped, lambda: len(accounts))
    notices = []
    for numbers in migration.missing_parts(parts).values():
        missing = ", ".join(map(str, numbers))
        notices.append(f"This export has more QR codes. Still missing: {missing}.")
    return Contents(tuple(accounts), tuple(skipped), tuple(notices), remarks)


def write(accounts: Sequence[Account], _protection: Protection) -> Written:
    """Return the links of as many QR codes as it takes; what they cannot hold is left out."""
    kept, skipped = with_codes(accounts)
    entries = [
        OtpauthEntry(otp=each.otp, issuer=each.issuer, account=each.account)
        for each in kept
        if each.otp
    ]
    # Two exports scanned one after the other are told apart by it; 0 would say nothing.
    made = migration_export.export(entries, batch_id=1 + secrets.randbelow(2**31 - 1))
    skipped += [Skipped(each.name, _sentence(each.reason)) for each in made.left_out]
    return Written(
        "".join(f"{link}\n" for link in made.links).encode(),
        exported=len(entries) - len(made.left_out),
        skipped=tuple(skipped),
        notices=(*of_links(kept, ending="the file has their codes only."), *of_counters(kept)),
    )


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:]


FORMAT = Format(
    name="google",
    title="Google Authenticator export",
    ending=".txt",
    encrypted=False,
    detect=detect,
    read=read,
    write=write,
)
