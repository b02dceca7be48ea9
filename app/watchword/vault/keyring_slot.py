"""Opening the vault with what this computer's keyring keeps: never the only key.

The keyring holds 32 random bytes under a name made of the vault's id and the slot's. An entry that
vanished means "ask for the password", and nothing else: people have lost their accounts to programs
that took it for a first start.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol

from watchword.clock import Clock
from watchword.errors import VaultError, WrongPassword
from watchword.vault import crypto, file_format, keyslots
from watchword.vault.errors import SavedUnconfirmed
from watchword.vault.keyslots import KeyRing
from watchword.vault.open_vault import OpenVault
from watchword.vault.vault import LockedVault


class KeyringUnavailable(VaultError):
    """There is no keyring that is safe to use, or it refused."""


class KeyringEntryMissing(WrongPassword):
    """The keyring has no entry for this vault: ask for the password."""


class PasswordDue(WrongPassword):
    """The password was not given for 14 days: ask for it, so that it is not forgotten."""


class Keyring(Protocol):
    """A place of the system that keeps small secrets for the person who is logged in."""

    def available(self) -> bool:
        """Tell whether there is one that may be used. Asks nobody anything."""
        ...

    def store(self, name: str, secret: bytes) -> None:
        """Keep a secret. Raises KeyringUnavailable."""
        ...

    def fetch(self, name: str) -> bytes | None:
        """Return a secret, None when there is none. Raises KeyringUnavailable."""
        ...

    def forget(self, name: str) -> None:
        """Remove a secret; one that is not there is no error. Raises KeyringUnavailable."""
        ...


def entry_name(vault_id: str, slot_id: str) -> str:
    """Return the name of a vault's entry."""
    return f"vault {vault_id} slot {slot_id}"


def turn_on(vault: OpenVault, keyring: Keyring, clock: Clock) -> str:
    """Let this computer's keyring open the vault; return the new slot's id.

    The entry is stored and read back before the vault knows of it, and forgotten if the vault
    refuses the slot or is not saved. Raises KeyringUnavailable, NotSaved, SavedUnconfirmed,
    LimitReached.
    """
    secret = crypto.random_bytes(crypto.KEY_BYTES)
    slot, psk = keyslots.new_slot(file_format.KEYRING, secret, None, clock.now())
    name = entry_name(vault.id, slot.id.hex())
    keyring.store(name, secret)
    if keyring.fetch(name) != secret:
        raise KeyringUnavailable(
            "The keyring does not keep what it is given", "", "Use the password as before"
        )

    def with_slot(ring: KeyRing) -> KeyRing:
        return ring.with_slot(slot, psk)

    try:
        vault.change_slots(with_slot)
    except SavedUnconfirmed:
        # The slot stands, and opens with what the keyring keeps.
        raise
    except BaseException:
        with suppress(KeyringUnavailable):
            keyring.forget(name)
        raise
    return slot.id.hex()


def turn_off(vault: OpenVault, keyring: Keyring | None) -> int:
    """Remove every keyring slot, then the entries; return how many slots there were.

    `keyring` None: there is none here, and the entries stay where they are.
    Raises NotSaved, SavedUnconfirmed. An entry that cannot be removed opens nothing any more.
    """
    gone = [slot.id for slot in vault.slots if slot.kind == file_format.KEYRING]
    if not gone:
        return 0

    def without(ring: KeyRing) -> KeyRing:
        return ring.rotated(
            tuple(slot for slot in ring.slots if slot.kind != file_format.KEYRING), ring.psks
        )

    vault.change_slots(without)
    if keyring is None:
        return len(gone)
    for slot_id in gone:
        try:
            keyring.forget(entry_name(vault.id, slot_id))
        except KeyringUnavailable:
            continue
    return len(gone)


def unlock(locked: LockedVault, keyring: Keyring, clock: Clock) -> OpenVault:
    """Open the vault with the keyring's entry.

    Raises PasswordDue, KeyringEntryMissing or KeyringUnavailable (ask for the password), and
    what LockedVault.unlock raises.
    """
    header = locked.header()
    if locked.password_is_due(clock.now()):
        raise PasswordDue(
            "It is time for your password",
            "It was not given here for 14 days, and what is never typed is forgotten",
            "Type it, or use the recovery key",
        )
    ours = [slot.id.hex() for slot in header.slots if slot.kind == file_format.KEYRING]
    secret = _kept(keyring, header.vault_id.hex(), ours)
    return locked.unlock_with_keyring(secret, clock=clock)


def check(vault: OpenVault, keyring: Keyring) -> None:
    """Ask the keyring again, of an open vault.

    Raises KeyringEntryMissing, KeyringUnavailable or WrongPassword (ask for the password).
    """
    ours = [slot.id for slot in vault.slots if slot.kind == file_format.KEYRING]
    vault.check_keyring(_kept(keyring, vault.id, ours))


def _kept(keyring: Keyring, vault_id: str, slot_ids: Iterable[str]) -> bytes:
    """Return what the keyring keeps for one of the slots; raises KeyringEntryMissing."""
    for slot_id in slot_ids:
        secret = keyring.fetch(entry_name(vault_id, slot_id))
        if secret is not None and len(secret) == crypto.KEY_BYTES:
            return secret
    raise KeyringEntryMissing(
        "The keyring has no entry for this vault", "The vault itself is sound", "Use the password"
    )
