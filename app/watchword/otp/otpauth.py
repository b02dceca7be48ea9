"""otpauth links: strict about meaning, tolerant about spelling.

The format is the Key URI format that Google Authenticator introduced:
``otpauth://TYPE/LABEL?secret=…&issuer=…&algorithm=…&digits=…&period=…&counter=…``.
What is wrong is named; what other apps are known to write is read, with a notice where a person
should know.
"""

from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from watchword.errors import InvalidInput
from watchword.otp import base32
from watchword.otp.parameters import Algorithm, OtpParameters, OtpType
from watchword.plain_text import TEXT_LIMIT, examine

LINK_LIMIT = 4096
_WEAK_SECRET_BYTES = 10  # 80 bits: what the oldest services hand out; RFC 4226 §4 asks for 128
_ALGORITHMS = {
    "SHA1": Algorithm.SHA1,
    "SHA256": Algorithm.SHA256,
    "SHA512": Algorithm.SHA512,
}


class NotAnOtpauthLink(InvalidInput):
    """The text is no otpauth link at all."""


class LinkRefused(InvalidInput):
    """The link is an otpauth link, and something in it cannot be meant."""


@dataclass(frozen=True, slots=True)
class OtpauthEntry:
    """What a link says, fit to show; `notices` are sentences for the preview."""

    otp: OtpParameters
    issuer: str
    account: str
    label_issuer: (
        str  # the issuer that the label names, where it differs from `issuer`; else empty
    )
    notices: tuple[str, ...] = ()


def _decoded(text: str, what: str) -> str:
    """Percent-decode `text` once, strictly."""
    for index, character in enumerate(text):
        if character == "%" and not _is_hex(text[index + 1 : index + 3]):
            raise LinkRefused("This link cannot be read", f"The {what} holds a broken % sequence")
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError as error:
        raise LinkRefused("This link cannot be read", f"The {what} is not UTF-8 text") from error


def _is_hex(pair: str) -> bool:
    return len(pair) == 2 and all(character in "0123456789abcdefABCDEF" for character in pair)


def _parts(query: str) -> dict[str, str]:
    """Return the query's values by lower-case name; a name given twice is refused."""
    found: dict[str, str] = {}
    for part in query.split("&"):
        if not part:
            continue
        name, _, value = part.partition("=")
        name = _decoded(name, "name of a part").casefold()
        if name in found:
            raise LinkRefused(
                "This link cannot be used",
                f"It gives '{examine(name, limit=20).text}' twice",
                "Ask for a new one",
            )
        # A plus is a blank to browsers and a plus to most apps. In a secret it is neither, and
        # issuers such as "Disney+" exist: it stays.
        found[name] = _decoded(value, f"part '{examine(name, limit=20).text}'")
    return found


def _number(parts: dict[str, str], name: str, default: int) -> int:
    text = parts.get(name, "").strip()
    if text.casefold() in {"", "null"}:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 20):
        raise LinkRefused("This link cannot be used", f"'{name}' must be a whole number")
    return int(text)


def _algorithm(parts: dict[str, str]) -> Algorithm:
    text = parts.get("algorithm", "").strip()
    plain = text.upper().replace("-", "").removeprefix("HMAC")
    if plain in {"", "NULL"}:
        return Algorithm.SHA1
    if plain not in _ALGORITHMS:
        shown = examine(text, limit=20).text
        raise LinkRefused(
            "This link cannot be used",
            f"Its algorithm '{shown}' is not one of SHA1, SHA256 and SHA512",
        )
    return _ALGORITHMS[plain]


def _label(label: str) -> tuple[str, str]:
    """Return (issuer, account) of a label as it stands in the link; blanks may follow the colon.

    A plain colon divides; only where there is none, an encoded one does (some apps write that).
    """
    if ":" in label:
        issuer, _, account = label.partition(":")
        return _decoded(issuer, "label").strip(), _decoded(account, "label").strip()
    issuer, colon, account = _decoded(label, "label").partition(":")
    return (issuer.strip(), account.strip()) if colon else ("", issuer.strip())


