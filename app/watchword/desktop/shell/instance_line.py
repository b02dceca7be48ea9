"""What a later start says to the first: one line from each caller, and what becomes of callers.

How the line is laid is instance_socket's and instance_pipe's: a socket of the system's, or Qt's
named pipe on Windows.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

LONGEST_LINE = 4096  # bytes, without the newline
MOST_CALLERS = 16  # at a time; one more, and the one that has been silent longest is hung up on
PATIENCE_SECONDS = 0.5  # for the other end to answer
_CALLER_MS = 2000  # for saying one line

# Returns at most so many bytes, none if none are there, None once the other end has hung up.
Read = Callable[[int], bytes | None]


class Caller(QObject):
    """One connection, until its line is whole, too long, or too late."""

    said = Signal(bytes)
    ended = Signal(object)

    def __init__(self, read: Read, hang_up: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._read = read
        self._hang_up = hang_up
        self._heard = b""
        self._over = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_CALLER_MS)
        self._patience.timeout.connect(self.end)
        self._patience.start()

    def listen(self) -> None:
        """Take what has arrived."""
        if self._over:
            return
        heard = self._read(LONGEST_LINE + 1 - len(self._heard))
        if heard is None:
            self.end()
            return
        self._heard += heard
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
        self._hang_up()
        self.ended.emit(self)
        self.deleteLater()


class Listener(QObject):
    """Hears callers at one address."""

    said = Signal(bytes)  # a line, without its newline

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.callers: list[Caller] = []

    def listen(self, address: str) -> None:
        """Listen there from now on, in the place of whoever left the address behind."""
        raise NotImplementedError

    def close(self) -> None:
        """Listen no more, and hang up on everybody."""
        for caller in list(self.callers):
            caller.end()

    def greet(self, read: Read, hang_up: Callable[[], None]) -> Caller:
        """Hear a new caller out."""
        caller = Caller(read, hang_up, self)
        self.callers.append(caller)
        caller.said.connect(self.said)
        caller.ended.connect(self.callers.remove)
        return caller

    def make_room(self) -> None:
        """Hang up on the one that has been silent longest, if there are too many."""
        if len(self.callers) > MOST_CALLERS:
            self.callers[0].end()
