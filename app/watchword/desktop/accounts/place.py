"""The accounts as one place of the window: the list alone, or list and detail side by side."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from watchword.clock import Clock
from watchword.desktop.accounts.empty_page import Choice, EmptyPage
from watchword.desktop.accounts.list_page import ListPage
from watchword.desktop.accounts.model import AccountsModel
from watchword.desktop.accounts.rows import Row
from watchword.desktop.look.theme import RING, TWO_PANES_FROM, colours_of
from watchword.desktop.look.widgets.painting import painter_on
from watchword.otp.code import Code
from watchword.vault.account import Account

if TYPE_CHECKING:
    from watchword.desktop.accounts.detail_pane import DetailPane, Recent

SIDE_WIDTH = 400


class AccountsPlace(QWidget):
    """Keeps list and detail together and moves their rings, once a second while they are seen."""

    copy_asked = Signal(str, str)  # account id, code without groups
    new_code_asked = Signal(str)  # account id
    edit_asked = Signal(str)  # account id, as with the next three
    favourite_asked = Signal(str)
    codes_asked = Signal(str)
    remove_asked = Signal(str)
    qr_asked = Signal(str)
    history_asked = Signal(str)  # account id, as with the next
    link_asked = Signal(str)
    trash_asked = Signal()
    add_asked = Signal(str)  # the way: a Choice's name, or empty
    shown = Signal()  # the list is come back to

    def __init__(
        self,
        clock: Clock,
        choices: Sequence[Choice],
        recent_of: "Callable[[str], Sequence[Recent]]",
        parent: QWidget | None = None,
    ) -> None:
        """`recent_of(account id)` returns its latest login requests, newest first."""
        super().__init__(parent)
        self._clock = clock
        self._recent_of = recent_of
        self.contact_of: Callable[[str], str] = lambda _: ""  # when its server last answered
        self.model = AccountsModel(clock, self)
        self.list = ListPage(self.model)
        self.empty = EmptyPage(choices)
        self._detail: DetailPane | None = None
        self._strips = QWidget(self)
        around = QVBoxLayout(self._strips)
        around.setContentsMargins(0, 0, 0, 0)
        # A layout in a layout: while no banner is shown, its margins take no room either.
        self._above = QVBoxLayout()
        self._above.setContentsMargins(12 - RING, 0, 12 - RING, 4)
        self._above.setSpacing(2)
        around.addLayout(self._above)
        self._side = QStackedWidget(self)
        self._side.addWidget(self.empty)
        self._side.addWidget(self.list)
        self._panes = QHBoxLayout(self)
        self._panes.setContentsMargins(0, 0, 0, 0)
        self._panes.setSpacing(1)
        self._panes.addWidget(self._side)
        self._second = QTimer(self)
        self._second.setSingleShot(True)
        self._second.timeout.connect(self._tick)
        self._wire()

    def _wire(self) -> None:
        self.list.copy_next_asked.connect(self._copy_next)
        self.list.selected.connect(self._select)
        self.list.add_asked.connect(self._add)
        self.empty.chosen.connect(self.add_asked)
        for page in (self.list, self.empty):
            page.trash_asked.connect(self.trash_asked)
        self.list.favourite_asked.connect(self._favourite)
        self._wire_rows(self.list)
        self.model.dataChanged.connect(self._refresh_detail)

    def _wire_rows(self, rows: "ListPage | DetailPane") -> None:
        rows.copy_asked.connect(self._copy)
        rows.new_code_asked.connect(self._new_code)
        rows.edit_asked.connect(self._edit)
        rows.codes_asked.connect(self._codes)
        rows.remove_asked.connect(self._remove)
        rows.qr_asked.connect(self._qr)
        rows.history_asked.connect(self._history)
        rows.link_asked.connect(self._link)

    @property
    def detail(self) -> "DetailPane":
        """What stands beside the list, made when there is first room for it."""
        if self._detail is None:
            from watchword.desktop.accounts.detail_pane import DetailPane

            self._detail = DetailPane(self)
            self._detail.reveal_asked.connect(self._reveal)
            self._wire_rows(self._detail)
            self._panes.addWidget(self._detail, 1)
            self._detail.hide()
        return self._detail

    @property
    def two_panes(self) -> bool:
        """Whether list and detail stand side by side."""
        return self.width() >= TWO_PANES_FROM and self._side.currentWidget() is self.list

    def put_above(self, strip: QWidget) -> None:
        """Stand a banner below the bar, whether there are accounts or none."""
        self._above.addWidget(strip)

    def show_accounts(self, accounts: Sequence[Account]) -> None:
        """Show these accounts, or the ways to a first one."""
        self.list.show_accounts(accounts)
        page = self.list if accounts else self.empty
        page.take_strips(self._strips)
        self._side.setCurrentWidget(page)
        self._arrange()
        self.show_history()

    def show_trash(self, full: bool) -> None:
        """Offer the way to the trash while there is something in it."""
        self.list.trash_button.setVisible(full)
        self.empty.trash_button.setVisible(full)

    def selected_id(self) -> str:
        """Return the id of the account that is selected; empty for none."""
        row = self.list.selected_row()
        return row.account.id if row else ""

    def show_history(self) -> None:
        """Ask for the selected account's login requests anew."""
        if self.two_panes and self.detail.account_id:
            self.detail.show_recent(self._recent_of(self.detail.account_id))

    def show_contact(self) -> None:
        """Ask anew when the selected account's server was last heard of."""
        if self.two_panes and self.detail.account_id:
            self.detail.show_contact(self.contact_of(self.detail.account_id))

    def show_drawn(self, account_id: str, code: Code) -> None:
        """Show a counter code that was drawn and saved."""
        self.model.show_drawn(account_id, code)
        self.model.reveal(account_id)

    def show_copied(self, account_id: str) -> None:
        """Say in the row that its code was copied."""
        self.model.show_copied(account_id)

    def select(self, account_id: str) -> None:
        """Select an account, as after it was added."""
        self.list.view.select(account_id)

    def show_account(self, account_id: str) -> None:
        """Select an account whatever was searched for, with the keyboard on it."""
        self.list.search.clear()
        self.list.choose_tag("")
        self.select(account_id)
        self.list.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _arrange(self) -> None:
        two = self.two_panes
        self.list.view.set_click_copies(not two)
        if two or self._detail is not None:
            self.detail.setVisible(two)
        self._side.setMinimumWidth(SIDE_WIDTH if two else 0)
        self._side.setMaximumWidth(SIDE_WIDTH if two else 16_777_215)
        if two:
            self.list.view.select_something()
            self._select(self.list.selected_row())

    def _select(self, row: Row | None) -> None:
        if not self.two_panes:
            return
        before = self.detail.account_id
        # A search that hides the account leaves the pane as it was.
        if row is None and before and self.model.count:
            return
        self.detail.show_row(row)
        self.show_contact()
        if row is not None and row.account.id != before:
            self.detail.show_recent(self._recent_of(row.account.id))

    def _refresh_detail(self) -> None:
        detail = self._detail
        if detail is not None and detail.isVisible():
            row = self.model.row_of(detail.account_id)
            if row is not None:
                detail.show_row(row)

    def _reveal(self, row: Row) -> None:
        self.model.reveal(row.account.id)

    def _copy(self, row: Row) -> None:
        if row.plain_code:
            self.copy_asked.emit(row.account.id, row.plain_code)

    def _copy_next(self, row: Row) -> None:
        if row.next_code:
            self.copy_asked.emit(row.account.id, row.next_code.replace(" ", ""))

    def _new_code(self, row: Row) -> None:
        self.new_code_asked.emit(row.account.id)

    def _edit(self, row: Row) -> None:
        self.edit_asked.emit(row.account.id)

    def _favourite(self, row: Row) -> None:
        self.favourite_asked.emit(row.account.id)

    def _codes(self, row: Row) -> None:
        self.codes_asked.emit(row.account.id)

    def _link(self, row: Row) -> None:
        self.link_asked.emit(row.account.id)

    def _history(self, row: Row) -> None:
        self.history_asked.emit(row.account.id)

    def _remove(self, row: Row) -> None:
        self.remove_asked.emit(row.account.id)

    def _qr(self, row: Row) -> None:
        self.qr_asked.emit(row.account.id)

    def _add(self) -> None:
        self.add_asked.emit("")

    def _tick(self) -> None:
        self._second.start(1000 - int(self._clock.now() * 1000) % 1000 + 5)
        if not self.window().isMinimized():
            self.list.refresh()
            self._refresh_detail()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()
        self._tick()
        # Without accounts there is no list to be in: Tab begins with the first way to add one.
        (self.list.view if self.model.count else self.empty).setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        self._second.stop()
        self.model.conceal()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        shown = self._detail is not None and not self._detail.isHidden()
        if self.two_panes != shown:
            self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.two_panes:
            line = QRectF(SIDE_WIDTH, 0, 1, self.height())
            painter_on(self).fillRect(line, colours_of(self).border)