def _shown(text: str, what: str, notices: list[str]) -> str:
    plain = examine(text)
    if plain.shortened:
        raise LinkRefused(
            "This link cannot be used", f"The {what} is longer than {TEXT_LIMIT} characters"
        )
    if plain.removed:
        notices.append(f"Hidden characters were removed from the {what}.")
    return plain.text


def parse(uri: str) -> OtpauthEntry:
    """Return what the otpauth link `uri` says.

    Raises NotAnOtpauthLink when it is none, otherwise LinkRefused, NotBase32 or an error of
    OtpParameters: all InvalidInput, each naming what is wrong and never the secret.
    """
    uri = uri.strip()
    if uri[:10].casefold() != "otpauth://":
        raise NotAnOtpauthLink("This is not a login code", "It does not begin with otpauth://")
    if len(uri) > LINK_LIMIT:
        raise LinkRefused("This link cannot be used", f"It is longer than {LINK_LIMIT} characters")
    kind, _, rest = uri[10:].partition("/")
    if "?" in kind:
        kind, _, query = kind.partition("?")
        label = ""
    else:
        label, _, query = rest.partition("#")[0].partition("?")
    kind = kind.casefold()
    if kind not in {"totp", "hotp"}:
        shown = examine(kind, limit=20).text
        raise LinkRefused(
            "This link cannot be used", f"Codes of the kind '{shown}' are not supported"
        )

    parts = _parts(query)
    notices: list[str] = []
    label_issuer, account = (_shown(part, "label", notices) for part in _label(label))
    issuer = _shown(parts.get("issuer", ""), "issuer", notices)
    if issuer and label_issuer and issuer != label_issuer:
        notices.append(f"The link names two issuers: “{issuer}” and “{label_issuer}”.")
    otp = _parameters(kind, parts, notices)
    conflict = label_issuer if issuer and issuer != label_issuer else ""
    return OtpauthEntry(
        otp, issuer or label_issuer, account, conflict, tuple(dict.fromkeys(notices))
    )


def _parameters(kind: str, parts: dict[str, str], notices: list[str]) -> OtpParameters:
    secret, exact = base32.decode(parts.get("secret", ""))
    if not secret:
        raise LinkRefused(
            "This link has no secret", "Without one there are no codes", "Ask the service again"
        )
    if not exact:
        notices.append("The secret has leftover bits; they are ignored, as other apps do.")
    if len(secret) < _WEAK_SECRET_BYTES:
        notices.append("The secret is very short: the service makes it easy to guess.")
    if kind == "hotp" and parts.get("counter", "").strip().casefold() in {"", "null"}:
        raise LinkRefused(
            "This link cannot be used", "It moves on by a counter and does not say where it starts"
        )
    return OtpParameters(
        type=OtpType(kind),
        secret=secret,
        algorithm=_algorithm(parts),
        digits=_number(parts, "digits", 6),
        period=_number(parts, "period", 30) if kind == "totp" else 30,
        counter=_number(parts, "counter", 0) if kind == "hotp" else 0,
    )


def write(otp: OtpParameters, issuer: str, account: str) -> str:
    """Return the canonical link; `parse` reads the same values back."""
    label = (
        f"{quote(issuer, safe='')}:{quote(account, safe='')}"
        if issuer
        else quote(account, safe="")
    )
    if not issuer and ":" in account:  # else the reader would take its beginning for the issuer
        label = f":{quote(account, safe='')}"
    parts = {"secret": base32.encode(otp.secret)}
    if issuer:
        parts["issuer"] = quote(issuer, safe="")
    parts |= {"algorithm": otp.algorithm.value, "digits": str(otp.digits)}
    if otp.type is OtpType.HOTP:
        parts["counter"] = str(otp.counter)
    else:
        parts["period"] = str(otp.period)
    return f"otpauth://{otp.type.value}/{label}?" + "&".join(f"{k}={v}" for k, v in parts.items())
