"""Where the window was and how large: found again at the next start, on the screens there are then."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, QRect, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from watchword.desktop.shell.preferences import Preferences

_SEEN = QSize(120, 60)  # so much of the window is on a screen, or it counts as lost
_FARTHEST = 100_000  # pixels; what a file says beyond is nonsense, and breaks Qt's arithmetic
_TITLE = 32  # what a window system draws above the window


class WindowPlace(QObject):
    """Puts the window where it was, and remembers where it is."""

    def __init__(
        self, window: QWidget, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._preferences = preferences
        self._begun = False

    def put_back(self) -> None:
        """Before the window is shown: give it the place and size it had."""
        self._begun = True
        left = self._preferences.now.window
        if len(left.place) == 4 and all(abs(number) <= _FARTHEST for number in left.place):
            screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
            place = fitted(QRect(*left.place), screens, self._window.minimumSize())
            self._window.resize(place.size())
            self._window.move(place.topLeft())
        if left.maximised:
            # Not shown by it: it may be to start in the background.
            self._window.setWindowState(Qt.WindowState.WindowMaximized)

    def remember(self) -> None:
        """Keep where the window is; one that is maximised has a place to go back to as well."""
        window = self._window
        if not self._begun or window.isFullScreen():
            return
        maximised = window.isMaximized()
        if maximised or window.isMinimized():
            # `normalGeometry` leaves the window system's frame out, `move` does not.
            corner, size = window.normalGeometry().topLeft(), window.normalGeometry().size()
            corner -= window.geometry().topLeft() - window.frameGeometry().topLeft()
        else:
            corner, size = window.pos(), window.size()
        place = (corner.x(), corner.y(), size.width(), size.height())
        now = self._preferences.now.window
        if not size.isEmpty():
            # It concerns nobody, and at the end nobody is there to be told that it failed.
            with QSignalBlocker(self._preferences):
                changed = replace(now, place=place, maximised=maximised)
                self._preferences.change(window=changed)


def fitted(wanted: QRect, screens: Sequence[QRect], least: QSize) -> QRect:
    """Return `wanted`, moved and made smaller where it would lie outside the screens there are."""
    if not screens:
        return wanted
    shown = [screen.intersected(wanted) for screen in screens]
    areas = [part.width() * part.height() if part.isValid() else 0 for part in shown]
    best = max(range(len(screens)), key=areas.__getitem__)
    screen, part = screens[best], shown[best]
    size = wanted.size().boundedTo(screen.size() - QSize(0, _TITLE)).expandedTo(least)
    title_seen = screen.top() <= wanted.top() <= screen.bottom() - _TITLE
    seen = part.width() >= _SEEN.width() and part.height() >= _SEEN.height()
    if seen and title_seen and size == wanted.size():
        return wanted
    x = max(screen.left(), min(wanted.left(), screen.right() + 1 - size.width()))
    y = max(screen.top(), min(wanted.top(), screen.bottom() + 1 - size.height() - _TITLE))
    return QRect(QPoint(x, y), size)
