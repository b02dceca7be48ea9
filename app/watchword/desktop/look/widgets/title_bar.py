"""The bar at a page's top: perhaps a way back, the page's name, and room for buttons."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from watchword.desktop.look.theme import BAR_HEIGHT, RING
from watchword.desktop.look.widgets.buttons import IconButton
from watchword.desktop.look.widgets.label import Label


class TitleBar(QWidget):
    """52 px with a title; `back` adds the arrow."""

    back_pressed = Signal()

    def __init__(self, title: str, parent: QWidget | None = None, *, back: bool = False) -> None:
        super().__init__(parent)
        self.setFixedHeight(BAR_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins((8 if back else 16) - RING * back, 0, 12 - RING, 0)
        self._row.setSpacing(8 - 2 * RING)
        self._can_go_back = back
        if back:
            self.back_button = IconButton("back", self.tr("Back"), self)
            self.back_button.clicked.connect(self.back_pressed)
            self._row.addWidget(self.back_button)
            self._row.addSpacing(4)
        self.title = Label(title, self, size=16, weight=600, lines=1)
        self._row.addWidget(self.title, 1)

    def go_back(self) -> bool:
        """Press the arrow, as Escape does; tell whether there is one that can be pressed."""
        if not (
            self._can_go_back and self.back_button.isVisible() and self.back_button.isEnabled()
        ):
            return False
        self.back_button.click()
        return True

    def add(self, widget: QWidget) -> None:
        """Put a button or mark at the right end."""
        self._row.addWidget(widget)

    def add_first(self, widget: QWidget) -> None:
        """Put a mark between the title and the buttons."""
        self._row.insertWidget(self._row.indexOf(self.title) + 1, widget)
