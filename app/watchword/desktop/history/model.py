"""The history as a list model: one row for each answer that search and filters leave."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QStringListModel, Qt

from watchword.desktop.history.items import Item, narrowed
from watchword.desktop.history.words import Kind, look_of, where, whole_moment

Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QStringListModel):
    """All answers, newest first; a list of strings underneath, as in the list of accounts."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.all: Sequence[Item] = ()
        self.shown: Sequence[Item] = ()
        self._search = ""
        self._kind: Kind | None = None
        self._account_id = ""

    def show_items(self, items: Sequence[Item]) -> None:
        """Show these from now on."""
        self.all = items
        self._filter()

    def search(self, text: str) -> None:
        """Show only answers in which every word of `text` occurs."""
        self._search = text
        self._filter()

    def choose(self, kind: Kind | None, account_id: str) -> None:
        """Show only answers of that kind (None: all) and that account (empty: all)."""
        if (kind, account_id) != (self._kind, self._account_id):
            self._kind, self._account_id = kind, account_id
            self._filter()

    def _filter(self) -> None:
        self.shown = narrowed(
            self.all, search=self._search, kind=self._kind, account_id=self._account_id
        )
        self.setStringList([""] * len(self.shown))

    def item(self, row: int) -> Item | None:
        """Return the answer of that row, or None."""
        return self.shown[row] if 0 <= row < len(self.shown) else None

    def row_of(self, item: Item) -> int:
        """Return where that answer stands; -1 where it is not shown."""
        return next((n for n, each in enumerate(self.shown) if each.entry == item.entry), -1)

    def is_first(self, row: int) -> bool:
        """Tell whether that row is the first of its day."""
        return row == 0 or self.shown[row - 1].at.date() != self.shown[row].at.date()

    def is_last(self, row: int) -> bool:
        """Tell whether that row is the last of its day."""
        return row + 1 >= len(self.shown) or self.is_first(row + 1)

    # Qt's own questions -------------------------------------------------------------------
    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        item = self.item(index.row()) if index.isValid() else None
        if item is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return item.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(item)
        return None


def spoken(item: Item) -> str:
    """Return what a screen reader says of an answer; the day as well, which is drawn once a day."""
    parts = (item.name, look_of(item.kind).short, where(item.entry), whole_moment(item.at))
    return ", ".join(part for part in parts if part)
