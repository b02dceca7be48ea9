"""The time that is left, as a line that grows shorter; a text beside it says the same."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from watchword.desktop.look.theme import colours_of
from watchword.desktop.look.widgets.painting import draw_body, painter_on


class TimeBar(QWidget):
    """No progress bar, of which a screen reader would tell each step."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._left = 0.0
        self._urgent = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_left(self, fraction: float, *, urgent: bool = False) -> None:
        """Show `fraction` (0..1) filled; `urgent` in the warning colour."""
        self._left = min(1.0, max(0.0, fraction))
        self._urgent = urgent
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        body = QRectF(self.rect())
        corner = body.height() / 2
        draw_body(painter, body, corner, colours.sunken)
        clip = QPainterPath()
        clip.addRoundedRect(body, corner, corner)
        painter.setClipPath(clip)
        filled = body.adjusted(0, 0, -body.width() * (1 - self._left), 0)
        draw_body(painter, filled, corner, colours.warn if self._urgent else colours.accent)
