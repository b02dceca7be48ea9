"""Every answer that was given, as one place of the window: the list, and beside it or over it one answer."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from watchword.clock import Clock
from watchword.desktop.history.answer_view import AnswerView
from watchword.desktop.history.filter_chip import FilterChip
from watchword.desktop.history.items import Item, accounts_in, items_of, kinds_in
from watchword.desktop.history.model import HistoryModel
from watchword.desktop.history.view import HistoryView
from watchword.desktop.history.words import Kind, look_of
from watchword.desktop.look.icons import menu_icon
from watchword.desktop.look.texts import number
from watchword.desktop.look.theme import MARGIN, RING, TWO_PANES_FROM, colours_of
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import IconButton, LinkButton
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.menu import Menu
from watchword.desktop.look.widgets.painting import painter_on
from watchword.desktop.look.widgets.row_view import typed_text
from watchword.desktop.look.widgets.text_field import SearchField
from watchword.desktop.look.widgets.title_bar import TitleBar
from watchword.vault import HistoryEntry

SIDE_WIDTH = 440
_CENTRE = Qt.AlignmentFlag.AlignHCenter


class HistoryPage(QWidget):
    """List and detail; in a narrow window the one or the other."""

    back_pressed = Signal()
    export_asked = Signal(str, object)  # "csv" or "json", and the entries that are shown
    keeping_asked = Signal()  # how long answers are kept

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history page")
        self._opened = False  # whether an answer covers the list, in a narrow window
        self.model = HistoryModel(self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self.bar = TitleBar(self.tr("History"), self, back=True)
        self.bar.back_pressed.connect(self._back)
        self.more = IconButton("more", self.tr("Export, and how long it is kept"), self)
        self.more.clicked.connect(self._open_menu)
        self.bar.add(self.more)
        whole.addWidget(self.bar)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        self._side = QWidget(self)
        row.addWidget(self._side)
        self.detail = AnswerView(self)
        self.detail.account_asked.connect(self.show_account)
        row.addWidget(self.detail, 1)
        whole.addLayout(row, 1)
        self._make_side(clock)
        self._arrange()

    def _make_side(self, clock: Clock) -> None:
        column = QVBoxLayout(self._side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        above = QVBoxLayout()
        above.setContentsMargins(MARGIN - RING, 0, MARGIN - RING, 4)
        above.setSpacing(4)
        self.notice = Notice(self._side)
        above.addWidget(self.notice)
        self.search = SearchField(self.tr("Search"), self._side)
        self.search.text_changed.connect(self._search)
        self.search.edit.installEventFilter(self)
        above.addWidget(self.search)
        chips = QHBoxLayout()
        chips.setSpacing(2)
        self.kinds = FilterChip(self.tr("Answers"), self.tr("All answers"), self._side)
        self.accounts = FilterChip(self.tr("Accounts"), self.tr("All accounts"), self._side)
        for chip in (self.kinds, self.accounts):
            chip.chosen.connect(self._narrow)
            chips.addWidget(chip)
        chips.addStretch(1)
        self._count = Label("", self._side, size=12.5, ink=Ink.FAINT, digits=True, lines=1)
        chips.addWidget(self._count)
        above.addLayout(chips)
        column.addLayout(above)
        self.view = HistoryView(self.model, clock, self._side)
        self.view.opened.connect(self._open)
        self.view.selected.connect(self._select)
        self.view.typed.connect(self._type)
        column.addWidget(self.view, 1)
        self._nothing = Label("", self._side, ink=Ink.QUIET, align=_CENTRE, inset=MARGIN)
        column.addWidget(self._nothing)
        self.everything = LinkButton(self.tr("Show everything"), self._side)
        self.everything.clicked.connect(self._show_everything)
        column.addWidget(self.everything, 0, _CENTRE)
        column.addStretch(0)

    # What is shown -------------------------------------------------------------------------
    @property
    def two_panes(self) -> bool:
        """Whether list and detail stand side by side."""
        return self.width() >= TWO_PANES_FROM and bool(self.model.all)

    def show_history(self, history: Iterable[HistoryEntry]) -> None:
        """Show these answers; what was chosen and searched for stays."""
        before = self.view.current_item() or self.detail.item
        items = items_of(history)
        self.kinds.offer([(kind.value, look_of(kind).short) for kind in kinds_in(items)])
        self.accounts.offer([(each.account_id, each.name) for each in accounts_in(items)])
        self.search.set_hint(
            self.tr("Search {n} answers").format(n=number(len(items)))
            if len(items) > 1
            else self.tr("Search")
        )
        for widget in (self.search, self.kinds, self.accounts):
            widget.setVisible(bool(items))
        self.more.setEnabled(bool(items))
        self.model.show_items(items)
        self._narrow()
        if before is not None and (row := self.model.row_of(before)) >= 0:
            self.view.select_row(row)
        self._arrange()

    def show_account(self, account_id: str) -> None:
        """Show only that account's answers."""
        self._opened = False
        self.search.clear()
        self.kinds.choose("")
        self.accounts.choose(account_id)
        self._narrow()
        self._arrange()
        self.view.setFocus()

    def _show_everything(self) -> None:
        self.search.clear()
        self.kinds.choose("")
        self.accounts.choose("")
        self._narrow()
        self.view.setFocus()

    def _narrow(self) -> None:
        kind = Kind(self.kinds.value) if self.kinds.value else None
        self.model.choose(kind, self.accounts.value)
        self.detail.show_all_button(not self.accounts.value)
        self._show_found()

    def _search(self, text: str) -> None:
        self.model.search(text)
        self._show_found()

    def _show_found(self) -> None:
        shown, everything = len(self.model.shown), len(self.model.all)
        self.view.setVisible(shown > 0)
        self._nothing.setVisible(not shown)
        self.everything.setVisible(not shown and everything > 0)
        self._count.show_or_hide(
            self.tr("{n} of {count}").format(n=number(shown), count=number(everything))
            if shown != everything
            else ""
        )
        if not everything:
            self._nothing.setText(
                self.tr(
                    "No login request was answered yet. What you approve and deny is listed here."
                )
            )
        elif not shown:
            self._nothing.setText(self.tr("No answer is like that."))
        self.view.scrollToTop()
        if self.two_panes:
            self._select_first()

    def _select_first(self) -> None:
        # Focus alone makes a row the current one without selecting it.
        self.view.select_row(0)
        self.detail.show_item(self.model.item(0))

    def tell(self, title: str, text: str) -> None:
        """Say what came of an export, or of a change of how long answers are kept."""
        self.notice.show_texts(title, text, kind="approve")

    # Narrow and wide -----------------------------------------------------------------------
    def _arrange(self) -> None:
        two = self.two_panes
        covered = self._opened and not two
        self._side.setVisible(not covered)
        self.detail.setVisible(two or covered)
        self._side.setMinimumWidth(SIDE_WIDTH if two else 0)
        self._side.setMaximumWidth(SIDE_WIDTH if two else 16_777_215)
        self.bar.title.setText(self.tr("Login request") if covered else self.tr("History"))
        self.more.setVisible(not covered)
        if two:
            self._opened = False
            if self.view.current_item() is None:
                self._select_first()
            else:
                self._select(self.view.current_item())

    def _open(self, item: Item) -> None:
        self.detail.show_item(item)
        if not self.two_panes:
            self._opened = True
            self._arrange()
            self.detail.all_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _select(self, item: Item | None) -> None:
        if self.two_panes and item is not None:
            self.detail.show_item(item)

    def _back(self) -> None:
        if self._opened and not self.two_panes:
            self._opened = False
            self._arrange()
            self.view.setFocus()
        else:
            self.back_pressed.emit()

    # Keys and the menu ---------------------------------------------------------------------
    def menu_of(self) -> QMenu:
        """Return the menu of what can be done with the history."""
        ink = colours_of(self).quiet
        menu = Menu(self)
        table = menu.addAction(
            menu_icon("import", ink), self.tr("Export for a spreadsheet (CSV)…")
        )
        table.triggered.connect(lambda: self._export("csv"))
        listed = menu.addAction(menu_icon("import", ink), self.tr("Export for programs (JSON)…"))
        listed.triggered.connect(lambda: self._export("json"))
        for action in (table, listed):
            action.setEnabled(bool(self.model.shown))
        menu.addSeparator()
        keeping = menu.addAction(menu_icon("clock", ink), self.tr("How long it is kept…"))
        keeping.triggered.connect(self.keeping_asked)
        return menu

    def _open_menu(self) -> None:
        menu = self.menu_of()
        corner = self.more.mapToGlobal(QPoint(self.more.width() - RING, self.more.height()))
        menu.popup(corner - QPoint(menu.sizeHint().width(), 0))

    def _export(self, name: str) -> None:
        self.notice.hide()
        self.export_asked.emit(name, tuple(item.entry for item in self.model.shown))

    def _type(self, text: str) -> None:
        """Begin a search with what was typed outside the field."""
        self.search.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.set_text(self.search.text() + text)

    def start_search(self) -> None:
        """Put the keyboard into the search field."""
        if self.search.isVisible():
            self.search.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.search.edit.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_PageDown}:
                self.view.setFocus(Qt.FocusReason.TabFocusReason)
                if self.view.current_item() is None:
                    self.view.select_row(0)
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                self.view.setFocus()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.search.text() and not self._opened:
                self.search.clear()
            else:
                self._back()
        elif self.search.isVisible() and (text := typed_text(event)):
            self._type(text)
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous() and not self._opened:
            self.view.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.two_panes == (self.detail.isHidden() or self._opened):
            self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.two_panes:
            top = self.bar.height()
            line = QRectF(SIDE_WIDTH, top, 1, self.height() - top)
            painter_on(self).fillRect(line, colours_of(self).border)
