"""An account typed in is checked like a scanned one, for every kind of codes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.enrolment.scanned import OtpauthFound
from watchword.enrolment.typed import SecretMissing, Typed, read_typed, remarks
from watchword.errors import InvalidInput
from watchword.otp import base32
from watchword.otp.base32 import SecretUnreadable
from watchword.otp.parameters import OtpType, PinMissing, of_one_shape

HEX = "e315 2afe e625 99c8"
PRINTED = "LA2V6KMCGYMWWVEW64RNP3JA3IAAAAAAHTSG4HRZPI"


def read(**form: Any) -> OtpauthFound:
    found = read_typed(Typed(**form))
    assert isinstance(found, OtpauthFound)
    return found


def test_steam() -> None:
    # What the form still says of hash, digits and period does not matter to these kinds.
    entry = read(type=OtpType.STEAM, secret="GEZD GNBV GY3T QOJQ", digits=8, period=60).entry
    assert entry.otp == of_one_shape(OtpType.STEAM, b"1234567890")


def test_motp_is_typed_in_hexadecimal() -> None:
    entry = read(type=OtpType.MOTP, secret=HEX, pin="1234", service="Site").entry
    assert entry.otp == of_one_shape(OtpType.MOTP, bytes.fromhex("e3152afee62599c8"), "1234")
    assert entry.issuer == "Site"
    with pytest.raises(SecretUnreadable):
        read(type=OtpType.MOTP, secret="GEZDGNBVGY3TQOJQ", pin="1234")


def test_yandex_as_it_is_printed() -> None:
    entry = read(type=OtpType.YANDEX, secret=PRINTED, pin="7586").entry
    assert entry.otp == of_one_shape(OtpType.YANDEX, base32.read(PRINTED).value[:16], "7586")
    with pytest.raises(SecretUnreadable, match="mistyped"):
        read(type=OtpType.YANDEX, secret=PRINTED.replace("LA2", "AA2"), pin="7586")


@pytest.mark.parametrize("kind", [OtpType.MOTP, OtpType.YANDEX])
def test_without_its_pin_it_is_not_read(kind: OtpType) -> None:
    with pytest.raises(PinMissing):
        read(type=kind, secret=HEX if kind is OtpType.MOTP else PRINTED)


def test_a_pin_left_in_the_form_is_no_part_of_other_kinds() -> None:
    assert read(secret="GEZDGNBVGY3TQOJQ", pin="1234").entry.otp.pin == ""


def test_the_pin_beside_a_link_that_brings_none() -> None:
    link = "motp://Site:ann?secret=e3152afee62599c8"
    assert read(secret=link, pin="1234").entry.otp.pin == "1234"
    with pytest.raises(PinMissing):
        read(secret=link)


def test_nothing_typed() -> None:
    with pytest.raises(SecretMissing):
        read(type=OtpType.MOTP)
    with pytest.raises(InvalidInput):
        read(secret="steam://run/440")
    assert "e315" not in repr(Typed(secret=HEX, pin="90217"))
    assert "90217" not in repr(Typed(secret=HEX, pin="90217"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (Typed(), {}),
        (Typed(secret="JBSWY3DPEHPK3PXP"), {}),
        (Typed(secret="JBSW1"), {"secret": "base32"}),
        (Typed(secret="A" * 300), {"secret": "128"}),
        (Typed(secret="https://evil.example"), {"secret": "a web address"}),
        (Typed(secret="otpauth://totp/A:b?secret="), {"secret": "secret"}),
        (Typed(secret="otpauth://totp/A:b?secret=JBSWY3DPEHPK3PXP"), {}),
        (Typed(secret="otpauth://yaotp/ann?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY"), {}),
        (Typed(secret="zz", type=OtpType.MOTP), {"secret": "hexadecimal"}),
        (Typed(type=OtpType.MOTP, pin="a b"), {"pin": "PIN"}),
        (Typed(type=OtpType.HOTP, counter=2**63), {"counter": "not possible"}),
        (Typed(period=4), {"period": "5 to 86,400"}),
        (Typed(service="x" * 257, secret="J1"), {"service": "256", "secret": "base32"}),
    ],
)
def test_what_is_wrong_is_named_by_its_field(typed: Typed, said: dict[str, str]) -> None:
    found = remarks(typed)
    assert set(found) == set(said)
    for name, text in said.items():
        assert found[name].wrong
        assert text in found[name].text


def test_what_is_only_weak_is_not_wrong() -> None:
    found = remarks(Typed(service="a\u202eb", secret="JBSW"))
    assert {name: each.wrong for name, each in found.items()} == {
        "service": False,
        "secret": False,
    }
    assert "short" in found["secret"].text


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(list(OtpType)))
def test_what_has_no_wrong_remark_can_be_read_and_the_other_way_round(
    secret: str, pin: str, kind: OtpType
) -> None:
    """The line below the field and the button never disagree."""
    typed = Typed(secret=secret, pin=pin, type=kind)
    wrong = any(each.wrong for each in remarks(typed).values())
    try:
        read_typed(typed)
    except (PinMissing, SecretMissing):
        return
    except InvalidInput:
        assert wrong
    else:
        assert not wrong
