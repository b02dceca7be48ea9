"""Roll-out in two steps: the secret by RFC 8018's definition, and the answer as the server reads it."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.otp import base32, otpauth, two_step
from watchword.otp.link import LinkRefused
from watchword.otp.parameters import OtpType

SECRET = "NBSWY3DPEB3W64TMMQQGC5LUNAQQ"
NUMBERS = {"2step_salt": "8", "2step_output": "20", "2step_difficulty": "1000"}


def pbkdf2(password: bytes, salt: bytes, rounds: int, size: int) -> bytes:
    """RFC 8018 §5.2 as it stands there, with HMAC-SHA1."""
    out, number = b"", 0
    while len(out) < size:
        number += 1
        block = hmac.digest(password, salt + number.to_bytes(4), "sha1")
        mixed = int.from_bytes(block)
        for _ in range(rounds - 1):
            block = hmac.digest(password, block, "sha1")
            mixed ^= int.from_bytes(block)
        out += mixed.to_bytes(20)
    return out[:size]


@pytest.mark.parametrize(
    ("password", "salt", "rounds", "size", "key"),
    [
        (b"password", b"salt", 1, 20, "0c60c80f961f0e71f3a9b524af6012062fe037a6"),
        (b"password", b"salt", 4096, 20, "4b007901b765489abead49d926f721d065a429c1"),
        (
            b"passwordPASSWORDpassword",
            b"saltSALTsaltSALTsaltSALTsaltSALTsalt",
            4096,
            25,
            "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038",
        ),
    ],
)
def test_the_definition_used_here_gives_the_published_keys(
    password: bytes, salt: bytes, rounds: int, size: int, key: str
) -> None:
    """RFC 6070."""
    assert pbkdf2(password, salt, rounds, size).hex() == key


def read_answer(text: str) -> bytes:
    """Read an answer as the server does: pad, decode, check the first four bytes."""
    raw = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    checksum, half = raw[:4], raw[4:]
    assert hashlib.sha1(half).digest()[:4] == checksum
    return half


@pytest.mark.parametrize("size", [20, 32, 64])
def test_the_secret_is_made_of_both_halves_and_ours_goes_to_the_server(size: int) -> None:
    link = (
        f"otpauth://totp/TOTP0001?secret={SECRET}&issuer=privacyIDEA"
        f"&2step_salt=8&2step_output={size}&2step_difficulty=1000"
    )
    entry = otpauth.parse(link)
    half = read_answer(entry.answer)
    assert len(half) == 8
    server_half = base32.read(SECRET).value.hex().encode()
    assert entry.otp.secret == pbkdf2(server_half, half, 1000, size)
    assert entry.otp.type is OtpType.TOTP
    assert two_step.in_groups(entry.answer) in entry.note
    assert entry.answer not in repr(entry)
    assert otpauth.parse(link).answer != entry.answer


def test_a_counter_begins_where_the_server_says() -> None:
    numbers = "&".join(f"{name}={value}" for name, value in NUMBERS.items())
    entry = otpauth.parse(f"otpauth://hotp/x?secret={SECRET}&counter=1&{numbers}")
    assert (entry.otp.counter, len(entry.otp.secret)) == (1, 20)


def test_other_links_have_no_answer() -> None:
    entry = otpauth.parse(f"otpauth://totp/x?secret={SECRET}")
    assert (entry.answer, entry.note) == ("", "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"2step_salt": "3"},
        {"2step_salt": "65"},
        {"2step_output": "9"},
        {"2step_output": "65"},
        {"2step_difficulty": "0"},
        {"2step_difficulty": "500001"},
        {"2step_difficulty": "99999999999999999999"},
        {"2step_difficulty": "1e4"},
        {"2step_salt": "\u0663\u0664"},
        {"2step_output": ""},
    ],
)
def test_numbers_that_nobody_means_are_refused(wrong: Mapping[str, str]) -> None:
    with pytest.raises(LinkRefused, match="2step_"):
        two_step.finish(b"half", {**NUMBERS, **wrong})


@pytest.mark.parametrize("missing", NUMBERS)
def test_a_link_that_asks_by_halves_is_refused(missing: str) -> None:
    numbers = {name: value for name, value in NUMBERS.items() if name != missing}
    assert two_step.is_two_step(numbers)
    with pytest.raises(LinkRefused, match=missing):
        two_step.finish(b"half", numbers)


@given(st.binary(min_size=4, max_size=64))
def test_every_half_comes_back_from_its_answer(half: bytes) -> None:
    answer = two_step.answer_of(half)
    assert read_answer(answer) == half
    assert two_step.in_groups(answer).replace(" ", "") == answer
