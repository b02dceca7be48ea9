"""What is printed: the result alone on stdout, everything else on stderr, nothing that acts.

A terminal obeys escape sequences, so no text from outside reaches it but through plain_text().
"""

import contextlib
import json
import sys
from typing import Any

from watchword.plain_text import plain_text

PROGRAM = "watchword-cli"
_LINE_LIMIT = 4096
_MESSAGE_LIMIT = 4096


def print_json(result: Any) -> None:
    """Print `result` as one line of JSON: UTF-8 whatever the locale, letters unescaped."""
    line = json.dumps(result, ensure_ascii=False, allow_nan=False)
    # A file name that is not UTF-8 arrives as lone surrogates, which UTF-8 cannot write.
    _write(f"{line}\n".encode("utf-8", "replace"))


def print_lines(*lines: str) -> None:
    """Print each line as plain text, in the terminal's encoding."""
    encoding = sys.stdout.encoding if sys.stdout else "utf-8"
    for line in lines:
        _write(f"{plain_text(line, limit=_LINE_LIMIT)}\n".encode(encoding, "replace"))


def print_table(rows: list[tuple[str, ...]]) -> None:
    """Print rows of as many cells each in columns; the last column is not padded."""
    cells = [tuple(plain_text(cell) for cell in row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        print_lines("  ".join(padded))


def notice(message: str) -> None:
    """Say something to the person: on stderr, so that a script's result stays clean."""
    if sys.stderr is None:
        return
    shown = plain_text(message, limit=_MESSAGE_LIMIT, lines=True)
    # Nobody can be told that nobody can be told anything.
    with contextlib.suppress(OSError):
        print(f"{PROGRAM}: {shown}", file=sys.stderr, flush=True)


def _write(data: bytes) -> None:
    if sys.stdout is None:
        return
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError:
        # What is left in the buffer must not be tried again when Python ends.
        sys.stdout = None
        raise
