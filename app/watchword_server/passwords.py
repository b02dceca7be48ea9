"""Passwords are hashed with Argon2id, never more than two at once, and always one per question.

Whether the user exists or not, one hash is computed: the time says nothing.
"""

import asyncio
import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 8
LONGEST = 1024
_AT_ONCE = 2


class Passwords:
    """Hashes and verifies, away from the event loop."""

    def __init__(self, memory: int, passes: int) -> None:
        """Use `memory` KiB and `passes` passes."""
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=2)
        self._nobody = self._hasher.hash(secrets.token_hex(16))
        self._places = asyncio.Semaphore(_AT_ONCE)

    def hash(self, password: str) -> str:
        """Return the encoded hash to store."""
        return self._hasher.hash(_normalised(password))

    async def hashed(self, password: str) -> str:
        """Return the encoded hash to store, made away from the event loop."""
        async with self._places:
            return await asyncio.to_thread(self.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether `password` belongs to `stored`; None is a user that does not exist."""
        async with self._places:
            right = await asyncio.to_thread(self._verify, stored or self._nobody, password)
        return right and stored is not None

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, _normalised(password[:LONGEST]))
        except (VerificationError, InvalidHashError):
            return False


def _normalised(password: str) -> bytes:
    # RFC 8265 §4.2: the same password typed on another keyboard is the same password.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
