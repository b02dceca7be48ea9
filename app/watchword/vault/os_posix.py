"""What the vault asks of Linux and macOS: flock, fsync, rename, mlock. A lock dies with its holder."""

import contextlib
import ctypes
import fcntl
import os
import sys
from pathlib import Path


def open_lock(path: Path) -> int:
    """Open (and make) the lock file; no link is followed. Raises OSError."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def try_lock(descriptor: int) -> bool:
    """Take the lock unless somebody else has it. Raises OSError for anything else."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlock(descriptor: int) -> None:
    """Give the lock back by closing it."""
    os.close(descriptor)


def settle_file(descriptor: int) -> None:
    """Return when the file's bytes are on the disk. Raises OSError."""
    if sys.platform == "darwin":
        # fsync on macOS leaves the bytes in the drive's own cache.
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def settle_folder(folder: Path) -> None:
    """Return when the folder's names are on the disk. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_in_place(new: Path, old: Path) -> None:
    """Rename `new` over `old` in one step. Raises OSError."""
    new.replace(old)


def hold_in_memory(key: bytearray) -> None:
    """Keep the page that holds `key` out of the swap space, as far as the system allows.

    It stays held after the key is wiped: other keys may lie in the same page, and mlock does not count.
    """
    place = (ctypes.c_char * len(key)).from_buffer(key)
    with contextlib.suppress(OSError, AttributeError):
        address, length = ctypes.c_void_p(ctypes.addressof(place)), ctypes.c_size_t(len(key))
        ctypes.CDLL(None).mlock(address, length)
