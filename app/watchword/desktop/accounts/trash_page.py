"""What was removed in the last 30 days, and the way back for each."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watchword.desktop.look.brands import Brand
from watchword.desktop.look.theme import MARGIN, RING
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import GhostButton
from watchword.desktop.look.widgets.card import Card
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.monogram import Monogram
from watchword.desktop.look.widgets.sizes import grow_with_texts
from watchword.errors import WatchwordError

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Removed:
    """An account in the trash, in words."""

    account_id: str
    name: str
    account: str  # its account name; may be empty
    about: str  # when it was removed, and for how long it is kept
    brand: Brand | None = None


class _RemovedRow(Card):
    restore_asked = Signal(str)

    def __init__(self, removed: Removed, parent: QWidget) -> None:
        super().__init__(parent)
        self._account_id = removed.account_id
        row = QHBoxLayout(self)
        row.setContentsMargins(RING + 12, RING + 10, RING + 8, RING + 10)
        row.setSpacing(12)
        mark = Monogram(36, self)
        mark.show_name(removed.name, removed.brand)
        row.addWidget(mark)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(Label(removed.name, self, weight=600, lines=1))
        if removed.account:
            words.addWidget(Label(removed.account, self, size=12.5, ink=Ink.QUIET, lines=1))
        words.addWidget(Label(removed.about, self, size=12.5, ink=Ink.FAINT, lines=2))
        row.addLayout(words, 1)
        self.button = GhostButton(self.tr("Restore"), self, small=True)
        self.button.setAccessibleName(self.tr("Restore {name}").format(name=removed.name))
        self.button.clicked.connect(self._restore)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        grow_with_texts(self)

    def _restore(self) -> None:
        self.restore_asked.emit(self._account_id)


class TrashPage(ColumnPage):
    """One card for each removed account, the last removed first."""

    restore_asked = Signal(str)  # account id

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Trash"), parent, back=True, margin=MARGIN)
        self.add_text(
            self.tr("Removed accounts are kept here for 30 days, in the vault."),
            size=12.5,
            ink=Ink.FAINT,
        )
        self.notice = Notice(self)
        self.column.addWidget(self.notice)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(2)
        self.column.addLayout(self._cards)
        self._rows: list[_RemovedRow] = []
        self._more = self.add_text("", ink=Ink.QUIET)
        self.column.addStretch(1)

    def show_removed(self, removed: Sequence[Removed]) -> None:
        """Show these accounts instead of those before."""
        for row in self._rows:
            self._cards.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [_RemovedRow(each, self) for each in removed[:MOST_SHOWN]]
        for row in self._rows:
            row.restore_asked.connect(self._restore)
            self._cards.addWidget(row)
        hidden = len(removed) - len(self._rows)
        more = self.tr("And {n} more, removed before.").format(n=hidden) if hidden else ""
        self._more.show_or_hide(more if removed else self.tr("Nothing is here."))
        if self.isVisible():
            self._focus()

    def _focus(self) -> None:
        if self._rows:
            self._rows[0].button.setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self._focus()

    def buttons(self) -> list[GhostButton]:
        """Return the buttons that restore, in the order of the accounts."""
        return [row.button for row in self._rows]

    def _restore(self, account_id: str) -> None:
        self._enable(False)
        self.restore_asked.emit(account_id)

    def _enable(self, enabled: bool) -> None:
        for row in self._rows:
            row.button.setEnabled(enabled)

    def show_error(self, error: WatchwordError) -> None:
        """Say why it was not restored."""
        self._enable(True)
        self.notice.show_error(error)
