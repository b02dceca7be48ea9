"""How hard a password is to guess, as four parts of a bar."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from watchword.desktop.look.theme import RING, colours_of
from watchword.desktop.look.widgets.painting import draw_body, painter_on

PARTS = 4


class StrengthBar(QWidget):
    """0 to 4 parts filled, from the colour of danger to that of approval."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filled = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_score(self, score: int) -> None:
        """Fill `score` (0 to 4) parts."""
        self._filled = score
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        full = (colours.deny, colours.deny, colours.warn, colours.accent, colours.approve)
        gap = 6.0
        width = (self.width() - 2 * RING - gap * (PARTS - 1)) / PARTS
        for part in range(PARTS):
            colour = full[self._filled] if part < self._filled else colours.sunken
            draw_body(painter, QRectF(RING + part * (width + gap), 0, width, 4), 2, colour)
