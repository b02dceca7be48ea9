"""Every key and seal of the vault: the only file of the vault that knows a cipher.

docs/vault-format.md §3 and §4 define each function here. Keys are bytearrays so that `wipe` can clear
them; what the libraries copy internally is beyond our reach.
"""

import hashlib
import hmac
import os
import secrets
import sys
import threading
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from watchword.errors import WatchwordError
from watchword.vault.errors import NotEnoughMemory

if sys.platform == "win32":
    from watchword.vault.os_windows import hold_in_memory
else:
    from watchword.vault.os_posix import hold_in_memory

KEY_BYTES = 32
TAG_BYTES = 16
# Safe because every key that meets it encrypts exactly one message.
_NONCE = bytes(12)

# OpenSSL shares its threads for the lanes among all derivations of a process: of two at once one
# fails, and says that memory was short.
_ONE_DERIVATION = threading.Lock()

_SLOT = b"watchword-vault-1 slot"
_SEAL = b"watchword-vault-1 seal"
_HEADER = b"watchword-vault-1 header"
_PAYLOAD = b"watchword-vault-1 payload"


class SealBroken(WatchwordError):
    """A seal or MAC does not fit its key; internal, callers say what it means."""


@dataclass(frozen=True, slots=True)
class KdfCost:
    """What one derivation costs: Argon2id's memory, passes and lanes."""

    memory_kib: int
    passes: int
    lanes: int


CHEAPEST = KdfCost(8 * 1024, 1, 1)
DEFAULT = KdfCost(64 * 1024, 3, 4)
MOST_MEMORY_KIB = 1024 * 1024
MOST_PASSES = 16
MOST_LANES = 8


@dataclass(frozen=True, slots=True)
class SlotKeys:
    """What a slot secret expands to."""

    commitment: bytes
    private_key: bytearray = field(repr=False)
    psk: bytearray = field(repr=False)

    def wipe(self) -> None:
        """Clear the secret halves."""
        wipe(self.private_key, self.psk)


@dataclass(frozen=True, slots=True)
class SealContext:
    """Where a sealed vault key belongs."""

    vault_id: bytes  # 16 bytes
    slot_id: bytes  # 8 bytes
    public_key: bytes  # the slot's, 32 bytes

    def info(self, ephemeral_key: bytes) -> bytes:
        """Return the bytes a seal is bound to."""
        return _SEAL + self.vault_id + self.slot_id + ephemeral_key + self.public_key


def random_bytes(count: int) -> bytes:
    """Return `count` bytes nobody can guess."""
    return secrets.token_bytes(count)


def random_key() -> bytearray:
    """Return a fresh 32-byte key, in memory that is not written to disk where the system allows."""
    return _held(secrets.token_bytes(KEY_BYTES))


def _held(key: bytes) -> bytearray:
    held = bytearray(key)
    hold_in_memory(held)
    return held


def wipe(*keys: bytearray) -> None:
    """Overwrite keys that are no longer needed."""
    for key in keys:
        key[:] = bytes(len(key))


def sha256(data: bytes | memoryview) -> bytes:
    """Return the 32-byte SHA-256 of `data`."""
    return hashlib.sha256(data).digest()


def same(one: bytes | bytearray, other: bytes | bytearray) -> bool:
    """Compare in a time that tells nothing about where they differ."""
    return hmac.compare_digest(one, other)


def within_limits(cost: KdfCost) -> bool:
    """Tell whether a file may ask for this derivation at all."""
    return (
        CHEAPEST.memory_kib <= cost.memory_kib <= MOST_MEMORY_KIB
        and 1 <= cost.passes <= MOST_PASSES
        and 1 <= cost.lanes <= MOST_LANES
    )


def fits_memory(cost: KdfCost) -> bool:
    """Tell whether the derivation takes at most half of this computer's memory."""
    if not hasattr(os, "sysconf"):
        return True  # Windows tells only through its own interface; 1 GiB is the limit there.
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return cost.memory_kib * 1024 <= total // 2


