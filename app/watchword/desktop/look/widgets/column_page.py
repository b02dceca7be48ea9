"""A page that is one column: its bar on top, the rest in the middle, scrolled when it must be."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watchword.desktop.look.theme import PAGE_MARGIN, RING
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.scrolling import BAR_WIDTH, ScrollArea
from watchword.desktop.look.widgets.title_bar import TitleBar

COLUMN_WIDTH = 440
BELOW_BAR = 8  # between the bar and whatever a page begins with


class ColumnPage(QWidget):
    """`column` takes what the page shows; it is never wider than reads well."""

    back_pressed = Signal()

    def __init__(
        self,
        title: str = "",
        parent: QWidget | None = None,
        *,
        back: bool = False,
        margin: int = PAGE_MARGIN,
    ) -> None:
        """Without a title there is no bar."""
        super().__init__(parent)
        self._whole = whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self.bar = TitleBar(title, self, back=back)
        self.bar.setVisible(bool(title))
        self.bar.back_pressed.connect(self.back_pressed)
        whole.addWidget(self.bar)
        content = QWidget()
        across = QHBoxLayout(content)
        # The bar that scrolls has its room in the margin, and as much is left free across from it:
        # the column stays where it is, in line with the buttons below, whether it scrolls or not.
        across.setContentsMargins(BAR_WIDTH, 0, BAR_WIDTH, 0)
        self._across = across
        inner = QWidget(content)
        inner.setMaximumWidth(COLUMN_WIDTH - 2 * BAR_WIDTH)
        across.addStretch(1)
        across.addWidget(inner, 1000)
        across.addStretch(1)
        self.column = QVBoxLayout(inner)
        beside = margin - RING - BAR_WIDTH
        self.column.setContentsMargins(beside, BELOW_BAR if title else 0, beside, 16)
        self.column.setSpacing(8)
        self.area = ScrollArea(content, self)
        self.area.verticalScrollBar().rangeChanged.connect(self._make_room)
        whole.addWidget(self.area, 1)

    def _make_room(self, low: int, high: int) -> None:
        """Leave the bar its room while there is none.

        One that is always there does it by itself, and Qt 6.11 crashes with it under a screen reader.
        """
        self._across.setContentsMargins(BAR_WIDTH, 0, BAR_WIDTH if high == low else 0, 0)

    def put_below_bar(self, widget: QWidget) -> None:
        """Stand a widget between the bar and what scrolls."""
        self._whole.insertWidget(1, widget)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back, where there is a way back."""
        if event.key() != Qt.Key.Key_Escape or not self.bar.go_back():
            super().keyPressEvent(event)

    def add_heading(self, text: str) -> Label:
        """Add the page's heading."""
        return self.add_text(text, size=22, weight=700)

    def add_name(self, text: str) -> Label:
        """Add the name of the field that comes next: nearer to it than to what is above."""
        label = Label(text, self, size=12.5, weight=600, inset=RING, above=5)
        self.column.addWidget(label)
        return label

    def add_text(
        self, text: str, *, size: float = 14, weight: int = 400, ink: Ink = Ink.TEXT
    ) -> Label:
        """Add a text in line with the controls below it."""
        label = Label(text, self, size=size, weight=weight, ink=ink, inset=RING)
        self.column.addWidget(label)
        return label
