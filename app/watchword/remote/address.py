"""Which servers we contact at all: HTTPS by name or honest IP, plain HTTP only on this computer."""

import ipaddress
import re
from dataclasses import dataclass

from watchword.remote.errors import AddressRefused

_ORIGIN = re.compile(r"(https?)://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?")
_DEFAULT_PORT = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Address:
    """A server's address in the one spelling we use."""

    scheme: str
    host: str  # ASCII, lower case, an IPv6 address without brackets
    port: int

    @property
    def authority(self) -> str:
        """The Host header and the signed @authority: the default port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORT[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """The address as an origin (RFC 6454 §6.2)."""
        return f"{self.scheme}://{self.authority}"

    @property
    def on_this_computer(self) -> bool:
        """Whether the host is a literal loopback address."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Return whether `host` is a literal loopback address; a name never is, it can be changed."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def address_of(origin: str) -> Address:
    """Return the address of `origin`, "https://host[:port]".

    Raises AddressRefused, with the reason, for everything that is no origin in its plain
    spelling, and for hosts a login server never has.
    """
    match = _ORIGIN.fullmatch(origin)
    if match is None:
        raise _refused(origin, "A server's address looks like https://login.example, nothing more")
    scheme, host, digits = match.groups()
    port = int(digits) if digits else _DEFAULT_PORT[scheme]
    if not 1 <= port <= 65_535:
        raise _refused(origin, f"There is no port {port}")
    if host.startswith("[") or host.rpartition(".")[2].isdigit() or _odd_number(host):
        host = _checked_ip(origin, host.strip("[]"))
    elif len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise _refused(origin, "Its host is not a name that computers can have")
    if scheme == "http" and not is_loopback(host):
        raise _refused(origin, "Without HTTPS anyone on the way could read and answer for you")
    return Address(scheme, host, port)


def refuse_strange_ip(origin: str, text: str) -> None:
    """Raise AddressRefused when the IP address `text` is one no login server has."""
    ip = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    # Link-local addresses are where clouds keep their machines' secrets (169.254.169.254).
    for strange, name in (
        (ip.is_link_local, "a link-local address"),
        (ip.is_multicast, "a multicast address"),
        (ip.is_unspecified, "no address of a computer"),
        (ip.is_reserved and not ip.is_loopback, "a reserved address"),
    ):
        if strange:
            raise _refused(origin, f"{text} is {name}, and no login server has one")


def _odd_number(host: str) -> bool:
    """Return whether the system's resolver would read `host` as a number (0x7f000001)."""
    return re.fullmatch(r"0x[0-9a-f]*", host.rpartition(".")[2]) is not None


def _checked_ip(origin: str, text: str) -> str:
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:
        raise _refused(origin, "That is not how an IP address is written") from None
    refuse_strange_ip(origin, text)
    return str(ip)


def _refused(origin: str, reason: str) -> AddressRefused:
    from watchword.plain_text import plain_text

    return AddressRefused(
        f"The server address {plain_text(origin, limit=80)} cannot be used",
        reason,
        "Ask the service for the right address",
    )
