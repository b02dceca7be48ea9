"""Many accounts at once: compared with those that are there, and with one another."""

import pytest

from watchword.enrolment.batch import batch
from watchword.enrolment.findings import codes_in, sort_texts
from watchword.enrolment.preview import Likeness, new_account
from watchword.enrolment.scanned import EnrolLinkFound, OtpauthFound
from watchword.otp.migration_export import export
from watchword.otp.otpauth import OtpauthEntry, parse
from watchword.otp.parameters import OtpParameters, OtpType, PinMissing

LINK = "otpauth://totp/Kalos:ana?secret=JBSWY3DPEHPK3PXPJBSWY3DP&issuer=Kalos"
YANDEX = "otpauth://yaotp/ann@yandex.ru?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY&name=ann"


def _entry(issuer: str, account: str, secret: bytes = b"12345678901234567890") -> OtpauthEntry:
    otp = OtpParameters(type=OtpType.TOTP, secret=secret)
    return OtpauthEntry(otp=otp, issuer=issuer, account=account)


def test_each_is_compared_with_what_is_there_and_with_those_before_it() -> None:
    there = [new_account(_entry("Kalos", "ana", b"a" * 20)), new_account(_entry("X", "y"))]
    shown = batch(
        [
            _entry("Kalos", "ana", b"a" * 20),
            _entry("KALOS", "Ana", b"b" * 20),
            _entry("New", "one", b"c" * 20),
            _entry("New", "one", b"c" * 20),
            _entry("New", "two", b"c" * 20),
        ],
        there,
    ).previews
    assert [each.likeness for each in shown] == [
        Likeness.DUPLICATE,
        Likeness.SAME_LABEL,
        Likeness.NEW,
        Likeness.DUPLICATE,
        Likeness.SAME_SECRET,
    ]
    assert shown[1].like == there[0]
    # What is not saved yet cannot be replaced.
    assert shown[3].like is None
    assert shown[3].warnings == ("It is in this list already.",)
    assert shown[4].like is None
    assert len({each.account.id for each in shown}) == 5


def test_texts_are_told_apart() -> None:
    (part,) = export([_entry("A", "b")], 7).links
    findings = sort_texts(
        [LINK, YANDEX, part, "otpauth://totp/A:b?secret=", "https://example.org"], now=0
    )
    assert findings.found == (OtpauthFound(parse(LINK)),)
    (pin,) = findings.pins
    assert isinstance(pin.missing, PinMissing)
    assert pin.link == YANDEX
    (read,) = findings.parts
    assert (read.batch_id, read.batch_size, len(read.entries)) == (7, 1, 1)
    assert len(findings.refused) == 2
    assert not any(isinstance(each, EnrolLinkFound) for each in findings.found)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (f"Hello\n  {LINK} \nbye\n{LINK}\n{YANDEX}", (LINK, YANDEX)),
        ("hello", ("hello",)),
        ("", ("",)),
    ],
)
def test_the_codes_of_a_text(text: str, codes: tuple[str, ...]) -> None:
    assert codes_in(text) == codes


def test_secrets_are_in_no_printed_text() -> None:
    findings = sort_texts([YANDEX, LINK], now=0)
    assert "GEZDGNBV" not in repr(findings)
    assert "JBSWY3DP" not in repr(findings)
