"""What people type for a server's address means one origin, or is refused with a reason."""

import pytest

from watchword.enrolment.server_address import read_address
from watchword.errors import InvalidInput


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("login.kalos.example", "https://login.kalos.example"),
        ("  Login.Kalos.Example ", "https://login.kalos.example"),
        ("https://login.kalos.example/", "https://login.kalos.example"),
        ("HTTPS://login.kalos.example:443", "https://login.kalos.example"),
        ("login.kalos.example:8443/sign-in?x=1#y", "https://login.kalos.example:8443"),
        ("127.0.0.1:8765", "http://127.0.0.1:8765"),
        ("http://127.0.0.1:8765/sign-in", "http://127.0.0.1:8765"),
        ("https://127.0.0.1:8765", "https://127.0.0.1:8765"),
        ("[::1]:8765", "http://[::1]:8765"),
        ("192.168.1.5", "https://192.168.1.5"),
        ("xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_address(typed: str, origin: str) -> None:
    assert str(read_address(typed)) == origin


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "https://", "http://login.kalos.example", "ftp://login.kalos.example",
        "ana@login.kalos.example", "https://login.kalos.example@evil.example", "a b.example",
        "bücher.example", "lоgin.example", "127.1", "0x7f000001", "2130706433", "169.254.169.254",
        "login.example.", "login.example:0", "login.example:99999", "login.example\\evil",
        "javascript:alert(1)", "file:///etc/passwd", "[fe80::1]", "::1", "login%2eexample",
        "otpauth://totp/x?secret=JBSWY3DP", "a" * 300,
    ],
)  # fmt: skip
def test_not_an_address(typed: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_address(typed)
    assert caught.value.reason
    assert caught.value.what_to_do


def test_notices_come_along() -> None:
    assert read_address("127.0.0.1:8765").notices == ("The server is on this computer.",)
    assert "shown encoded" in read_address("xn--bcher-kva.example").notices[0]
