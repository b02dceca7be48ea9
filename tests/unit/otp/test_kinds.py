"""Steam, mOTP, Yandex and the day password: published codes, and a second computation beside ours."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.errors import InvalidInput
from watchword.otp import base32, motp, yandex
from watchword.otp.code import Code, code_at, grouped, next_code_at
from watchword.otp.otpauth import parse
from watchword.otp.parameters import (
    SHAPES,
    Algorithm,
    OtpParameters,
    OtpType,
    PinMissing,
    PinRefused,
    SecretRefused,
    ShapeRefused,
    of_one_shape,
)

VECTORS = Path(__file__).parents[2] / "vectors" / "otp"

secrets = st.binary(min_size=1, max_size=128)
pins = st.text(alphabet=[chr(code) for code in range(0x21, 0x7F)], min_size=1, max_size=64)
times = st.floats(0, 2**40)


def vectors(kind: str, members: str = "codes") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((VECTORS / f"{kind}.json").read_text("utf-8"))[
        members
    ]
    return found


# A second computation of each kind, by other means than the app's.


def steam_again(secret: bytes, at: float) -> str:
    digest = hmac.new(secret, (int(at) // 30).to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[19] % 16
    number = int(digest[start : start + 4].hex(), 16) % 2**31
    places = (number // 26**place % 26 for place in range(5))
    return "".join("23456789BCDFGHJKMNPQRTVWXY"[place] for place in places)


def motp_again(secret: bytes, pin: str, at: float) -> str:
    hashed = hashlib.new("md5")
    for part in (b"%d" % (int(at) // 10), secret.hex().encode(), pin.encode()):
        hashed.update(part)
    return hashed.digest()[:3].hex()


def yandex_again(secret: bytes, pin: str, at: float) -> str:
    key = hashlib.sha256(b"".join((pin.encode("ascii"), secret))).digest()
    if key.startswith(b"\0"):
        key = key[1:]
    digest = hmac.new(key, (int(at) // 30).to_bytes(8, "big"), hashlib.sha256).digest()
    start = digest[31] % 16
    number = int(digest[start : start + 8].hex(), 16) % 2**63 % 26**8
    return "".join(chr(97 + number // 26**place % 26) for place in range(7, -1, -1))


@pytest.mark.parametrize("vector", vectors("steam"), ids=lambda vector: vector["code"])
def test_steam_as_published(vector: dict[str, Any]) -> None:
    otp = of_one_shape(OtpType.STEAM, base32.read(vector["secret"]).value)
    assert code_at(otp, vector["at"]).value == vector["code"]
    assert steam_again(otp.secret, vector["at"]) == vector["code"]


@pytest.mark.parametrize(
    "vector", vectors("motp"), ids=lambda vector: f"{vector['at']}-{vector['code']}"
)
def test_motp_as_published(vector: dict[str, Any]) -> None:
    otp = of_one_shape(OtpType.MOTP, motp.read_secret(vector["secret"]).value, vector["pin"])
    assert code_at(otp, vector["at"]).value == vector["code"]
    assert motp_again(otp.secret, otp.pin, vector["at"]) == vector["code"]


@pytest.mark.parametrize("vector", vectors("yandex"), ids=lambda vector: vector["code"])
def test_yandex_as_published(vector: dict[str, Any]) -> None:
    secret = yandex.read_secret(vector["secret"])
    otp = of_one_shape(OtpType.YANDEX, secret.value, vector["pin"])
    assert secret.notices == ()
    assert code_at(otp, vector["at"]).value == vector["code"]
    assert yandex_again(otp.secret, otp.pin, vector["at"]) == vector["code"]


@given(secret=secrets, at=times)
def test_steam_agrees_with_a_second_computation_and_with_pyotp(secret: bytes, at: float) -> None:
    code = code_at(of_one_shape(OtpType.STEAM, secret), at).value
    assert code == steam_again(secret, at)
    if len(secret) >= 14:  # pyotp refuses shorter ones
        peer = pyotp.contrib.Steam(base32.write(secret))
        assert code == peer.generate_otp(int(at) // 30)


@given(secret=secrets, pin=pins, at=times)
def test_motp_agrees_with_a_second_computation(secret: bytes, pin: str, at: float) -> None:
    code = code_at(of_one_shape(OtpType.MOTP, secret, pin), at).value
    assert code == motp_again(secret, pin, at)


@given(secret=st.binary(min_size=16, max_size=16), pin=pins, at=times)
def test_yandex_agrees_with_a_second_computation(secret: bytes, pin: str, at: float) -> None:
    code = code_at(of_one_shape(OtpType.YANDEX, secret, pin), at).value
    assert code == yandex_again(secret, pin, at)


def test_yandex_drops_a_zero_at_the_start_of_its_key() -> None:
    # Found by counting: one PIN in 256 gives such a key, and none of the published values has it.
    secret = bytes(16)
    pin = next(
        str(number)
        for number in range(10_000)
        if hashlib.sha256(str(number).encode() + secret).digest()[0] == 0
    )
    otp = of_one_shape(OtpType.YANDEX, secret, pin)
    assert code_at(otp, 0).value == yandex_again(secret, pin, 0)


@pytest.mark.parametrize(
    "vector", vectors("yandex", "secrets"), ids=lambda vector: vector["source"]
)
def test_the_check_in_secrets_of_yandex(vector: dict[str, Any]) -> None:
    if vector["sound"]:
        assert len(yandex.read_secret(vector["secret"]).value) == 16
        return
    with pytest.raises(base32.SecretUnreadable):
        yandex.read_secret(vector["secret"])


def test_every_single_typing_error_in_a_secret_of_yandex_is_found() -> None:
    printed = base32.read(vectors("yandex")[1]["secret"]).value
    assert yandex.check_agrees(printed)
    for bit in range(len(printed) * 8):
        wrong = int.from_bytes(printed, "big") ^ 1 << bit
        assert not yandex.check_agrees(wrong.to_bytes(26, "big"))


def test_a_day_password_is_the_same_all_day() -> None:
    # The link of privacyIDEA's documentation (doc/tokens/tokentypes/daypassword.rst).
    entry = parse(
        "otpauth://daypassword/DayPassword0000536F?secret=NW6IT27XNRXOAZEP4GILXB3GCKCANVQR"
        "&issuer=privacyIDEA&algorithm=SHA256&digits=6&period=86400"
    )
    assert (entry.otp.type, entry.otp.period) == (OtpType.TOTP, 86_400)
    midnight = 1_699_920_000
    first = code_at(entry.otp, midnight)
    assert first == code_at(entry.otp, midnight + 86_399.9)
    assert (first.valid_from, first.valid_until) == (midnight, midnight + 86_400)
    peer = pyotp.HOTP("NW6IT27XNRXOAZEP4GILXB3GCKCANVQR", digest=hashlib.sha256)
    assert first.value == peer.at(midnight // 86_400)


@pytest.mark.parametrize("kind", list(SHAPES))
def test_the_next_code_follows_at_once(kind: OtpType) -> None:
    otp = of_one_shape(kind, bytes(range(16)), "1234" if kind.needs_pin else "")
    code, following = code_at(otp, 1_700_000_003.5), next_code_at(otp, 1_700_000_003.5)
    assert isinstance(following, Code)
    assert code.valid_until == following.valid_from
    assert following == code_at(otp, float(following.valid_from or 0))
    assert len(code.value) == SHAPES[kind].digits


@pytest.mark.parametrize("kind", list(SHAPES))
def test_a_clock_before_1970_still_has_a_code(kind: OtpType) -> None:
    otp = of_one_shape(kind, bytes(16), "1234" if kind.needs_pin else "")
    assert code_at(otp, -5e9) == code_at(otp, 0)


@pytest.mark.parametrize(
    ("code", "kind", "shown"),
    [
        ("FR8RV", OtpType.STEAM, "FR8RV"),
        ("23456", OtpType.STEAM, "23456"),
        ("e7d8b6", OtpType.MOTP, "e7d 8b6"),
        ("umozdicq", OtpType.YANDEX, "umoz dicq"),
    ],
)
def test_letters_in_groups(code: str, kind: OtpType, shown: str) -> None:
    assert grouped(code, kind) == shown


@pytest.mark.parametrize("pin", ["", " 1234", "12 34", "1\n2", "ü", "1" * 65, "\ud800", "\0"])
@pytest.mark.parametrize("kind", [OtpType.MOTP, OtpType.YANDEX])
def test_what_is_no_pin_is_refused(kind: OtpType, pin: str) -> None:
    with pytest.raises(PinRefused) as refused:
        of_one_shape(kind, bytes(16), pin)
    assert isinstance(refused.value, PinMissing) is (pin == "")


@pytest.mark.parametrize("kind", [OtpType.TOTP, OtpType.HOTP, OtpType.STEAM])
def test_a_pin_where_none_belongs_is_refused(kind: OtpType) -> None:
    shape = SHAPES.get(kind)
    with pytest.raises(PinRefused):
        OtpParameters(type=kind, secret=b"x", digits=shape.digits if shape else 6, pin="1234")


@pytest.mark.parametrize(
    "given",
    [
        {"type": OtpType.TOTP, "algorithm": Algorithm.MD5},
        {"type": OtpType.HOTP, "algorithm": Algorithm.MD5},
        {"type": OtpType.STEAM, "digits": 6},
        {"type": OtpType.STEAM, "digits": 5, "period": 60},
        {"type": OtpType.MOTP, "pin": "1"},
        {"type": OtpType.YANDEX, "digits": 8, "pin": "1"},
    ],
)
def test_a_kind_of_one_shape_has_no_other(given: dict[str, Any]) -> None:
    with pytest.raises(ShapeRefused):
        OtpParameters(secret=bytes(16), **given)


def test_a_secret_of_yandex_has_16_bytes() -> None:
    with pytest.raises(SecretRefused):
        of_one_shape(OtpType.YANDEX, bytes(26), "1234")


@pytest.mark.parametrize("text", ["", " ", "abc", "xyz1", "0x12", "e3152afee62599c", "٠" * 16])
def test_a_secret_of_motp_is_whole_hexadecimal(text: str) -> None:
    with pytest.raises(InvalidInput):
        motp.read_secret(text)


def test_spellings_of_a_secret_of_motp() -> None:
    assert motp.read_secret("E315 2AFE-e625 99c8") == motp.read_secret("e3152afee62599c8")
    assert motp.read_secret("e3152afee62599c8").notices == ()
    assert motp.read_secret("11223344556677889900").notices  # privacyIDEA's test has such a one


def test_pins_and_secrets_stand_in_no_repr() -> None:
    otp = of_one_shape(OtpType.MOTP, bytes.fromhex("e3152afee62599c8"), "90217")
    assert "90217" not in repr(otp)
    assert "e3152afe" not in repr(otp)
