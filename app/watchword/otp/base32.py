"""Base32 as secrets are handed out: read leniently, written canonically (RFC 4648 §6)."""

import base64
import binascii

from watchword.errors import InvalidInput

_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_LENGTHS_OF_WHOLE_BYTES = {0, 2, 4, 5, 7}  # modulo 8; others end in bits that belong to no byte


class NotBase32(InvalidInput):
    """The secret holds a character that base32 does not have."""


def decode(text: str) -> tuple[bytes, bool]:
    """Return the secret's bytes, and whether `text` was the canonical spelling's bits.

    Case, blanks, hyphens and `=` at the end do not matter. Bits after the last whole byte are
    dropped, as other apps do; then the second value is False. Raises NotBase32: 0, 1, 8 and 9 are
    never taken for the letters they look like, since a wrong guess gives wrong codes for ever.
    """
    plain = "".join(text.split()).replace("-", "").rstrip("=").upper()
    if strange := sorted(set(plain) - _ALPHABET):
        shown = (
            " ".join(strange[:5]) if all(c.isascii() and c.isprintable() for c in strange) else "?"
        )
        raise NotBase32(
            "The secret cannot be read",
            f"A secret is written with the letters A–Z and the digits 2–7, and this one holds: {shown}",
            "Copy it again from the service; 0 and O, 1 and I are easily confused",
        )
    exact = len(plain) % 8 in _LENGTHS_OF_WHOLE_BYTES
    whole = plain if exact else plain[:-1]
    try:
        secret = base64.b32decode(whole + "=" * (-len(whole) % 8))
    except binascii.Error as error:  # a length of 1 modulo 8 that dropping one did not mend
        raise NotBase32(
            "The secret cannot be read", "It is incomplete", "Copy it again"
        ) from error
    return secret, exact and encode(secret) == plain


def encode(secret: bytes) -> str:
    """Return `secret` in upper case without padding."""
    return base64.b32encode(secret).decode("ascii").rstrip("=")
