"""Codes of a real privacyIDEA's other kinds, tried at its own login."""

import pytest
from privacyidea import PIN, PrivacyIdea
from privacyidea_accounts import (
    OTHER_PIN,
)

from watchword.clock import SystemClock
from watchword.otp import otpauth
from watchword.otp.code import code_at


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("totp", {}),
        ("totp", {"hashlib": "sha256", "otplen": "8", "timeStep": "60"}),
        ("hotp", {}),
        ("daypassword", {}),
    ],
)
def test_codes_of_its_other_kinds_let_in(
    school: PrivacyIdea, kind: str, more: dict[str, str]
) -> None:
    made = school.make(kind, pin=OTHER_PIN, **more)
    try:
        link = made["googleurl"]["value"]
        otp = otpauth.parse(link).otp
        code = code_at(otp, SystemClock().now()).value
        assert school.accepts(code, pin=OTHER_PIN), link
    finally:
        school.remove(made["serial"])


def test_the_pin_alone_is_not_enough(school: PrivacyIdea, nothing_is_left: None) -> None:
    assert not school.accepts("", pin=PIN)
