"""The history as the list shows it: newest first, found by a search, narrowed by two filters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from watchword.desktop.history.words import Kind, kind_of, look_of, moment
from watchword.plain_text import fold
from watchword.vault import HistoryEntry

_MOST_ACCOUNTS = 100  # in the menu; the search finds the others


@dataclass(frozen=True, slots=True)
class Item:
    """One answer, with what is asked of it again and again."""

    entry: HistoryEntry
    kind: Kind
    at: datetime
    searched: str

    @property
    def name(self) -> str:
        """What people call the account."""
        return self.entry.service or self.entry.account


@dataclass(frozen=True, slots=True)
class Choice:
    """An account to narrow the history to."""

    account_id: str
    name: str
    count: int


def items_of(history: Iterable[HistoryEntry]) -> list[Item]:
    """Return the answers newest first."""
    said = {kind: look_of(kind).short for kind in Kind}
    newest = sorted(history, key=lambda entry: entry.at, reverse=True)
    return [_item(entry, said) for entry in newest]


def _item(entry: HistoryEntry, said: dict[Kind, str]) -> Item:
    kind = kind_of(entry)
    texts = (entry.service, entry.account, entry.user_agent, entry.place, entry.ip, said[kind])
    return Item(entry, kind, moment(entry.at), fold("\n".join(texts)))


def narrowed(
    items: Sequence[Item], *, search: str = "", kind: Kind | None = None, account_id: str = ""
) -> list[Item]:
    """Return the items of that kind and account in which every word of `search` occurs."""
    words = fold(search).split()
    return [
        item
        for item in items
        if (kind is None or item.kind is kind)
        and (not account_id or item.entry.account_id == account_id)
        and all(word in item.searched for word in words)
    ]


def kinds_in(items: Iterable[Item]) -> list[Kind]:
    """Return the kinds that occur, in the order people think of them."""
    found = {item.kind for item in items}
    return [kind for kind in Kind if kind in found]


def accounts_in(items: Iterable[Item]) -> list[Choice]:
    """Return the accounts that occur, by name; each is called as it was called last."""
    newest: dict[str, Item] = {}
    counts: dict[str, int] = {}
    for item in items:
        account_id = item.entry.account_id
        newest.setdefault(account_id, item)
        counts[account_id] = counts.get(account_id, 0) + 1
    most = sorted(counts, key=lambda each: -counts[each])[:_MOST_ACCOUNTS]
    choices = [
        Choice(
            each,
            " · ".join(t for t in (newest[each].entry.service, newest[each].entry.account) if t),
            counts[each],
        )
        for each in most
    ]
    return sorted(choices, key=lambda choice: fold(choice.name))
