"""Pictures of what there is outside the window, for `make screenshots`."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.theme import colours_of, text_font
from watchword.desktop.look.tray_icon import tray_picture

SIZES = (16, 22, 32, 48)
STATES = {
    "Open": (False, 0),
    "1 waits": (False, 1),
    "9 wait": (False, 9),
    "more": (False, 10),
    "Locked": (True, 0),
    "1 waits ": (True, 1),
    "more ": (True, 10),
}
_STEP, _BAR = 56, 178


class TrayIcons(QWidget):
    """Each state of the icon at each size, pixel by pixel, on a light bar and on a dark one."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ink = colours_of(self).quiet
        painter.fillRect(self.rect(), colours_of(self).ground)
        painter.setFont(text_font(11.5))
        for number, bar in enumerate(("#FFFFFF", "#1B1D21")):
            top = 24.0 + number * (_BAR + 56)
            for place, (name, (locked, waiting)) in enumerate(STATES.items()):
                left = 16.0 + place * _STEP
                painter.setPen(ink)
                painter.drawText(
                    QRectF(left, top - 20, _STEP, 16), Qt.AlignmentFlag.AlignCenter, name
                )
                painter.fillRect(QRectF(left, top, _STEP, _BAR), QColor(bar))
                self._draw_sizes(painter, left, top + 12, locked=locked, waiting=waiting)
        painter.end()

    def _draw_sizes(
        self, painter: QPainter, left: float, top: float, *, locked: bool, waiting: int
    ) -> None:
        scale = self.devicePixelRatioF()
        for side in SIZES:
            picture = tray_picture(
                round(side * scale), colours_of(self), locked=locked, waiting=waiting
            )
            picture.setDevicePixelRatio(scale)
            painter.drawPixmap(QPointF(left + (_STEP - side) / 2, top), picture)
            top += side + 12
