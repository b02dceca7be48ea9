"""One file, replaced atomically: what is on disk is the old vault or the new one, never less.

The order of the steps in `replace` is the point of this file. There is no way around it: no writing
in place, no deleting first (the data losses of other vaults cluster there). Three outcomes, all said:
it returns (saved), NotSaved (the old vault stands), SavedUnconfirmed (the new one stands, and the
system did not confirm that it will last).
"""

import errno
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from watchword.vault import durable, file_format
from watchword.vault.durable import not_saved
from watchword.vault.errors import SavedUnconfirmed, VaultBusy
from watchword.vault.places import Places

if sys.platform == "win32":
    from watchword.vault.os_windows import open_lock, try_lock, unlock
else:
    from watchword.vault.os_posix import open_lock, try_lock, unlock

LOCK_WAIT_SECONDS = 30.0
_LOCK_PAUSE_SECONDS = 0.01
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EXDEV, errno.EMLINK, errno.EACCES}


class VaultFile:
    """The vault's file, its lock and the generation before."""

    def __init__(self, places: Places, wait: float = LOCK_WAIT_SECONDS) -> None:
        """Touch nothing yet; `wait` seconds is the patience of `locked`."""
        self.places = places
        self._wait = wait
        self._thread = threading.RLock()  # one thread of this process at a time
        self._held = False

    def read(self) -> bytes | None:
        """Return the file's bytes, None when there is none. Raises VaultUnreadable, VaultDamaged."""
        return durable.read_file(self.places.vault)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock; again inside itself it costs nothing. Raises VaultBusy or NotSaved."""
        with self._thread:
            if self._held:
                yield
                return
            descriptor = self._take_lock(time.monotonic() + self._wait)
            self._held = True
            try:
                yield
            finally:
                self._held = False
                unlock(descriptor)

    def _take_lock(self, until: float) -> int:
        while True:
            try:
                descriptor = open_lock(self.places.lock)
                try:
                    if try_lock(descriptor) and self._is_ours(descriptor):
                        return descriptor
                except BaseException:
                    unlock(descriptor)
                    raise
                unlock(descriptor)
            except OSError as error:
                raise not_saved(error) from None
            if time.monotonic() >= until:
                raise VaultBusy(
                    "The vault is in use", "Another Watchword is still saving", "Try again"
                )
            time.sleep(_LOCK_PAUSE_SECONDS)

    def _is_ours(self, descriptor: int) -> bool:
        # Somebody may have deleted the lock file while we waited for it.
        try:
            return os.path.samestat(os.fstat(descriptor), self.places.lock.stat())
        except FileNotFoundError:
            return False

    def clear_temporaries(self) -> None:
        """Remove what interrupted saves left; call it under the lock, when the vault is there."""
        for path in self.places.temporaries():
            with suppress(OSError):
                path.unlink()

    def create(self, data: bytes) -> None:
        """Put the first file in its place; an existing one is never replaced."""
        self._put(data, first=True)

    def replace(self, data: bytes, *, keep_previous: bool = True) -> None:
        """Put `data` in the vault's place and keep what was there as the generation before.

        Without `keep_previous` the generation before stays what it is: for when what lies in the
        vault's place is not its next generation. Call it under the lock. Raises NotSaved or
        SavedUnconfirmed.
        """
        self._put(data, first=False, keep_previous=keep_previous)

    def _put(self, data: bytes, *, first: bool, keep_previous: bool = False) -> None:
        vault = self.places.vault
        temporary = self.places.new_temporary()
        try:
            self.clear_temporaries()
            identity = durable.write_new(temporary, data)
        except OSError as error:
            raise not_saved(error) from None
        try:
            try:
                if first:
                    self._link_first(temporary)
                else:
                    if keep_previous:
                        self._keep_previous()
                    durable.put_in_place(temporary, vault)
            except OSError as error:
                # A network disk can rename and still report an error: look before claiming.
                if self._holds(identity) is False:
                    raise not_saved(error) from None
                raise _unconfirmed(error) from None
            self._check_placed(identity)
        finally:
            with suppress(OSError):
                temporary.unlink()
        try:
            durable.settle_folder(self.places.folder)
        except OSError as error:
            raise _unconfirmed(error) from None

    def _link_first(self, temporary: Path) -> None:
        try:
            self.places.vault.hardlink_to(temporary)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            # Without links the rename could replace a file made since the caller looked.
            if self.places.vault.exists():
                raise FileExistsError(errno.EEXIST, "a vault is there already") from None
            durable.put_in_place(temporary, self.places.vault)

    def _keep_previous(self) -> None:
        """Make the file on disk the generation before, by a second name for the same bytes."""
        if not self.places.vault.exists():
            return
        aside = self.places.new_temporary()
        try:
            try:
                aside.hardlink_to(self.places.vault)
                _for_the_owner_only(aside)
            except OSError as error:
                if error.errno not in _NO_LINKS:
                    raise
                data = self.read()
                if data is None or not file_format.is_sound(data):
                    raise
                durable.write_new(aside, data)
            durable.put_in_place(aside, self.places.previous)
        finally:
            # Renaming one name of a file over another name of it does nothing and leaves both.
            with suppress(OSError):
                aside.unlink()

    def _check_placed(self, identity: os.stat_result) -> None:
        """Look after a rename that reported success: a system that lies is not believed."""
        holds = self._holds(identity)
        if holds is False:
            raise not_saved(OSError(errno.EIO, "The new file did not take its place"))
        if holds is None:
            raise _unconfirmed(OSError(errno.EIO, "It cannot be looked at"))

    def _holds(self, identity: os.stat_result) -> bool | None:
        """Tell whether the new file is in the vault's place; None when nobody can tell."""
        try:
            return os.path.samestat(identity, self.places.vault.lstat())
        except FileNotFoundError:
            return False
        except OSError:
            return None


def _for_the_owner_only(path: Path) -> None:
    """Take away what others may do: somebody may have copied the vault here with rights for all."""
    with suppress(OSError):
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)


def _unconfirmed(error: OSError) -> SavedUnconfirmed:
    return SavedUnconfirmed(
        "Saved, but not confirmed",
        f"The new vault is in its place, but the disk did not confirm it: {durable.reason(error)}",
        "Save again before you switch off",
    )
