"""Roll-out in two steps, as privacyIDEA has it: the secret comes half from the server, half from here.

Its link carries the server's half and three numbers more, `2step_salt` (the bytes of our half),
`2step_output` (those of the secret) and `2step_difficulty`. The secret is PBKDF2-HMAC-SHA1 of the
server's half, written as lower-case hexadecimal text, with our half as the salt. The person types
our half at the server, with a checksum before it, and only then the server knows the secret: so
whoever photographed the QR code has no codes (docs/otp-kinds.md).
"""

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from watchword.otp import base32
from watchword.otp.link import LinkRefused

_NAMES = ("2step_salt", "2step_output", "2step_difficulty")
_SALT_BYTES = range(4, 65)
_SECRET_BYTES = range(10, 65)
# The server's own default is 10,000; a hostile link must not hold up the window for long.
_ROUNDS = range(1, 500_001)
_CHECKSUM_BYTES = 4


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of the first step."""

    secret: bytes = field(repr=False)
    answer: str = field(repr=False)  # what the person types at the server


def is_two_step(given: Mapping[str, str]) -> bool:
    """Whether a link's query asks for a second step."""
    return any(name in given for name in _NAMES)


def finish(
    server_half: bytes,
    given: Mapping[str, str],
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> Finished:
    """Make our half and the secret from both. Raises LinkRefused for numbers nobody could mean."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

    salt_size, size, rounds = (
        _number(given, name, possible)
        for name, possible in zip(_NAMES, (_SALT_BYTES, _SECRET_BYTES, _ROUNDS), strict=True)
    )
    ours = random(salt_size)
    derivation = PBKDF2HMAC(hashes.SHA1(), size, ours, rounds)  # noqa: S303 - the server reckons so
    secret = derivation.derive(server_half.hex().encode())
    return Finished(secret, answer_of(ours))


def answer_of(ours: bytes) -> str:
    """Return our half as the server wants it typed: base32 of a checksum and of the half."""
    checksum = hashlib.sha1(ours, usedforsecurity=False).digest()[:_CHECKSUM_BYTES]
    return base32.write(checksum + ours)


def in_groups(answer: str) -> str:
    """Return an answer in groups of four, as it is easier to type."""
    return " ".join(answer[at : at + 4] for at in range(0, len(answer), 4))


def _number(given: Mapping[str, str], name: str, possible: range) -> int:
    text = given.get(name, "")
    if not re.fullmatch(r"[0-9]{1,7}", text, re.ASCII) or int(text) not in possible:
        raise LinkRefused(
            "This link cannot be used",
            f"Its part {name} is not a number from {possible[0]:,} to {possible[-1]:,}",
            "Ask whoever runs the server for a new QR code",
        )
    return int(text)
