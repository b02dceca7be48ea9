"""Past login requests in words, for the detail of an account: pure functions."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QLocale

from watchword.desktop.history.words import Kind, clock, kind_of, look_of, moment, where
from watchword.desktop.look.texts import plural, tr
from watchword.vault import HistoryEntry

if TYPE_CHECKING:
    from watchword.desktop.accounts.detail_pane import Recent

SHOWN = 6


def recent_of(history: Sequence[HistoryEntry], account_id: str, now: float) -> "list[Recent]":
    """Return the account's latest entries, newest first, of a history that is oldest first."""
    own = [entry for entry in reversed(history) if entry.account_id == account_id]
    return [in_words(entry, now) for entry in own[:SHOWN]]


def in_words(entry: HistoryEntry, now: float) -> "Recent":
    """Return an entry as a row says it."""
    from watchword.desktop.accounts.detail_pane import Recent

    kind = kind_of(entry)
    return Recent(kind is Kind.APPROVED, look_of(kind).short, where(entry), when(entry.at, now))


def ago(at: float, now: float) -> str:
    """Return how long ago something was, as roughly as people say it: "3 months ago"."""
    then, today = (moment(t).date() for t in (at, now))
    days = (today - then).days
    if days <= 0:
        return tr("today")
    if days == 1:
        return tr("yesterday")
    if days < 2 * 31:
        return tr("{n} days ago").format(n=days)
    if days < 2 * 365:
        return tr("{n} months ago").format(n=round(days / 30.44))
    return plural("a year ago", "{n} years ago", days // 365)


def when(at: float, now: float) -> str:
    """Return a time as people say it: "today 09:14", "yesterday 18:02", "12 Nov 03:41"."""
    then, today = (moment(t) for t in (at, now))
    time = clock(then)
    if then.date() == today.date():
        return tr("today {time}").format(time=time)
    if then.date() == (today - timedelta(days=1)).date():
        return tr("yesterday {time}").format(time=time)
    day = QLocale().toString(
        QDate(then.year, then.month, then.day),
        "d MMM" if then.year == today.year else "d MMM yyyy",
    )
    return f"{day} {time}"
