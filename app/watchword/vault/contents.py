"""The edits a person makes, each as a new payload made from the old one.

Nothing here touches a file. What an edit refuses, it refuses before anything changed.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from watchword.errors import InvalidInput
from watchword.vault import entry as entries
from watchword.vault import history, limits, merge, strict_json
from watchword.vault.account import Account
from watchword.vault.entry import Entry, Stamp
from watchword.vault.errors import LimitReached, NoSuchAccount
from watchword.vault.history import HistoryEntry
from watchword.vault.payload import Payload, Setting, Trashed, days_kept


def added(payload: Payload, writer: str, accounts: Iterable[Account]) -> Payload:
    """Return the payload with accounts at the end of the list, all or none.

    Raises LimitReached, TextTooLong, or LimitReached when an id is taken.
    """
    new: dict[str, Entry] = {}
    stamp = _next_stamp(payload, writer)
    for account in accounts:
        entries.check_texts(account)
        if account.id in payload.accounts or account.id in payload.trash or account.id in new:
            raise LimitReached("This account is in the vault already", "Its id is taken")
        # Each has its own stamp, so that a merge keeps the order in which they came.
        new[account.id] = Entry(account, stamp)
        stamp = (stamp[0] + 1, writer)
    if len(payload.accounts) + len(new) > limits.ACCOUNTS:
        raise LimitReached(
            "The vault is full", f"It holds at most {limits.ACCOUNTS:,} accounts", "Remove some"
        )
    return replace(
        payload, accounts={**payload.accounts, **new}, lamport=payload.lamport + max(1, len(new))
    )


def withdrawn(payload: Payload, account_ids: Iterable[str]) -> Payload:
    """Return the payload without accounts that no disk has seen: no trash, no tombstone."""
    gone = set(account_ids)
    kept = {key: entry for key, entry in payload.accounts.items() if key not in gone}
    return replace(payload, accounts=kept)


def replaced(payload: Payload, writer: str, account: Account) -> Payload:
    """Return the payload with an account edited. Raises NoSuchAccount, TextTooLong."""
    old = find(payload, account.id)
    entries.check_texts(account)
    new = old.edited(account, _next_stamp(payload, writer))
    if new is old:
        return payload
    return replace(
        payload,
        accounts={**payload.accounts, account.id: new},
        lamport=payload.lamport + 1,
    )


def counted(payload: Payload, account_id: str) -> Payload:
    """Return the payload with a HOTP counter one further. Raises CounterOutOfRange at its end."""
    moved = find(payload, account_id).counted()
    return replace(payload, accounts={**payload.accounts, account_id: moved})


def removed(payload: Payload, writer: str, account_id: str, now: float) -> Payload:
    """Return the payload with an account moved to the trash. Raises LimitReached, NoSuchAccount."""
    entry = find(payload, account_id)
    if len(payload.trash) >= limits.TRASH:
        raise LimitReached(
            "The trash is full", f"It holds at most {limits.TRASH:,} accounts", "Empty it first"
        )
    kept = {key: value for key, value in payload.accounts.items() if key != account_id}
    trashed = Trashed(entry, now, _next_stamp(payload, writer))
    return replace(
        payload,
        accounts=kept,
        trash={**payload.trash, account_id: trashed},
        lamport=payload.lamport + 1,
    )


def restored(payload: Payload, account_id: str) -> Payload:
    """Return the payload with an account back from the trash, at the end of the list."""
    trashed = _in_trash(payload, account_id)
    if len(payload.accounts) >= limits.ACCOUNTS:
        raise LimitReached("The vault is full", f"It holds at most {limits.ACCOUNTS:,} accounts")
    return replace(
        payload,
        accounts={**payload.accounts, account_id: trashed.entry},
        trash={key: value for key, value in payload.trash.items() if key != account_id},
        lamport=payload.lamport + 1,
    )


def purged(payload: Payload, writer: str, account_ids: Iterable[str]) -> Payload:
    """Return the payload with accounts gone from the trash for good."""
    gone = {account_id: _in_trash(payload, account_id) for account_id in account_ids}
    stamp = _next_stamp(payload, writer)
    marks = {**payload.purged, **dict.fromkeys(gone, stamp)}
    newest = sorted(marks.items(), key=lambda item: item[1])[-limits.PURGED :]
    return replace(
        payload,
        trash={key: value for key, value in payload.trash.items() if key not in gone},
        purged=dict(newest),
        lamport=payload.lamport + 1,
    )


def reordered(payload: Payload, writer: str, account_ids: Iterable[str]) -> Payload:
    """Return the payload with the accounts in this order; those not named follow as they were."""
    named = dict.fromkeys(key for key in account_ids if key in payload.accounts)
    keys = [*named, *(key for key in payload.accounts if key not in named)]
    return replace(
        payload,
        accounts={key: payload.accounts[key] for key in keys},
        order=_next_stamp(payload, writer),
        lamport=payload.lamport + 1,
    )


def recorded(payload: Payload, entry: HistoryEntry) -> Payload:
    """Return the payload with an answered login request in its history."""
    kept = history.retained((*payload.history, entry), days_kept(payload.settings))
    return replace(payload, history=kept)


def answered(payload: Payload, request_id: str, now: float) -> Payload:
    """Return the payload that knows this login request as answered."""
    return replace(payload, answered=merge.newest_answered({**payload.answered, request_id: now}))


def with_setting(payload: Payload, writer: str, name: str, value: Any) -> Payload:
    """Return the payload with a setting. Raises InvalidInput for what JSON cannot say."""
    try:
        strict_json.check_depth(value, limits.DEPTH - 4)
        strict_json.dumps(value)
    except (strict_json.JsonRefused, TypeError, ValueError):
        raise InvalidInput("This setting cannot be kept in the vault") from None
    setting = Setting(value, _next_stamp(payload, writer))
    return replace(
        payload, settings={**payload.settings, name: setting}, lamport=payload.lamport + 1
    )


def size_of_new(old: Payload, new: Payload) -> int:
    """Return about how many bytes the added accounts take in the file."""
    return sum(
        len(strict_json.dumps(entries.to_members(entry)))
        for key, entry in new.accounts.items()
        if key not in old.accounts
    )


def tidied(payload: Payload, writer: str, now: float) -> Payload:
    """Return the payload without what has been in the trash for 30 days, nor older answers.

    Two saves on different days must find an account so, or one session under a wrong clock would
    throw accounts away.
    """
    kept = history.within(payload.history, days_kept(payload.settings))
    if len(kept) < len(payload.history):
        payload = replace(payload, history=kept)
    month = limits.TRASH_DAYS * limits.DAY
    trash: dict[str, Trashed] = {}
    gone: list[str] = []
    for key, trashed in payload.trash.items():
        due = trashed.due
        if now - trashed.removed_at < month:
            trash[key] = replace(trashed, due=None) if due is not None else trashed
        elif due is None or now < due:
            trash[key] = replace(trashed, due=now)
        elif now - due < limits.DAY:
            trash[key] = trashed
        else:
            trash[key] = trashed
            gone.append(key)
    if trash != payload.trash:
        payload = replace(payload, trash=trash)
    return purged(payload, writer, gone) if gone else payload


def find(payload: Payload, account_id: str) -> Entry:
    """Return a live account's entry. Raises NoSuchAccount."""
    try:
        return payload.accounts[account_id]
    except KeyError:
        raise NoSuchAccount("There is no such account", "It may have been removed") from None


def _in_trash(payload: Payload, account_id: str) -> Trashed:
    try:
        return payload.trash[account_id]
    except KeyError:
        raise NoSuchAccount("There is no such account in the trash") from None


def _next_stamp(payload: Payload, writer: str) -> Stamp:
    return payload.lamport + 1, writer
