"""The account list: search, tags, the rows, and the button that adds another."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watchword.desktop.accounts.add_button import ADD_REACH, AddButton
from watchword.desktop.accounts.model import FAVOURITES, AccountsModel
from watchword.desktop.accounts.ordering import Order, Use
from watchword.desktop.accounts.rows import Row
from watchword.desktop.accounts.view import AccountsView
from watchword.desktop.look.theme import MARGIN, RING
from watchword.desktop.look.widgets.buttons import IconButton, LinkButton
from watchword.desktop.look.widgets.chip import Chip
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.menu import Menu
from watchword.desktop.look.widgets.row_view import typed_text
from watchword.desktop.look.widgets.text_field import SearchField
from watchword.desktop.look.widgets.title_bar import TitleBar
from watchword.vault.account import Account

_MOST_CHIPS = 12
_LONGEST_TEXT = 100_000  # characters of a pasted text that are looked at
_CENTRE = Qt.AlignmentFlag.AlignHCenter


class ListPage(QWidget):
    """Everything about the list; what is asked for is told by signals."""

    copy_asked = Signal(object)
    copy_next_asked = Signal(object)
    new_code_asked = Signal(object)
    selected = Signal(object)
    add_asked = Signal()
    edit_asked = Signal(object)
    favourite_asked = Signal(object)
    codes_asked = Signal(object)
    qr_asked = Signal(object)
    history_asked = Signal(object)
    link_asked = Signal(object)
    remove_asked = Signal(object)
    trash_asked = Signal()
    settings_asked = Signal()
    lock_asked = Signal()
    requests_asked = Signal()
    order_asked = Signal(str)  # an Order's value
    moved = Signal(object)  # all ids in the new own order
    told = Signal(str)  # why a row cannot be moved
    link_given = Signal(str)  # a login code came into the search field

    def __init__(self, model: AccountsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.bar = TitleBar(self.tr("Accounts"), self)
        self.bell = IconButton("bell", self.tr("Login requests"), self)
        self.bell.clicked.connect(self.requests_asked)
        self.bar.add(self.bell)
        self.trash_button = IconButton("delete", self.tr("Trash"), self)
        self.trash_button.clicked.connect(self.trash_asked)
        self.trash_button.hide()
        self.bar.add(self.trash_button)
        self.settings_button = IconButton("settings", self.tr("Settings"), self)
        self.settings_button.setToolTip(self.tr("Settings (Ctrl+,)"))
        self.settings_button.clicked.connect(self.settings_asked)
        self.bar.add(self.settings_button)
        self.lock_button = IconButton("lock", self.tr("Lock"), self)
        self.lock_button.setToolTip(self.tr("Lock (Ctrl+L)"))
        self.lock_button.clicked.connect(self.lock_asked)
        self.bar.add(self.lock_button)
        column.addWidget(self.bar)
        self._above = QVBoxLayout()
        column.addLayout(self._above)
        searching = QHBoxLayout()
        searching.setContentsMargins(MARGIN - RING, 0, 12 - RING, 7)
        searching.setSpacing(4 - RING)
        self.search = SearchField(self.tr("Search"), self)
        self.search.text_changed.connect(self._search)
        self.search.entered.connect(self._take_first)
        self.search.edit.installEventFilter(self)
        searching.addWidget(self.search, 1)
        self.sort_button = IconButton("sort", "", self)
        self.sort_button.clicked.connect(self._offer_orders)
        searching.addWidget(self.sort_button)
        column.addLayout(searching)
        self._chips = QHBoxLayout()
        self._chips.setContentsMargins(MARGIN - RING, 0, MARGIN - RING, 0)
        self._chips.setSpacing(0)
        self._chips.addStretch(1)
        self._tag_chips: list[Chip] = []
        self._chip_row = QWidget(self)
        self._chip_row.setLayout(self._chips)
        column.addWidget(self._chip_row)
        self.view = AccountsView(model, self)
        self.view.copy_asked.connect(self.copy_asked)
        self.view.copy_next_asked.connect(self.copy_next_asked)
        self.view.new_code_asked.connect(self.new_code_asked)
        self.view.edit_asked.connect(self.edit_asked)
        self.view.favourite_asked.connect(self.favourite_asked)
        self.view.codes_asked.connect(self.codes_asked)
        self.view.qr_asked.connect(self.qr_asked)
        self.view.history_asked.connect(self.history_asked)
        self.view.link_asked.connect(self.link_asked)
        self.view.remove_asked.connect(self.remove_asked)
        self.view.selected.connect(self.selected)
        self.view.typed.connect(self._type)
        self.view.moved.connect(self.moved)
        self.view.not_moved.connect(self._say_why_not_moved)
        column.addWidget(self.view, 1)
        column.addWidget(self._make_none_found(), 1)
        self.add_button = AddButton(self)
        self.add_button.clicked.connect(self.add_asked)
        self.view.covers = self._covered
        self._chosen_tag = ""
        self._text_before = ""
        self._name_order()

    def _make_none_found(self) -> QWidget:
        """Return what stands in the rows' place when there are none."""
        self._none_found = QWidget(self)
        around = QVBoxLayout(self._none_found)
        around.setContentsMargins(0, 0, 0, 0)
        around.setSpacing(8)
        self._why_none = Label(
            "", self._none_found, ink=Ink.QUIET, align=_CENTRE, inset=MARGIN, lines=4
        )
        self.show_all_button = LinkButton(self.tr("Show all accounts"), self._none_found)
        self.show_all_button.clicked.connect(self._show_all)
        around.addStretch(2)
        around.addWidget(self._why_none)
        around.addWidget(self.show_all_button, 0, _CENTRE)
        around.addStretch(3)
        self._none_found.hide()
        return self._none_found

    def take_strips(self, strips: QWidget) -> None:
        """Stand the banners between the bar and the search, wherever they were before."""
        self._above.addWidget(strips)

    def show_accounts(self, accounts: Sequence[Account]) -> None:
        """Show these accounts, keeping what was selected and where the list was scrolled to."""
        before = self.view.current_row()
        stood = self.view.currentIndex().row()
        scrolled = self.view.verticalScrollBar().value()
        self._model.show_accounts(accounts)
        self.sort_button.setVisible(len(accounts) > 1)
        self.search.set_hint(
            self.tr("Search {n} accounts").format(n=len(accounts))
            if len(accounts) != 1
            else self.tr("Search")
        )
        self._make_chips()
        if before is not None and self._model.rowCount():
            self.view.select(before.account.id)
            if not self.view.currentIndex().isValid():
                # It is gone: whoever goes on by keyboard stands where it stood.
                last = self._model.rowCount() - 1
                self.view.setCurrentIndex(self._model.index(min(stood, last)))
        self.view.verticalScrollBar().setValue(scrolled)
        self._show_nothing()

    def _make_chips(self) -> None:
        for chip in self._tag_chips:
            self._chips.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._tag_chips = []
        tags = self._model.tags()[:_MOST_CHIPS]
        names = [(FAVOURITES, self.tr("★ Favourites"))] if self._model.has_favourites else []
        names += [(tag, tag) for tag in tags]
        self._chip_row.setVisible(bool(names))
        if self._chosen_tag not in {tag for tag, _ in names}:
            self.choose_tag("")
        for tag, name in [("", self.tr("All")), *names]:
            chip = Chip(name, self, checkable=True)
            chip.setChecked(tag == self._chosen_tag)
            chip.setProperty("tag", tag)
            chip.clicked.connect(self._chip_pressed)
            self._chips.insertWidget(len(self._tag_chips), chip)
            self._tag_chips.append(chip)

    # Order ----------------------------------------------------------------------------------
    def sort(self, order: Order, uses: Mapping[str, Use]) -> None:
        """Sort the list, keeping what was selected; `uses` tells which accounts are used."""
        before = self.view.current_row()
        self._model.sort_by(order, uses)
        self.view.scrollToTop()
        if before is not None:
            self.view.select(before.account.id)
        self._name_order()

    def _orders(self) -> dict[Order, str]:
        return {
            Order.OWN: self.tr("Own order"),
            Order.NAME: self.tr("Name"),
            Order.RECENT: self.tr("Recently used"),
            Order.USED: self.tr("Most used"),
        }

    def _name_order(self) -> None:
        name = self.tr("Sort: {order}").format(order=self._orders()[self._model.order])
        self.sort_button.show_as("sort", name)

    def _offer_orders(self) -> None:
        menu = Menu(self)
        menu.setObjectName("orders")
        group = QActionGroup(menu)
        for order, name in self._orders().items():
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(order is self._model.order)
            action.setData(order.value)
            group.addAction(action)
        group.triggered.connect(self._choose_order)
        button = self.sort_button
        corner = button.mapToGlobal(button.rect().bottomRight())
        menu.popup(corner - QPoint(menu.sizeHint().width() - 1, 0))
        menu.setActiveAction(group.checkedAction())

    def _choose_order(self, action: QAction) -> None:
        self.order_asked.emit(str(action.data()))

    def _say_why_not_moved(self) -> None:
        if self._model.order is not Order.OWN:
            self.told.emit(self.tr("Sorted by itself. Choose “Own order” to arrange it"))
        elif not self._model.whole:
            self.told.emit(self.tr("Only the whole list can be arranged"))

    # Tags -----------------------------------------------------------------------------------
    def _chip_pressed(self) -> None:
        chip = self.sender()
        if isinstance(chip, Chip):
            self.choose_tag(str(chip.property("tag")))

    def choose_tag(self, tag: str) -> None:
        """Show only accounts with that tag; FAVOURITES, or empty for all."""
        self._chosen_tag = tag
        self._model.choose_tag(tag)
        for chip in self._tag_chips:
            chip.setChecked(chip.property("tag") == tag)
        self._show_nothing()

    # Search ---------------------------------------------------------------------------------
    def _search(self, text: str) -> None:
        grown = len(text) - len(self._text_before)
        self._text_before = text
        if grown > 1 and _is_login_code(text):
            # Not typed, but dropped or pasted by mouse: a secret is no search, and leaves no undo.
            self.search.set_text("")
            self.link_given.emit(text)
            return
        self._model.search(text)
        if self._model.rowCount():
            self.view.setCurrentIndex(self._model.index(0))
            self.view.scrollToTop()
        self._show_nothing()

    def _show_nothing(self) -> None:
        empty = not self._model.rowCount() and self._model.count > 0
        self.view.setVisible(not empty)
        self._none_found.setVisible(empty)
        if not empty:
            return
        text = self.search.text()
        if not text:
            why = self.tr("No account here.")
        elif self._chosen_tag:
            why = self.tr("None of these accounts has “{text}” in its name, tags or note.")
        else:
            why = self.tr("No account has “{text}” in its name, tags or note.")
        self._why_none.setText(why.format(text=text))

    def _show_all(self) -> None:
        self.search.set_text("")
        self.choose_tag("")
        self.view.setFocus()

    def _take_first(self) -> None:
        row = self.view.current_row() or self._model.row(self._model.index(0))
        if row is not None:
            self.view.take(row)

    def _type(self, text: str) -> None:
        """Begin a search with what was typed outside the field."""
        self.search.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.set_text(self.search.text() + text)

    def start_search(self) -> None:
        """Put the keyboard into the search field."""
        self.search.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.edit.selectAll()

    def refresh(self) -> None:
        """Show that a second has passed."""
        self.view.tick()

    def selected_row(self) -> Row | None:
        """Return the selected row, as it is now."""
        return self.view.current_row()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Paste)
            and _is_login_code(QGuiApplication.clipboard().text())
        ):
            # The window takes it, as it does where no field has the keyboard.
            event.ignore()
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_PageDown}:
                self.view.setFocus(Qt.FocusReason.TabFocusReason)
                if not self.view.currentIndex().isValid() and self._model.rowCount():
                    self.view.setCurrentIndex(self._model.index(0))
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                self.view.setFocus()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if text := typed_text(event):
            self._type(text)
        elif event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.add_button.move(self.width() - 20 - ADD_REACH, self.height() - 20 - ADD_REACH)
        self.add_button.raise_()

    def _covered(self, place: QRectF) -> bool:
        """Tell whether the button hides that place of the list: a ring there need not move."""
        here = self.view.viewport().mapTo(self, QPoint()) - self.add_button.pos()
        return self.add_button.covers(place.toAlignedRect().translated(here).toRectF())


def _is_login_code(text: str) -> bool:
    if "://" not in text:
        return False
    # What reads links is loaded when there is one.
    from watchword.enrolment.scanned import is_login_code

    return any(is_login_code(line) for line in text[:_LONGEST_TEXT].splitlines())
