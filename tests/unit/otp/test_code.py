"""The codes are those of the RFCs, and know when they are valid."""

import hashlib
import json
from pathlib import Path

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.otp.base32 import write
from watchword.otp.code import code_at, grouped, next_code_at
from watchword.otp.parameters import Algorithm, OtpParameters, OtpType

HASHES = [each for each in Algorithm if each is not Algorithm.MD5]
VECTORS = Path(__file__).parents[2] / "vectors" / "otp"
RFC4226 = json.loads((VECTORS / "rfc4226.json").read_text("utf-8"))
RFC6238 = json.loads((VECTORS / "rfc6238.json").read_text("utf-8"))


@pytest.mark.parametrize(("counter", "code"), list(enumerate(RFC4226["codes"])))
def test_rfc_4226_appendix_d(counter: int, code: str) -> None:
    parameters = OtpParameters(
        type=OtpType.HOTP, secret=RFC4226["secret_ascii"].encode(), counter=counter
    )
    assert code_at(parameters, 0) == (code, None, None)
    assert next_code_at(parameters, 0) is None


@pytest.mark.parametrize("vector", RFC6238["codes"], ids=lambda vector: str(vector["at"]))
@pytest.mark.parametrize("algorithm", HASHES)
def test_rfc_6238_appendix_b(algorithm: Algorithm, vector: dict[str, str]) -> None:
    parameters = OtpParameters(
        type=OtpType.TOTP,
        secret=RFC6238["secrets_ascii"][algorithm].encode(),
        algorithm=algorithm,
        digits=8,
    )
    assert code_at(parameters, float(vector["at"])).value == vector[algorithm]


def test_a_code_knows_its_window() -> None:
    parameters = OtpParameters(type=OtpType.TOTP, secret=b"x" * 20, period=60)
    code = code_at(parameters, 1_700_000_000.9)
    assert (code.valid_from, code.valid_until) == (1_699_999_980, 1_700_000_040)
    following = next_code_at(parameters, 1_700_000_000.9)
    assert following == code_at(parameters, 1_700_000_040)
    assert following is not None
    assert following.valid_from == code.valid_until


@given(
    secret=st.binary(min_size=14, max_size=128),
    algorithm=st.sampled_from(HASHES),
    digits=st.integers(6, 10),
    period=st.integers(5, 86_400),
    at=st.floats(0, 2**40),
)
def test_codes_agree_with_pyotp(
    secret: bytes, algorithm: Algorithm, digits: int, period: int, at: float
) -> None:
    ours = OtpParameters(
        type=OtpType.TOTP, secret=secret, algorithm=algorithm, digits=digits, period=period
    )
    peer = pyotp.HOTP(write(secret), digits=digits, digest=getattr(hashlib, algorithm.lower()))
    assert code_at(ours, at).value == peer.at(int(at) // period)


def test_five_digits_and_a_short_secret_have_codes_too() -> None:
    # pyotp refuses both; services in use hand out 80-bit secrets.
    long = OtpParameters(type=OtpType.HOTP, secret=b"12345678901234567890", digits=5)
    assert code_at(long, 0).value == "55224"
    # RFC 2104 pads a key with zeros, so these two are one key.
    short = OtpParameters(type=OtpType.HOTP, secret=b"k")
    padded = OtpParameters(type=OtpType.HOTP, secret=b"k".ljust(20, b"\0"))
    assert code_at(short, 0) == code_at(padded, 0)


def test_a_clock_before_1970_still_has_a_code() -> None:
    parameters = OtpParameters(type=OtpType.TOTP, secret=b"x")
    assert code_at(parameters, -1e6) == code_at(parameters, 0)
    assert next_code_at(parameters, -1e6) == code_at(parameters, 30)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("12345", "12 345"),
        ("012345", "012 345"),
        ("1234567", "123 4567"),
        ("12345678", "1234 5678"),
        ("123456789", "123 456 789"),
        ("1234567890", "123 456 7890"),
        ("", ""),
    ],
)
def test_codes_are_read_in_groups(code: str, shown: str) -> None:
    assert grouped(code) == shown
