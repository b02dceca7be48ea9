"""What was answered to login requests: when, by which account, from where, and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from sys import intern
from typing import Any

from watchword.vault import limits

DAYS_KEPT = "history_days"  # the setting: how many days answers are kept
_MOST_DAYS = 36_500
# What an answer came to as long as no server said; at one moment the second is the later one.
_OPEN_RESULTS = ("unknown", "not_sent")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class HistoryEntry:
    """One answered login request; every text has passed plain_text()."""

    at: float  # Unix seconds by this computer's clock
    account_id: str
    service: str
    account: str
    ip: str = ""
    place: str = ""
    user_agent: str = ""
    decision: str  # "approve", "deny", "not_me"
    # "approved", "denied", "expired", "answered_elsewhere", "wrong_code"; "unknown": sent, or about
    # to be, and never confirmed; "not_sent": the server was not reached
    result: str
    request_id: str


_TEXTS = tuple(name for name in HistoryEntry.__slots__ if name != "at")


def days_kept(setting: Any) -> int:
    """Return how many days the setting asks for; 0: as long as there is room.

    What no version of ours has written is as if it had never been set.
    """
    known = type(setting) is int and 0 <= setting <= _MOST_DAYS
    return setting if known else limits.HISTORY_DAYS


def retained(
    entries: Iterable[HistoryEntry], days: int = limits.HISTORY_DAYS
) -> tuple[HistoryEntry, ...]:
    """Return the entries to keep, oldest first: the last 10,000, of the last `days` if not 0."""
    return within(_without_overtaken(sorted(set(entries)))[-limits.HISTORY :], days)


def _without_overtaken(ordered: list[HistoryEntry]) -> tuple[HistoryEntry, ...]:
    """Return the entries without those whose end was open and is told by a later one."""
    last = {(e.request_id, e.decision): e for e in sorted(ordered, key=_told) if e.request_id}
    return tuple(
        e
        for e in ordered
        if e.result not in _OPEN_RESULTS or last.get((e.request_id, e.decision), e) is e
    )


def _told(entry: HistoryEntry) -> tuple[float, int, HistoryEntry]:
    is_open = entry.result in _OPEN_RESULTS
    rank = _OPEN_RESULTS.index(entry.result) if is_open else len(_OPEN_RESULTS)
    return entry.at, rank, entry


def within(ordered: tuple[HistoryEntry, ...], days: int) -> tuple[HistoryEntry, ...]:
    """Return what is left of entries, oldest first, when only the last `days` are kept.

    Days are counted from the newest entry but one, so that a single answer given under a clock
    that jumped to 2106 does not empty the history.
    """
    if days == 0 or len(ordered) <= 2:
        return ordered
    oldest = ordered[-2].at - days * limits.DAY
    return tuple(entry for entry in ordered if entry.at >= oldest)


def to_members(entry: HistoryEntry) -> dict[str, Any]:
    """Return the entry as the payload holds it."""
    return {"at": entry.at, **{name: getattr(entry, name) for name in _TEXTS}}


def from_members(members: Any) -> HistoryEntry:
    """Return the entry the payload holds. Raises ValueError, TypeError or KeyError."""
    at = members["at"]
    if type(at) not in {int, float}:
        raise ValueError("its time is not a number")
    texts = {name: members[name] for name in _TEXTS}
    for name, value in texts.items():
        if type(value) is not str or len(value) > limits.NOTE:
            raise ValueError(f"its {name} is not a text the vault keeps")
    # Of ten thousand answers most say the same of where they came from: each such text is kept once.
    shared = {
        name: intern(value) if name != "request_id" else value for name, value in texts.items()
    }
    return HistoryEntry(at=float(at), **shared)
