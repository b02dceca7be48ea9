"""`otpauth://` links, the text inside most enrolment QR codes: read strictly, written canonically.

The format is Google's "Key Uri Format" as apps in use write it, with the kinds that came later
(docs/otp-kinds.md): `otpauth://steam`, `encoder=steam` and `steam://`, `otpauth://yaotp`,
`motp://`, `otpauth://daypassword`. What a link gets wrong is refused with its reason; what many
real links get wrong (letter case, padding, an unlabelled issuer) is accepted, and what a person
should know about it becomes a notice for the preview.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import quote

from watchword.errors import InvalidInput
from watchword.otp import base32, ente, motp, two_step, yandex
from watchword.otp.link import Link, LinkRefused, names_of, split
from watchword.otp.parameters import (
    SHAPES,
    Algorithm,
    OtpParameters,
    OtpType,
    PinMissing,
    Shape,
    of_one_shape,
)
from watchword.plain_text import plain_text

_HOSTS = {
    "totp": OtpType.TOTP,
    "hotp": OtpType.HOTP,
    "daypassword": OtpType.TOTP,  # privacyIDEA's
    "steam": OtpType.STEAM,
    "motp": OtpType.MOTP,
    "yaotp": OtpType.YANDEX,
    "yandex": OtpType.YANDEX,
}
_DAY = 86_400
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": _DAY}
_WHOLE_NUMBER = re.compile(r"[0-9]{1,20}", re.ASCII)
_ALGORITHMS = {each.value: each for each in Algorithm}
# "null" is what some apps write for "not given" (real exports hold it).
_ABSENT = {"", "null"}


class KindUnsupported(InvalidInput):
    """A sound link to a kind of account that is not supported yet; `kind` is its name."""

    def __init__(self, kind: str) -> None:
        """Name the kind."""
        super().__init__(
            f"{kind} is not supported yet",
            "This link leads to no one-time codes",
            "Keep using the app you have for this account",
        )
        self.kind = kind


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
    tags: tuple[str, ...] = ()
    note: str = field(default="", repr=False)
    favourite: bool = False
    trashed: bool = False  # whether the app that wrote the link had it in its bin
    # What the person must type at the server before its codes count (two_step.py); usually empty.
    answer: str = field(default="", repr=False)


def parse(uri: str, *, pin: str = "") -> OtpauthEntry:
    """Read one link; `pin` is what a person typed for a link that needs a PIN and brings none.

    Raises a subclass of InvalidInput: LinkRefused and its kin, KindUnsupported, PinMissing,
    base32.SecretUnreadable, or what OtpParameters refuses (digits, period, counter, secret, PIN).
    """
    link = split(uri)
    kind = _kind(link)
    # Yandex's own links do not name it.
    unnamed = "Yandex" if link.host == "yaotp" and ":" not in link.label else ""
    names = names_of(link.label, link.given.get("issuer", unnamed))
    if "secret" not in link.given:
        raise LinkRefused(
            "This link has no secret",
            "Without one there are no codes to compute",
            "Ask the service for a new QR code",
        )
    secret = _secret(link, kind)
    notices = (*names.notices, *secret.notices)
    shape = SHAPES.get(kind)
    answer, note = "", ""
    if shape is None:
        value = secret.value
        if two_step.is_two_step(link.given):
            finished = two_step.finish(value, link.given)
            value, answer = finished.secret, finished.answer
            # Where it can be found again, should it not have been typed before this was closed.
            note = (
                f"To be typed at the server once, without the blanks: {two_step.in_groups(answer)}"
            )
        otp = _free(link, kind, value)
    else:
        pin = _pin(link, kind) or pin
        if kind.needs_pin and not pin:
            raise PinMissing(kind, names.account or names.issuer)
        otp = of_one_shape(kind, secret.value, pin if kind.needs_pin else "")
        notices = (*notices, *_unlike(link, kind, shape))
    extras = ente.read(link.given["codedisplay"]) if "codedisplay" in link.given else ente.Extras()
    return OtpauthEntry(
        otp=otp,
        issuer=names.issuer,
        account=names.account,
        label_issuer=names.label_issuer,
        notices=(*notices, *extras.notices),
        tags=extras.tags,
        note="\n".join(filter(None, (extras.note, note))),
        favourite=extras.favourite,
        trashed=extras.trashed,
        answer=answer,
    )


def write(otp: OtpParameters, issuer: str, account: str) -> str:
    """Return the canonical link, which `parse` reads back to the same values."""
    # A colon ends the issuer, so an account that has one must not stand alone. The programs that
    # read motp:// look for the colon.
    motp_link = otp.type is OtpType.MOTP
    prefix = f"{quote(issuer, safe='')}:" if issuer or ":" in account or motp_link else ""
    parts = [f"secret={otp.secret.hex() if motp_link else base32.write(otp.secret)}"]
    if issuer or otp.type is OtpType.YANDEX:
        parts.append(f"issuer={quote(issuer, safe='')}")
    if motp_link:
        parts.append(f"pin={quote(otp.pin, safe='')}")
        return f"motp://{prefix}{quote(account, safe='')}?{'&'.join(parts)}"
    parts += [f"algorithm={otp.algorithm.value}", f"digits={otp.digits}"]
    parts.append(f"counter={otp.counter}" if otp.type is OtpType.HOTP else f"period={otp.period}")
    if otp.type is OtpType.STEAM:
        parts.append("encoder=steam")  # Aegis and Ente go by the host, KeePassXC by this
    if otp.type is OtpType.YANDEX:
        parts.append(f"pin={base32.write(otp.pin.encode())}")
    host = "yaotp" if otp.type is OtpType.YANDEX else otp.type.value
    return f"otpauth://{host}/{prefix}{quote(account, safe='')}?{'&'.join(parts)}"


def _kind(link: Link) -> OtpType:
    if link.host == "pipush":
        raise KindUnsupported("privacyIDEA push")
    kind = _HOSTS.get(link.host)
    if kind is None:
        raise LinkRefused(
            "This link's kind is unknown",
            f"It says “{plain_text(link.host, limit=32)}” where “totp” or “hotp” should stand",
        )
    encoder = link.given.get("encoder", "").strip(" ").lower()
    if encoder not in _ABSENT | {"steam"}:
        raise LinkRefused(
            f"The encoder “{plain_text(encoder, limit=32)}” is unknown",
            "How its codes would be written cannot be told",
        )
    # KeePassXC marks Steam's codes with the one, Stratum with the other.
    if encoder == "steam" or "steam" in link.given:
        if kind not in {OtpType.TOTP, OtpType.STEAM}:
            raise LinkRefused(
                "This link contradicts itself", f"It says both “{link.host}” and “steam”"
            )
        return OtpType.STEAM
    return kind


def _secret(link: Link, kind: OtpType) -> base32.Secret:
    text = link.given["secret"]
    if kind is OtpType.YANDEX:
        return yandex.read_secret(text)
    if kind is not OtpType.MOTP:
        return base32.read(text)
    # As `otpauth://motp` there are both spellings; what is hexadecimal is all but never base32.
    if link.scheme != "motp" and not motp.is_hexadecimal(text):
        text = base32.read(text).value.hex()
    return motp.read_secret(text)


def _pin(link: Link, kind: OtpType) -> str:
    """Return the PIN a link brings: Yandex's is base32 of it, unless it is digits as they stand."""
    text = link.given.get("pin", "").strip(" ")
    # The base32 of digits and Latin letters begins with a letter, so the two never meet.
    if kind is not OtpType.YANDEX or link.host == "yandex" or re.fullmatch(r"[0-9]*", text):
        return text
    try:
        return base32.read(text).value.decode("ascii")
    except (base32.SecretUnreadable, UnicodeDecodeError):
        raise LinkRefused("The PIN in this link cannot be read", "It is not base32") from None


