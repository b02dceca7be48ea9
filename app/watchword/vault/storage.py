"""One file, replaced atomically: what is on disk is the old vault or the new one, never less.

The order of the steps in `replace` is the point of this file. There is no way around it: no writing
in place, no deleting first (the data losses of other vaults cluster there). Three outcomes, all said:
it returns (saved), NotSaved (the old vault stands), SavedUnconfirmed (the new one stands, and the
system did not confirm that it will last).
"""

import errno
import os
import stat
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from watchword.vault import file_format, limits
from watchword.vault.errors import NotSaved, SavedUnconfirmed, VaultBusy, VaultUnreadable, damaged
from watchword.vault.places import Places

if sys.platform == "win32":
    from watchword.vault import os_windows as system
else:
    from watchword.vault import os_posix as system

LOCK_WAIT_SECONDS = 30.0
_LOCK_PAUSE_SECONDS = 0.01
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_PLAIN = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0)
_READ = os.O_RDONLY | _NO_FOLLOW | _PLAIN | getattr(os, "O_NONBLOCK", 0)
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | _NO_FOLLOW | _PLAIN
_PIECE = 1024 * 1024
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EXDEV, errno.EMLINK, errno.EACCES}

_REASONS = {
    errno.ENOSPC: "The disk is full",
    errno.EDQUOT: "Your share of the disk is used up",
    errno.EROFS: "The disk can only be read",
    errno.EACCES: "You may not write there",
    errno.EPERM: "You may not write there",
    errno.EIO: "The disk reported an error",
    errno.ENOENT: "The folder is not there any more",
    errno.ELOOP: "A link lies where a file of the vault belongs",
    errno.ENAMETOOLONG: "The name is too long for this disk",
}


def read_file(path: Path, most: int = limits.FILE_BYTES) -> bytes | None:
    """Return a regular file's bytes, or None when nothing is there.

    Nothing else than a regular file is read and no link followed. Raises VaultUnreadable, or
    VaultDamaged for a file longer than `most`.
    """
    try:
        descriptor = os.open(path, _READ)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(path, error) from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise VaultUnreadable(
                "This is not a vault", f"{path} is not a file", "Choose the vault's file"
            )
        if status.st_size > most:
            raise damaged("The file is longer than any vault")
        data = bytearray()
        while piece := os.read(descriptor, _PIECE):
            data += piece
            if len(data) > most:
                raise damaged("The file is longer than any vault")
        return bytes(data)
    except OSError as error:
        raise _unreadable(path, error) from None
    finally:
        os.close(descriptor)


def _unreadable(path: Path, error: OSError) -> VaultUnreadable:
    if error.errno == errno.ELOOP:
        return VaultUnreadable(
            "This is not a vault", f"{path} is a link", "Give the place that it points to"
        )
    why = (
        "You may not read it"
        if isinstance(error, PermissionError)
        else error.strerror or "The system refused"
    )
    return VaultUnreadable("The vault cannot be read", f"{path}: {why}")


def write_new(path: Path, data: bytes) -> os.stat_result:
    """Write a new file durably, read it back and compare; return its identity.

    Raises OSError; then nothing is left at `path` (unless removing it failed as well).
    """
    descriptor = os.open(path, _NEW, 0o600)
    try:
        try:
            _write_all(descriptor, data)
            system.settle_file(descriptor)
            _drop_cache(descriptor)
            if _read_back(descriptor, len(data) + 1) != data:
                raise OSError(errno.EIO, "what was written reads back differently")
            identity = os.fstat(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise
    return identity


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        written = os.write(descriptor, rest)
        if written == 0:
            raise OSError(errno.EIO, "nothing was written")
        rest = rest[written:]


def _read_back(descriptor: int, count: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    data = bytearray()
    while len(data) < count and (piece := os.read(descriptor, count - len(data))):
        data += piece
    return bytes(data)


def _drop_cache(descriptor: int) -> None:
    """Ask the system to read from the disk next time, not from its memory; it may decline."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


class VaultFile:
    """The vault's file, its lock and the generation before."""

    def __init__(self, places: Places) -> None:
        """Touch nothing yet."""
        self.places = places
        self._thread = threading.RLock()  # one thread of this process at a time
        self._held = False

    def read(self) -> bytes | None:
        """Return the file's bytes, None when there is none. Raises VaultUnreadable, VaultDamaged."""
        return read_file(self.places.vault)

    @contextmanager
    def locked(self, wait: float = LOCK_WAIT_SECONDS) -> Iterator[None]:
        """Hold the lock; again inside itself it costs nothing. Raises VaultBusy or NotSaved."""
        with self._thread:
            if self._held:
                yield
                return
            descriptor = self._take_lock(time.monotonic() + wait)
            self._held = True
            try:
                yield
            finally:
                self._held = False
                system.unlock(descriptor)

    def _take_lock(self, until: float) -> int:
        while True:
            try:
                descriptor = system.open_lock(self.places.lock)
                try:
                    if system.try_lock(descriptor) and self._is_ours(descriptor):
                        return descriptor
                except BaseException:
                    system.unlock(descriptor)
                    raise
                system.unlock(descriptor)
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
            identity = write_new(temporary, data)
        except OSError as error:
            raise not_saved(error) from None
        try:
            try:
                if first:
                    self._link_first(temporary)
                else:
                    if keep_previous:
                        self._keep_previous()
                    system.put_in_place(temporary, vault)
            except OSError as error:
                # A network disk can rename and still report an error: look before claiming.
                if not self._holds(identity):
                    raise not_saved(error) from None
                raise _unconfirmed(error) from None
            if not self._holds(identity):
                raise not_saved(OSError(errno.EIO, "the new file did not take its place"))
        finally:
            with suppress(OSError):
                temporary.unlink()
        try:
            system.settle_folder(self.places.folder)
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
            system.put_in_place(temporary, self.places.vault)

    def _keep_previous(self) -> None:
        """Make the file on disk the generation before, by a second name for the same bytes."""
        if not self.places.vault.exists():
            return
        aside = self.places.new_temporary()
        try:
            try:
                aside.hardlink_to(self.places.vault)
            except OSError as error:
                if error.errno not in _NO_LINKS:
                    raise
                data = self.read()
                if data is None or not file_format.is_sound(data):
                    raise
                write_new(aside, data)
            system.put_in_place(aside, self.places.previous)
        finally:
            # Renaming one name of a file over another name of it does nothing and leaves both.
            with suppress(OSError):
                aside.unlink()

    def _holds(self, identity: os.stat_result) -> bool:
        try:
            return os.path.samestat(identity, self.places.vault.lstat())
        except OSError:
            return False


def not_saved(error: OSError) -> NotSaved:
    """Return the error for a save that left the old vault as it was."""
    reason = _REASONS.get(error.errno or 0) or error.strerror or "The system refused"
    return NotSaved(
        "Not saved",
        reason,
        "The vault on disk is as it was. Mend the cause and save again",
    )


def _unconfirmed(error: OSError) -> SavedUnconfirmed:
    reason = _REASONS.get(error.errno or 0) or error.strerror or "The system refused"
    return SavedUnconfirmed(
        "Saved, but not confirmed",
        f"The new vault is in its place, but the disk did not confirm it: {reason}",
        "Save again before you switch off",
    )
