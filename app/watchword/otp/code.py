"""A code and the time it is valid in: HOTP (RFC 4226), and TOTP (RFC 6238) on top of it."""

import hmac
from typing import NamedTuple

from watchword.otp.parameters import OtpParameters, OtpType

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
    return Code(_hotp(parameters, step), start, start + parameters.period)


def next_code_at(parameters: OtpParameters, at: float) -> Code | None:
    """Return the code that follows the one at `at`; None for HOTP, which moves only on demand."""
    if parameters.type is OtpType.HOTP:
        return None
    return code_at(parameters, max(0.0, at) + parameters.period)


def grouped(value: str) -> str:
    """Return a code the way people read it aloud: "123 456", "1234 5678"."""
    groups: list[str] = []
    start = 0
    for length in _GROUPS.get(len(value), (len(value),)):
        groups.append(value[start : start + length])
        start += length
    return " ".join(groups)


def _hotp(parameters: OtpParameters, counter: int) -> str:
    """RFC 4226 §5.3: the HMAC of the counter, cut to 31 bits, in as many digits as asked."""
    mac = hmac.digest(parameters.secret, counter.to_bytes(8, "big"), parameters.algorithm.value)
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**parameters.digits).zfill(parameters.digits)