def _free(link: Link, kind: OtpType, secret: bytes) -> OtpParameters:
    """Return the parameters of a kind that leaves hash, digits and period to the service."""
    given = link.given
    day = link.host == "daypassword"
    if kind is OtpType.HOTP:
        period = 30
    elif day:
        period = _number(_in_seconds(given), "period", _DAY)
    else:
        period = _number(given, "period", 30)
    return OtpParameters(
        type=kind,
        secret=secret,
        algorithm=_algorithm(given.get("algorithm", "")),
        digits=_number(given, "digits", 6),
        period=period,
        counter=_counter(given) if kind is OtpType.HOTP else 0,
    )


def _unlike(link: Link, kind: OtpType, shape: Shape) -> tuple[str, ...]:
    """Return a notice for what a link says of hash, digits or period against its kind's own."""
    algorithm = _spelt(link.given.get("algorithm", ""))
    meant = (
        algorithm in {"", shape.algorithm.value}
        and _number(link.given, "digits", shape.digits) == shape.digits
        and _number(link.given, "period", shape.period) == shape.period
    )
    if meant:
        return ()
    always = f"{shape.digits} characters and last {shape.period} seconds"
    return (f"The link asks for other codes than {kind.shown} has: they always have {always}.",)


def _spelt(text: str) -> str:
    """Return the hash's name as ours are spelt: SHA1 for sha-1, HmacSHA1 and Algorithm.sha1."""
    name = text.strip(" ")
    if name.lower() in _ABSENT:
        return ""
    return name.upper().replace("-", "").removeprefix("ALGORITHM.").removeprefix("HMAC")


def _algorithm(text: str) -> Algorithm:
    name = _spelt(text) or Algorithm.SHA1.value
    if name not in _ALGORITHMS or name == Algorithm.MD5.value:
        raise AlgorithmUnsupported(
            f"The algorithm “{plain_text(text, limit=32)}” is not supported",
            "Codes are made with SHA1, SHA256 or SHA512",
        )
    return _ALGORITHMS[name]


def _number(given: dict[str, str], key: str, default: int) -> int:
    text = given.get(key, "").strip(" ")
    if text.lower() in _ABSENT:
        return default
    if not _WHOLE_NUMBER.fullmatch(text):
        raise LinkRefused(
            f"The {key} cannot be read", f"“{plain_text(text, limit=32)}” is not a whole number"
        )
    return int(text)


def _in_seconds(given: dict[str, str]) -> dict[str, str]:
    """Return `given` with a period like “24h”, as privacyIDEA's settings have it, in seconds."""
    found = re.fullmatch(r"([0-9]{1,6})([smhd])", given.get("period", ""), re.ASCII)
    if found is None:
        return given
    return {**given, "period": str(int(found[1]) * _UNITS[found[2]])}


def _counter(given: dict[str, str]) -> int:
    if given.get("counter", "").strip(" ").lower() in _ABSENT:
        raise CounterMissing(
            "This link has no counter",
            "A counter-based account must say where counting starts",
            "Ask the service for a new QR code",
        )
    return _number(given, "counter", 0)
