"""Edits of the open vault that are saved at once, and taken back in memory when they are not.

Each raises what the edit or the save refuses, and then nothing has changed. A save that stands
but was not confirmed is returned, to be told.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from watchword.vault import Account, NoSuchAccount, NotSaved, OpenVault, SavedUnconfirmed


def change(
    vault: OpenVault, account_id: str, changes: Mapping[str, Any]
) -> SavedUnconfirmed | None:
    """Give an account other members: only these, whatever happened to the others meanwhile."""
    before = find(vault, account_id)
    vault.replace(replace(before, **changes))
    return _save(vault, lambda: vault.replace(before))


def add(vault: OpenVault, accounts: Sequence[Account]) -> SavedUnconfirmed | None:
    """Add accounts at the end, all or none. Raises LimitReached as well."""
    vault.add(accounts)
    return _save(vault, lambda: vault.withdraw(account.id for account in accounts))


def remove(vault: OpenVault, account_id: str) -> SavedUnconfirmed | None:
    """Move an account to the trash."""
    order = [account.id for account in vault.accounts]

    def take_back() -> None:
        vault.restore(account_id)
        vault.reorder(order)

    vault.remove(account_id)
    return _save(vault, take_back)


def restore(
    vault: OpenVault, account_id: str, order: tuple[str, ...] = ()
) -> SavedUnconfirmed | None:
    """Bring an account back from the trash, to its place in `order`, else to the end."""
    vault.restore(account_id)
    if order:
        vault.reorder(order)
    return _save(vault, lambda: vault.remove(account_id))


def reorder(vault: OpenVault, account_ids: Sequence[str]) -> SavedUnconfirmed | None:
    """Put the accounts in this order; those not named follow as they were."""
    before = [account.id for account in vault.accounts]
    vault.reorder(account_ids)
    return _save(vault, lambda: vault.reorder(before))


def mark_unlinked(vault: OpenVault, account_id: str) -> SavedUnconfirmed | None:
    """Note that the server no longer knows this device: its key is of no use any more."""
    link = find(vault, account_id).link
    if link is None or link.state == "revoked":
        return None
    return change(vault, account_id, {"link": replace(link, state="revoked")})


def mark_backup_code(
    vault: OpenVault, account_id: str, code: str, used: bool
) -> SavedUnconfirmed | None:
    """Note that a backup code was used, or was not after all."""
    link = find(vault, account_id).link
    if link is None:
        return None
    marked = {*link.used_backup_codes, code} if used else {*link.used_backup_codes} - {code}
    kept = tuple(each for each in link.backup_codes if each in marked)
    return change(vault, account_id, {"link": replace(link, used_backup_codes=kept)})


def set_setting(vault: OpenVault, name: str, value: Any) -> SavedUnconfirmed | None:
    """Keep a setting that is off where it was never set."""
    before = vault.setting(name, otherwise=False)
    vault.set_setting(name, value)
    return _save(vault, lambda: vault.set_setting(name, before))


def find(vault: OpenVault, account_id: str) -> Account:
    """Return an account as it is now. Raises NoSuchAccount."""
    for account in vault.accounts:
        if account.id == account_id:
            return account
    raise NoSuchAccount("There is no such account", "It may have been removed")


def _save(vault: OpenVault, take_back: Callable[[], None]) -> SavedUnconfirmed | None:
    try:
        vault.save()
    except SavedUnconfirmed as error:
        return error
    except NotSaved:
        take_back()
        raise
    return None
