"""Secrets as services print them: base32 (RFC 4648 §6) read leniently, written canonically."""

import base64
import re
from typing import NamedTuple

from watchword.errors import InvalidInput

# A secret has at most 128 bytes, 205 characters; the rest allows for blanks and hyphens.
TEXT_LIMIT = 1024
_STRONG_BYTES = 10  # 80 bits, the least that services in use give out
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_WHOLE_LENGTHS = frozenset({0, 2, 4, 5, 7})  # characters past a multiple of 8 that fill bytes


class SecretUnreadable(InvalidInput):
    """What stands where the secret should be is not base32."""


class Secret(NamedTuple):
    """A decoded secret, and what a person should know before using it."""

    value: bytes
    notices: tuple[str, ...]

    def __repr__(self) -> str:
        """Say how long it is, and nothing else."""
        return f"Secret({len(self.value)} bytes)"


def read(text: str) -> Secret:
    """Decode `text`: any case, blanks and hyphens anywhere, `=` at the end or none.

    Characters outside the alphabet are refused, never guessed (0 is not O). Lengths that do
    not fill whole bytes lose the surplus bits, as other apps do. Raises SecretUnreadable.
    """
    if len(text) > TEXT_LIMIT:
        raise SecretUnreadable("The secret is too long", "No service uses more than 128 bytes")
    # Only ASCII is folded: "ı".upper() is an "I" that nobody wrote.
    characters = re.sub(r"[\s-]", "", text, flags=re.ASCII).rstrip("=")
    if characters.isascii():
        characters = characters.upper()
    strange = next((each for each in characters if each not in _ALPHABET), "")
    if strange:
        shown = f" “{strange}”" if strange.isprintable() else ""
        raise SecretUnreadable(
            "The secret cannot be read",
            f"It holds a character{shown} that base32 does not have (A–Z and 2–7)",
            "Copy it again from the service",
        )
    if not characters:
        raise SecretUnreadable(
            "There is no secret", "Without one there are no codes to compute", "Copy it again"
        )
    length = len(characters) * 5 // 8
    if not length:
        raise SecretUnreadable(
            "The secret is too short", "One character is not a whole byte", "Copy it again"
        )
    padded = characters + "A" * (-len(characters) % 8)
    value = base64.b32decode(padded)[:length]
    return Secret(value, (*_spelling(characters, value), *weakness(value)))


def write(secret: bytes) -> str:
    """Return `secret` in canonical base32: upper case, without padding."""
    return base64.b32encode(secret).decode("ascii").rstrip("=")


def weakness(secret: bytes) -> tuple[str, ...]:
    """Return what a person should know about how strong `secret` is; usually nothing."""
    if len(secret) >= _STRONG_BYTES:
        return ()
    bytes_ = "1 byte" if len(secret) == 1 else f"{len(secret)} bytes"
    return (f"The secret is unusually short ({bytes_}): its codes are easier to guess.",)


def _spelling(characters: str, value: bytes) -> tuple[str, ...]:
    if len(characters) % 8 not in _WHOLE_LENGTHS:
        return (
            "The secret has an unusual length: its last character was left out, as other apps do.",
        )
    if write(value) != characters:
        return ("The secret's last character is unusual: an export will spell it differently.",)
    return ()
