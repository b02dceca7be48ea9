"""One Watchword for one data folder: a second start brings the first one forward, or hands it a link.

What is said is one line of at most 4 KiB, "raise" or "open URI". Everything else, and everybody
who is not this user, is hung up on.
"""

import os
import re
import socket
import stat
import struct
import sys
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

LONGEST_LINE = 4096  # bytes, without the newline
MOST_CALLERS = 16  # at a time; one more, and the one that has been silent longest is hung up on
_RAISE, _OPEN = b"raise", b"open "
_PATIENCE_MS = 500
_CALLER_MS = 2000  # for saying one line
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


def _is_this_user(line: QLocalSocket) -> bool:
    """Tell whether the other end is a process of this user, as far as the system says."""
    if sys.platform != "linux":
        return True
    try:
        with socket.socket(fileno=os.dup(line.socketDescriptor())) as end:
            size = struct.calcsize("3i")
            peer = end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    except OSError:
        return False  # gone already
    _pid, user, _group = struct.unpack("3i", peer)
    return bool(user == os.getuid())


class _Caller(QObject):
    """One connection, until its line is whole, too long, or too late."""

    said = Signal(bytes)
    ended = Signal(object)

    def __init__(self, line: QLocalSocket, parent: QObject) -> None:
        super().__init__(parent)
        self._line = line
        self._heard = b""
        self._over = False
        line.setParent(self)
        line.setReadBufferSize(LONGEST_LINE + 1)
        line.readyRead.connect(self.listen)
        line.disconnected.connect(self.end)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_CALLER_MS)
        self._patience.timeout.connect(self.end)
        self._patience.start()

    def listen(self) -> None:
        """Take what has arrived."""
        if self._over:
            return
        self._heard += self._line.read(LONGEST_LINE + 1 - len(self._heard)).data()
        line, newline, _rest = self._heard.partition(b"\n")
        if newline:
            self.end()
            self.said.emit(line)
        elif len(self._heard) > LONGEST_LINE:
            self.end()

    def end(self) -> None:
        """Hang up."""
        if self._over:
            return
        self._over = True
        self._heard = b""
        self._patience.stop()
        self._line.abort()
        self.ended.emit(self)
        self.deleteLater()


class SingleInstance(QObject):
    """Listens for later starts of this user."""

    raise_asked = Signal()
    open_asked = Signal(str)  # a link to be added, or of a login request

    def __init__(self, data_home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._address = _address(data_home)
        self._callers: list[_Caller] = []
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)

    def is_first(self, link: str = "", *, raises: bool = True) -> bool:
        """Return whether no other instance runs, and listen from now on.

        Otherwise the other is brought forward if that `raises` it, and given `link` where that is
        one. Where the system has no safe place to listen at, every instance is the first.
        """
        if not self._address:
            return True
        if self._tell_the_other((link and open_line(link)) or (_RAISE if raises else b"")):
            return False
        # Whoever left this file behind does not answer any more.
        QLocalServer.removeServer(self._address)
        if self._server.listen(self._address) and sys.platform != "win32":
            Path(self._address).chmod(0o600)
        return True

    def close(self) -> None:
        """Stop listening."""
        self._server.close()
        for caller in list(self._callers):
            caller.end()

    def _tell_the_other(self, line: bytes) -> bool:
        other = QLocalSocket()
        other.connectToServer(self._address)
        # Links hold secrets: not a word to a stranger.
        if not other.waitForConnected(_PATIENCE_MS) or not _is_this_user(other):
            return False
        other.write(line + b"\n")
        while other.bytesToWrite() and other.waitForBytesWritten(_PATIENCE_MS):
            pass
        other.disconnectFromServer()
        return True

    def _greet(self) -> None:
        while (line := self._server.nextPendingConnection()) is not None:
            if not _is_this_user(line):
                line.abort()
                line.deleteLater()
                continue
            caller = _Caller(line, self)
            self._callers.append(caller)
            caller.said.connect(self._take)
            caller.ended.connect(self._callers.remove)
            # What was sent before this line was reached makes no further signal.
            caller.listen()
            if len(self._callers) > MOST_CALLERS:
                self._callers[0].end()

    def _take(self, line: bytes) -> None:
        if line == _RAISE:
            self.raise_asked.emit()
        elif line.startswith(_OPEN):
            uri = line.removeprefix(_OPEN).decode("ascii", "replace")
            if _URI.fullmatch(uri):
                self.open_asked.emit(uri)
