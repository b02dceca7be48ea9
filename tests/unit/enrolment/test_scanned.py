"""Every text is one of ours, ours but unusable, or named as something else; none is opened."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.enrolment.scanned import (
    EnrolLinkFound,
    MigrationFound,
    NotALoginCode,
    OtpauthFound,
    as_account,
    is_login_code,
    recognise,
)
from watchword.errors import InvalidInput
from watchword.otp.otpauth import write
from watchword.otp.parameters import OtpType, PinMissing, of_one_shape

OTPAUTH = "otpauth://totp/Kalos:ana?secret=JBSWY3DPEHPK3PXP&issuer=Kalos"
KEY = "AAECAwQFBgcICQoLDA0ODxAREhM"
PRINT = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
ENROL = (
    f"watchword://enrol/1?o=https://login.kalos.ch&e=AAAAAAAAAAAAAAAAAAAAAA&k={KEY}"
    f"&f={PRINT}&x=1700000600"
)
NOW = 1_700_000_000.0


def test_an_otpauth_link_is_read() -> None:
    found = recognise(f"  {OTPAUTH}\n")
    assert isinstance(found, OtpauthFound)
    assert (found.entry.issuer, found.entry.account) == ("Kalos", "ana")
    assert as_account(found) is found


def test_an_enrolment_link_names_its_host_and_hides_its_key() -> None:
    found = recognise(ENROL, now=NOW)
    assert isinstance(found, EnrolLinkFound)
    assert found.host == "login.kalos.ch"
    assert KEY not in repr(found)
    assert recognise(found.link, now=NOW) == found


@pytest.mark.parametrize(
    "text",
    [
        "otpauth://totp/A:b?secret=",
        OTPAUTH + "x" * 20_000,
        "otpauth://totp/A:b",
        "otpauth://totp/A:b?secret=JBSWY3DPEHPK3PXP&algorithm=MD5",
        ENROL.replace("https:", "http:"),
        ENROL.replace("login.kalos.ch", "0x7f000001"),
        ENROL.replace("enrol/1", "enrol/2"),
        ENROL.replace("1700000600", "1600000000"),
    ],
)
def test_what_is_ours_and_unusable_says_why(text: str) -> None:
    assert is_login_code(text)
    with pytest.raises(InvalidInput) as refused:
        recognise(text, now=NOW)
    assert refused.value.title
    assert refused.value.reason


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("https://evil.example/login", "a web address"),
        ("javascript:alert(1)", "a link to something else"),
        ("file:///etc/passwd", "a link to something else"),
        ("smb://server/share", "a link to something else"),
        ("WIFI:S:home;T:WPA;P:geheim;;", "access to a Wi-Fi network"),
        ("otpauth:totp/x?secret=JBSWY3DPEHPK3PXP", "a link to something else"),
        ("watchword://request/AAAA", "a link to something else"),
        ("watchword:enrol", "a link to something else"),
        ("steam://rungameid/440", "a link to something else"),
        ("steam://install", "a link to something else"),
        ("7" * 4000, "a number"),
        ("hello", "a plain text"),
        ("", "empty"),
        ("x" * 4097, "a very long text"),
    ],
)
def test_everything_else_is_named_and_not_quoted(text: str, what: str) -> None:
    found = recognise(text)
    assert found == NotALoginCode(what)
    with pytest.raises(InvalidInput) as refused:
        as_account(found)
    assert "geheim" not in str(refused.value)


def test_an_export_is_recognised_whatever_it_holds() -> None:
    assert isinstance(recognise("otpauth-migration://offline?data=CiEK"), MigrationFound)


@pytest.mark.parametrize("scheme", ["OTPAUTH", "pia"])
def test_a_push_token_of_privacyidea_is_an_enrolment(scheme: str) -> None:
    text = (
        f"{scheme}://PIPUSH/ann?url=https%3A//pi.example/ttype/push&ttl=10&v=1&serial=PIPU1"
        f"&enrollment_credential={'ab' * 20}&sslverify=1"
    )
    assert is_login_code(text)
    found = as_account(recognise(text))
    assert isinstance(found, EnrolLinkFound)
    assert (found.kind, found.host, found.link) == ("privacyidea", "pi.example", text)
    assert "abab" not in repr(found)


def test_what_cannot_be_added_yet_is_said_by_its_name() -> None:
    with pytest.raises(InvalidInput, match="not supported yet"):
        recognise("pia://container/SMPH0001?issuer=x")


@given(st.text(max_size=300) | st.text(max_size=200).map(lambda rest: f"otpauth://{rest}"))
def test_no_text_does_anything_but_be_named_or_refused(text: str) -> None:
    with contextlib.suppress(InvalidInput):
        as_account(recognise(text, now=NOW))


@pytest.mark.parametrize(
    "text",
    [
        "steam://JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        " STEAM://jbswy3dpehpk3pxp%3D%3D/\n",
        "motp://Site:ann?secret=e3152afee62599c8&pin=1234",
        "otpauth://steam/Steam:ann?secret=JBSWY3DPEHPK3PXP",
    ],
)
def test_links_of_other_kinds_are_login_codes(text: str) -> None:
    assert is_login_code(text)
    assert isinstance(recognise(text), OtpauthFound)


def test_a_link_of_ours_with_the_longest_names_is_recognised() -> None:
    otp = of_one_shape(OtpType.MOTP, bytes(128), "~" * 64)
    found = recognise(write(otp, "\U0001f600" * 256, "\U0001f600" * 256))
    assert isinstance(found, OtpauthFound)
    assert found.entry.account == "\U0001f600" * 256


def test_a_link_without_its_pin_is_a_login_code_that_needs_it() -> None:
    text = "motp://Site:ann?secret=e3152afee62599c8"
    assert is_login_code(text)
    with pytest.raises(PinMissing):
        recognise(text)
    assert isinstance(recognise(text, pin="1234"), OtpauthFound)
