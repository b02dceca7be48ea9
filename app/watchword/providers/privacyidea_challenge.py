"""What a privacyIDEA server lists as waiting: each challenge verified, and made fit to show.

The server signs its fields joined by bars, so that the places where one field ends are not part
of what is signed. Only `sslverify` and the numbers follow the free texts: as the one is "0" or
"1", what was signed with numbers cannot be passed off as signed without (docs/privacyidea.md).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import rfc8785

from watchword.plain_text import plain_text
from watchword.protocol.encoding import sha256
from watchword.protocol.errors import MessageRefused, NotForUs, OriginRefused
from watchword.protocol.origin import parse_origin
from watchword.providers.privacyidea_keys import check_signature
from watchword.vault.account import ServerLink

MOST_LISTED = 50

_NONCE = re.compile(r"[A-Za-z0-9_=-]{8,128}")
_ORIGIN = re.compile(r"[a-z]{4,5}://[^/?#]*", re.IGNORECASE)
_TEXT_LIMIT = 4096
_SHOWN_LIMIT = 500
_MOST_CHOICES = 12
_CHOICE_LIMIT = 16
_UNKNOWN_TRIGGER = "decline_reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """One question, signed by the server of the link."""

    nonce: str
    text: str  # fit to show
    choices: tuple[str, ...]  # one of them stands on the login page; empty: plain yes or no
    takes_reason: bool  # whether a refusal may say why
    digest: bytes = field(repr=False)  # SHA-256 of what was signed


def read_challenge(link: ServerLink, item: Any) -> Challenge:
    """Return one listed challenge. Raises BadSignature, MessageRefused or NotForUs."""
    members = item if isinstance(item, dict) else {}
    nonce, url, serial, question, title, verify = (
        _text(members, name)
        for name in ("nonce", "url", "serial", "question", "title", "sslverify")
    )
    presence = _text(members, "require_presence") if "require_presence" in members else ""
    if not _NONCE.fullmatch(nonce):
        raise MessageRefused("Its nonce cannot be used")
    if verify not in {"0", "1"}:
        raise MessageRefused("Its member sslverify is neither 0 nor 1")
    signed = f"{nonce}|{url}|{serial}|{question}|{title}|{verify}"
    if "require_presence" in members:
        signed += f"|{presence}"
    raw = _bytes(signed)
    check_signature(link.server_key, members.get("signature"), raw)
    if serial != link.device_id:
        raise NotForUs("A login request is for another device")
    if _origin(url) != link.origin:
        raise NotForUs("A login request wants its answer at another server")
    return Challenge(
        nonce=nonce,
        text=_shown(title, question),
        choices=_choices(presence) if "require_presence" in members else (),
        takes_reason=_capabilities(link, members, nonce).get(_UNKNOWN_TRIGGER) is True,
        digest=sha256(raw),
    )


def _capabilities(link: ServerLink, members: dict[str, Any], nonce: str) -> Mapping[str, Any]:
    """Return what else the server says, signed, that it understands; older ones say nothing."""
    if "capabilities" not in members:
        return {}
    try:
        said = json.loads(_text(members, "capabilities"))
        if not isinstance(said, dict):
            raise MessageRefused("Its capabilities cannot be read")
        signed = rfc8785.dumps({"capabilities": said, "nonce": nonce})
    except (ValueError, RecursionError, rfc8785.CanonicalizationError) as error:
        raise MessageRefused("Its capabilities cannot be read") from error
    check_signature(link.server_key, members.get("capabilities_signature"), signed)
    return said


def _choices(presence: str) -> tuple[str, ...]:
    choices = tuple(presence.split(","))
    plain = all(plain_text(one, limit=_CHOICE_LIMIT) == one != "" for one in choices)
    if not plain or not 2 <= len(choices) <= _MOST_CHOICES or len(set(choices)) < len(choices):
        raise MessageRefused("What it offers to choose from cannot be shown")
    return choices


def _shown(title: str, question: str) -> str:
    """Return title and question as one text; a web page's visitor may have written parts of it."""
    parts = (plain_text(part, limit=_SHOWN_LIMIT) for part in (title, question))
    return ": ".join(dict.fromkeys(part for part in parts if part))


def _origin(url: str) -> str:
    found = _ORIGIN.match(url)
    try:
        return str(parse_origin(found.group())) if found else ""
    except OriginRefused:
        return ""


def _text(members: dict[str, Any], name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str) or len(value) > _TEXT_LIMIT:
        raise MessageRefused(f"Its member {name} is missing or no text")
    return value


def _bytes(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise MessageRefused("It holds half a character") from error
