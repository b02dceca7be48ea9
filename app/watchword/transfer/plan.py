"""What an import would do, told apart before it does anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from watchword.plain_text import MIXES_SCRIPTS, mixes_scripts
from watchword.transfer.format import Contents, Skipped
from watchword.vault.account import Account


@dataclass(frozen=True, slots=True)
class Plan:
    """The accounts of a file, by what becomes of them."""

    new: tuple[Account, ...] = field(repr=False)
    duplicates: tuple[Account, ...] = field(repr=False)
    # By the id of a new account: one that is there and has the same secret, or the same name.
    alike: Mapping[str, Account] = field(repr=False)
    # By the id of a new account, for those of which a person should know something.
    remarks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    notices: tuple[str, ...] = ()


def plan(contents: Contents, existing: Sequence[Account]) -> Plan:
    """Compare what a file holds with the accounts there are, and with one another."""
    known = {each.identity for each in existing}
    secrets = {each.otp.secret: each for each in existing if each.otp}
    labels = {_label(each): each for each in existing}
    new: list[Account] = []
    duplicates: list[Account] = []
    alike: dict[str, Account] = {}
    for account in contents.accounts:
        if account.identity in known:
            duplicates.append(account)
            continue
        known.add(account.identity)
        new.append(account)
        same_secret = secrets.get(account.otp.secret) if account.otp else None
        if like := same_secret or labels.get(_label(account)):
            alike[account.id] = like
    remarks = {each.id: _remarks(each, contents) for each in new}
    return Plan(
        new=tuple(new),
        duplicates=tuple(duplicates),
        alike=alike,
        remarks={key: texts for key, texts in remarks.items() if texts},
        skipped=contents.skipped,
        notices=contents.notices,
    )


def _remarks(account: Account, contents: Contents) -> tuple[str, ...]:
    texts = contents.remarks.get(account.id, ())
    if mixes_scripts(account.issuer) or mixes_scripts(account.account):
        texts = (*texts, f"Its name {MIXES_SCRIPTS}")
    return texts


def _label(account: Account) -> tuple[str, str]:
    return account.issuer.casefold(), account.account.casefold()
