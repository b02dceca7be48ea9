"""Locks after a time without a key or a mouse movement in the window."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QWindow

IDLE_SECONDS = 15 * 60

_INPUT = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
}


class AutoLock(QObject):
    """Looks at what reaches the window as a whole, not at every event of every widget."""

    idle = Signal()

    def __init__(self, seconds: float = IDLE_SECONDS, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window: QWindow | None = None
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(int(seconds * 1000))
        self._idle.timeout.connect(self.idle)

    def start(self, window: QWindow) -> None:
        """Begin to count, and begin anew at each key and movement in `window`."""
        if self._window is not window:
            self.stop()
            window.installEventFilter(self)
            self._window = window
        self._restart()

    def set_minutes(self, minutes: int) -> None:
        """Lock after so many minutes from now on; 0: never."""
        self._idle.setInterval(min(max(minutes, 0), 24 * 60) * 60_000)
        if self._window is not None:
            self._restart()

    def _restart(self) -> None:
        if self._idle.interval() > 0:
            self._idle.start()
        else:
            self._idle.stop()

    def stop(self) -> None:
        """Stop counting: it is locked."""
        self._idle.stop()
        if self._window is not None:
            self._window.removeEventFilter(self)
            self._window = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _INPUT:
            self._restart()
        return False
