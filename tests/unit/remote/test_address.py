"""Only addresses a login server can have are contacted, in one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.remote.address import address_of
from watchword.remote.errors import AddressRefused


@pytest.mark.parametrize(
    ("origin", "authority"),
    [
        ("https://login.example", "login.example"),
        ("https://login.example:443", "login.example"),
        ("https://login.example:8443", "login.example:8443"),
        ("https://xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("https://192.168.1.20", "192.168.1.20"),
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("http://[::1]:8000", "[::1]:8000"),
        ("https://[2001:db8:0:0::1]", "[2001:db8::1]"),
    ],
)
def test_addresses_we_use(origin: str, authority: str) -> None:
    assert address_of(origin).authority == authority


@pytest.mark.parametrize(
    "origin",
    [
        "http://login.example",
        "http://localhost:8000",
        "http://192.168.1.20",
        "ftp://login.example",
        "https://user@login.example",
        "https://login.example/",
        "https://login.example?x",
        "https://login.example#x",
        "https://LOGIN.example",
        "https://0x7f000001",
        "https://0x7f.1",
        "https://2130706433",
        "https://127.1",
        "https://010.0.0.1",
        "https://1.2.3.4.5",
        "https://[fe80::1]",
        "https://[fe80::1%25eth0]",
        "https://[::ffff:169.254.169.254]",
        "https://169.254.169.254",
        "https://224.0.0.1",
        "https://0.0.0.0",
        "https://255.255.255.255",
        "https://login.example:0",
        "https://login.example:65536",
        "https://login.example:",
        "https://login.example.",
        "https://.example",
        "https://a..b",
        "https://-a.example",
        "https://login%2eexample",
        "https://login\\example",
        "https://lоgin.example",  # a Cyrillic o
        f"https://{'a' * 64}.example",
        f"https://{'a.' * 150}example",
        "https://",
        "",
    ],
)
def test_addresses_we_refuse(origin: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        address_of(origin)
    assert refused.value.reason


@given(st.text(max_size=60).map("https://".__add__) | st.text(max_size=60))
def test_anything_is_an_address_or_refused(text: str) -> None:
    try:
        address = address_of(text)
    except AddressRefused:
        return
    assert address_of(address.origin) == address
