"""The vault, locked or open: two types, so that nothing can be asked of the wrong one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from watchword.clock import Clock, SystemClock
from watchword.vault import (
    contents,
    crypto,
    durable,
    file_format,
    keyslots,
    loaded,
    recovery_key,
    slots,
    traces,
)
from watchword.vault.calibration import calibrated
from watchword.vault.crypto import KdfCost
from watchword.vault.errors import (
    SavedUnconfirmed,
    VaultExists,
    VaultMissing,
    check_wanted,
)
from watchword.vault.file_format import KEYRING, PASSWORD, RECOVERY
from watchword.vault.keyslots import KeyRing
from watchword.vault.loaded import Loaded
from watchword.vault.open_vault import OpenVault
from watchword.vault.payload import Payload
from watchword.vault.places import Places
from watchword.vault.storage import LOCK_WAIT_SECONDS, VaultFile
from watchword.vault.traces import Trace, TraceKind


class LockedVault:
    """A place where a vault is, or may be; nothing secret is in memory."""

    def __init__(
        self, path: Path, *, places: Places | None = None, wait: float = LOCK_WAIT_SECONDS
    ) -> None:
        """Touch nothing yet. Without `places`, backups and notes lie beside the vault.

        `wait` is how many seconds a save may wait for other processes' saves.
        """
        self._file = VaultFile(places or Places.beside(path), wait)

    @property
    def path(self) -> Path:
        """The vault's file."""
        return self._file.places.vault

    def exists(self) -> bool:
        """Tell whether any trace of a vault is here: then there is no first run."""
        return bool(self.traces())

    def traces(self) -> tuple[Trace, ...]:
        """Return the vault, .bak, backups, unfinished saves and the marker, as far as they exist."""
        return traces.find_traces(self._file.places)

    def unlock(self, password: str, *, clock: Clock | None = None) -> OpenVault:
        """Open with the password.

        Raises WrongPassword; VaultDamaged; VaultMissing, VaultNewer, VaultUnreadable,
        NotEnoughMemory (all VaultError). The file is not changed.
        """
        state = slots.open_with_password(self._read(), password)
        now = (clock or SystemClock()).now()
        traces.note_password(self._file.places, state.ring.vault_id.hex(), now)
        return self._opened(state, clock)

    def unlock_with_recovery_key(self, key: str, *, clock: Clock | None = None) -> OpenVault:
        """Open with the recovery key, however it was typed. Raises as `unlock` does."""
        secret = recovery_key.read(key)
        return self._opened(loaded.load_with_slot(self._read(), RECOVERY, secret), clock)

    def unlock_with_keyring(self, secret: bytes, *, clock: Clock | None = None) -> OpenVault:
        """Open with what the system's keyring kept. Raises as `unlock` does."""
        return self._opened(loaded.load_with_slot(self._read(), KEYRING, secret), clock)

    def password_is_due(self, now: float) -> bool:
        """Tell whether the vault's password was last given here 14 days ago, or nobody knows when."""
        return traces.password_is_due(self._file.places, self.header().vault_id.hex(), now)

    def header(self) -> file_format.Header:
        """Return what the file says in clear, checked by its checksums only.

        Raises VaultDamaged; VaultMissing, VaultNewer, VaultUnreadable.
        """
        return file_format.parse(self._read()).header

    @contextmanager
    def holding_the_lock(self) -> Iterator[None]:
        """Hold the vault's lock over unlock, edit and save. Raises VaultBusy, NotSaved.

        Many processes that each derive a key would fill the memory; holding the lock they do it
        one after the other. The vault opened inside saves without waiting.
        """
        with self._file.locked():
            yield

    def _read(self) -> bytes:
        data = self._file.read()
        if data is not None:
            return data
        found = [
            trace for trace in self.traces() if trace.sound and trace.kind != TraceKind.MARKER
        ]
        if found:
            raise VaultMissing(
                "The vault is missing",
                f"There is none at {self.path}, but {len(found)} of its copies",
                "Restore one of them",
            )
        raise VaultMissing("There is no vault", f"Nothing is at {self.path}", "Create one first")

    def _opened(self, state: Loaded, clock: Clock | None) -> OpenVault:
        vault = OpenVault(self._file, state, clock or SystemClock())
        places = self._file.places
        if traces.looks_older(places, state.header):
            vault.notice(
                "This is an older copy of the vault: a newer one was open on this computer before"
            )
        else:
            traces.write_marker(places, state.header)
        return vault


def create_vault(
    path: Path,
    password: str,
    *,
    recovery_key: bool = True,
    cost: KdfCost | None = None,
    clock: Clock,
    places: Places | None = None,
    still_wanted: Callable[[], bool] | None = None,
) -> tuple[OpenVault, str | None]:
    """Make a vault; return it open, and its recovery key as it is shown, once.

    `cost` None is measured: about half a second a derivation. `still_wanted` is asked once the
    keys are derived, before anything is written. Raises VaultExists on any trace of a vault,
    PasswordRefused, Cancelled, NotSaved, SavedUnconfirmed.
    """
    file = VaultFile(places or Places.beside(path))
    secret = slots.password_bytes(password)
    try:
        file.places.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise durable.not_saved(error) from None
    with file.locked():
        if traces.find_traces(file.places):
            raise VaultExists(
                "There is a vault already",
                f"It, or a copy of it, lies at {file.places.folder}",
                "Unlock it, or restore a copy",
            )
        ring, shown = first_ring(
            secret, cost, clock, with_key=recovery_key, still_wanted=still_wanted
        )
        first = with_key_unconfirmed(Payload(), ring)
        data, state = loaded.build(first, ring, 1, clock.now(), None)
        file.create(data)
    traces.write_marker(file.places, state.header)
    traces.note_password(file.places, state.ring.vault_id.hex(), clock.now())
    return OpenVault(file, state, clock), shown


def first_ring(
    secret: bytes,
    cost: KdfCost | None,
    clock: Clock,
    *,
    with_key: bool,
    still_wanted: Callable[[], bool] | None,
) -> tuple[KeyRing, str | None]:
    """Return the ring of a new vault, and its recovery key as it is shown. Raises Cancelled."""
    cost = cost or calibrated(clock)
    made = [keyslots.new_slot(PASSWORD, secret, cost, clock.now())]
    key = recovery_key.new_recovery_key() if with_key else None
    if key is not None:
        made.append(keyslots.new_slot(RECOVERY, key, cost, clock.now()))
    check_wanted(still_wanted)
    ring = keyslots.new_ring(file_format.new_vault_id())
    for slot, psk in made:
        before, ring = ring, ring.with_slot(slot, psk)
        before.wipe()
    return ring, recovery_key.write(key) if key is not None else None


def with_key_unconfirmed(first: Payload, ring: KeyRing) -> Payload:
    """Return a new vault's contents that know that nobody wrote its recovery key down yet."""
    for slot in ring.slots:
        if slot.kind == RECOVERY:
            writer = crypto.random_bytes(4).hex()
            return contents.with_setting(first, writer, slots.KEY_UNCONFIRMED, slot.id.hex())
    return first


__all__ = ["LockedVault", "OpenVault", "SavedUnconfirmed", "create_vault"]
