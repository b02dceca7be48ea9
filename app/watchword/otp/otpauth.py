"""`otpauth://` links, the text inside most enrolment QR codes: read strictly, written canonically.

The format is Google's "Key Uri Format" as apps in use write it. What a link gets wrong is
refused with its reason; what many real links get wrong (letter case, padding, an unlabelled
issuer) is accepted, and what a person should know about it becomes a notice for the preview.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from watchword.errors import InvalidInput
from watchword.otp import base32
from watchword.otp.parameters import Algorithm, OtpParameters, OtpType
from watchword.plain_text import TEXT_LIMIT, examine, plain_text

# A QR code holds at most 4,296 characters; a long name in a link we wrote ourselves, every
# character percent-encoded, can be longer.
LINK_LIMIT = 16_384
_PARAMETER_LIMIT = 64

_UNSUPPORTED_HOSTS = {
    "steam": "Steam",
    "yaotp": "Yandex",
    "yandex": "Yandex",
    "motp": "mOTP",
    "pipush": "privacyIDEA push",
}
_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,20}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# "null" is what some apps write for "not given" (real exports hold it).
_ABSENT = {"", "null"}


class NotAnOtpauthLink(InvalidInput):
    """The text is no otpauth link at all."""


class LinkRefused(InvalidInput):
    """The text is an otpauth link, and something in it cannot be meant."""


class KindUnsupported(InvalidInput):
    """A sound link to a kind of code that is not supported yet; `kind` is its name."""

    def __init__(self, kind: str) -> None:
        """Name the kind."""
        super().__init__(
            f"{kind} codes are not supported yet",
            "Watchword computes time-based (TOTP) and counter-based (HOTP) codes",
            "Keep using the app you have for this account",
        )
        self.kind = kind


class KeyGivenTwice(LinkRefused):
    """A key stands in the link twice: which one is meant cannot be told."""


class AlgorithmUnsupported(LinkRefused):
    """A hash other than SHA-1, SHA-256 and SHA-512."""


class CounterMissing(LinkRefused):
    """A counter-based link must say where counting starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtpauthEntry:
    """What a link says, fit to show: names have passed the plain-text door."""

    otp: OtpParameters
    issuer: str
    account: str
    label_issuer: str = ""  # what the label calls the issuer, where that differs; else empty
    notices: tuple[str, ...] = ()  # short sentences for the preview


class Names(NamedTuple):
    """Who an account is with and whose it is, as a label tells."""

    issuer: str
    account: str
    label_issuer: str
    notices: tuple[str, ...]


def parse(uri: str) -> OtpauthEntry:
    """Read one link.

    Raises a subclass of InvalidInput: LinkRefused and its kin, KindUnsupported,
    base32.SecretUnreadable, or what OtpParameters refuses (digits, period, counter, secret).
    """
    host, label, query = _split(uri)
    if host in _UNSUPPORTED_HOSTS:
        raise KindUnsupported(_UNSUPPORTED_HOSTS[host])
    if host not in {"totp", "hotp"}:
        raise LinkRefused(
            "This link's kind is unknown",
            f"It says “{plain_text(host, limit=32)}” where “totp” or “hotp” should stand",
        )
    label = _decoded(label, "label")
    given = _parameters(query, label)
    if given.get("encoder", "").lower() == "steam":
        raise KindUnsupported("Steam")
    names = split_label(label, given.get("issuer", ""))
    if "secret" not in given:
        raise LinkRefused(
            "This link has no secret",
            "Without one there are no codes to compute",
            "Ask the service for a new QR code",
        )
    secret = base32.read(given["secret"])
    otp = OtpParameters(
        type=OtpType(host),
        secret=secret.value,
        algorithm=_algorithm(given.get("algorithm", "")),
        digits=_number(given, "digits", 6),
        period=_number(given, "period", 30) if host == "totp" else 30,
        counter=_counter(given) if host == "hotp" else 0,
    )
    return OtpauthEntry(
        otp=otp,
        issuer=names.issuer,
        account=names.account,
        label_issuer=names.label_issuer,
        notices=(*names.notices, *secret.notices),
    )


def write(otp: OtpParameters, issuer: str, account: str) -> str:
    """Return the canonical link, which `parse` reads back to the same values."""
    # A colon ends the issuer, so an account that has one must not stand alone.
    prefix = f"{quote(issuer, safe='')}:" if issuer or ":" in account else ""
    parts = [f"secret={base32.write(otp.secret)}"]
    if issuer:
        parts.append(f"issuer={quote(issuer, safe='')}")
    parts += [f"algorithm={otp.algorithm.value}", f"digits={otp.digits}"]
    if otp.type is OtpType.HOTP:
        parts.append(f"counter={otp.counter}")
    else:
        parts.append(f"period={otp.period}")
    return f"otpauth://{otp.type.value}/{prefix}{quote(account, safe='')}?{'&'.join(parts)}"


