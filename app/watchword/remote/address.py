"""Where a name leads: addresses that no login server has are not contacted."""

import ipaddress

from watchword.plain_text import plain_text
from watchword.remote.errors import AddressRefused


def refuse_strange_ip(host: str, number: str) -> None:
    """Raise AddressRefused when `number`, what `host` resolved to, is no login server's.

    The enrolment link was checked when it was read (watchword.protocol.origin), but a name may
    lead anywhere, and elsewhere every time. Private ranges are allowed: home servers live there.
    """
    ip = ipaddress.ip_address(number.partition("%")[0])
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
            raise AddressRefused(
                f"{plain_text(host, limit=80)} is not contacted",
                f"Its name leads to {number}, {name}, and no login server has one",
                "Ask whoever runs the server, or look at your network's settings",
            )
