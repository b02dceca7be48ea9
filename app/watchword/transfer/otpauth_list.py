"""`otpauth`: links as plain text, one a line."""

from collections.abc import Sequence

from watchword.otp import otpauth
from watchword.transfer import link_lines
from watchword.transfer.format import (
    Contents,
    Format,
    Protection,
    Skipped,
    Written,
    name_of,
    of_counters,
    of_links,
    with_codes,
)
from watchword.vault.account import Account, new_account

_IN_BIN = "It was in the bin of the app that exported it"
_SCHEMES = ("otpauth://", "motp://", "steam://")


def detect(data: bytes) -> bool:
    """Tell whether a line begins with a link to an account."""
    return link_lines.first_link(data, _SCHEMES) != ""


def read(data: bytes, _password: str = "") -> Contents:
    """Return the accounts of the links. Raises FileRefused."""
    accounts: list[Account] = []
    skipped: list[Skipped] = []
    remarks: dict[str, tuple[str, ...]] = {}

    def read_link(line: str) -> None:
        entry = otpauth.parse(line)
        account = new_account(entry)
        if entry.trashed:
            skipped.append(Skipped(name_of(account), _IN_BIN))
        else:
            accounts.append(account)
            remarks[account.id] = entry.notices

    link_lines.read_each(data, read_link, skipped, lambda: len(accounts))
    return Contents(tuple(accounts), tuple(skipped), remarks=remarks)


def write(accounts: Sequence[Account], _protection: Protection) -> Written:
    """Return the accounts as canonical links."""
    kept, skipped = with_codes(accounts)
    links = [otpauth.write(each.otp, each.issuer, each.account) for each in kept if each.otp]
    return Written(
        "".join(f"{link}\n" for link in links).encode(),
        exported=len(links),
        skipped=tuple(skipped),
        notices=(*of_links(kept, ending="the file has their codes only."), *of_counters(kept)),
    )


FORMAT = Format(
    name="otpauth",
    title="List of otpauth links",
    ending=".txt",
    encrypted=False,
    detect=detect,
    read=read,
    write=write,
)
