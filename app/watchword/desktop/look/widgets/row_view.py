"""One column of rows that their owner paints: how it scrolls, what the mouse shows, who searches."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from watchword.desktop.look.widgets.scrolling import ScrollBar, give_viewport


def typed_text(event: QKeyEvent) -> str:
    """Return the text a key writes; empty where it is a command."""
    command = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    text = event.text()
    writes = text.strip() and text.isprintable() and not event.modifiers() & command
    return text if writes else ""


class RowView(QListView):
    """A list without a frame; what is typed in it is told, for a search field beside it."""

    typed = Signal(str)  # what was typed is a search

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        give_viewport(self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBar(ScrollBar())
        # Always there, and seen only when needed: the rows never change their width.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)

    def keyboardSearch(self, search: str) -> None:
        """Leave searching to the search field."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if text := typed_text(event):
            self.typed.emit(text)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self.indexAt(event.position().toPoint()).isValid()
        self.viewport().setCursor(
            Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
        )
        super().mouseMoveEvent(event)
