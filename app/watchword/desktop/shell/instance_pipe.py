"""The first instance's line on Windows: a named pipe, by Qt."""

from PySide6.QtNetwork import QLocalServer, QLocalSocket

from watchword.desktop.shell.instance_line import LONGEST_LINE, PATIENCE_SECONDS, Listener

_PATIENCE_MS = int(PATIENCE_SECONDS * 1000)


def tell(address: str, line: bytes) -> bool:
    """Say one line to whoever listens at `address`; return whether anybody does."""
    other = QLocalSocket()
    other.connectToServer(address)
    if not other.waitForConnected(_PATIENCE_MS):
        return False
    other.write(line + b"\n")
    while other.bytesToWrite() and other.waitForBytesWritten(_PATIENCE_MS):
        pass
    other.disconnectFromServer()
    return True


class PipeListener(Listener):
    """Listens at a name, which Qt puts where it belongs."""

    _server: QLocalServer | None = None

    def listen(self, address: str) -> None:
        QLocalServer.removeServer(address)
        self._server = QLocalServer(self)
        # The pipe's access list: this user and nobody else.
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._accept)
        self._server.listen(address)

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        super().close()

    def _accept(self) -> None:
        while self._server is not None and self._server.hasPendingConnections():
            self._hear(self._server.nextPendingConnection())

    def _hear(self, line: QLocalSocket) -> None:
        line.setReadBufferSize(LONGEST_LINE + 1)

        def hang_up() -> None:
            line.abort()
            line.deleteLater()

        caller = self.greet(lambda most: bytes(line.read(most).data()), hang_up)
        line.readyRead.connect(caller.listen)
        line.disconnected.connect(caller.end)
        # What was sent before this line was reached makes no further signal.
        caller.listen()
        self.make_room()
