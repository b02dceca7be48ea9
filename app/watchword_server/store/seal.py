"""Secrets at rest are sealed with a key that is not in the database.

A stolen copy of the database alone gives no code seeds, no enrolment keys and no signing key.
AES-256-GCM; the purpose and the row are authenticated, so that no value can be moved.
"""

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from watchword_server.errors import CannotStart

KEY_SIZE = 32
_NONCE_SIZE = 12


@dataclass(frozen=True, slots=True)
class Seal:
    """Seals and opens small secrets."""

    key: bytes = field(repr=False)

    @classmethod
    def from_file(cls, path: Path, *, create: bool) -> Self:
        """Return the seal whose key is in `path`; with `create`, make the file if there is none.

        Raises CannotStart if it is missing (the database cannot be read without it) or is
        not 32 bytes.
        """
        if create and not path.exists():
            # Whole or not there: a key that was half written would lock everybody out.
            unfinished = path.with_name(f"{path.name}.unfinished")
            unfinished.unlink(missing_ok=True)
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(KEY_SIZE))
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        try:
            key = path.read_bytes()
        except OSError as error:
            raise CannotStart(
                "The sealing key cannot be read",
                f"{path}: {error.strerror}. The secrets in the database are sealed with it.",
                "Put the file back from your backup; the database alone cannot be used.",
            ) from error
        if len(key) != KEY_SIZE:
            raise CannotStart(
                "The sealing key is damaged",
                f"{path} is not {KEY_SIZE} bytes long.",
                "Put the file back from your backup.",
            )
        return cls(key)

    def close(self, secret: bytes, purpose: str) -> bytes:
        """Return `secret` sealed for `purpose`, a text such as "seed of DEVICE"."""
        nonce = secrets.token_bytes(_NONCE_SIZE)
        return nonce + AESGCM(self.key).encrypt(nonce, secret, purpose.encode("utf-8"))

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """Return what was sealed for this purpose; raise CannotStart if it was not."""
        try:
            return AESGCM(self.key).decrypt(
                sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], purpose.encode("utf-8")
            )
        except InvalidTag as error:
            raise CannotStart(
                "A secret in the database cannot be opened",
                "The sealing key is not the one it was sealed with, or the database was changed.",
                "Put database and sealing key back from the same backup.",
            ) from error
