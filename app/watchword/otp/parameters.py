"""What a one-time code is made of: kind, secret, hash, digits, period or counter, PIN."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from watchword.errors import InvalidInput

SECRET_BYTES = range(1, 129)
DIGITS = range(5, 11)
PERIOD_SECONDS = range(5, 86_401)
COUNTER_LIMIT = 2**63  # what a signed 64-bit field of other apps' formats can hold
PIN_LIMIT = 64
YANDEX_BYTES = 16


class OtpType(StrEnum):
    """How the code is made (docs/otp-kinds.md)."""

    TOTP = "totp"  # RFC 6238; privacyIDEA's day password is one with a long period
    HOTP = "hotp"  # RFC 4226
    STEAM = "steam"
    MOTP = "motp"
    YANDEX = "yandex"

    @property
    def shown(self) -> str:
        """The name people know it by."""
        return _NAMES[self]

    @property
    def needs_pin(self) -> bool:
        """Whether a PIN of the person's goes into every code."""
        return self in {OtpType.MOTP, OtpType.YANDEX}


class Algorithm(StrEnum):
    """The hash a code is made with, spelt as otpauth links spell it."""

    SHA1 = "SHA1"
    SHA256 = "SHA256"
    SHA512 = "SHA512"
    MD5 = "MD5"  # mOTP's, and of no other kind

    @property
    def shown(self) -> str:
        """The name people know it by."""
        return self.value.replace("SHA", "SHA-")


class Shape(NamedTuple):
    """What a kind of code leaves no choice about."""

    algorithm: Algorithm
    digits: int  # characters, for the kinds whose codes have letters
    period: int  # seconds


_NAMES: Final = {
    OtpType.TOTP: "TOTP",
    OtpType.HOTP: "HOTP",
    OtpType.STEAM: "Steam",
    OtpType.MOTP: "mOTP",
    OtpType.YANDEX: "Yandex",
}
# Kinds that are one service's, or one program's, own.
SHAPES: Final[Mapping[OtpType, Shape]] = {
    OtpType.STEAM: Shape(Algorithm.SHA1, 5, 30),
    OtpType.MOTP: Shape(Algorithm.MD5, 6, 10),
    OtpType.YANDEX: Shape(Algorithm.SHA256, 8, 30),
}


class SecretRefused(InvalidInput):
    """No secret, or one of a length the kind does not have."""


class DigitsOutOfRange(InvalidInput):
    """A code has 5 to 10 digits."""


class PeriodOutOfRange(InvalidInput):
    """A code lives 5 to 86,400 seconds."""


class CounterOutOfRange(InvalidInput):
    """A counter is a whole number from 0 to 2^63 - 1."""


class ShapeRefused(InvalidInput):
    """The hash, number of digits or period is not what codes of this kind have."""


class PinRefused(InvalidInput):
    """A PIN that cannot be one, or one where the kind has none."""


class PinMissing(PinRefused):
    """An account whose codes need a PIN came without one; `kind` says of which kind it is."""

    def __init__(
        self,
        kind: OtpType,
        name: str = "",
        what_to_do: str = "Type the PIN along with the secret",
    ) -> None:
        """Name the kind, and the account if that is known."""
        super().__init__(
            f"The PIN of {name} is missing" if name else "The PIN is missing",
            f"{kind.shown} codes are made from the secret and a PIN that you chose",
            what_to_do,
        )
        self.kind = kind
        self.name = name


@dataclass(frozen=True, slots=True, kw_only=True)
class OtpParameters:
    """Everything a code depends on besides the time; checked when made.

    Raises SecretRefused, DigitsOutOfRange, PeriodOutOfRange, CounterOutOfRange, ShapeRefused,
    PinRefused or PinMissing: what exists can make codes.
    """

    type: OtpType
    secret: bytes = field(repr=False)
    algorithm: Algorithm = Algorithm.SHA1
    digits: int = 6
    period: int = 30  # seconds; HOTP keeps the default and ignores it
    counter: int = 0  # the counter of the next code; the other kinds keep 0 and ignore it
    pin: str = field(default="", repr=False)  # mOTP and Yandex: printable ASCII without blanks

    def __post_init__(self) -> None:
        """Refuse what no service could mean."""
        # Ten thousand accounts are made at every opening, nearly all of them like this.
        if (
            self.type is OtpType.TOTP
            and self.algorithm is not Algorithm.MD5
            and len(self.secret) in SECRET_BYTES
            and self.digits in DIGITS
            and self.period in PERIOD_SECONDS
            and not self.counter
            and not self.pin
        ):
            return
        self._check_secret()
        self._check_numbers()
        self._check_kind()

    def _check_secret(self) -> None:
        if not self.secret:
            raise SecretRefused(
                "This account has no secret", "Without one there are no codes to compute"
            )
        if len(self.secret) not in SECRET_BYTES:
            raise SecretRefused(
                "The secret is too long",
                f"It has {len(self.secret)} bytes, and no service uses more than 128",
            )

    def _check_numbers(self) -> None:
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

    def _check_kind(self) -> None:
        shape = SHAPES.get(self.type)
        if shape is None and self.algorithm is Algorithm.MD5:
            raise ShapeRefused(
                "MD5 is not supported here", "Such codes are made with SHA1, SHA256 or SHA512"
            )
        if shape is not None and shape != (self.algorithm, self.digits, self.period):
            raise ShapeRefused(
                f"{self.type.shown} codes are not made like this",
                f"They always have {shape.digits} characters and last {shape.period} seconds",
            )
        if self.type is OtpType.YANDEX and len(self.secret) != YANDEX_BYTES:
            raise SecretRefused(
                "This is not a secret of Yandex",
                f"It has {len(self.secret)} bytes, and Yandex uses {YANDEX_BYTES}",
            )
        self._check_pin()

    def _check_pin(self) -> None:
        if not self.type.needs_pin:
            if self.pin:
                raise PinRefused(f"{self.type.shown} codes have no PIN", "Leave it out")
            return
        if not self.pin:
            raise PinMissing(self.type)
        if len(self.pin) > PIN_LIMIT or not all("!" <= each <= "~" for each in self.pin):
            raise PinRefused(
                "This PIN is not possible",
                f"It is 1 to {PIN_LIMIT} digits, Latin letters or signs, without blanks",
            )


def of_one_shape(kind: OtpType, secret: bytes, pin: str = "") -> OtpParameters:
    """Return the parameters of a kind that is all of one shape: Steam, mOTP or Yandex.

    Raises what OtpParameters does.
    """
    shape = SHAPES[kind]
    return OtpParameters(
        type=kind,
        secret=secret,
        algorithm=shape.algorithm,
        digits=shape.digits,
        period=shape.period,
        pin=pin,
    )
