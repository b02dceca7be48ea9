"""A name may lead anywhere; some places are never a login server."""

import pytest

from watchword.remote.address import refuse_strange_ip
from watchword.remote.errors import AddressRefused


@pytest.mark.parametrize(
    "number", ["192.0.2.1", "10.0.0.5", "127.0.0.1", "::1", "2001:db8::1", "fd00::1"]
)
def test_addresses_we_contact(number: str) -> None:
    refuse_strange_ip("login.example", number)


@pytest.mark.parametrize(
    "number",
    [
        "169.254.169.254",
        "fe80::1",
        "fe80::1%eth0",
        "::ffff:169.254.169.254",
        "224.0.0.1",
        "ff02::1",
        "0.0.0.0",
        "::",
        "255.255.255.255",
    ],
)
def test_addresses_we_do_not(number: str) -> None:
    with pytest.raises(AddressRefused, match=r"login\.example is not contacted"):
        refuse_strange_ip("login.example", number)
