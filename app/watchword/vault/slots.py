"""Changing the ways to open a vault; each change makes a new vault key."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from watchword.clock import Clock
from watchword.errors import InvalidInput, WrongPassword
from watchword.vault import file_format, keyslots, loaded, recovery_key
from watchword.vault.calibration import calibrated
from watchword.vault.crypto import KdfCost
from watchword.vault.errors import NoSuchAccount, SavedUnconfirmed, check_wanted
from watchword.vault.keyslots import KeyRing
from watchword.vault.loaded import Loaded

if TYPE_CHECKING:
    from watchword.vault.open_vault import OpenVault


class PasswordRefused(InvalidInput):
    """An empty password, or one of more than 1,024 characters."""


class SlotRefused(InvalidInput):
    """The vault's only password cannot be removed."""


MOST_CHARACTERS = 1_024
# The setting: the id of a recovery slot whose key nobody is known to have written down.
KEY_UNCONFIRMED = "recovery_key_unconfirmed"


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """What may be told about a slot."""

    id: str
    kind: str
    created_at: int
    cost: KdfCost | None

    def members(self) -> dict[str, Any]:
        """Return the facts as `vault slots` prints them."""
        kdf = None
        if self.cost:
            kdf = {
                "name": "argon2id",
                "memory_kib": self.cost.memory_kib,
                "passes": self.cost.passes,
                "lanes": self.cost.lanes,
            }
        return {"id": self.id, "kind": self.kind, "created_at": self.created_at, "kdf": kdf}


def facts(ring: KeyRing) -> tuple[SlotFacts, ...]:
    """Return the facts of every slot."""
    return tuple(
        SlotFacts(slot.id.hex(), slot.kind, slot.created_at, slot.cost) for slot in ring.slots
    )


def password_bytes(password: str) -> bytes:
    """Return a new password's bytes. Raises PasswordRefused."""
    if not password:
        raise PasswordRefused("The password is empty", "", "Choose one of several words")
    if len(password) > MOST_CHARACTERS:
        raise PasswordRefused("The password is too long", f"At most {MOST_CHARACTERS} characters")
    return keyslots.spelling(password)


def open_with_password(data: bytes, password: str) -> Loaded:
    """Open a file's bytes. Raises WrongPassword, VaultDamaged, VaultNewer, NotEnoughMemory."""
    return loaded.load_with_slot(
        data, file_format.PASSWORD, keyslots.spelling(password[: MOST_CHARACTERS + 1])
    )


def check_password(ring: KeyRing, password: str) -> None:
    """Raise WrongPassword unless this is the vault's password."""
    if not _opens(ring, file_format.PASSWORD, keyslots.spelling(password)):
        raise WrongPassword("The password is wrong", "", "Try again")


def check_keyring(ring: KeyRing, secret: bytes) -> None:
    """Raise WrongPassword unless this is what a keyring keeps for the vault."""
    if not _opens(ring, file_format.KEYRING, secret):
        raise WrongPassword("The keyring's entry does not open this vault", "", "Use the password")


def _opens(ring: KeyRing, kind: str, secret: bytes) -> bool:
    for slot in ring.slots:
        if slot.kind == kind and (keys := keyslots.matching_keys(slot, secret)):
            keys.wipe()
            return True
    return False


def change_password(
    vault: "OpenVault",
    password: str,
    clock: Clock,
    *,
    cost: KdfCost | None = None,
    still_wanted: Callable[[], bool] | None = None,
) -> None:
    """Replace the password, durably; `cost` None is measured.

    `still_wanted` is asked once the key is derived, before anything is written. Raises
    PasswordRefused, Cancelled, NotSaved, SavedUnconfirmed.
    """
    slot, psk = keyslots.new_slot(
        file_format.PASSWORD, password_bytes(password), cost or calibrated(clock), clock.now()
    )
    check_wanted(still_wanted)
    vault.change_slots(lambda ring: ring.with_password(slot, psk))


def add_recovery_key(
    vault: "OpenVault",
    clock: Clock,
    *,
    cost: KdfCost | None = None,
    still_wanted: Callable[[], bool] | None = None,
) -> str:
    """Add a recovery key, durably, in place of an older one; return it as it is shown, once.

    `still_wanted` as for `change_password`. A save that stands but was not confirmed is told as a
    notice, and the vault stays dirty: the older key is dead by then, so this one must be shown
    all the same. Until `confirm_recovery_key` the vault remembers that nobody is known to have
    written it down. Raises Cancelled, NotSaved.
    """
    key = recovery_key.new_recovery_key()
    slot, psk = keyslots.new_slot(
        file_format.RECOVERY, key, cost or calibrated(clock), clock.now()
    )
    check_wanted(still_wanted)

    def with_key(ring: KeyRing) -> KeyRing:
        others = [s.id for s in ring.slots if s.kind == file_format.RECOVERY]
        kept = tuple(s for s in ring.slots if s.id not in others)
        psks = {key: value for key, value in ring.psks.items() if key not in others}
        new = KeyRing(ring.vault_id, ring.vault_key, kept, psks).with_slot(slot, psk)
        # In the same save: whatever becomes of the page that shows the key, this is not forgotten.
        vault.set_setting(KEY_UNCONFIRMED, slot.id.hex())
        return new

    try:
        vault.change_slots(with_key)
    except SavedUnconfirmed as error:
        vault.notice(str(error))
    return recovery_key.write(key)


def unconfirmed_recovery_key(vault: "OpenVault") -> str:
    """Return the id of the recovery slot whose key nobody is known to have; empty for none."""
    slot_id = vault.setting(KEY_UNCONFIRMED)
    named = (s.id for s in vault.slots if s.kind == file_format.RECOVERY and s.id == slot_id)
    return next(named, "")


def confirm_recovery_key(vault: "OpenVault", slot_id: str) -> None:
    """Note, in memory, that a person has the key of this slot: it was typed."""
    if slot_id and unconfirmed_recovery_key(vault) == slot_id:
        vault.set_setting(KEY_UNCONFIRMED, "")


def add_keyring_slot(vault: "OpenVault", secret: bytes, clock: Clock) -> str:
    """Add a slot for 32 random bytes that the keyring keeps; return the slot's id."""
    slot, psk = keyslots.new_slot(file_format.KEYRING, secret, None, clock.now())
    vault.change_slots(lambda ring: ring.with_slot(slot, psk))
    return slot.id.hex()


def remove_slot(vault: "OpenVault", slot_id: str) -> None:
    """Remove a way to open the vault, durably. Raises NoSuchAccount, SlotRefused, NotSaved."""
    found = next((slot for slot in vault.slots if slot.id == slot_id), None)
    if found is None:
        raise NoSuchAccount("There is no such slot", "", "See vault slots for their ids")
    passwords = [slot for slot in vault.slots if slot.kind == file_format.PASSWORD]
    if found.kind == file_format.PASSWORD and len(passwords) == 1:
        raise SlotRefused(
            "The password cannot be removed",
            "The other ways to open the vault can be lost with a computer or a sheet of paper",
            "Change it instead",
        )
    vault.change_slots(lambda ring: ring.without_slot(bytes.fromhex(slot_id)))
