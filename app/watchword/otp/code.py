"""A code and the time it is valid in: HOTP (RFC 4226), TOTP (RFC 6238), Steam, mOTP, Yandex."""

import hashlib
from typing import NamedTuple

import pyotp

from watchword.otp import motp, steam, yandex
from watchword.otp.parameters import Algorithm, OtpParameters, OtpType

_DIGESTS = {
    Algorithm.SHA1: hashlib.sha1,
    Algorithm.SHA256: hashlib.sha256,
    Algorithm.SHA512: hashlib.sha512,
}

_GROUPS = {5: (2, 3), 6: (3, 3), 7: (3, 4), 8: (4, 4), 9: (3, 3, 3), 10: (3, 3, 4)}


class Code(NamedTuple):
    """One code, leading zeros kept, and its window in Unix seconds (None for HOTP)."""

    value: str
    valid_from: int | None
    valid_until: int | None  # the first second at which the next code counts


def code_at(parameters: OtpParameters, at: float) -> Code:
    """Return the code at `at` (Unix seconds); HOTP: the code of the stored counter.

    A clock before 1970 is taken for 1970: codes are counted from there.
    """
    if parameters.type is OtpType.HOTP:
        return Code(_hotp(parameters, parameters.counter), None, None)
    step = max(0, int(at)) // parameters.period
    start = step * parameters.period
    return Code(_value(parameters, step), start, start + parameters.period)


def next_code_at(parameters: OtpParameters, at: float) -> Code | None:
    """Return the code that follows the one at `at`; None for HOTP, which moves only on demand."""
    if parameters.type is OtpType.HOTP:
        return None
    return code_at(parameters, max(0.0, at) + parameters.period)


def grouped(value: str, kind: OtpType = OtpType.TOTP) -> str:
    """Return a code the way people read it aloud: "123 456", "1234 5678"; Steam's stay whole."""
    if kind is OtpType.STEAM:
        return value
    groups: list[str] = []
    start = 0
    for length in _GROUPS.get(len(value), (len(value),)):
        groups.append(value[start : start + length])
        start += length
    return " ".join(groups)


class _FromBytes(pyotp.HOTP):
    """pyotp's HOTP, given bytes.

    pyotp takes base32 text and refuses secrets under 112 bits and codes of five digits; services
    that hand those out exist, so their codes are computed too (decision 4). All ten digits that
    RFC 4226 §5.3 can give are asked for: every shorter code is their end.
    """

    def __init__(self, parameters: OtpParameters) -> None:
        self._bytes = parameters.secret
        super().__init__("", digits=10, digest=_DIGESTS[parameters.algorithm])

    def byte_secret(self) -> bytes:
        return self._bytes


def _value(parameters: OtpParameters, step: int) -> str:
    kind, secret, length = parameters.type, parameters.secret, parameters.digits
    if kind is OtpType.MOTP:
        return motp.code(secret, parameters.pin, step, length)
    if kind is OtpType.YANDEX:
        return yandex.code(secret, parameters.pin, step, length)
    if kind is OtpType.STEAM:
        return steam.letters(int(_FromBytes(parameters).generate_otp(step)), length)
    return _hotp(parameters, step)


def _hotp(parameters: OtpParameters, counter: int) -> str:
    return _FromBytes(parameters).generate_otp(counter)[-parameters.digits :]
