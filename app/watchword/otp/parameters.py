"""What a one-time code is made of: kind, secret, hash, digits, period or counter."""

from dataclasses import dataclass, field
from enum import StrEnum

from watchword.errors import InvalidInput

SECRET_BYTES = range(1, 129)
DIGITS = range(5, 11)
PERIOD_SECONDS = range(5, 86_401)
COUNTER_LIMIT = 2**63  # what a signed 64-bit field of other apps' formats can hold


class OtpType(StrEnum):
    """How the code moves on."""

    TOTP = "totp"  # RFC 6238
    HOTP = "hotp"  # RFC 4226


class Algorithm(StrEnum):
    """The hash inside the HMAC, spelt as otpauth links spell it."""

    SHA1 = "SHA1"
    SHA256 = "SHA256"
    SHA512 = "SHA512"


class SecretRefused(InvalidInput):
    """No secret, or one longer than 128 bytes."""


class DigitsOutOfRange(InvalidInput):
    """A code has 5 to 10 digits."""


class PeriodOutOfRange(InvalidInput):
    """A code lives 5 to 86,400 seconds."""


class CounterOutOfRange(InvalidInput):
    """A counter is a whole number from 0 to 2^63 - 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtpParameters:
    """Everything a code depends on besides the time; checked when made.

    Raises SecretRefused, DigitsOutOfRange, PeriodOutOfRange or CounterOutOfRange.
    """

    type: OtpType
    secret: bytes = field(repr=False)
    algorithm: Algorithm = Algorithm.SHA1
    digits: int = 6
    period: int = 30  # seconds; HOTP keeps the default and ignores it
    counter: int = 0  # the counter of the next code; TOTP keeps 0 and ignores it

    def __post_init__(self) -> None:
        """Refuse what no service could mean."""
        if not self.secret:
            raise SecretRefused(
                "This account has no secret", "Without one there are no codes to compute"
            )
        if len(self.secret) not in SECRET_BYTES:
            raise SecretRefused(
                "The secret is too long",
                f"It has {len(self.secret)} bytes, and no service uses more than 128",
            )
        if self.digits not in DIGITS:
            raise DigitsOutOfRange(
                f"Codes of {self.digits} digits are not possible", "They have 5 to 10"
            )
        if self.period not in PERIOD_SECONDS:
            raise PeriodOutOfRange(
                f"A period of {self.period} seconds is not possible", "It is 5 to 86,400 seconds"
            )
        if not 0 <= self.counter < COUNTER_LIMIT:
            raise CounterOutOfRange(
                f"The counter {self.counter} is not possible", "It starts at 0"
            )
