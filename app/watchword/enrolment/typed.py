"""An account typed in by hand: the same checks as for a scanned one."""

from collections.abc import Callable
from dataclasses import dataclass, field

from watchword.enrolment.scanned import (
    EnrolLinkFound,
    MigrationFound,
    OtpauthFound,
    as_account,
    is_login_code,
    recognise,
)
from watchword.errors import InvalidInput
from watchword.otp import base32, motp, yandex
from watchword.otp.base32 import Secret
from watchword.otp.otpauth import OtpauthEntry
from watchword.otp.parameters import (
    SHAPES,
    Algorithm,
    OtpParameters,
    OtpType,
    PinMissing,
    PinRefused,
    of_one_shape,
)
from watchword.plain_text import TEXT_LIMIT, examine


class SecretMissing(InvalidInput):
    """Nothing was typed where the secret belongs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The form as it stands. `secret` is base32 (of mOTP hexadecimal), or a whole link.

    What a kind leaves no choice about is not looked at.
    """

    service: str = ""
    account: str = ""
    secret: str = field(default="", repr=False)
    type: OtpType = OtpType.TOTP
    algorithm: Algorithm = Algorithm.SHA1
    digits: int = 6
    period: int = 30
    counter: int = 0
    pin: str = field(default="", repr=False)


def read_typed(
    typed: Typed, *, now: float | None = None
) -> OtpauthFound | EnrolLinkFound | MigrationFound:
    """Return what the form says; a link in the secret's place counts alone.

    Raises InvalidInput with what is missing or wrong.
    """
    if is_login_code(typed.secret) or "://" in typed.secret:
        scanned = recognise(typed.secret, now=now, pin=typed.pin)
        return scanned if isinstance(scanned, MigrationFound) else as_account(scanned)
    if not typed.secret.strip():
        raise SecretMissing(
            "The secret is missing",
            "The service shows it as letters and digits, often below its QR code",
        )
    secret = _secret(typed)
    otp = _parameters(typed, secret.value)
    notices = [*secret.notices]
    names = []
    for text, what in ((typed.service, "service's name"), (typed.account, "account's name")):
        plain = examine(text)
        if plain.shortened:
            raise InvalidInput(
                f"The {what} is too long", f"At most {TEXT_LIMIT} characters are kept"
            )
        if plain.removed:
            notices.append(f"Hidden characters were removed from the {what}.")
        names.append(plain.text)
    entry = OtpauthEntry(
        otp=otp, issuer=names[0], account=names[1], label_issuer="", notices=tuple(notices)
    )
    return OtpauthFound(entry)


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said about one field while the form is being filled in."""

    text: str
    wrong: bool = True  # otherwise it can be added like this


def remarks(typed: Typed, *, now: float | None = None) -> dict[str, Remark]:
    """Return what is wrong or weak about the fields that are filled, by the field of `Typed`.

    What is still empty is not remarked on: it may be typed next.
    """
    if is_login_code(typed.secret) or "://" in typed.secret:
        return _about_link(typed, now)
    said: dict[str, Remark] = {}
    for name, text in (("service", typed.service), ("account", typed.account)):
        plain = examine(text)
        if plain.shortened:
            said[name] = Remark(f"At most {TEXT_LIMIT} characters are kept.")
        elif plain.removed:
            said[name] = Remark("Hidden characters will be removed.", wrong=False)
    checks: dict[str, Callable[[], tuple[str, ...]]] = {}
    if typed.secret.strip():
        checks["secret"] = lambda: _usable(_secret(typed))
    if typed.type.needs_pin and typed.pin:
        checks["pin"] = lambda: _possible(of_one_shape(typed.type, bytes(16), typed.pin))
    if typed.type not in SHAPES:
        name = "counter" if typed.type is OtpType.HOTP else "period"
        checks[name] = lambda: _possible(_parameters(typed, bytes(20)))
    for name, check in checks.items():
        try:
            if notices := check():
                said[name] = Remark(" ".join(notices), wrong=False)
        except InvalidInput as error:
            said[name] = _refusal(error)
    return said


def _about_link(typed: Typed, now: float | None) -> dict[str, Remark]:
    try:
        read_typed(typed, now=now)
    except PinMissing:
        return {}
    except PinRefused as error:
        return {"pin": _refusal(error)}
    except InvalidInput as error:
        return {"secret": _refusal(error)}
    return {}


def _usable(secret: Secret) -> tuple[str, ...]:
    """Return what to know about a secret; raises where no kind of code could have it."""
    OtpParameters(type=OtpType.TOTP, secret=secret.value)
    return secret.notices


def _possible(_: OtpParameters) -> tuple[str, ...]:
    """Return nothing to say: parameters that could be made are possible."""
    return ()


def _refusal(error: InvalidInput) -> Remark:
    return Remark(" ".join(f"{text}." for text in (error.title, error.reason) if text))


def lacks_pin(text: str) -> bool:
    """Whether `text` is a link that is right but for the PIN that it does not bring."""
    try:
        recognise(text)
    except PinMissing:
        return True
    except InvalidInput:
        return False
    return False


def _secret(typed: Typed) -> Secret:
    match typed.type:
        case OtpType.MOTP:
            return motp.read_secret(typed.secret)
        case OtpType.YANDEX:
            return yandex.read_secret(typed.secret)
        case _:
            return base32.read(typed.secret)


def _parameters(typed: Typed, secret: bytes) -> OtpParameters:
    if typed.type in SHAPES:
        return of_one_shape(typed.type, secret, typed.pin if typed.type.needs_pin else "")
    counts = typed.type is OtpType.HOTP
    return OtpParameters(
        type=typed.type,
        secret=secret,
        algorithm=typed.algorithm,
        digits=typed.digits,
        period=30 if counts else typed.period,
        counter=typed.counter if counts else 0,
    )
