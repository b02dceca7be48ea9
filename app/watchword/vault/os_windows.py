"""What the vault asks of Windows: a locked byte, FlushFileBuffers, MoveFileEx, VirtualLock."""

import ctypes
import errno
import os
import sys
import time
from pathlib import Path

if sys.platform == "win32":  # elsewhere the type checker has no msvcrt to look into
    import msvcrt

    # Virus scanners and indexers open new files for a moment; MoveFileEx fails meanwhile.
    _RENAME_PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8)

    def open_lock(path: Path) -> int:
        """Open (and make) the lock file. Raises OSError."""
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_BINARY | os.O_NOINHERIT, 0o600)

    def try_lock(descriptor: int) -> bool:
        """Take the lock unless somebody else has it. Raises OSError for anything else."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in {errno.EACCES, errno.EDEADLK}:
                return False
            raise
        return True

    def unlock(descriptor: int) -> None:
        """Give the lock back by closing it."""
        os.close(descriptor)

    def settle_file(descriptor: int) -> None:
        """Return when the file's bytes are on the disk. Raises OSError."""
        os.fsync(descriptor)

    def settle_folder(folder: Path) -> None:
        """Do nothing: Windows has no call for it, and NTFS journals the rename."""

    def put_in_place(new: Path, old: Path) -> None:
        """Rename `new` over `old` (MoveFileEx), with a few patient retries. Raises OSError."""
        for pause in _RENAME_PAUSES:
            try:
                new.replace(old)
            except PermissionError:
                time.sleep(pause)
            else:
                return
        new.replace(old)

    def hold_in_memory(key: bytearray) -> None:
        """Keep the page that holds `key` out of the page file, as far as the system allows."""
        place = (ctypes.c_char * len(key)).from_buffer(key)
        address, length = ctypes.c_void_p(ctypes.addressof(place)), ctypes.c_size_t(len(key))
        ctypes.windll.kernel32.VirtualLock(address, length)
