"""The history on the screen: what mouse and keys do in it."""

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from watchword.clock import Clock
from watchword.desktop.history.delegate import HistoryDelegate
from watchword.desktop.history.items import Item
from watchword.desktop.history.model import HistoryModel, Index
from watchword.desktop.look.widgets.row_view import RowView


class HistoryView(RowView):
    """One column of answers, their days in the margin."""

    opened = Signal(object)  # an Item: show it
    selected = Signal(object)  # an Item, or None

    def __init__(self, model: HistoryModel, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = model
        self.setModel(model)
        self._rows = HistoryDelegate(model, clock, self)
        self.setItemDelegate(self._rows)
        self.setObjectName("history")
        self.setAccessibleName(self.tr("History of login requests"))
        self.clicked.connect(self._clicked)

    def current_item(self) -> Item | None:
        """Return the selected answer, or None."""
        if not self.selectionModel().hasSelection():
            return None
        return self._history.item(self.currentIndex().row())

    def select_row(self, row: int) -> None:
        """Select that row, where there is one."""
        index = self._history.index(row)
        if index.isValid():
            self.setCurrentIndex(index)

    def _clicked(self, index: QModelIndex) -> None:
        item = self._history.item(index.row())
        if item is not None:
            self.opened.emit(item)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.selected.emit(self._history.item(current.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            item = self.current_item()
            if item is not None:
                self.opened.emit(item)
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._rows.top_row = self.indexAt(QPoint(self.width() // 2, 1)).row()
        super().paintEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        # The day beside the first row stays where it is while the rows move under it.
        self.viewport().update()
