"""The parts of a link that carries an account: scheme, kind, label and query, decoded once.

What the parts mean is otpauth.py's business.
"""

import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from watchword.errors import InvalidInput
from watchword.plain_text import TEXT_LIMIT, examine, plain_text

# A QR code holds at most 4,296 characters; a long name in a link we wrote ourselves, every
# character percent-encoded, can be longer.
LINK_LIMIT = 16_384
_PARAMETER_LIMIT = 64

_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class NotAnOtpauthLink(InvalidInput):
    """The text is no link to an account with codes at all."""


class LinkRefused(InvalidInput):
    """The text is such a link, and something in it cannot be meant."""


class KeyGivenTwice(LinkRefused):
    """A key stands in the link twice: which one is meant cannot be told."""


class Link(NamedTuple):
    """A link in its parts, decoded once."""

    scheme: str  # "otpauth", "motp" or "steam"
    host: str  # lower case; of the other schemes, the scheme itself
    label: str
    given: dict[str, str]  # the query by its keys in lower case

    def __repr__(self) -> str:
        """Say what it leads to, and no secret."""
        return f"Link({self.scheme}, {self.host})"


class Names(NamedTuple):
    """Who an account is with and whose it is, as a label tells."""

    issuer: str
    account: str
    label_issuer: str  # what the label calls the issuer, where that differs; else empty
    notices: tuple[str, ...]


def split(text: str) -> Link:
    """Return the parts of a link. Raises NotAnOtpauthLink, LinkRefused or KeyGivenTwice."""
    text = text.strip(" \t\r\n")
    if len(text) > LINK_LIMIT:
        raise LinkRefused("This link is too long", f"Links have at most {LINK_LIMIT:,} characters")
    scheme, found, rest = text.partition("://")
    scheme = scheme.lower() if scheme.isascii() else ""
    if not found or scheme not in {"otpauth", "motp", "steam"}:
        reason = (
            "After “otpauth:” two slashes are missing"
            if text[:8].lower() == "otpauth:"
            else "Such links begin with “otpauth://”"
        )
        raise NotAnOtpauthLink("This is not a login code", reason, "Copy the whole link")
    if _CONTROL.search(text):
        raise LinkRefused("This link is broken", "It holds a line break or a control character")
    if scheme == "steam":
        # Nothing but the secret, which stands where other links have their kind.
        secret = _decoded(rest.removesuffix("/"), "secret")
        return Link(scheme, scheme, "", {"secret": secret, "issuer": "Steam"})
    before, _, query = rest.partition("?")
    if scheme == "otpauth":
        host, _, label = before.partition("/")
        host = host.lower() if host.isascii() else host
    else:
        host, label = scheme, before.strip("/")
    label = _decoded(label, "label")
    return Link(scheme, host, label, _parameters(query, label))


def names_of(label: str, issuer: str) -> Names:
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
        # "Disney+" exist all the same, and then the label has the same name. A PIN has no blanks.
        literal = _decoded(raw_value, f"part “{shown}”")
        blank = _decoded(raw_value.replace("+", " "), f"part “{shown}”")
        meant = key == "pin" or (key == "issuer" and label.startswith(f"{literal}:"))
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
