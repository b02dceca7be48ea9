"""The ways to the vault key: a password, a recovery key, this computer's keyring."""

import unicodedata
from dataclasses import dataclass, field

from watchword.errors import WrongPassword
from watchword.vault import crypto, file_format, limits
from watchword.vault.crypto import KdfCost
from watchword.vault.errors import LimitReached, NotEnoughMemory, damaged
from watchword.vault.file_format import Header, Slot


def spelling(password: str) -> bytes:
    """Return the password's bytes in the one spelling of RFC 8265 (OpaqueString).

    Keyboards write the same character in different ways: macOS decomposed, with a no-break
    space at Option+Space.
    """
    spaced = "".join(" " if unicodedata.category(c) == "Zs" else c for c in password)
    # A lone surrogate can come from a terminal in a foreign encoding; it must not crash.
    return unicodedata.normalize("NFC", spaced).encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The vault key and every slot it is sealed to; what an open vault needs to save."""

    vault_id: bytes
    vault_key: bytearray = field(repr=False)
    slots: tuple[Slot, ...]
    psks: dict[bytes, bytes] = field(repr=False)  # by slot id

    def wipe(self) -> None:
        """Clear the vault key."""
        crypto.wipe(self.vault_key)

    def rotated(self, slots: tuple[Slot, ...], psks: dict[bytes, bytes]) -> "KeyRing":
        """Return a ring with a new vault key, sealed to exactly these slots."""
        vault_key = crypto.random_key()
        return KeyRing(
            self.vault_id,
            vault_key,
            tuple(
                file_format.sealed_to(slot, self.vault_id, vault_key, psks[slot.id])
                for slot in slots
            ),
            {slot.id: psks[slot.id] for slot in slots},
        )

    def with_slot(self, slot: Slot, psk: bytes) -> "KeyRing":
        """Return a ring with one slot more and a new vault key. Raises LimitReached."""
        if len(self.slots) >= limits.SLOTS:
            raise LimitReached(
                f"A vault has at most {limits.SLOTS} ways to open it", "", "Remove one first"
            )
        return self.rotated((*self.slots, slot), {**self.psks, slot.id: psk})

    def without_slot(self, slot_id: bytes) -> "KeyRing":
        """Return a ring without a slot and with a new vault key."""
        kept = tuple(slot for slot in self.slots if slot.id != slot_id)
        return self.rotated(kept, self.psks)

    def with_password(self, slot: Slot, psk: bytes) -> "KeyRing":
        """Return a ring where `slot` takes the place of every password slot."""
        kept = tuple(slot for slot in self.slots if slot.kind != file_format.PASSWORD)
        return self.rotated((slot, *kept), {**self.psks, slot.id: psk})


def new_ring(vault_id: bytes) -> KeyRing:
    """Return a ring that has no slot yet; add one before anything is saved."""
    return KeyRing(vault_id, crypto.random_key(), (), {})


def new_slot(
    kind: str, secret: bytes, cost: KdfCost | None, created_at: float
) -> tuple[Slot, bytes]:
    """Return a slot for a secret, not yet sealed, and its psk.

    `secret` is the password's spelling, the recovery key's 16 bytes or the keyring's 32. This is
    where a new key is derived: it takes as long as `cost` says.
    """
    salt = crypto.random_bytes(16)
    slot_secret = crypto.stretch(secret, salt, cost) if cost else bytearray(secret)
    keys = crypto.slot_keys(slot_secret, salt)
    crypto.wipe(slot_secret)
    slot = Slot(
        id=crypto.random_bytes(8),
        kind=kind,
        cost=cost,
        salt=salt,
        commitment=keys.commitment,
        public_key=crypto.public_half(keys.private_key),
        created_at=file_format.whole_seconds(created_at),
    )
    psk = bytes(keys.psk)
    keys.wipe()
    return slot, psk


def unlock(header: Header, kind: str, secret: bytes) -> bytearray:
    """Return the vault key by one of the slots of `kind`.

    Raises WrongPassword when no commitment agrees, VaultDamaged when one does and what it
    seals does not open, NotEnoughMemory before deriving.
    """
    for slot in header.slots:
        if slot.kind != kind:
            continue
        keys = matching_keys(slot, secret)
        if keys is None:
            continue
        try:
            if not crypto.same(crypto.public_half(keys.private_key), slot.public_key):
                raise damaged("A slot's public key is not its own")
            return crypto.unseal(
                slot.sealed_key, slot.ephemeral_key, slot.context(header.vault_id), keys
            )
        except crypto.SealBroken:
            raise damaged("The vault key in a slot is not this vault's") from None
        finally:
            keys.wipe()
    raise wrong(header, kind)


def matching_keys(slot: Slot, secret: bytes) -> crypto.SlotKeys | None:
    """Return the slot's keys if `secret` is its secret, else None. Raises NotEnoughMemory."""
    if slot.cost:
        if not crypto.fits_memory(slot.cost):
            raise NotEnoughMemory(
                "This computer has too little memory to open the vault",
                f"It takes {slot.cost.memory_kib // 1024} MiB, more than half of what is there",
                "Open it on the computer where it was made and choose a weaker setting",
            )
        slot_secret = crypto.stretch(secret, slot.salt, slot.cost)
    else:
        slot_secret = bytearray(secret)
    keys = crypto.slot_keys(slot_secret, slot.salt)
    crypto.wipe(slot_secret)
    if crypto.same(keys.commitment, slot.commitment):
        return keys
    keys.wipe()
    return None


def wrong(header: Header, kind: str) -> WrongPassword:
    """Return the error for a secret that fits no slot of `kind`."""
    if kind == file_format.PASSWORD:
        return WrongPassword(
            "The password is wrong",
            "The vault itself is sound",
            "Try again, or use the recovery key",
        )
    if not any(slot.kind == kind for slot in header.slots):
        what = "recovery key" if kind == file_format.RECOVERY else "entry in a keyring"
        return WrongPassword(f"This vault has no {what}", "", "Use the password")
    if kind == file_format.RECOVERY:
        return WrongPassword(
            "The recovery key is of another vault, or was replaced", "", "Use the password"
        )
    return WrongPassword("The keyring's entry does not open this vault", "", "Use the password")


def ring_of(header: Header, vault_key: bytearray, psks: dict[bytes, bytes]) -> KeyRing:
    """Return the ring of an opened file. Raises VaultDamaged when the psks are of other slots."""
    if set(psks) != {slot.id for slot in header.slots}:
        raise damaged("The slots and their keys do not belong together")
    return KeyRing(header.vault_id, vault_key, header.slots, psks)
