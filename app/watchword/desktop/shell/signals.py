"""Ctrl+C and a polite kill end the app: locked, saved if it can be, clipboard emptied, nobody asked."""

import contextlib
import signal
import socket
from collections.abc import Iterable

from PySide6.QtCore import QObject, QSocketNotifier, Signal


class QuitSignals(QObject):
    """Turns Unix signals into a Qt signal.

    Python runs a signal's function only between two lines of Python, which never come while Qt
    waits for events; a socket that the interpreter writes to wakes Qt up.
    """

    heard = Signal()

    def __init__(self, signals: Iterable[signal.Signals], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._read, self._write = socket.socketpair()
        self._read.setblocking(False)
        self._write.setblocking(False)
        signal.set_wakeup_fd(self._write.fileno())
        for number in signals:
            signal.signal(number, lambda *_: None)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._take)

    def _take(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._read.recv(64)
        self.heard.emit()
