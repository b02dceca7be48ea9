"""An account typed in is checked like a scanned one, for every kind of codes."""

from typing import Any

import pytest

from watchword.enrolment.scanned import OtpauthFound
from watchword.enrolment.typed import SecretMissing, Typed, read_typed
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
