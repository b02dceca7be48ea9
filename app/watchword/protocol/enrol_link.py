"""The enrolment link a QR code carries: read strictly, written one way.

`watchword://enrol/1?o=ORIGIN&e=ID&k=KEY&f=FINGERPRINT&x=EXPIRY[&p=PIN]`
"""

import re
from dataclasses import dataclass, field

from watchword.protocol.encoding import to_base64url
from watchword.protocol.errors import LinkExpired, LinkRefused
from watchword.protocol.links import begins, part_bytes, read_parts
from watchword.protocol.origin import Origin, parse_origin
from watchword.protocol.version import ENROLMENT_LIFETIME

KEY_SIZE = 20
ID_SIZE = 16
FINGERPRINT_SIZE = 32

# How far in the future an expiry may lie: the lifetime, and a day for a clock that is wrong.
_FURTHEST = ENROLMENT_LIFETIME + 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolLink:
    """What the QR code says: where to go, what to prove, whom to expect there."""

    origin: Origin
    id: str  # 22 characters of base64url, 128 bits
    key: bytes = field(repr=False)  # 20 bytes; keys a MAC and is never sent
    fingerprint: bytes  # SHA-256 of the server's Ed25519 public key
    expires: int  # Unix seconds by the server's clock
    tls_pin: bytes = b""  # SHA-256 of the SPKI of a self-signed home server; empty: system trust

    def __str__(self) -> str:
        """Return the link. It holds the one-time key: show it only as a QR code."""
        pin = f"&p={to_base64url(self.tls_pin)}" if self.tls_pin else ""
        return (
            f"watchword://enrol/1?o={self.origin}&e={self.id}&k={to_base64url(self.key)}"
            f"&f={to_base64url(self.fingerprint)}&x={self.expires}{pin}"
        )


def is_enrol_link(text: str) -> bool:
    """Whether `text` begins as an enrolment link does, of any version."""
    return begins(text, "enrol")


def parse_enrol_link(text: str, *, now: float | None = None) -> EnrolLink:
    """Return what the link says.

    With `now` (Unix seconds), a link that has expired raises LinkExpired; a clock that is wrong
    by a minute is forgiven, the server decides. Raises LinkRefused, LinkTooNew, OriginRefused.
    """
    values = read_parts(text, "enrol", {"o", "e", "k", "f", "x"}, _refused)
    if not re.fullmatch(r"[1-9][0-9]{0,11}", values["x"]):
        raise _refused("its part x is not a time")
    link = EnrolLink(
        origin=parse_origin(values["o"]),
        id=to_base64url(part_bytes(values, "e", ID_SIZE, _refused)),
        key=part_bytes(values, "k", KEY_SIZE, _refused),
        fingerprint=part_bytes(values, "f", FINGERPRINT_SIZE, _refused),
        expires=int(values["x"]),
        tls_pin=part_bytes(values, "p", FINGERPRINT_SIZE, _refused) if "p" in values else b"",
    )
    if now is not None:
        _check_time(link, now)
    return link


def _check_time(link: EnrolLink, now: float) -> None:
    if link.expires + 60 < now:
        raise LinkExpired(
            "This code has expired",
            "It was valid for ten minutes.",
            "Make a new one on the server's page and scan it.",
        )
    if link.expires > now + _FURTHEST:
        raise _refused("it claims to be valid for days")


def _refused(why: str) -> LinkRefused:
    return LinkRefused(
        "This enrolment code cannot be used",
        f"{why[0].upper()}{why[1:]}.",
        "Make a new one on the server's page and scan it.",
    )
