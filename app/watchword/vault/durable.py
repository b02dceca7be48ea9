"""Files written so that they last: new, settled, read back, compared, then named."""

import errno
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

from watchword.vault import limits
from watchword.vault.errors import NotSaved, VaultUnreadable, damaged

if sys.platform == "win32":
    from watchword.vault.os_windows import put_in_place, settle_file, settle_folder
else:
    from watchword.vault.os_posix import put_in_place, settle_file, settle_folder

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_PLAIN = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0)
_READ = os.O_RDONLY | _NO_FOLLOW | _PLAIN | getattr(os, "O_NONBLOCK", 0)
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | _NO_FOLLOW | _PLAIN
_PIECE = 1024 * 1024

# In a file there is no file, nor under a name that the disk does not take.
_NOTHING_THERE = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG}

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


class Unsettled(OSError):
    """A file is in its place, and it is not confirmed that a power cut leaves it there."""


def read_file(path: Path, most: int = limits.FILE_BYTES) -> bytes | None:
    """Return a regular file's bytes, or None when nothing is there.

    Nothing else than a regular file is read and no link followed. Raises VaultUnreadable, or
    VaultDamaged for a file longer than `most`.
    """
    try:
        descriptor = os.open(path, _READ)
    except OSError as error:
        if error.errno in _NOTHING_THERE:
            return None
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
            settle_file(descriptor)
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
    if sys.platform == "linux":  # pragma: no branch
        with suppress(OSError):
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def write_named(path: Path, data: bytes) -> None:
    """Write a new file and settle its name, too. Raises OSError; then nothing is left at `path`."""
    write_new(path, data)
    try:
        settle_folder(path.parent)
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise


def write_over(path: Path, data: bytes, temporary: Path) -> None:
    """Put a file in its place in one step, durably; `temporary` is a free name in its folder.

    Raises OSError; then what was at `path` is still there. Raises Unsettled, which is an OSError,
    when the new file is there and the system does not confirm that it will stay.
    """
    write_new(temporary, data)
    try:
        put_in_place(temporary, path)
    finally:
        with suppress(OSError):
            temporary.unlink()
    try:
        descriptor = os.open(path, _READ)
        try:
            there = _read_back(descriptor, len(data) + 1)
        finally:
            os.close(descriptor)
        settle_folder(path.parent)
    except OSError as error:
        raise Unsettled(error.errno, error.strerror) from error
    if there != data:
        raise OSError(errno.EIO, "the new file did not take its place")


def reason(error: OSError) -> str:
    """Return why, for people."""
    return _REASONS.get(error.errno or 0) or error.strerror or "The system refused"


def not_saved(error: OSError) -> NotSaved:
    """Return the error for a save that left the old vault as it was."""
    return NotSaved(
        "Not saved",
        reason(error),
        "The vault on disk is as it was. Mend the cause and save again",
    )


__all__ = [
    "Unsettled",
    "not_saved",
    "put_in_place",
    "read_file",
    "reason",
    "settle_folder",
    "write_named",
    "write_new",
    "write_over",
]
