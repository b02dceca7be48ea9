"""Everything inside a vault, as one immutable value, and its JSON.

docs/vault-format.md §5. A payload never changes: edits make a new one that shares what stayed.
"""

import gc
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from watchword.vault import entry as entries
from watchword.vault import file_format, history, limits, migrations, strict_json
from watchword.vault.entry import Entry, MemberRefused, Stamp
from watchword.vault.errors import ContentsDamaged
from watchword.vault.history import HistoryEntry


@dataclass(frozen=True, slots=True)
class Trashed:
    """An account in the trash."""

    entry: Entry
    removed_at: float
    stamp: Stamp
    # When a save first found it older than 30 days. It goes at a save on a later day, so that one
    # session under a wrong clock throws nothing away.
    due: float | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that belongs to secrets."""

    value: Any
    stamp: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What a vault holds; every mapping is in its own order and never changed."""

    lamport: int = 0
    accounts: Mapping[str, Entry] = field(default_factory=dict, repr=False)
    order: Stamp = (0, "")
    trash: Mapping[str, Trashed] = field(default_factory=dict, repr=False)
    purged: Mapping[str, Stamp] = field(default_factory=dict)
    history: tuple[HistoryEntry, ...] = ()
    answered: Mapping[str, float] = field(default_factory=dict)
    psks: Mapping[bytes, bytes] = field(default_factory=dict, repr=False)
    settings: Mapping[str, Setting] = field(default_factory=dict, repr=False)
    unknown: Mapping[str, Any] = field(default_factory=dict, repr=False)


def days_kept(settings: Mapping[str, Setting]) -> int:
    """Return how many days answers are kept by these settings; 0: as long as there is room."""
    found = settings.get(history.DAYS_KEPT)
    return history.days_kept(found.value if found else None)


def encode(payload: Payload) -> bytes:
    """Return the payload as JSON padded to whole steps of 4 KiB."""
    members: dict[str, Any] = {
        **payload.unknown,
        "lamport": payload.lamport,
        "accounts": [entries.to_members(entry) for entry in payload.accounts.values()],
        "order": list(payload.order),
        "trash": [_trash_members(trashed) for trashed in payload.trash.values()],
        "purged": {key: list(stamp) for key, stamp in payload.purged.items()},
        "history": [history.to_members(entry) for entry in payload.history],
        "answered": [[key, at] for key, at in payload.answered.items()],
        "slot_psks": {key.hex(): entries.base64(psk) for key, psk in payload.psks.items()},
        "settings": {
            key: {"value": setting.value, "stamp": list(setting.stamp)}
            for key, setting in payload.settings.items()
        },
    }
    data = strict_json.dumps(members)
    return data + b" " * (-len(data) % limits.PADDING)


def decode(
    data: bytes, problems: list[str] | None = None, *, minor: int = file_format.MINOR
) -> Payload:
    """Return what a padded payload of format 1.`minor` says. Raises ContentsDamaged.

    With `problems`, accounts that cannot be read are left out and described there (the
    rescue of a vault whose key fits): everything else is read as usual.
    """
    with _without_collecting():
        return _decode(data, problems, minor)


def _decode(data: bytes, problems: list[str] | None, minor: int) -> Payload:
    try:
        members = strict_json.loads(data)
    except strict_json.JsonRefused as error:
        raise _refused(str(error)) from None
    if type(members) is not dict:
        raise _refused("it is not an object")
    try:
        migrations.migrate(members, minor)
        return _Reader(members, problems).payload()
    except KeyError as error:
        raise _refused(f"{error.args[0]} is missing") from None
    except (MemberRefused, strict_json.JsonRefused) as error:
        raise _refused(str(error)) from None
    except (AttributeError, TypeError, ValueError):
        raise _refused("a member is not of its type") from None


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Let the collector rest: a hundred thousand new objects without a cycle cost it a third."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _refused(what: str) -> ContentsDamaged:
    return ContentsDamaged(
        "The vault's contents are damaged",
        f"The key fits, but {what}",
        "Nothing was changed. Restore a backup, or rescue the accounts that can still be read",
    )


