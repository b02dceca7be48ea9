"""The link by which a browser on this computer says which login request it waits for.

`watchword://request/1?o=ORIGIN&r=LOGIN&h=HANDOFF`. It only names a request that the app holds
already; nobody is contacted because of it, and it answers nothing (docs/protocol.md §9).
"""

from dataclasses import dataclass, field

from watchword.protocol.encoding import to_base64url
from watchword.protocol.errors import LinkRefused
from watchword.protocol.links import begins, part_bytes, read_parts
from watchword.protocol.origin import Origin, parse_origin

HANDOFF_SIZE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLink:
    """What the browser hands over: where, which login, and what proves that it is that browser's."""

    origin: Origin
    login: str  # a request's `login`, 22 characters of base64url
    handoff: bytes = field(repr=False)  # 16 bytes; worth something only in that browser

    def __str__(self) -> str:
        """Return the link."""
        handoff = to_base64url(self.handoff)
        return f"watchword://request/1?o={self.origin}&r={self.login}&h={handoff}"


def is_request_link(text: str) -> bool:
    """Whether `text` begins as such a link does, of any version."""
    return begins(text, "request")


def parse_request_link(text: str) -> RequestLink:
    """Return what the link says. Raises LinkRefused, LinkTooNew, OriginRefused."""
    values = read_parts(text, "request", {"o", "r", "h"}, _refused)
    return RequestLink(
        origin=parse_origin(values["o"]),
        login=to_base64url(part_bytes(values, "r", 16, _refused)),
        handoff=part_bytes(values, "h", HANDOFF_SIZE, _refused),
    )


def _refused(why: str) -> LinkRefused:
    return LinkRefused(
        "This link to a login request cannot be used",
        f"{why[0].upper()}{why[1:]}.",
        "Open Watchword yourself and answer the request there.",
    )
