"""The list on the screen: what mouse and keys do in it."""

from collections.abc import Callable
from functools import partial
from math import inf

from PySide6.QtCore import QModelIndex, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QRegion,
)
from PySide6.QtWidgets import QMenu, QWidget

from watchword.desktop.accounts.code_text import Moment
from watchword.desktop.accounts.delegate import (
    FOOT,
    AccountDelegate,
    code_in,
    code_ink,
    looks_of,
    ring_in,
)
from watchword.desktop.accounts.dragging import RowDrag
from watchword.desktop.accounts.model import AccountsModel, Index
from watchword.desktop.accounts.rings import Rings
from watchword.desktop.accounts.row_actions import row_actions
from watchword.desktop.accounts.rows import Row
from watchword.desktop.look.icons import menu_icon
from watchword.desktop.look.theme import colours_of
from watchword.desktop.look.widgets.key_caps import native_keys, pressed_keys
from watchword.desktop.look.widgets.menu import Menu
from watchword.desktop.look.widgets.row_view import RowView

_MOVES = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End}


class AccountsView(RowView):
    """One column of accounts. Signals carry rows as they were shown when it happened."""

    copy_asked = Signal(object)
    copy_next_asked = Signal(object)
    new_code_asked = Signal(object)
    edit_asked = Signal(object)
    favourite_asked = Signal(object)
    codes_asked = Signal(object)  # its backup codes
    qr_asked = Signal(object)
    link_asked = Signal(object)  # its server and device
    history_asked = Signal(object)  # its login requests of the past
    remove_asked = Signal(object)
    selected = Signal(object)  # a Row, or None
    moved = Signal(object)  # all ids in the new own order
    not_moved = Signal()  # a row was to be moved by key where rows cannot be moved

    def __init__(self, model: AccountsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accounts = model
        self._click_copies = True
        self._released_at = QPoint()
        self.setModel(model)
        self._asked = {
            "copy": self.copy_asked,
            "copy next": self.copy_next_asked,
            "new": self.new_code_asked,
            "edit": self.edit_asked,
            "favourite": self.favourite_asked,
            "codes": self.codes_asked,
            "link": self.link_asked,
            "history": self.history_asked,
            "qr": self.qr_asked,
            "remove": self.remove_asked,
        }
        self._drawn: dict[str, tuple[object, ...]] = {}  # how each row looked at the last tick
        self._rings = Rings()
        # Whether something lies over all of that place of the viewport.
        self.covers: Callable[[QRectF], bool] = lambda _: False
        # Opaque: what lies below is not drawn again each second, nor all rows at each scrolled px.
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self.viewport().setAutoFillBackground(True)
        self._rows = AccountDelegate(self)
        self.setItemDelegate(self._rows)
        self._drag = RowDrag(self, model, self._rows)
        self._drag.dropped.connect(self._move)
        self.setObjectName("accounts")
        self.setAccessibleName(self.tr("Accounts"))
        self.clicked.connect(self._clicked)
        self.doubleClicked.connect(self._double_clicked)

    def set_click_copies(self, copies: bool) -> None:
        """Choose what a click does: copy (one pane), or only select (two panes)."""
        self._click_copies = copies

    def show_compact(self, compact: bool) -> None:
        """Draw the rows low, or as high as designed."""
        if compact != self._rows.compact:
            self._rows.compact = compact
            self.scheduleDelayedItemsLayout()

    def current_row(self) -> Row | None:
        """Return the selected row, or None."""
        return self._accounts.row(self.currentIndex())

    def select(self, account_id: str) -> None:
        """Select that account where it is shown."""
        index = self._accounts.index_of(account_id)
        if index.isValid():
            self.setCurrentIndex(index)

    def tick(self) -> None:
        """A second has passed: draw the rings anew, and the rows whose code or colour changed."""
        model, viewport = self._accounts, self.viewport()
        now = model.codes.now()
        if self._rings.move_alone(now):
            viewport.update(self._rings.region)
            return
        if self._drag.moving:
            viewport.update()  # no row is where it usually is
            return
        first = self.indexAt(QPoint(self.width() // 2, 2)).row()
        drawn: dict[str, tuple[object, ...]] = {}
        rings: list[tuple[QRectF, Row, QColor]] = []
        moments: list[Moment] = []
        stale, colours, end = QRegion(), colours_of(self), viewport.height()
        until = inf  # then a code or its colour changes
        for number in range(max(0, first), model.rowCount()):
            index = model.index(number)
            place = self.visualRect(index)
            if place.top() > end:
                break
            row = model.row(index)
            if row is None:
                continue
            around = QRectF(place)
            text = self._rows.code_text(row)
            looks = (*looks_of(row), text.width)
            before = self._drawn.get(row.account.id)
            drawn[row.account.id] = looks
            if before != looks:
                if before is None or before[-1] != text.width or row.is_removed:
                    stale += place
                    continue
                moments.append(self._rows.moment(row, around, text))
            if row.left:
                until = min(until, now + row.steady_for)
                ring = ring_in(around)
                if not self.covers(ring):
                    rings.append((ring, row, code_ink(row, colours, colours.accent)))
        self._drawn = drawn
        self._rings.follow(rings, moments, now, until, colours, self.devicePixelRatioF())
        viewport.update(stale + self._rings.region)

    def paintEvent(self, event: QPaintEvent) -> None:
        if (event.region() - self._rings.region).isEmpty():
            painter = QPainter(self.viewport())
            if moments := self._rings.take_moments():
                colours = colours_of(self)
                for moment in moments:
                    self._rows.draw_moment(painter, moment, colours)
            self._rings.draw(painter)
            return
        self._rings.forget()
        super().paintEvent(event)
        if self._drag.moving:
            self._drag.paint(QPainter(self.viewport()))

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._rings.forget()  # they are elsewhere now
        super().scrollContentsBy(dx, dy)

    def select_something(self) -> None:
        """Select the current row or the first, where none is selected: one is shown in detail."""
        if not self.selectionModel().hasSelection() and self._accounts.rowCount():
            current = self.currentIndex()
            # Focus alone makes a row the current one without selecting it.
            self.setCurrentIndex(current if current.isValid() else self._accounts.index(0))

    def _at_turn(self, index: QModelIndex) -> bool:
        """Whether the mouse was let go on the button for a new code."""
        ring = ring_in(QRectF(self.visualRect(index))).adjusted(-8, -8, 8, 8)
        return ring.contains(QPointF(self._released_at))

    def _at_code(self, index: QModelIndex) -> bool:
        """Whether the mouse was let go on the code."""
        return code_in(QRectF(self.visualRect(index))).contains(QPointF(self._released_at))

    def _clicked(self, index: QModelIndex) -> None:
        row = self._accounts.row(index)
        if row is None:
            return
        if row.is_counter and ((self._click_copies and not row.code) or self._at_turn(index)):
            self.new_code_asked.emit(row)
        elif self._click_copies:
            self.take(row)
        elif row.hidden and self._at_code(index):
            self._accounts.reveal(row.account.id)

    def _double_clicked(self, index: QModelIndex) -> None:
        row = self._accounts.row(index)
        if row is not None and not self._click_copies:
            self.take(row)

    def take(self, row: Row) -> None:
        """Do the usual with a row: copy its code, or draw one where there is none yet.

        In one pane there is nowhere else to look: there a hidden code is shown as well.
        """
        if row.is_counter and not row.code:
            self.new_code_asked.emit(row)
            return
        if row.hidden and self._click_copies:
            self._accounts.reveal(row.account.id)
        self.copy_asked.emit(row)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.selected.emit(self._accounts.row(current))

    def _move(self, row: int, gap: int) -> None:
        ids = self._accounts.move(row, gap)
        if ids:
            self.scrollTo(self.currentIndex())
            self.moved.emit(ids)

    def _move_by_key(self, key: int) -> None:
        """Move the selected row up or down by one, or to the ends of where it may go."""
        row = self.currentIndex().row()
        if row < 0 or not self._accounts.can_move:
            self.not_moved.emit()
            return
        allowed = self._accounts.gaps(row)
        gap = {
            Qt.Key.Key_Up: row - 1,
            Qt.Key.Key_Down: row + 2,
            Qt.Key.Key_Home: allowed.start,
            Qt.Key.Key_End: allowed.stop - 1,
        }[Qt.Key(key)]
        self._move(row, gap)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.current_row()
        if self._drag.moving:
            # The mouse has the row: a key can only give it up.
            if event.key() == Qt.Key.Key_Escape:
                self._drag.cancel()
            return
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in _MOVES:
            self._move_by_key(event.key())
            return
        keys = pressed_keys(event)
        if keys == "Enter":
            if row is not None:
                self.take(row)
            return
        for action in row_actions(row):
            # A key that Qt does not know has no name, and neither has an action without keys.
            if row is not None and keys and action.keys == keys and action.may(row):
                self.do(action.name, row)
                return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._drag.moving:
            return
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag.press(event.position().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._released_at = event.position().toPoint()
        if event.button() == Qt.MouseButton.LeftButton and self._drag.release():
            return
        super().mouseReleaseEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag.holds:
            self._drag.follow(event.position().toPoint())
            return
        super().mouseMoveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._drag.cancel()
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._drag.cancel()
        super().hideEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        row = self._accounts.row(index)
        if row is None:
            return
        place = event.globalPos()
        if by_key:
            place = self.viewport().mapToGlobal(self.visualRect(index).center())
        self._menu_for(row).popup(place)

    def do(self, name: str, row: Row) -> None:
        """Do with an account what a row action of that name says."""
        if name == "reveal":
            self._accounts.reveal(row.account.id)
        else:
            self._asked[name].emit(row)

    def _menu_for(self, row: Row) -> QMenu:
        ink = colours_of(self).quiet
        menu = Menu(self)
        for action in row_actions(row):
            if not action.may(row):
                continue
            if action.name == "edit" and not menu.isEmpty():
                menu.addSeparator()
            # Behind a tab a menu shows keys, and leaves hearing them to whoever does.
            text = "\t".join(filter(None, (action.text, native_keys(action.keys))))
            item = menu.addAction(menu_icon(action.icon, ink), text)
            item.triggered.connect(partial(self.do, action.name, row))
        return menu

    def updateGeometries(self) -> None:
        super().updateGeometries()
        bar = self.verticalScrollBar()
        if bar.maximum() > 0 or self._content_height() > self.viewport().height() - FOOT:
            bar.setMaximum(max(0, self._content_height() + FOOT - self.viewport().height()))

    def _content_height(self) -> int:
        # Asked while the view is still being made, too, when it has no model.
        rows = self.model().rowCount() if self.model() is not None else 0
        return rows * self.sizeHintForRow(0) if rows else 0
