"""The QR code of a push token: what is read of it, and what is refused with its reason."""

import pytest

from watchword.errors import InvalidInput
from watchword.protocol.errors import LinkRefused, LinkTooNew, OriginRefused
from watchword.providers.privacyidea_link import is_push_link, parse_push_link

PARTS = {
    "url": "https%3A//pi.example/ttype/push",
    "ttl": "10",
    "issuer": "Example%20School",
    "enrollment_credential": "ab" * 20,
    "v": "1",
    "serial": "PIPU00018A4C",
    "sslverify": "1",
    "poll_only": "True",
}


def link(scheme: str = "otpauth", label: str = "ann", **changes: str | None) -> str:
    parts = {**PARTS, **changes}
    query = "&".join(f"{name}={value}" for name, value in parts.items() if value is not None)
    return f"{scheme}://pipush/{label}?{query}"


@pytest.mark.parametrize("scheme", ["otpauth", "pia", "PIA", "OTPAuth"])
def test_it_says_where_to_go_as_whom_and_for_how_long(scheme: str) -> None:
    read = parse_push_link(f" {link(scheme)}\n")
    assert f"{read.origin}{read.path}" == "https://pi.example/ttype/push"
    assert (str(read.origin), read.path) == ("https://pi.example", "/ttype/push")
    assert (read.serial, read.issuer, read.label) == ("PIPU00018A4C", "Example School", "ann")
    assert (read.ttl, read.verify_tls, read.ask_password) == (600.0, True, False)
    assert read.once_key == "ab" * 20
    assert read.once_key not in repr(read)


def test_names_pass_the_door_for_texts_from_outside() -> None:
    read = parse_push_link(link(label="%3Cb%3E%E2%80%AEann", issuer="Sch%00ool"))
    assert (read.label, read.issuer) == ("<b>ann", "School")
    assert "Hidden characters were removed from the name." in read.notices


@pytest.mark.parametrize(
    "given",
    [
        {"pin": "True"},
        {"app_force_unlock": "any"},
        {"app_force_unlock": "biometric"},
        {"app_force_unlock": "something%20newer"},
    ],
)
def test_what_asks_to_be_unlocked_asks_for_the_password(given: dict[str, str]) -> None:
    assert parse_push_link(link(**given)).ask_password


@pytest.mark.parametrize("given", ["0", "False", "", "perhaps"])
def test_tls_is_checked_only_where_the_code_clearly_says_so(given: str) -> None:
    assert not parse_push_link(link(sslverify=given)).verify_tls


def test_a_picture_is_no_part_of_it() -> None:
    read = parse_push_link(link(image="https%3A//evil.example/x.png"))
    assert "evil" not in repr(read)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"v": "2"}, "newer Watchword"),
        ({"v": None}, "version"),
        ({"v": "x"}, "version"),
        ({"serial": None}, "serial"),
        ({"serial": "a%20b"}, "serial"),
        ({"serial": "x" * 41}, "serial"),
        ({"enrollment_credential": "short"}, "enrollment_credential"),
        ({"ttl": "0"}, "minutes"),
        ({"ttl": "-5"}, "minutes"),
        ({"ttl": None}, "minutes"),
        ({"ttl": "1e9"}, "minutes"),
        ({"url": None}, "address"),
        ({"url": "http%3A//pi.example/ttype/push"}, "only for this computer"),
        ({"url": "https%3A//a%40pi.example/ttype/push"}, "user name"),
        ({"url": "https%3A//127.1/ttype/push"}, "unusual"),
        ({"url": "https%3A//169.254.169.254/"}, "link-local"),
        ({"url": "https%3A//pi.example/a%3Fb=c"}, "do not belong"),
        ({"url": "https%3A//pi.example/a%23b"}, "do not belong"),
        ({"url": "https%3A//pi.example/../x"}, "path"),
        ({"url": "https%3A//pi.example/a%0Ab"}, "do not belong"),
        ({"url": "https%3A//pi.example/%2525"}, "path"),
        ({"url": "file%3A///etc/passwd"}, "ASCII"),
        ({"label": "x" * 300}, "too long"),
        ({"serial": "PIPU1&serial=PIPU2"}, "twice"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_reason(
    changes: dict[str, str | None], why: str
) -> None:
    with pytest.raises(InvalidInput, match=why) as refused:
        parse_push_link(link(**changes))
    assert PARTS["enrollment_credential"] not in str(refused.value)


def test_the_kinds_of_refusal_are_told_apart() -> None:
    with pytest.raises(LinkTooNew):
        parse_push_link(link(v="2"))
    with pytest.raises(OriginRefused):
        parse_push_link(link(url="http%3A//pi.example/ttype/push"))
    with pytest.raises(LinkRefused, match="container"):
        parse_push_link("pia://container/SMPH0001?issuer=x&v=1")
    with pytest.raises(LinkRefused, match="own app"):
        parse_push_link("pia://something/x?v=1")


def test_other_links_are_none() -> None:
    assert not is_push_link("otpauth://totp/a?secret=JBSWY3DP")
    assert not is_push_link("watchword://enrol/1?o=x")
