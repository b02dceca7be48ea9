"""One Watchword for one data folder: a second start brings the first one forward, or hands it a link.

What is said is one line of at most 4 KiB, "raise" or "open URI". Everything else, and everybody
who is not this user, is hung up on.
"""

import os
import re
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from PySide6.QtCore import QObject, Signal

from watchword.desktop.shell.instance_line import LONGEST_LINE, Listener

_RAISE, _OPEN = b"raise", b"open "
_LONGEST_ADDRESS = 103  # a socket's path has at most 104 bytes on macOS, 108 on Linux
_ASCII = "".join(map(chr, range(ord("!"), ord("~") + 1)))
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,30}://[!-~]+")


def open_line(uri: str) -> bytes | None:
    """Return what hands `uri` over; None when it is no address, or too long to be one of ours."""
    plain = quote(uri.strip(), safe=_ASCII, errors="replace")
    line = _OPEN + plain.encode("ascii")
    return line if len(line) <= LONGEST_LINE and _URI.fullmatch(plain) else None


def _folders(data_home: Path) -> Iterator[Path]:
    if runtime := os.environ.get("XDG_RUNTIME_DIR", ""):
        yield Path(runtime) / "watchword"
    yield data_home.absolute() / "run"
    if sys.platform != "win32":
        yield Path(tempfile.gettempdir()) / f"watchword-{os.getuid()}"


def _is_private(folder: Path) -> bool:
    """Make `folder`, and tell whether nobody else can put anything into it."""
    if sys.platform == "win32":
        return False
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        # A link, or a folder that somebody else made in time, belongs to them.
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            return False
        folder.chmod(0o700)
    except OSError:
        return False
    return True


def _address(data_home: Path) -> str:
    """Return where to listen: a place only this user can reach; empty where there is none.

    On Windows Qt puts a bare name where it belongs.
    """
    name = sha256(str(data_home.absolute()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    if sys.platform == "win32":
        return f"watchword-{name}"
    for folder in _folders(data_home):
        path = folder / name
        if len(os.fsencode(path)) <= _LONGEST_ADDRESS and _is_private(folder):
            return str(path)
    return ""


@dataclass(frozen=True, slots=True)
class Way:
    """How a later start reaches the first."""

    tell: Callable[[str, bytes], bool]
    make_listener: Callable[[], Listener]


def system_way() -> Way:
    """Return how it is done on this system."""
    if sys.platform == "win32":
        from watchword.desktop.shell import instance_pipe

        return Way(instance_pipe.tell, instance_pipe.PipeListener)
    from watchword.desktop.shell import instance_socket

    return Way(instance_socket.tell, instance_socket.SocketListener)


class SingleInstance(QObject):
    """Listens for later starts of this user."""

    raise_asked = Signal()
    open_asked = Signal(str)  # a link to be added, or of a login request

    def __init__(
        self, data_home: Path, *, way: Way | None = None, parent: QObject | None = None
    ) -> None:
        """`way` is how one instance reaches the other; None: this system's."""
        super().__init__(parent)
        way = way or system_way()
        self._address = _address(data_home)
        self._tell = way.tell
        self.listener = way.make_listener()
        self.listener.setParent(self)
        self.listener.said.connect(self._take)

    def is_first(self, link: str = "", *, raises: bool = True) -> bool:
        """Return whether no other instance runs, and listen from now on.

        Otherwise the other is brought forward if that `raises` it, and given `link` where that is
        one. Where the system has no safe place to listen at, every instance is the first.
        """
        if self._address:
            line = (link and open_line(link)) or (_RAISE if raises else b"")
            if self._tell(self._address, line):
                return False
            self.listener.listen(self._address)
        return True

    def close(self) -> None:
        """Stop listening."""
        self.listener.close()

    def _take(self, line: bytes) -> None:
        if line == _RAISE:
            self.raise_asked.emit()
        elif line.startswith(_OPEN):
            uri = line.removeprefix(_OPEN).decode("ascii", "replace")
            if _URI.fullmatch(uri):
                self.open_asked.emit(uri)
