"""One Watchword for one data folder: a second start brings the first one forward."""

import os
import sys
from hashlib import sha256
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_RAISE = b"raise\n"
_PATIENCE_MS = 500
_LONGEST_FOLDER = 75  # a socket's path has at most 107 bytes


def _address(data_home: Path) -> str:
    """Return where to listen: a place only this user can write to, and short enough for a socket.

    On Windows and macOS Qt puts a bare name where it belongs.
    """
    name = "watchword-" + sha256(str(data_home.absolute()).encode()).hexdigest()[:16]
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    for folder in (runtime, str(data_home.absolute())):
        if sys.platform == "linux" and folder and len(folder) < _LONGEST_FOLDER:
            return f"{folder}/{name}"
    return name


class SingleInstance(QObject):
    """Listens for later starts; only this user may speak to it, and it understands one word."""

    raise_asked = Signal()

    def __init__(self, data_home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._address = _address(data_home)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)

    def is_first(self) -> bool:
        """Return whether no other instance runs, and listen from now on; else bring it forward."""
        if self._tell_the_other():
            return False
        # Whoever left this file behind does not answer any more.
        QLocalServer.removeServer(self._address)
        self._server.listen(self._address)
        return True

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def _tell_the_other(self) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(self._address)
        if not socket.waitForConnected(_PATIENCE_MS):
            return False
        socket.write(_RAISE)
        socket.waitForBytesWritten(_PATIENCE_MS)
        socket.disconnectFromServer()
        return True

    def _greet(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(self._hear)
            socket.disconnected.connect(socket.deleteLater)
            # What was sent before this line was reached makes no further signal.
            if socket.bytesAvailable():
                self._take(socket)

    def _hear(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._take(socket)

    def _take(self, socket: QLocalSocket) -> None:
        if socket.read(64).data() == _RAISE:
            self.raise_asked.emit()
        socket.close()
