"""What is it? From the text of a QR code, a paste or a link to one of the few things we can use.

Nothing is opened, fetched or followed here, and a text that is none of ours is only named.
"""

import re
from dataclasses import dataclass, field

from watchword.errors import InvalidInput
from watchword.otp import otpauth
from watchword.otp.otpauth import OtpauthEntry
from watchword.protocol.enrol_link import is_enrol_link, parse_enrol_link
from watchword.providers.privacyidea_link import is_push_link, parse_push_link

TEXT_LIMIT = 4096

_LOGIN_CODE = re.compile(r"\s*(otpauth|otpauth-migration|watchword|motp|pia)://", re.IGNORECASE)
# Steam's own programs have links of this scheme too, and they hold no secret.
_STEAM_SECRET = re.compile(r"\s*steam://[a-z2-7]{16,}(=|%3d)*/?\s*", re.IGNORECASE)
# What people hold before a camera by mistake, by how its text begins.
_OTHERS = (
    (re.compile(r"https?://", re.IGNORECASE), "a web address"),
    (re.compile(r"wifi:", re.IGNORECASE), "access to a Wi-Fi network"),
    (re.compile(r"begin:vcard|mecard:", re.IGNORECASE), "a contact"),
    (re.compile(r"begin:v(event|calendar)", re.IGNORECASE), "a calendar entry"),
    (re.compile(r"mailto:|matmsg:", re.IGNORECASE), "an e-mail address"),
    (re.compile(r"(tel|sms|smsto):", re.IGNORECASE), "a telephone number"),
    (re.compile(r"geo:", re.IGNORECASE), "a place"),
    (re.compile(r"SPC\r?\n|BCD\r?\n|bitcoin:|ethereum:|lightning:|upi:"), "a payment"),
    (re.compile(r"FIDO:/"), "a passkey sign-in, which phones answer"),
    (re.compile(r"[a-z][a-z0-9+.-]{1,30}:", re.IGNORECASE), "a link to something else"),
    (re.compile(r"[0-9]+"), "a number"),
)


@dataclass(frozen=True, slots=True)
class OtpauthFound:
    """An account with one-time codes, read and checked."""

    entry: OtpauthEntry


@dataclass(frozen=True, slots=True)
class EnrolLinkFound:
    """An invitation to link this computer to a server; not contacted."""

    host: str  # ASCII, with the port where it is not the usual one
    link: str = field(repr=False)  # holds the one-time key
    notices: tuple[str, ...] = ()
    kind: str = "native"  # of the server, as a ServerLink names it


@dataclass(frozen=True, slots=True)
class MigrationFound:
    """Accounts exported by Google Authenticator."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NotALoginCode:
    """Something else. `what` completes "This is …" and quotes nothing of the text."""

    what: str


Scanned = OtpauthFound | EnrolLinkFound | MigrationFound | NotALoginCode


def is_login_code(text: str) -> bool:
    """Whether `text` begins like one of the links we read; says nothing about the rest of it."""
    return _LOGIN_CODE.match(text) is not None or _is_steam_secret(text)


def recognise(text: str, *, now: float | None = None, pin: str = "") -> Scanned:
    """Return what `text` is.

    With `now` (Unix seconds) an enrolment link that has expired is refused. `pin` is for links
    that need a PIN and bring none; without it they raise PinMissing. Raises InvalidInput when it
    is one of ours and cannot be used, with the reason.
    """
    text = text.strip()
    start = text[:24].lower()
    # These links have a limit of their own, which names that limit.
    if len(text) > TEXT_LIMIT and not start.startswith(("otpauth://", "motp://")):
        return NotALoginCode("a very long text")
    if start.startswith("otpauth-migration://"):
        return MigrationFound(text)
    if is_push_link(text):
        push = parse_push_link(text)
        return EnrolLinkFound(push.origin.authority, text, push.notices, "privacyidea")
    if start.startswith(("otpauth://", "motp://")) or _is_steam_secret(text):
        return OtpauthFound(otpauth.parse(text, pin=pin))
    if is_enrol_link(text):
        link = parse_enrol_link(text, now=now)
        return EnrolLinkFound(link.origin.authority, str(link), link.origin.notices)
    return NotALoginCode(_named(text))


def as_account(
    scanned: OtpauthFound | EnrolLinkFound | NotALoginCode,
) -> OtpauthFound | EnrolLinkFound:
    """Return what can be added now; raise InvalidInput that says what the rest is."""
    match scanned:
        case OtpauthFound() | EnrolLinkFound():
            return scanned
        case NotALoginCode(what):
            raise InvalidInput(
                "This is not a login code",
                f"It is {what}",
                "Look for the code the service shows for an authenticator app",
            )


def _is_steam_secret(text: str) -> bool:
    return _STEAM_SECRET.fullmatch(text[:TEXT_LIMIT]) is not None


def _named(text: str) -> str:
    if not text:
        return "empty"
    return next((what for start, what in _OTHERS if start.match(text)), "a plain text")
