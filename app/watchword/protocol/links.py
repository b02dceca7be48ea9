"""How any link of the protocol is read: `watchword://ACTION/1?name=value&…`, strictly, one way."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote

from watchword.protocol.encoding import from_base64url
from watchword.protocol.errors import LinkRefused, LinkTooNew
from watchword.protocol.version import LINK_LIMIT

_LINK_CHARACTERS = re.compile(r"[\x21-\x7e]+")
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")

Refuse = Callable[[str], LinkRefused]  # makes the error for one reason, a small sentence


def begins(text: str, action: str) -> bool:
    """Whether `text` begins as a link of this action does, of any version."""
    start = f"watchword://{action}/"
    return text[: len(start)].lower() == start


def read_parts(text: str, action: str, wanted: set[str], refuse: Refuse) -> dict[str, str]:
    """Return the link's parts, percent-decoded once; all `wanted` ones are there.

    Raises what `refuse` makes, or LinkTooNew.
    """
    if len(text) > LINK_LIMIT:
        raise refuse(f"it is longer than {LINK_LIMIT} characters")
    if not begins(text, action) or not _LINK_CHARACTERS.fullmatch(text) or "?" not in text:
        raise refuse(f"it does not begin with watchword://{action}/")
    start, _, query = text.partition("?")
    version = start[len(f"watchword://{action}/") :]
    if version != "1":
        if version.isdecimal():
            raise LinkTooNew(
                "This link needs a newer Watchword",
                f"It is written in version {version[:6]} of the protocol.",
                "Update Watchword on this computer and try again.",
            )
        raise refuse("its version cannot be read")
    values = _values(query, refuse)
    if missing := sorted(wanted - values.keys()):
        raise refuse(f"its part {missing[0]} is missing")
    return values


def part_bytes(values: Mapping[str, str], name: str, size: int, refuse: Refuse) -> bytes:
    """Return a part that is `size` bytes of base64url; raises what `refuse` makes."""
    try:
        return from_base64url(values[name], size)
    except ValueError as error:
        raise refuse(f"its part {name} is not {size} bytes of base64url") from error


def _values(query: str, refuse: Refuse) -> dict[str, str]:
    """Split the query; each value is percent-decoded once, `+` stays a plus sign."""
    values: dict[str, str] = {}
    for part in query.split("&"):
        name, equals, value = part.partition("=")
        if not equals or name != name.lower():
            raise refuse("its parts cannot be read")
        if name in values:
            raise refuse(f"its part {name[:8]} stands twice")
        if _PERCENT.search(value):
            raise refuse(f"its part {name[:8]} is written with broken percent signs")
        try:
            values[name] = unquote(value, errors="strict")
        except UnicodeDecodeError as error:
            raise refuse(f"its part {name[:8]} is not text") from error
    # Parts of other names are left for later versions; none of them can weaken a check.
    return values
