"""A round sign: an icon in a colour of the theme on the weak form of the same."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import colours_of
from watchword.desktop.look.widgets.painting import draw_body, painter_on

_INSET = 0.27  # of the side


class Sign(QWidget):
    """Shows one of them, `side` pixels wide."""

    def __init__(self, side: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._side = side
        self._ink, self._icon = "accent", "info"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_sign(self, ink: str, icon: str) -> None:
        """Show this icon; `ink` is a colour of the theme with a weak form."""
        self._ink, self._icon = ink, icon
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        place, inset = QRectF(self.rect()), round(self._side * _INSET)
        draw_body(painter, place, self._side / 2, getattr(colours, f"{self._ink}_weak"))
        box = place.adjusted(inset, inset, -inset, -inset)
        draw_icon(painter, self._icon, box, getattr(colours, self._ink))
