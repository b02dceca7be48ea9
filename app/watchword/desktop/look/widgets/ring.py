"""The ring that empties with a code's period."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from watchword.desktop.look.theme import Colours, colours_of
from watchword.desktop.look.widgets.painting import painter_on

ENDS_SOON_SECONDS = 10  # from here the next code is shown
URGENT_SECONDS = 5  # from here the code is drawn in the warning colour


def draw_ring(
    painter: QPainter, box: QRectF, left: float, colour: QColor, colours: Colours
) -> None:
    """Draw the ring in `box`; `left` (0..1) of it is still full."""
    size = min(box.width(), box.height())
    pen = QPen(colours.sunken, size * 3 / 22)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    inner = box.adjusted(size * 3 / 22, size * 3 / 22, -size * 3 / 22, -size * 3 / 22)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    painter.drawEllipse(inner)
    if left > 0:
        pen.setColor(colour)
        painter.setPen(pen)
        # Sixteenths of a degree; the full part ends at twelve o'clock and empties clockwise.
        painter.drawArc(inner, 90 * 16, -round(360 * 16 * min(1.0, left)))


class Ring(QWidget):
    """A ring of its own, for the detail pane."""

    def __init__(self, size: int = 40, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self._left = 0.0
        self._urgent = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_left(self, left: float, *, urgent: bool = False) -> None:
        """Show that `left` (0..1) of the period remains."""
        self._left = left
        self._urgent = urgent
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        colour = colours.warn if self._urgent else colours.accent
        draw_ring(painter, QRectF(self.rect()), self._left, colour, colours)
