"""The files themselves: read once and bounded, written durably and never over something by chance."""

import os
import secrets
import stat
from pathlib import Path

from watchword.errors import KnownError
from watchword.transfer.format import FileRefused
from watchword.vault import durable, file_format, limits
from watchword.vault.places import Places

LARGEST_BYTES = 10 * 1024 * 1024
_PIECE = 1024 * 1024


class NotExported(KnownError):
    """No file was written."""


class ExportUnconfirmed(KnownError):
    """The file was written; that it will stay is not confirmed."""


class FileThere(NotExported):
    """A file of that name is there, and nobody said that it may go."""


def read_file(path: Path) -> bytes:
    """Return what a regular file holds at this moment. Raises FileRefused."""
    # Without O_NONBLOCK the mere opening of a named pipe would wait for ever.
    flags = os.O_RDONLY
    for extra in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"):
        flags |= getattr(os, extra, 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise _unread("There is no such file") from None
    except PermissionError:
        # Windows gives this for folders, too.
        why = "This is a folder" if path.is_dir() else "You may not read it"
        raise _unread(why) from None
    except (OSError, ValueError):
        raise _unread("The system does not open it") from None
    try:
        return _bounded(descriptor)
    except OSError as error:
        raise _unread(durable.reason(error)) from None
    finally:
        os.close(descriptor)


def _bounded(descriptor: int) -> bytes:
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        raise _unread("This is a folder" if stat.S_ISDIR(mode) else "It is not an ordinary file")
    data = bytearray()
    # The size is not believed: files of the system say 0, and a file can grow meanwhile.
    while piece := os.read(descriptor, _PIECE):
        data += piece
        ours = data.startswith(file_format.MAGIC)
        most = limits.FILE_BYTES if ours else LARGEST_BYTES
        if len(data) > most:
            raise _unread(f"It is larger than {most // (1024 * 1024)} MiB")
    if not data:
        raise _unread("It is empty")
    return bytes(data)


def _unread(why: str) -> FileRefused:
    return FileRefused("The file cannot be imported", why, "Nothing was changed")


def check_target(path: Path, places: Places, *, replacing: bool) -> None:
    """See, before anybody is asked for a password, whether a file may be written at `path`.

    Raises FileThere unless `replacing`, and NotExported for what is never replaced.
    """
    own = (places.vault, places.previous, places.lock, places.state, *places.backup_folders)
    if any(_within(path, each) for each in own):
        raise NotExported("Not exported", "The vault or its backups lie there", "Choose another")
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise _not_exported(error) from None
    if not stat.S_ISREG(mode):
        raise NotExported(
            "Not exported", f"{path} is not an ordinary file", "Give the name of a file"
        )
    if not replacing:
        raise FileThere("Not exported", f"{path} is there already", "Choose another name")


def write_file(path: Path, data: bytes, places: Places, *, replacing: bool) -> None:
    """Write a file that only its owner may read, durably, and compare.

    Raises NotExported and FileThere; then what was at `path` is still there. Raises ExportUnconfirmed.
    """
    check_target(path, places, replacing=replacing)
    try:
        if replacing:
            durable.write_over(path, data, path.with_name(f".{secrets.token_hex(8)}.tmp"))
        else:
            durable.write_named(path, data)
    except FileExistsError:
        raise FileThere(
            "Not exported", f"{path} is there already", "Choose another name"
        ) from None
    except durable.Unsettled as error:
        raise ExportUnconfirmed(
            "Exported, but not confirmed",
            durable.reason(error),
            "The file is there, but a power cut might undo it. Mend the cause and export again",
        ) from None
    except (OSError, ValueError) as error:
        raise _not_exported(error) from None


def _within(path: Path, place: Path) -> bool:
    whole, place = path.parent.resolve() / path.name, place.parent.resolve() / place.name
    return whole == place or place in whole.parents


def _not_exported(error: Exception) -> NotExported:
    why = durable.reason(error) if isinstance(error, OSError) else "This is no name for a file"
    return NotExported("Not exported", why, "Mend the cause, or choose another place")
