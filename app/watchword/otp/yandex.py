"""Yandex Key: eight letters from a secret and a PIN, and the check inside printed secrets.

Not published by Yandex; as KeeYaOtp found out and Aegis computes (docs/otp-kinds.md).
"""

import hashlib
import hmac

from watchword.otp import base32
from watchword.otp.base32 import Secret, SecretUnreadable
from watchword.otp.parameters import YANDEX_BYTES

_PRINTED_BYTES = 26  # 16 of the secret, then what Yandex adds: 12 bits at the end are a check
_CHECK_BITS = 12
_POLYNOMIAL = 0x18F3  # x^12 + x^11 + x^7 + x^6 + x^5 + x^4 + x + 1
_LETTERS = 26


def code(secret: bytes, pin: str, step: int, length: int) -> str:
    """Return the code of the period number `step`: `length` letters from a to z."""
    key = hashlib.sha256(pin.encode() + secret).digest()
    # One zero at the start is lost wherever Yandex computes this.
    key = key[1:] if key[0] == 0 else key
    hashed = hmac.digest(key, step.to_bytes(8, "big"), "sha256")
    # Like RFC 4226 §5.3, but with 63 bits.
    offset = hashed[-1] & 0xF
    number = int.from_bytes(hashed[offset : offset + 8], "big") & (2**63 - 1)
    written = ""
    for _ in range(length):
        number, place = divmod(number, _LETTERS)
        written = chr(ord("a") + place) + written
    return written


def read_secret(text: str) -> Secret:
    """Decode `text` (base32 as base32.read takes it): 16 bytes, or 26 whose check agrees.

    What is returned has 16 bytes: the rest takes no part in the codes. Raises SecretUnreadable.
    """
    whole, notices = base32.read(text)
    if len(whole) == YANDEX_BYTES:
        return Secret(whole, notices)
    if len(whole) != _PRINTED_BYTES:
        raise SecretUnreadable(
            "This is not a secret of Yandex",
            f"It has {len(whole)} bytes, and Yandex uses {YANDEX_BYTES} or {_PRINTED_BYTES}",
            "Copy it again",
        )
    if not check_agrees(whole):
        raise SecretUnreadable(
            "The secret is mistyped", "The check inside it does not agree", "Copy it again"
        )
    return Secret(whole[:YANDEX_BYTES], notices)


def check_agrees(printed: bytes) -> bool:
    """Tell whether the last 12 bits are the remainder of those before, by Yandex's polynomial."""
    number = int.from_bytes(printed, "big")
    rest = number >> _CHECK_BITS
    while rest.bit_length() > _CHECK_BITS:
        rest ^= _POLYNOMIAL << (rest.bit_length() - _CHECK_BITS - 1)
    return rest == number & ((1 << _CHECK_BITS) - 1)
