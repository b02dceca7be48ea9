"""Text files of links, one a line: what the two plain formats have in common."""

import codecs
import re
import time
from collections.abc import Callable

from watchword.errors import InvalidInput
from watchword.transfer.format import FileRefused, Skipped
from watchword.vault.limits import ACCOUNTS

_MOST_LINES = 200_000
_SECONDS = 5.0
_LINE_END = re.compile(r"\r\n|\r|\n")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def lines_of(data: bytes) -> list[tuple[int, str]]:
    """Return the lines that are neither blank nor comments, with their numbers from 1.

    Raises FileRefused for what is not text, or has more lines than any export.
    """
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise FileRefused(
            "This file is not a text of links",
            "Its bytes are not UTF-8",
            "Export it again, or save it as UTF-8",
        ) from None
    lines = _LINE_END.split(text, _MOST_LINES)
    if len(lines) > _MOST_LINES:
        raise FileRefused("This file is too long", f"At most {_MOST_LINES:,} lines are read")
    stripped = ((number, line.strip(" \t")) for number, line in enumerate(lines, 1))
    return [(number, line) for number, line in stripped if line and not line.startswith("#")]


def first_link(data: bytes, schemes: tuple[str, ...]) -> str:
    """Return the scheme of the first line that begins with one of `schemes`; empty if none does."""
    try:
        found = (line[:20].lower() for _, line in lines_of(data))
        return next((s for line in found for s in schemes if line.startswith(s)), "")
    except FileRefused:
        return ""


def read_each(
    data: bytes, read: Callable[[str], None], skipped: list[Skipped], count: Callable[[], int]
) -> None:
    """Give every line to `read`; what it refuses is skipped by its line's number.

    Raises FileRefused once `count` says that there are more accounts than a vault holds, or when
    the links take longer to read than those of any app do.
    """
    # The time of this thread alone: a busy computer is no reason to refuse a file.
    end = time.thread_time() + _SECONDS
    for number, line in lines_of(data):
        try:
            read(line)
        except InvalidInput as error:
            reason = ". ".join(part for part in (error.title, error.reason) if part)
            skipped.append(Skipped(f"Line {number}", reason))
        if count() + len(skipped) > ACCOUNTS:
            raise FileRefused(
                "This file holds too many accounts", f"A vault has at most {ACCOUNTS:,}"
            )
        if time.thread_time() > end:
            raise FileRefused(
                "This file takes too long to read",
                "Its links are longer than those that apps write",
                "Export it again, in parts",
            )
