"""The history of login requests as a file for other programs: CSV for spreadsheets, or JSON."""

import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime

from watchword.vault.history import HistoryEntry

COLUMNS = ("time", "service", "account", "browser", "ip", "place", "decision", "result")

# With one of these a spreadsheet takes a text for a formula, and a server chose the text. The
# wide forms count as well: some programs turn them into the plain ones when they read a file.
_BEGINS_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def as_csv(entries: Iterable[HistoryEntry]) -> bytes:
    """Return a table with a heading, in the order given; no cell of it is a formula.

    It begins with a mark of its encoding, without which Excel reads other than English letters
    wrongly.
    """
    import csv

    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(COLUMNS)
    table.writerows([_inert(value) for value in _values(entry)] for entry in entries)
    return text.getvalue().encode("utf-8-sig")


def as_json(entries: Iterable[HistoryEntry]) -> bytes:
    """Return a list of objects, in the order given; `at` is the time in Unix seconds as well."""
    rows = [
        {"at": round(entry.at, 3), **dict(zip(COLUMNS, _values(entry), strict=True))}
        for entry in entries
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2).encode() + b"\n"


def _values(entry: HistoryEntry) -> tuple[str, ...]:
    return (
        _time(entry.at),
        entry.service,
        entry.account,
        entry.user_agent,
        entry.ip,
        entry.place,
        entry.decision,
        entry.result,
    )


def _time(at: float) -> str:
    """Return a time of this computer's zone as ISO 8601 has it; of a nonsense clock, nothing."""
    try:
        return datetime.fromtimestamp(at, UTC).astimezone().isoformat(timespec="seconds")
    except (OverflowError, OSError, ValueError):
        return ""


def _inert(value: str) -> str:
    return f"'{value}" if value.lstrip().startswith(_BEGINS_FORMULA) else value
