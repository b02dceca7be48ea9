"""The product's mark in the theme's accent, as the first screens show it."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import RING, colours_of
from watchword.desktop.look.widgets.painting import draw_body, painter_on

SIDE = 64


class Logo(QWidget):
    """64 px, and the room other controls keep for their glow, so that left edges agree."""

    def __init__(self, parent: QWidget | None = None, *, icon: str = "lock") -> None:
        super().__init__(parent)
        self._icon = icon
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(SIDE + 2 * RING, SIDE + 2 * RING)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        box = QRectF(RING, RING, SIDE, SIDE)
        draw_body(painter, box, 18, colours.accent)
        draw_icon(painter, self._icon, box.adjusted(14, 14, -14, -14), colours.on_accent)
