"""The accounts as a list model: found by key, filtered by a search, computed when looked at."""

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QStringListModel,
    Qt,
    QTimer,
)

from watchword.clock import Clock
from watchword.desktop.accounts.rows import Codes, Row, fold, searchable, spoken
from watchword.otp.code import Code
from watchword.vault.account import Account

COPIED_MS = 1300
FAVOURITES = "\0favourites"  # no tag can be called so

Index = QModelIndex | QPersistentModelIndex


class Role(IntEnum):
    """What can be asked of a row besides Qt's own roles."""

    ROW = Qt.ItemDataRole.UserRole + 1
    ACCOUNT_ID = Qt.ItemDataRole.UserRole + 2


class AccountsModel(QStringListModel):
    """All accounts, favourites first; `search` narrows what is shown.

    A list of the shown accounts' ids underneath: the view asks for the number of rows twice a
    row at each layout, and Qt's own answer costs a hundredth of one in Python.
    """

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.codes = Codes(clock)
        self._all: list[Account] = []
        self._texts: list[str] = []
        self._shown: list[Account] = []
        self._places: dict[str, int] | None = None  # made when first asked for
        self._words: tuple[str, ...] = ()
        self._tag = ""
        self._copied = ""
        self._copied_ends = QTimer(self)
        self._copied_ends.setSingleShot(True)
        self._copied_ends.setInterval(COPIED_MS)
        self._copied_ends.timeout.connect(self._end_copied)

    def show_accounts(self, accounts: Sequence[Account]) -> None:
        """Show these accounts from now on."""
        self._all = sorted(accounts, key=lambda account: not account.favourite)
        self._texts = [searchable(account) for account in self._all]
        self.codes.forget()
        self._filter()

    def search(self, text: str) -> None:
        """Show only accounts in which every word of `text` occurs, accents and case ignored."""
        words = tuple(fold(text).split())
        if words != self._words:
            self._words = words
            self._filter()

    def choose_tag(self, tag: str) -> None:
        """Show only accounts with that tag; FAVOURITES, or empty for all."""
        if tag != self._tag:
            self._tag = tag
            self._filter()

    def _filter(self) -> None:
        pairs = list(zip(self._all, self._texts, strict=True))
        if self._tag == FAVOURITES:
            pairs = [pair for pair in pairs if pair[0].favourite]
        elif self._tag:
            pairs = [pair for pair in pairs if self._tag in pair[0].tags]
        for word in self._words:
            pairs = [pair for pair in pairs if word in pair[1]]
        self._shown = [account for account, _ in pairs]
        self._places = None
        self.setStringList([account.id for account in self._shown])

    @property
    def count(self) -> int:
        """How many accounts there are, shown or not."""
        return len(self._all)

    def tags(self) -> list[str]:
        """Return all tags in use, the most used first."""
        used: dict[str, int] = {}
        for account in self._all:
            for tag in account.tags:
                used[tag] = used.get(tag, 0) + 1
        return sorted(used, key=lambda tag: (-used[tag], tag.casefold()))

    @property
    def has_favourites(self) -> bool:
        """Whether any account is a favourite."""
        return any(account.favourite for account in self._all)

    def row(self, index: Index) -> Row | None:
        """Return the row at `index`, or None."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        account = self._shown[index.row()]
        return self.codes.row(account, copied=account.id == self._copied)

    def row_of(self, account_id: str) -> Row | None:
        """Return the row of that account while it is shown, or None."""
        return self.row(self.index_of(account_id))

    def index_of(self, account_id: str) -> QModelIndex:
        """Return where that account stands; invalid when it is not shown."""
        if self._places is None:
            self._places = {account.id: place for place, account in enumerate(self._shown)}
        place = self._places.get(account_id)
        return QModelIndex() if place is None else self.index(place)

    def show_drawn(self, account_id: str, code: Code) -> None:
        """Show a counter code that was just drawn."""
        self.codes.show_drawn(account_id, code)
        self._changed(account_id)

    def show_copied(self, account_id: str) -> None:
        """Say "Copied" in that row for a moment."""
        before, self._copied = self._copied, account_id
        self._changed(before)
        self._changed(account_id)
        self._copied_ends.start()

    def _end_copied(self) -> None:
        before, self._copied = self._copied, ""
        self._changed(before)

    def _changed(self, account_id: str) -> None:
        index = self.index_of(account_id)
        if index.isValid():
            self.dataChanged.emit(index, index)

    # Qt's own questions -------------------------------------------------------------------
    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        account = self._shown[index.row()]
        if role == Role.ACCOUNT_ID:
            return account.id
        if role == Role.ROW:
            return self.row(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return account.issuer or account.account
        if role == Qt.ItemDataRole.AccessibleTextRole:
            row = self.row(index)
            return spoken(row) if row else None
        return None
