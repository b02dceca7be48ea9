"""The accounts as a list model: found by key, filtered by a search, computed when looked at."""

from collections.abc import Callable, Mapping, Sequence
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
from watchword.desktop.accounts.ordering import Order, Use, arranged, gaps, moved
from watchword.desktop.accounts.rows import Codes, Row, searchable, spoken
from watchword.otp.code import Code
from watchword.plain_text import fold
from watchword.vault.account import Account

COPIED_MS = 1300
REVEALED_SECONDS = range(10, 31)  # until its code turns over, but within these
FAVOURITES = "\0favourites"  # no tag can be called so

Index = QModelIndex | QPersistentModelIndex


class Role(IntEnum):
    """What can be asked of a row besides Qt's own roles."""

    ROW = Qt.ItemDataRole.UserRole + 1
    ACCOUNT_ID = Qt.ItemDataRole.UserRole + 2


class AccountsModel(QStringListModel):
    """All accounts in the order chosen, favourites first; `search` narrows what is shown.

    A list of empty texts underneath, one for each row shown: the view asks for the number of rows
    twice a row at each layout, and Qt's own answer costs a hundredth of one in Python.
    """

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.codes = Codes(clock)
        self._own: tuple[Account, ...] = ()
        self._order = Order.OWN
        self._uses: Mapping[str, Use] = {}
        self._all: list[Account] = []
        self._texts: list[str] = []
        self._shown: list[Account] = []
        self._places: dict[str, int] | None = None  # made when first asked for
        self._words: tuple[str, ...] = ()
        self._tag = ""
        self._copied = ""
        self._copied_ends = self._timer(self._end_copied)
        self._copied_ends.setInterval(COPIED_MS)
        self._hides = False
        self._revealed = ""
        self._revealed_ends = self._timer(self.conceal)

    def _timer(self, ended: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(ended)
        return timer

    def show_accounts(self, accounts: Sequence[Account]) -> None:
        """Show these accounts from now on; they come in the person's own order."""
        self._own = tuple(accounts)
        self.codes.forget()
        self._arrange()

    def _arrange(self) -> None:
        self._all = arranged(self._own, self._order, self._uses)
        self._texts = [searchable(account) for account in self._all]
        self._filter()

    # Order ----------------------------------------------------------------------------------
    @property
    def order(self) -> Order:
        """What the list is sorted by."""
        return self._order

    def sort_by(self, order: Order, uses: Mapping[str, Use]) -> None:
        """Sort by `order`; `uses` tells which accounts are used, by id."""
        self._order = order
        self._uses = uses
        self._arrange()

    @property
    def whole(self) -> bool:
        """Whether every account is shown: no search and no tag leaves one out."""
        return not self._words and not self._tag

    @property
    def can_move(self) -> bool:
        """Whether a row can be put elsewhere: in the own order, of all accounts."""
        return self._order is Order.OWN and self.whole and len(self._shown) > 1

    def gaps(self, row: int) -> range:
        """Return the gaps that row may be put into, counted from 0 above the first row."""
        return gaps(self._shown, row)

    def move(self, row: int, gap: int) -> tuple[str, ...]:
        """Put a row into a gap; return all ids in the new own order, none if nothing changed."""
        if not self.can_move or gap not in self.gaps(row) or gap in {row, row + 1}:
            return ()
        nowhere = QModelIndex()
        if not self.beginMoveRows(nowhere, row, row, nowhere, gap):
            return ()
        self._own = tuple(moved(self._own, self._shown[row].id, gap))
        to = gap - 1 if gap > row else gap
        self._all.insert(to, self._all.pop(row))
        self._texts.insert(to, self._texts.pop(row))
        self._shown = list(self._all)
        self._places = None
        self.endMoveRows()
        return tuple(account.id for account in self._own)

    # Searching ------------------------------------------------------------------------------
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
        # Numbers, and no pairs: ten thousand new objects at a keystroke would call the collector,
        # which then looks through every account there is.
        found: Sequence[int] = range(len(self._all))
        if self._tag == FAVOURITES:
            found = [place for place in found if self._all[place].favourite]
        elif self._tag:
            found = [place for place in found if self._tag in self._all[place].tags]
        texts = self._texts
        for word in self._words:
            found = [place for place in found if word in texts[place]]
        self.beginResetModel()
        self._shown = [self._all[place] for place in found]
        self._places = None
        self._count_rows(len(self._shown))
        self.endResetModel()

    def _count_rows(self, wanted: int) -> None:
        """Have as many rows underneath; the reset around it is all that anybody hears."""
        there = self.rowCount()
        blocked = self.blockSignals(True)
        # At the front: Qt shifts what follows at each of them.
        if wanted > there:
            self.insertRows(0, wanted - there)
        elif wanted < there:
            self.removeRows(0, there - wanted)
        self.blockSignals(blocked)

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
        hidden = self._hides and account.id != self._revealed
        return self.codes.row(account, copied=account.id == self._copied, hidden=hidden)

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

    # Hiding ---------------------------------------------------------------------------------
    def hide_codes(self, hides: bool) -> None:
        """Let dots stand for every code until it is revealed, or no more."""
        if hides == self._hides:
            return
        self._hides = hides
        self.conceal()
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))

    def reveal(self, account_id: str) -> None:
        """Show the hidden codes of one account for a while, and of no other."""
        if not self._hides:
            return
        before, self._revealed = self._revealed, account_id
        self._changed(before)
        self._changed(account_id)
        row = self.row_of(account_id)
        left = row.seconds_left if row is not None and row.seconds_left else REVEALED_SECONDS[-1]
        seconds = min(max(left, REVEALED_SECONDS[0]), REVEALED_SECONDS[-1])
        self._revealed_ends.start(seconds * 1000)

    def conceal(self) -> None:
        """Hide again what was revealed."""
        self._revealed_ends.stop()
        before, self._revealed = self._revealed, ""
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
