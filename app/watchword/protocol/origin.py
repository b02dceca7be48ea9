"""Which server addresses we would ever contact, and what a person is told about them first.

An origin is `scheme://host[:port]` in ASCII, and has one spelling. Addresses that read
differently to a person and to a network library are refused, not repaired.
"""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

from watchword.protocol.errors import OriginRefused

HOST_LIMIT: Final = 253
_ORIGIN = re.compile(r"(?P<scheme>[A-Za-z]+)://(?P<rest>[\x21-\x7e]{1,300})")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::(?P<port>[0-9]*))?")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER_LIKE = re.compile(r"[0-9]+|0x[0-9a-f]*")

_SHARED_V4 = ipaddress.ip_network("100.64.0.0/10")  # RFC 6598, behind a provider's NAT
_PRIVATE = tuple(
    ipaddress.ip_network(net)
    for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)
_EMBEDDING_V6 = tuple(
    # IPv4 in disguise: mapped, compatible, NAT64, 6to4, Teredo.
    ipaddress.ip_network(net)
    for net in (
        "::ffff:0:0/96",
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "2001::/32",
    )
)

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Origin:
    """A server's address, checked, in its one spelling."""

    scheme: str  # "https", or "http" for literal loopback
    host: str  # ASCII, lower case; an IPv6 address without its brackets
    port: int
    notices: tuple[str, ...] = ()  # sentences a person should read before confirming

    @property
    def authority(self) -> str:
        """`host[:port]` as it stands in the Host header; the scheme's own port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _default_port(self.scheme) else f"{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether it is this computer, written as an address."""
        address = _as_address(self.host)
        return address is not None and address.is_loopback

    def __str__(self) -> str:
        """Return `scheme://authority`."""
        return f"{self.scheme}://{self.authority}"


def parse_origin(text: str) -> Origin:
    """Return the origin that `text` spells; raise OriginRefused with the reason."""
    match = _ORIGIN.fullmatch(text)
    if match is None:
        raise _refused("it is not written as https://name in plain ASCII")
    scheme = match["scheme"].lower()
    if scheme not in {"https", "http"}:
        raise _refused("only https addresses are used")
    rest = match["rest"]
    for character, what in (
        ("@", "it carries a user name"),
        ("\\", "it holds a backslash"),
        ("%", "its host is written with percent signs"),
        ("/", "it has a path"),
        ("?", "it has a query"),
        ("#", "it has a fragment"),
    ):
        if character in rest:
            raise _refused(what)
    authority = _AUTHORITY.fullmatch(rest)
    if authority is None:
        raise _refused("its host or port cannot be read")
    port = _port(authority["port"], scheme)
    host, notices = _host(authority["host"].lower())
    origin = Origin(scheme, host, port, notices)
    if scheme == "http" and not origin.is_loopback:
        raise _refused("plain http is used only for this computer (127.0.0.1 or [::1])")
    return origin


def _port(text: str | None, scheme: str) -> int:
    if text is None:
        return _default_port(scheme)
    if not text or len(text) > 5 or text.startswith("0") or not 1 <= int(text) <= 65_535:
        raise _refused("its port is not a number from 1 to 65535")
    return int(text)


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _host(text: str) -> tuple[str, tuple[str, ...]]:
    if text.startswith("["):
        return _address(text[1:-1], ipaddress.IPv6Address)
    if len(text) > HOST_LIMIT:
        raise _refused("its host is longer than 253 characters")
    labels = text.split(".")
    if labels[-1] == "":
        raise _refused("its host ends in a dot")
    if _NUMBER_LIKE.fullmatch(labels[-1]):
        return _address(text, ipaddress.IPv4Address)
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise _refused("its host holds characters that no host name has")
    notices = []
    if any(label.startswith("xn--") for label in labels):
        notices.append(
            "The server's name is written with letters outside ASCII and is shown encoded: "
            "make sure that it is the one you know."
        )
    if len(labels) == 1 or labels[-1] in {"local", "localhost", "internal", "lan", "home"}:
        notices.append("The server is on a local network.")
    return text, tuple(notices)


def _address(text: str, kind: type[_Address]) -> tuple[str, tuple[str, ...]]:
    try:
        address = kind(text)
    except ValueError as error:
        raise _refused("its address is written in an unusual way") from error
    if str(address) != text:
        raise _refused("its address is written in an unusual way")
    if address.is_loopback:
        return text, ("The server is on this computer.",)
    if address.version == 6 and any(address in net for net in _EMBEDDING_V6):
        raise _refused("its address hides another one")
    if address.is_link_local:
        raise _refused("its address is link-local")
    if address.is_multicast or address.is_unspecified or address.is_reserved:
        raise _refused("its address is not that of a server")
    if address.version == 4 and (int(address) >> 24 == 0 or str(address) == "255.255.255.255"):
        raise _refused("its address is not that of a server")
    if address.version == 6 and address.is_site_local:
        raise _refused("its address is not that of a server")
    if address in _SHARED_V4 or any(address in net for net in _PRIVATE):
        return text, ("The server is on a local network.",)
    return text, ("The server is named by its address only.",)


def _as_address(host: str) -> _Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _refused(why: str) -> OriginRefused:
    return OriginRefused(
        "This server address is not used",
        f"{why[0].upper()}{why[1:]}.",
        "Ask whoever runs the server for its address.",
    )
