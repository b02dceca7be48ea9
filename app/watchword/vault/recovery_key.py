"""The recovery key: 16 random bytes as 28 characters a person can copy from paper.

docs/vault-format.md §7. Crockford's base 32 leaves out I, L, O and U.
"""

from watchword.vault import crypto
from watchword.vault.errors import RecoveryKeyMistyped

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHARACTERS = 28
_GROUP = 4
_CHECK_BITS = 12
_AS_TYPED = str.maketrans("OIL", "011", "- \t\n\r\u00a0\u2010\u2011\u2013")


def new_recovery_key() -> bytes:
    """Return a fresh key of 16 bytes."""
    return crypto.random_bytes(16)


def write(key: bytes) -> str:
    """Return the key as it is shown: seven groups of four characters."""
    number = int.from_bytes(key, "big") << _CHECK_BITS | _check(key)
    text = "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_CHARACTERS)))
    return "-".join(text[start : start + _GROUP] for start in range(0, _CHARACTERS, _GROUP))


def read(text: str) -> bytes:
    """Return the 16 bytes of a typed key. Raises RecoveryKeyMistyped."""
    plain = text.upper().translate(_AS_TYPED)
    if len(plain) != _CHARACTERS:
        raise _mistyped(f"It has {_CHARACTERS} characters, and {len(plain)} were typed")
    number = 0
    for character in plain:
        value = _ALPHABET.find(character)
        if value < 0:
            raise _mistyped("It has only digits and letters, and never the letter U")
        number = number << 5 | value
    key = (number >> _CHECK_BITS).to_bytes(16, "big")
    if number & (1 << _CHECK_BITS) - 1 != _check(key):
        raise _mistyped("At least one character differs from the key that was shown")
    return key


def _check(key: bytes) -> int:
    return int.from_bytes(crypto.sha256(key)[:2], "big") >> 16 - _CHECK_BITS


def _mistyped(why: str) -> RecoveryKeyMistyped:
    return RecoveryKeyMistyped("The recovery key is mistyped", why, "Compare it with your copy")
