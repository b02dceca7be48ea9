"""SELECTOR: an account's id, or a text that only one account answers to."""

from collections.abc import Sequence

from watchword.errors import NoSuchThing
from watchword.plain_text import fold
from watchword.vault.account import Account

_SHOWN = 10


def select(accounts: Sequence[Account], selector: str) -> Account:
    """Return the one account that `selector` means.

    An id means its account; then an issuer, an account name or "issuer:account" in full; then a
    part of them. Letter case and accents do not matter, and no character is a wildcard. Raises
    NoSuchThing when none or several answer.
    """
    wanted = fold(selector.strip())
    by_id = [each for each in accounts if each.id == selector]
    in_full = [each for each in accounts if wanted in _full_names(each)]
    in_part = [each for each in accounts if wanted in _label(each)]
    found = by_id or in_full or in_part
    if not wanted or not found:
        raise NoSuchThing(
            f"No account answers to “{selector}”",
            "",
            "“watchword-cli list” shows the accounts and their ids",
        )
    if len(found) > 1:
        names = "; ".join(f"{each.id} {name(each)}" for each in found[:_SHOWN])
        more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise NoSuchThing(
            f"{len(found)} accounts answer to “{selector}”",
            f"{names}{more}",
            "Give an id, or a longer part of the name",
        )
    return found[0]


def name(account: Account) -> str:
    """Return what people call an account: "Kalos: ann"."""
    return ": ".join(part for part in (account.issuer, account.account) if part) or "(no name)"


def _label(account: Account) -> str:
    return f"{fold(account.issuer.strip())}:{fold(account.account.strip())}"


def _full_names(account: Account) -> set[str]:
    issuer, own = fold(account.issuer.strip()), fold(account.account.strip())
    return {issuer, own, f"{issuer}:{own}", f"{issuer}: {own}", f"{issuer} {own}"} - {""}
