"""Passwords are hashed with Argon2id, never more than two at once, and always one per question.

Whether the user exists or not, one hash is computed: the time says nothing.
"""

import asyncio
import contextlib
import functools
import os
import secrets
import sys
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor

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

    def hash(self, password: str) -> str:
        """Return the encoded hash to store."""
        return self._hasher.hash(_normalised(password))

    async def hashed(self, password: str) -> str:
        """Return the encoded hash to store, made away from the event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(_threads(), self.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether `password` belongs to `stored`; None is a user that does not exist."""
        loop = asyncio.get_running_loop()
        right = await loop.run_in_executor(
            _threads(), self._verify, stored or self._nobody, password
        )
        return right and stored is not None

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, _normalised(password[:LONGEST]))
        except (VerificationError, InvalidHashError):
            return False


@functools.cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_AT_ONCE, "password", initializer=_after_others)


def _after_others() -> None:
    """Let everybody else's short answers go before the long work of a hash, where the system can."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 5)


def _normalised(password: str) -> bytes:
    # RFC 8265 §4.2: the same password typed on another keyboard is the same password.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