def _trash_members(trashed: Trashed) -> dict[str, Any]:
    members: dict[str, Any] = {
        "account": entries.to_members(trashed.entry),
        "removed_at": trashed.removed_at,
        "stamp": list(trashed.stamp),
    }
    if trashed.due is not None:
        members["due"] = trashed.due
    return members


class _Reader:
    """Takes a payload's members apart, one after the other."""

    def __init__(self, members: dict[str, Any], problems: list[str] | None) -> None:
        self._members = members
        self._problems = problems

    def payload(self) -> Payload:
        pop = self._members.pop
        accounts = self._accounts(self._list("accounts", limits.ACCOUNTS))
        trash = self._trash(self._list("trash", limits.TRASH), accounts)
        payload = Payload(
            lamport=entries.integer(pop("lamport")),
            accounts=accounts,
            order=entries.read_stamp(pop("order")),
            trash=trash,
            purged=self._stamps("purged"),
            history=tuple(
                history.from_members(item) for item in self._list("history", limits.HISTORY)
            ),
            answered={
                entries.text(key, limits.TEXT): _time(at)
                for key, at in self._list("answered", limits.ANSWERED)
            },
            psks={
                bytes.fromhex(key): b64decode(psk, validate=True)
                for key, psk in pop("slot_psks").items()
            },
            settings={
                key: Setting(item["value"], entries.read_stamp(item["stamp"]))
                for key, item in pop("settings").items()
            },
            unknown=self._members,
        )
        for key, psk in payload.psks.items():
            if len(key) != 8 or len(psk) != 32:
                raise MemberRefused("a slot's key is not 32 bytes")
        strict_json.check_depth({key: item.value for key, item in payload.settings.items()}, 14)
        strict_json.check_depth(self._members)
        return payload

    def _list(self, name: str, most: int) -> list[Any]:
        value = self._members.pop(name)
        if type(value) is not list:
            raise MemberRefused(f"{name} is not a list")
        if len(value) > most:
            raise MemberRefused(f"{name} has {len(value)} entries, and {most:,} are possible")
        return value

    def _stamps(self, name: str) -> dict[str, Stamp]:
        items = self._members.pop(name).items()
        return {entries.text(key, 16): entries.read_stamp(value) for key, value in items}

    def _accounts(self, items: list[Any]) -> dict[str, Entry]:
        read: dict[str, Entry] = {}
        for number, item in enumerate(items, 1):
            try:
                entry = entries.from_members(item)
            except MemberRefused as error:
                self._refuse(f"account {number} of {len(items)} cannot be read: {error}")
                continue
            if entry.account.id in read:
                self._refuse(f"account {number} of {len(items)} has another account's id")
            else:
                read[entry.account.id] = entry
        return read

    def _trash(self, items: list[Any], accounts: Mapping[str, Entry]) -> dict[str, Trashed]:
        read: dict[str, Trashed] = {}
        for number, item in enumerate(items, 1):
            try:
                entry = entries.from_members(item["account"])
                trashed = Trashed(
                    entry,
                    _time(item["removed_at"]),
                    entries.read_stamp(item["stamp"]),
                    _time(item["due"]) if "due" in item else None,
                )
            except (MemberRefused, KeyError, TypeError):
                self._refuse(f"account {number} in the trash cannot be read")
                continue
            if entry.account.id in read or entry.account.id in accounts:
                self._refuse(f"account {number} in the trash has another account's id")
            else:
                read[entry.account.id] = trashed
        return read

    def _refuse(self, what: str) -> None:
        if self._problems is None:
            raise MemberRefused(what)
        self._problems.append(what)


def _time(value: Any) -> float:
    if type(value) not in {int, float}:
        raise MemberRefused("a time is not a number")
    return float(value)
