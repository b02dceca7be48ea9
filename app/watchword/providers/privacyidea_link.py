"""The QR code of a push account of privacyIDEA, `otpauth://pipush/…` or `pia://pipush/…`: read strictly.

What it must not decide is not read at all: its picture is never fetched, and that it wants no
check of the server's certificate makes the person confirm the server's key (docs/privacyidea.md).
"""

import re
from dataclasses import dataclass, field
from typing import NoReturn
from urllib.parse import urlsplit

from watchword.otp.link import names_of, split
from watchword.plain_text import plain_text
from watchword.protocol.errors import LinkRefused, LinkTooNew
from watchword.protocol.origin import Origin, parse_origin

_STARTS = ("otpauth://pipush/", "pia://")
_SERIAL = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_CREDENTIAL = re.compile(r"[A-Za-z0-9]{16,128}")
_PATH = re.compile(r"/[A-Za-z0-9._~/-]{0,200}")
_WHOLE = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
_TRUE = {"true", "1", "yes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PushLink:
    """What the QR code says; nothing was contacted."""

    origin: Origin
    path: str  # of the one address everything is sent to: "/ttype/push"
    serial: str  # the account's number at the server
    issuer: str
    label: str  # the account's name
    once_key: str = field(repr=False)  # allows one device to enrol, once
    ttl: float  # seconds it is valid, counted from when it was first seen
    verify_tls: bool  # False: only with a key that the person confirmed
    ask_password: bool  # the server wants the vault's password or the keyring at every answer
    notices: tuple[str, ...] = ()  # sentences a person should read before confirming


def is_push_link(text: str) -> bool:
    """Whether `text` begins as a link of privacyIDEA's own app does."""
    return text.lstrip()[:24].lower().startswith(_STARTS)


def parse_push_link(text: str) -> PushLink:
    """Return what the link says.

    Raises LinkRefused, LinkTooNew or OriginRefused, or what watchword.otp.link refuses in any link.
    """
    text = text.strip()
    if text[:6].lower() == "pia://":
        text = f"otpauth://{text[6:]}"
    link = split(text)
    if link.host == "container":
        raise LinkRefused(
            "This joins a container of privacyIDEA",
            "Containers hold several accounts and are not supported yet",
            "Ask for single ones instead: push, TOTP or HOTP",
        )
    if link.host != "pipush":
        _refuse("it is of a kind that only privacyIDEA's own app knows")
    given = link.given
    if given.get("v", "") != "1":
        if given.get("v", "").isdecimal():
            raise LinkTooNew(
                "This code needs a newer Watchword",
                f"It is of version {given['v'][:6]}",
                "Update Watchword on this computer and try again",
            )
        _refuse("its version cannot be read")
    for name, shape in (("serial", _SERIAL), ("enrollment_credential", _CREDENTIAL)):
        if not shape.fullmatch(given.get(name, "")):
            _refuse(f"its part {name} is missing or cannot be read")
    if not _WHOLE.fullmatch(given.get("ttl", "")):
        _refuse("it does not say how many minutes it is valid")
    origin, path = _address(given.get("url", ""))
    names = names_of(link.label, given.get("issuer", ""))
    return PushLink(
        origin=origin,
        path=path,
        serial=given["serial"],
        issuer=names.issuer or "privacyIDEA",
        label=names.account or given["serial"],
        once_key=given["enrollment_credential"],
        ttl=int(given["ttl"]) * 60.0,
        # Whatever is not clearly a yes must not switch anything off, nor be taken for one.
        verify_tls=given.get("sslverify", "1").strip().lower() in _TRUE,
        ask_password=given.get("pin", "").strip().lower() in _TRUE
        or bool(given.get("app_force_unlock", "").strip()),
        notices=(*origin.notices, *names.notices),
    )


def _address(url: str) -> tuple[Origin, str]:
    """Return origin and path of the server's address; raises OriginRefused or LinkRefused."""
    try:
        parts = urlsplit(url)
    except ValueError:
        _refuse("its server's address cannot be read")
    start = f"{parts.scheme}://{parts.netloc}"
    # What comes apart into other pieces than these is read differently by somebody else.
    if url[: len(start)].lower() != start.lower() or url[len(start) :] != parts.path:
        _refuse("its server's address has parts that do not belong there")
    origin = parse_origin(url[: len(start)])
    path = parts.path or "/"
    if not _PATH.fullmatch(path) or "/." in path or "//" in path:
        _refuse("the path of its server's address cannot be read")
    return origin, path


def _refuse(why: str) -> NoReturn:
    raise LinkRefused(
        "This enrolment code cannot be used",
        f"{why[0].upper()}{plain_text(why[1:])}",
        "Ask whoever runs the server for a new one",
    )
