"""Locks by itself: after a time without a key or the mouse, before sleep, with the screen."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QWindow

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.shell.computer import Computer
from watchword.desktop.shell.preferences import Preferences
from watchword.system.idle import idle_seconds

_LONGEST_SECONDS = 24 * 60 * 60.0
_INPUT = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
}


class AutoLock(QObject):
    """Counts from what last reached the window, and asks the system before it locks.

    So a person who works elsewhere on this computer goes on being asked about logins, and nothing
    ticks meanwhile. Where the system does not say when it was touched, the window alone counts.
    """

    lock_asked = Signal()

    def __init__(
        self,
        jobs: Jobs,
        computer: Computer,
        preferences: Preferences,
        parent: QObject | None = None,
        *,
        idle: Callable[[], float | None] = idle_seconds,
    ) -> None:
        """`idle` says how many seconds the computer has not been touched, if that is known."""
        super().__init__(parent)
        self._jobs = jobs
        self._computer = computer
        self._preferences = preferences
        self._idle = idle
        self._window: QWindow | None = None
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.timeout.connect(self._ask)
        preferences.changed.connect(self._follow)
        computer.sleeps.connect(self._sleeps)
        computer.screen_locked.connect(self._screen_locked)

    def start(self, window: QWindow) -> None:
        """Begin to count, and begin anew at each key and movement in `window`."""
        if self._window is not window:
            self.stop()
            window.installEventFilter(self)
            self._window = window
        self._computer.start()
        self._follow()

    def stop(self) -> None:
        """Stop counting: it is locked."""
        self._end.stop()
        if self._window is not None:
            self._window.removeEventFilter(self)
            self._window = None

    def note_saved(self) -> None:
        """Let the computer sleep, unless the vault is open again."""
        if self._window is None:
            self._computer.let_sleep()

    @property
    def _seconds(self) -> float:
        minutes = self._preferences.now.locking.idle_minutes
        return min(max(minutes, 0) * 60.0, _LONGEST_SECONDS)

    def _follow(self) -> None:
        if self._window is None:
            return
        self._count(self._seconds)
        if self._preferences.now.locking.on_suspend:
            self._computer.hold_sleep()
        else:
            self._computer.let_sleep()

    def _count(self, seconds: float) -> None:
        if self._seconds > 0:
            self._end.start(int(seconds * 1000))
        else:
            self._end.stop()

    def _ask(self) -> None:
        # Where even asking fails nobody knows that somebody is there: it is locked.
        self._jobs.run(
            self._idle,
            on_done=self._decide,
            on_error=lambda _: self._decide(None),
            page=self,
        )

    def _decide(self, idle: float | None) -> None:
        # Something reached the window meanwhile, or it is locked already.
        if self._window is None or self._end.isActive():
            return
        left = 0.0 if idle is None else self._seconds - idle
        if left > 0:
            self._count(left)
        else:
            self.lock_asked.emit()

    def _sleeps(self) -> None:
        # Also while it is locked: it may be on its way to be open.
        if self._preferences.now.locking.on_suspend:
            self.lock_asked.emit()

    def _screen_locked(self) -> None:
        if self._preferences.now.locking.with_screen:
            self.lock_asked.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _INPUT:
            self._count(self._seconds)
        return False
