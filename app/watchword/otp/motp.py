"""mOTP ("Mobile-OTP"): MD5 over time, secret and PIN; its secrets are hexadecimal.

motp.sourceforge.net; docs/otp-kinds.md.
"""

import hashlib
import re

from watchword.otp.base32 import TEXT_LIMIT, Secret, SecretUnreadable, weakness

_USUAL_BYTES = {8, 16}


def code(secret: bytes, pin: str, step: int, length: int) -> str:
    """Return the code of the period number `step`: the hash's first `length` hex digits."""
    text = f"{step}{secret.hex()}{pin}"
    # MD5 is what the format says; nothing here could choose another.
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:length]


def is_hexadecimal(text: str) -> bool:
    """Tell whether `text`, blanks and hyphens aside, is whole bytes in hexadecimal."""
    digits = _without_blanks(text)
    return len(digits) % 2 == 0 and re.fullmatch(r"[0-9A-Fa-f]+", digits) is not None


def read_secret(text: str) -> Secret:
    """Decode the hexadecimal `text`: any case, blanks and hyphens anywhere.

    Raises SecretUnreadable. Secrets have 16 or 32 digits; other lengths get a notice.
    """
    digits = _without_blanks(text)
    if not digits:
        raise SecretUnreadable(
            "There is no secret", "Without one there are no codes to compute", "Copy it again"
        )
    if len(text) > TEXT_LIMIT or not is_hexadecimal(digits):
        raise SecretUnreadable(
            "The secret cannot be read",
            "Secrets of mOTP are 16 or 32 hexadecimal digits (0–9 and a–f)",
            "Copy it again from the service",
        )
    value = bytes.fromhex(digits)
    notices = weakness(value) if len(value) < min(_USUAL_BYTES) else ()
    if len(value) not in _USUAL_BYTES:
        notices = (*notices, "The secret has an unusual length: mOTP uses 16 or 32 digits.")
    return Secret(value, notices)


def _without_blanks(text: str) -> str:
    return re.sub(r"[\s-]", "", text, flags=re.ASCII)
