"""What is said about keeping and exporting the history: pure functions from facts to texts."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from watchword.desktop.history.keeping_page import Span
from watchword.desktop.history.words import answers
from watchword.desktop.look.texts import number, plural, tr
from watchword.desktop.look.widgets.fact_list import Fact
from watchword.desktop.settings.password_again_page import Question
from watchword.vault import HistoryEntry
from watchword.vault.history import within
from watchword.vault.limits import HISTORY, HISTORY_DAYS

SPANS = (30, 90, HISTORY_DAYS, 0)


def span_name(days: int) -> str:
    """Return how long that is."""
    if days == 0:
        return tr("As long as there is room")
    if days == HISTORY_DAYS:
        return tr("A year")
    return tr("{n} days").format(n=days)


def spans(history: Sequence[HistoryEntry], chosen: int) -> list[Span]:
    """Return the choices, and what each would do to the history there is."""
    offered = SPANS if chosen in SPANS else (*SPANS, chosen)
    return [_span(tuple(history), days) for days in offered]


def _span(history: tuple[HistoryEntry, ...], days: int) -> Span:
    gone = len(history) - len(within(history, days))
    if gone:
        text = tr("Removes {older} for good").format(older=_older(gone))
    elif days == 0:
        text = tr("The last {n}, however old").format(n=number(HISTORY))
    else:
        text = tr("Older ones go when something is saved")
    return Span(days, span_name(days), text, removes=gone > 0)


def _older(count: int) -> str:
    return plural("1 older answer", "{n} older answers", count)


def kept(history: Sequence[HistoryEntry], days: int) -> str:
    """Return what the settings say of the history."""
    count = answers(len(history)) if history else tr("No answer yet")
    if days == 0:
        return tr("{count}. Kept as long as there is room.").format(count=count)
    if days == HISTORY_DAYS:
        return tr("{count}. Kept for a year.").format(count=count)
    return tr("{count}. Kept for {n} days.").format(count=count, n=days)


def file_name(kind: str, now: float) -> str:
    """Return a name for the file."""
    day = datetime.fromtimestamp(now, UTC).astimezone().strftime("%Y-%m-%d")
    return f"watchword-history-{day}.{kind}"


def question(kind: str, path: Path, count: int, whole: int) -> Question:
    """Return what is said before the history is written to a file."""
    some = tr("The {n} of {whole} that are shown").format(n=number(count), whole=number(whole))
    for_whom = {
        "csv": tr("A table for spreadsheets. What looks like a formula is made harmless"),
        "json": tr("For other programs"),
    }
    return Question(
        title=tr("Export"),
        heading=tr("Export the history?"),
        facts=(
            Fact("import", path.name, for_whom[kind]),
            Fact("clock", answers(count) if count == whole else some, tr("Newest first")),
            Fact(
                "warning",
                tr("Whoever finds the file can read it"),
                tr("It says when you logged in, where, and from which address"),
                warning=True,
            ),
        ),
        action=tr("Export"),
        busy=tr("Exporting"),
    )