def stretch(secret: bytes, salt: bytes, cost: KdfCost) -> bytearray:
    """Return Argon2id's 32 bytes; `cost` must have been checked against the limits.

    Raises NotEnoughMemory when the system does not give the memory.
    """
    slot_secret = bytearray(KEY_BYTES)
    derivation = Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=cost.passes,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    )
    try:
        with _ONE_DERIVATION:
            derivation.derive_into(secret, slot_secret)
    except MemoryError:
        raise NotEnoughMemory(
            "There is not enough memory to open the vault",
            f"It takes {cost.memory_kib // 1024} MiB for a moment",
            "Close other programs and try again",
        ) from None
    return slot_secret


def _expand(key: bytes | bytearray, salt: bytes, info: bytes, length: int) -> bytearray:
    out = bytearray(length)
    HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive_into(key, out)
    return out


def slot_keys(slot_secret: bytes | bytearray, salt: bytes) -> SlotKeys:
    """Expand a slot secret into its commitment, private key and psk."""
    expanded = _expand(slot_secret, salt, _SLOT, 3 * KEY_BYTES)
    keys = SlotKeys(
        bytes(expanded[:KEY_BYTES]),
        expanded[KEY_BYTES : 2 * KEY_BYTES],
        expanded[2 * KEY_BYTES :],
    )
    wipe(expanded)
    return keys


def public_half(private_key: bytearray) -> bytes:
    """Return the X25519 public key that belongs to a slot's private key."""
    return X25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def _sealing_key(shared: bytes, psk: bytes | bytearray, vault_id: bytes, info: bytes) -> bytearray:
    joined = bytearray(shared) + psk
    key = _expand(joined, vault_id, info, KEY_BYTES)
    wipe(joined)
    return key


def seal(
    vault_key: bytearray, context: SealContext, psk: bytes | bytearray
) -> tuple[bytes, bytes]:
    """Seal the vault key to a slot; return the ephemeral public key and the sealed key."""
    ephemeral = X25519PrivateKey.generate()
    ephemeral_key = ephemeral.public_key().public_bytes_raw()
    info = context.info(ephemeral_key)
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(context.public_key))
    key = _sealing_key(shared, psk, context.vault_id, info)
    sealed = AESGCM(key).encrypt(_NONCE, vault_key, info)
    wipe(key)
    return ephemeral_key, sealed


def unseal(sealed: bytes, ephemeral_key: bytes, context: SealContext, keys: SlotKeys) -> bytearray:
    """Return the vault key from a slot. Raises SealBroken."""
    info = context.info(ephemeral_key)
    private = X25519PrivateKey.from_private_bytes(keys.private_key)
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(ephemeral_key))
    except ValueError:  # a point of small order, which no honest writer makes
        raise SealBroken("The sealed key is not a key") from None
    key = _sealing_key(shared, keys.psk, context.vault_id, info)
    try:
        return _held(AESGCM(key).decrypt(_NONCE, sealed, info))
    except InvalidTag:
        raise SealBroken("The sealed key does not open") from None
    finally:
        wipe(key)


def header_mac(vault_key: bytearray, vault_id: bytes, covered: bytes) -> bytes:
    """Return the keyed MAC of the file's first part."""
    key = _expand(vault_key, vault_id, _HEADER, KEY_BYTES)
    mac = hmac.digest(key, covered, "sha256")
    wipe(key)
    return mac


def _payload_key(vault_key: bytearray, salt: bytes, generation: int) -> bytearray:
    return _expand(vault_key, salt, _PAYLOAD + generation.to_bytes(8, "big"), KEY_BYTES)


def encrypt_payload(
    vault_key: bytearray, salt: bytes, generation: int, payload: bytes, before: bytes
) -> bytes:
    """Encrypt one save's payload; `before` is every byte of the file ahead of it."""
    key = _payload_key(vault_key, salt, generation)
    sealed = AESGCM(key).encrypt(_NONCE, payload, before)
    wipe(key)
    return sealed


def decrypt_payload(
    vault_key: bytearray, salt: bytes, generation: int, sealed: bytes, before: bytes
) -> bytes:
    """Return the payload. Raises SealBroken."""
    key = _payload_key(vault_key, salt, generation)
    try:
        return AESGCM(key).decrypt(_NONCE, sealed, before)
    except InvalidTag:
        raise SealBroken("The payload does not open") from None
    finally:
        wipe(key)
