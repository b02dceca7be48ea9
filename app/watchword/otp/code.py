"""A code and the time it is good for."""

from dataclasses import dataclass
from hashlib import sha1, sha256, sha512

import pyotp

from watchword.otp.parameters import Algorithm, OtpParameters, OtpType

_DIGESTS = {Algorithm.SHA1: sha1, Algorithm.SHA256: sha256, Algorithm.SHA512: sha512}


@dataclass(frozen=True, slots=True)
class Code:
    """A code's digits, and its window in Unix seconds: from `valid_from` until before `valid_until`.

    Both are None for a counter's code, which is good until it is used.
    """

    value: str
    valid_from: int | None
    valid_until: int | None


class _FromBytes(pyotp.HOTP):
    """pyotp's HOTP fed with bytes.

    pyotp takes base32 and refuses secrets under 112 bits and codes of five digits. Services that
    hand those out exist, so they are computed (the preview warns): the ten digits of RFC 4226 §5.3
    hold every shorter code at their end.
    """

    def __init__(self, parameters: OtpParameters) -> None:
        self._bytes = parameters.secret
        super().__init__("", digits=10, digest=_DIGESTS[parameters.algorithm])

    def byte_secret(self) -> bytes:
        return self._bytes


def _digits(parameters: OtpParameters, counter: int) -> str:
    return _FromBytes(parameters).generate_otp(counter)[-parameters.digits :]


def code_at(parameters: OtpParameters, at: float) -> Code:
    """Return the code at the Unix time `at` (RFC 6238 §4.2), or the counter's (RFC 4226 §5.3)."""
    if parameters.type is OtpType.HOTP:
        return Code(_digits(parameters, parameters.counter), None, None)
    step = max(0, int(at // parameters.period))
    start = step * parameters.period
    return Code(_digits(parameters, step), start, start + parameters.period)


def next_code_at(parameters: OtpParameters, at: float) -> Code | None:
    """Return the code after the one at `at`; None for a counter, whose next code costs a step."""
    if parameters.type is OtpType.HOTP:
        return None
    return code_at(parameters, max(0.0, at) + parameters.period)


def grouped(value: str) -> str:
    """Return the code as people read it aloud: "123 456", "1234 5678", "123 456 789"."""
    if not value.isdigit() or len(value) < 6:
        return value
    size = 4 if len(value) == 8 else 5 if len(value) == 10 else 3
    groups = [value[start : start + size] for start in range(0, len(value), size)]
    if len(groups[-1]) == 1:  # seven digits: "123 4567"
        groups[-2:] = [groups[-2] + groups[-1]]
    return " ".join(groups)
