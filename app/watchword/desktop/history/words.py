"""Past login requests in words: pure functions."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from PySide6.QtCore import QDate, QLocale, QTime

from watchword.desktop.look.texts import plural, tr
from watchword.vault import HistoryEntry


class Kind(StrEnum):
    """What an answer came to, as people look for it."""

    APPROVED = "approved"
    DENIED = "denied"
    NOT_ME = "not_me"
    EXPIRED = "expired"
    ELSEWHERE = "answered_elsewhere"
    WRONG_CODE = "wrong_code"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of answer is drawn and said; `ink` is a colour of the theme with a weak form."""

    ink: str
    icon: str
    short: str
    text: str


def kind_of(entry: HistoryEntry) -> Kind:
    """Return what an answer came to; a result no version of ours wrote is as good as unknown."""
    if entry.result == Kind.DENIED and entry.decision == Kind.NOT_ME:
        return Kind.NOT_ME
    known = set(Kind) - {Kind.NOT_ME}
    return Kind(entry.result) if entry.result in known else Kind.UNKNOWN


def look_of(kind: Kind) -> Look:
    """Return how a kind is drawn and said."""
    return {
        Kind.APPROVED: Look("approve", "check", tr("Approved"), tr("The browser was let in.")),
        Kind.DENIED: Look("deny", "close", tr("Denied"), tr("Nobody was let in.")),
        Kind.NOT_ME: Look(
            "deny",
            "shield",
            tr("Denied, not me"),
            tr("Nobody was let in, and the server was told that it was not you."),
        ),
        Kind.EXPIRED: Look(
            "warn", "clock", tr("Too late"), tr("The request had ended. Nobody was let in.")
        ),
        Kind.ELSEWHERE: Look(
            "accent",
            "info",
            tr("Answered elsewhere"),
            tr("Another device had answered before this one."),
        ),
        Kind.WRONG_CODE: Look(
            "deny",
            "close",
            tr("Wrong code"),
            tr("That was not the code on the login page. It let nobody in."),
        ),
        Kind.NOT_SENT: Look(
            "warn",
            "offline",
            tr("Not sent"),
            tr("The server could not be reached, and never heard of the answer."),
        ),
        Kind.UNKNOWN: Look(
            "warn",
            "offline",
            tr("Not confirmed"),
            tr("The answer was sent, and what came of it was never confirmed."),
        ),
    }[kind]


def decided(entry: HistoryEntry) -> str:
    """Return what the person answered."""
    return {
        "approve": tr("You approved"),
        "deny": tr("You denied"),
        "not_me": tr("You said that it was not you"),
    }.get(entry.decision, entry.decision)


def where(entry: HistoryEntry) -> str:
    """Return what asked, and from where, in one line."""
    return " · ".join(text for text in (entry.user_agent, entry.place or entry.ip) if text)


def moment(at: float) -> datetime:
    """Return a time in this computer's zone; the end of time for what no calendar holds."""
    try:
        return datetime.fromtimestamp(at, UTC).astimezone()
    except (OverflowError, OSError, ValueError):
        return datetime.max.replace(tzinfo=UTC)


def clock(then: datetime) -> str:
    """Return the time of a day as people say it: "09:14"."""
    return QLocale().toString(QTime(then.hour, then.minute), QLocale.FormatType.ShortFormat)


def day_of(day: date, today: date) -> tuple[str, str]:
    """Return a day in two short lines: "Today" or its weekday, and its date."""
    on = QDate(day.year, day.month, day.day)
    text = QLocale().toString(on, "d MMM" if day.year == today.year else "d MMM yyyy")
    if day == today:
        return tr("Today"), text
    if day == today - timedelta(days=1):
        return tr("Yesterday"), text
    return QLocale().toString(on, "dddd"), text


def whole_moment(then: datetime) -> str:
    """Return day and time in full: "Tuesday, 14 November 2023, 22:13"."""
    on = QDate(then.year, then.month, then.day)
    day = QLocale().toString(on, QLocale.FormatType.LongFormat)
    return tr("{day}, {time}").format(day=day, time=clock(then))


def answers(count: int) -> str:
    """Return a number of answers in words."""
    return plural("1 answer", "{n} answers", count)
