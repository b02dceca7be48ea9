"""The mark of a service without a picture of its own: its first letter on its own colour."""

from zlib import crc32

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import Colours, colours_of, text_font
from watchword.desktop.look.widgets.painting import draw_body, painter_on

# White letters on each of these reach a contrast of at least 4.5 to 1.
_GROUNDS = tuple(
    QColor(name)
    for name in (
        "#2764E0", "#5B3FD6", "#7B3FC4", "#A23BB0", "#B8336A", "#C2323C", "#B54708", "#2F7D32",
        "#0B7A5B", "#00727F", "#0A6AA8", "#3D4F6B", "#24292F",
    )
)  # fmt: skip


def monogram_letter(name: str) -> str:
    """Return the letter that stands for `name`: its first letter or digit, as a capital."""
    return next((character.upper()[0] for character in name if character.isalnum()), "·")


def monogram_ground(name: str) -> QColor:
    """Return the colour that `name` always has."""
    return _GROUNDS[crc32(name.strip().casefold().encode("utf-8", "replace")) % len(_GROUNDS)]


def draw_monogram(
    painter: QPainter, box: QRectF, name: str, colours: Colours, *, linked: bool = False
) -> None:
    """Draw the mark in `box`; `linked` adds the shield of accounts that take login requests."""
    side = box.width()
    draw_body(painter, box, side / 4 + (1 if side > 44 else 0), monogram_ground(name))
    painter.setFont(text_font(side * 0.41, 600))
    painter.setPen(Qt.GlobalColor.white)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, monogram_letter(name))
    if linked:
        mark = QRectF(box.right() - 13, box.bottom() - 13, 17, 17)
        draw_body(painter, mark, 8.5, colours.surface)
        draw_icon(painter, "shield", mark.adjusted(2.5, 2.5, -2.5, -2.5), colours.approve)


class Monogram(QWidget):
    """The mark as a widget, for headings."""

    def __init__(self, size: int = 48, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self._name = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_name(self, name: str) -> None:
        """Show the mark of `name`."""
        self._name = name
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_monogram(painter_on(self), QRectF(self.rect()), self._name, colours_of(self))