def split_label(label: str, issuer: str) -> Names:
    """Tell issuer and account apart in a decoded label ("Kalos: ann"), given the named issuer.

    The issuer that is named on its own wins over the one in the label. Raises LinkRefused for
    names over 256 characters.
    """
    if issuer and label.startswith(f"{issuer}:"):
        in_label, account = issuer, label[len(issuer) + 1 :]
    else:
        in_label, colon, account = label.partition(":")
        if not colon:
            in_label, account = "", label
    hidden = 0
    shown: list[str] = []
    for what, raw in (("issuer", issuer), ("issuer", in_label), ("account name", account)):
        plain = examine(raw)
        if plain.shortened:
            raise LinkRefused(
                f"The {what} is too long", f"Names have at most {TEXT_LIMIT} characters"
            )
        hidden += plain.removed
        shown.append(plain.text)
    named, in_label, account = shown
    notices: list[str] = []
    if hidden:
        notices.append("Hidden characters were removed from the name.")
    other = in_label if named and in_label != named else ""
    if other:
        notices.append(f"The link names two issuers: “{named}” and “{other}”.")
    if not (named or in_label or account):
        notices.append("The link names neither an issuer nor an account.")
    return Names(named or in_label, account, other, tuple(notices))


def _split(uri: str) -> tuple[str, str, str]:
    """Return host (lower case), label and query, still percent-encoded."""
    text = uri.strip(" \t\r\n")
    if len(text) > LINK_LIMIT:
        raise LinkRefused("This link is too long", f"Links have at most {LINK_LIMIT:,} characters")
    if text[:10].lower() != "otpauth://":
        reason = (
            "After “otpauth:” two slashes are missing"
            if text[:8].lower() == "otpauth:"
            else "Such links begin with “otpauth://”"
        )
        raise NotAnOtpauthLink("This is not a login code", reason, "Copy the whole link")
    if _CONTROL.search(text):
        raise LinkRefused("This link is broken", "It holds a line break or a control character")
    before, _, query = text[10:].partition("?")
    host, _, label = before.partition("/")
    return host.lower() if host.isascii() else host, label, query


def _parameters(query: str, label: str) -> dict[str, str]:
    """Return what the query gives, decoded once; keys are told apart without case."""
    given: dict[str, str] = {}
    pieces = [piece for piece in query.split("&") if piece]
    if len(pieces) > _PARAMETER_LIMIT:
        raise LinkRefused("This link is broken", "It has far too many parts")
    for piece in pieces:
        raw_key, _, raw_value = piece.partition("=")
        key = _decoded(raw_key, "name of a part").lower()
        shown = plain_text(key, limit=32)
        if key in given:
            raise KeyGivenTwice(
                f"This link gives “{shown}” twice", "Which one is meant cannot be told"
            )
        # Most who write a plus in a query mean a blank (it is a form to them). Issuers such as
        # "Disney+" exist all the same, and then the label has the same name.
        literal = _decoded(raw_value, f"part “{shown}”")
        blank = _decoded(raw_value.replace("+", " "), f"part “{shown}”")
        meant = key == "issuer" and label.startswith(f"{literal}:")
        given[key] = literal if meant else blank
    return given


def _decoded(text: str, what: str) -> str:
    """Undo percent-encoding once; never guess at what is not UTF-8."""
    if _BROKEN_PERCENT.search(text):
        raise LinkRefused("This link is broken", f"Its {what} has a % without its two digits")
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeError:
        raise LinkRefused("This link is broken", f"Its {what} is not valid text") from None


def _algorithm(text: str) -> Algorithm:
    """Accept SHA1, sha-256, HmacSHA512 and their like."""
    if text.strip(" ").lower() in _ABSENT:
        return Algorithm.SHA1
    name = text.strip(" ").upper().replace("-", "").removeprefix("HMAC")
    if name not in {each.value for each in Algorithm}:
        raise AlgorithmUnsupported(
            f"The algorithm “{plain_text(text, limit=32)}” is not supported",
            "Codes are made with SHA1, SHA256 or SHA512",
        )
    return Algorithm(name)


def _number(given: dict[str, str], key: str, default: int) -> int:
    text = given.get(key, "").strip(" ")
    if text.lower() in _ABSENT:
        return default
    if not _WHOLE_NUMBER.fullmatch(text):
        raise LinkRefused(
            f"The {key} cannot be read", f"“{plain_text(text, limit=32)}” is not a whole number"
        )
    return int(text)


def _counter(given: dict[str, str]) -> int:
    if given.get("counter", "").strip(" ").lower() in _ABSENT:
        raise CounterMissing(
            "This link has no counter",
            "A counter-based account must say where counting starts",
            "Ask the service for a new QR code",
        )
    return _number(given, "counter", 0)
