"""The enrolment link a QR code carries: read strictly, written one way.

`watchword://enrol/1?o=ORIGIN&e=ID&k=KEY&f=FINGERPRINT&x=EXPIRY[&p=PIN]`
"""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from watchword.protocol.encoding import from_base64url, to_base64url
from watchword.protocol.errors import LinkExpired, LinkRefused, LinkTooNew
from watchword.protocol.origin import Origin, parse_origin
from watchword.protocol.version import ENROLMENT_LIFETIME, LINK_LIMIT

KEY_SIZE = 20
ID_SIZE = 16
FINGERPRINT_SIZE = 32

_START = re.compile(r"watchword://enrol/([^?]*)\?(.*)", re.IGNORECASE | re.DOTALL)
_LINK_CHARACTERS = re.compile(r"[\x21-\x7e]+")
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_KNOWN = {"o", "e", "k", "f", "x", "p"}
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
    return text[:18].lower() == "watchword://enrol/"


def parse_enrol_link(text: str, *, now: float | None = None) -> EnrolLink:
    """Return what the link says.

    With `now` (Unix seconds), a link that has expired raises LinkExpired; a clock that is wrong
    by a minute is forgiven, the server decides. Raises LinkRefused, LinkTooNew, OriginRefused.
    """
    if len(text) > LINK_LIMIT:
        raise _refused(f"it is longer than {LINK_LIMIT} characters")
    start = _START.fullmatch(text)
    if start is None or not _LINK_CHARACTERS.fullmatch(text):
        raise _refused("it does not begin with watchword://enrol/")
    if start[1] != "1":
        if start[1].isdigit():
            raise LinkTooNew(
                "This code needs a newer Watchword",
                f"It is written in version {start[1][:6]} of the protocol.",
                "Update Watchword on this computer and scan again.",
            )
        raise _refused("its version cannot be read")
    values = _values(start[2])
    missing = sorted(_KNOWN - {"p"} - values.keys())
    if missing:
        raise _refused(f"its part {missing[0]} is missing")
    if not re.fullmatch(r"[1-9][0-9]{0,11}", values["x"]):
        raise _refused("its part x is not a time")
    link = EnrolLink(
        origin=parse_origin(values["o"]),
        id=to_base64url(_bytes(values, "e", ID_SIZE)),
        key=_bytes(values, "k", KEY_SIZE),
        fingerprint=_bytes(values, "f", FINGERPRINT_SIZE),
        expires=int(values["x"]),
        tls_pin=_bytes(values, "p", FINGERPRINT_SIZE) if "p" in values else b"",
    )
    if now is not None:
        _check_time(link, now)
    return link


def _values(query: str) -> dict[str, str]:
    """Split the query; each value is percent-decoded once, `+` stays a plus sign."""
    values: dict[str, str] = {}
    for part in query.split("&"):
        name, equals, value = part.partition("=")
        if not equals or name != name.lower():
            raise _refused("its parts cannot be read")
        if name in values:
            raise _refused(f"its part {name[:8]} stands twice")
        if _PERCENT.search(value):
            raise _refused(f"its part {name[:8]} is written with broken percent signs")
        try:
            values[name] = unquote(value, errors="strict")
        except UnicodeDecodeError as error:
            raise _refused(f"its part {name[:8]} is not text") from error
    # Parts of other names are left for later versions; none of them can weaken a check.
    return values


def _bytes(values: dict[str, str], name: str, size: int) -> bytes:
    try:
        return from_base64url(values[name], size)
    except ValueError as error:
        raise _refused(f"its part {name} is not {size} bytes of base64url") from error


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
