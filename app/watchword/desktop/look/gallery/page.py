"""The gallery as one page, and each of its parts by name."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watchword.desktop.look.gallery import rows, sections
from watchword.desktop.look.widgets.label import Label
from watchword.desktop.look.widgets.scrolling import ScrollArea

WIDTH = 400
WIDE = 680  # for a table of states

# Name: what makes it, and how wide it is.
PARTS: dict[str, tuple[Callable[[], QWidget], int]] = {
    "buttons": (sections.buttons, WIDE),
    "switches": (sections.switches, WIDE),
    "fields": (sections.fields, WIDTH),
    "codes": (sections.codes, WIDTH),
    "cards": (sections.cards, WIDTH),
    "settings": (sections.settings, WIDTH),
    "strips": (sections.strips, WIDTH),
    "meters": (sections.meters, WIDE),
    "texts": (sections.texts, WIDTH),
    "floating": (sections.floating, WIDTH),
    "sheet": (sections.sheet, WIDTH),
    "accounts": (rows.accounts, WIDTH),
    "compact": (rows.compact, WIDTH),
    "past": (rows.past, WIDTH),
    "colours": (sections.colours, WIDE),
}


def part(name: str) -> QWidget:
    """Return one part of the gallery, on the ground of the window and with room around it."""
    make, width = PARTS[name]
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(16, 16, 16, 16)
    column.addWidget(make())
    whole.setFixedWidth(width + 32)
    return whole


class GalleryPage(QWidget):
    """All parts, in columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        content = QWidget()
        across = QHBoxLayout(content)
        columns = [QVBoxLayout() for _ in range(3)]
        for column in columns:
            across.addLayout(column)
        for number, name in enumerate(PARTS):
            column = columns[number % 3]
            column.addWidget(Label(name, size=16, weight=600))
            column.addWidget(part(name), 0, Qt.AlignmentFlag.AlignLeft)
        for column in columns:
            column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(ScrollArea(content, self))
