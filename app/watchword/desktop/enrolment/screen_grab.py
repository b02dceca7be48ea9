"""Pictures of what is on the screens, with our own windows painted over.

Many people see the code in the browser beside this window. Our own windows are left out because
they may show a code themselves; what they cover is not seen.
"""

import os

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QScreen


def can_grab_screens() -> bool:
    """Whether this system lets a program see the screens without asking.

    Wayland gives it through a portal only, and shows programs that speak X11 a black picture;
    macOS asks for a permission first. Neither is offered before it works.
    """
    if os.environ.get("WAYLAND_DISPLAY"):
        return False
    return QGuiApplication.platformName() in {"xcb", "windows"}


def grab_screens() -> list[QImage]:
    """Return one picture of each screen."""
    return [_grab(screen) for screen in QGuiApplication.screens()]


def _grab(screen: QScreen) -> QImage:
    picture = screen.grabWindow(0).toImage()
    if picture.isNull():
        return picture
    scale = picture.width() / max(1, screen.geometry().width())
    picture.setDevicePixelRatio(1)
    ours = [
        window.frameGeometry()
        for window in QGuiApplication.topLevelWindows()
        if window.isVisible()
    ]
    return without(picture, ours, screen.geometry().topLeft(), scale)


def without(picture: QImage, windows: list[QRect], origin: QPoint, scale: float) -> QImage:
    """Return `picture` with `windows` painted over.

    `windows` and `origin`, the place of the picture's corner, are in the desktop's own pixels;
    `scale` is how many of the picture's pixels each of those is.
    """
    picture = picture.convertToFormat(QImage.Format.Format_RGB32)
    painter = QPainter(picture)
    for window in windows:
        place = window.translated(-origin)
        painter.fillRect(
            round(place.x() * scale),
            round(place.y() * scale),
            round(place.width() * scale),
            round(place.height() * scale),
            Qt.GlobalColor.white,
        )
    painter.end()
    return picture
