"""Choosing an account's icon: its mark as a button, and a list to search below it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from watchword.desktop.look.brands import Brand, brand_called, brand_for, brands, folded
from watchword.desktop.look.design import edge
from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import (
    CORNER,
    FIELD_HEIGHT,
    RING,
    colours_in,
    colours_of,
    text_font,
    text_scale,
)
from watchword.desktop.look.widgets.monogram import draw_mark
from watchword.desktop.look.widgets.painting import body_of, draw_body, draw_focus, painter_on
from watchword.desktop.look.widgets.pressable import Pressable
from watchword.desktop.look.widgets.row_view import RowView
from watchword.desktop.look.widgets.text_field import SearchField
from watchword.plain_text import fold
from watchword.vault.account import NO_ICON

_ROWS_SHOWN = 5
_MARK = 30
_CHOICE = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


@dataclass(frozen=True, slots=True)
class _Choice:
    icon: str  # what the account keeps
    title: str
    brand: Brand | None = None
    found_by: str = ""  # folded


class MarkButton(Pressable):
    """The account's mark, pressed to choose another; a small pen says so."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._name = ""
        self._brand: Brand | None = None
        self.setCheckable(True)
        self.setToolTip(self.tr("Choose an icon"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_name(self, name: str, brand: Brand | None) -> None:
        """Show the mark that `name` has, and say it."""
        self._name, self._brand = name, brand
        of = brand.title if brand else self.tr("monogram")
        self.setAccessibleName(self.tr("Icon: {name}. Choose another.").format(name=of))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(FIELD_HEIGHT + 2 * RING, FIELD_HEIGHT + 2 * RING)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        body = body_of(self)
        draw_mark(painter, body, self._name, colours, brand=self._brand)
        pen = QRectF(body.right() - 17, body.bottom() - 17, 20, 20)
        draw_body(painter, pen, 10, colours.surface, colours.border)
        lit = self.lit or self.isChecked() or self.ring_shown
        ink = colours.accent if lit else colours.quiet
        draw_icon(painter, "edit", pen.adjusted(4, 4, -4, -4), ink)
        if self.ring_shown:
            draw_focus(painter, body, CORNER, colours)


class _Model(QAbstractListModel):
    """What a search finds; without one, or without a hit, by name and the monogram come first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._first: tuple[_Choice, ...] = ()
        self._brands = [
            _Choice(each.slug, each.title, each, fold(" ".join((each.title, *each.names))))
            for each in brands()
        ]
        self._text = ""
        self._shown: Sequence[_Choice] = ()

    def search(self, text: str) -> None:
        """Offer the brands in which every word of `text` occurs; whose title begins so, first."""
        self._text = text.strip()
        words, start = fold(text).split(), folded(text)
        found = [each for each in self._brands if all(word in each.found_by for word in words)]
        if words:
            found.sort(key=lambda each: not folded(each.title).startswith(start))
        self.beginResetModel()
        self._shown = found if words and found else (*self._first, *found)
        self.endResetModel()

    def show_first(self, choices: tuple[_Choice, ...]) -> None:
        """Offer these where nothing is searched for."""
        self._first = choices
        self.search(self._text)

    def choice(self, row: int) -> _Choice:
        return self._shown[row]

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        choice = self.choice(index.row())
        if role == _CHOICE:
            return choice
        return choice.title if role == Qt.ItemDataRole.DisplayRole else None


class _Delegate(QStyledItemDelegate):
    def __init__(self, chooser: "IconChooser") -> None:
        super().__init__(chooser)
        self._chooser = chooser

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, row_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        choice = index.data(_CHOICE)
        if not isinstance(choice, _Choice):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = colours_in(option.palette)
        place = QRectF(option.rect)
        lit = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver
        if option.state & lit:
            body = place.adjusted(4, 1, -4, -1)
            border = edge(colours.accent, colours)
            draw_body(painter, body, CORNER - 4, colours.accent_weak, border)
        mark = QRectF(place.left() + 12, place.center().y() - _MARK / 2, _MARK, _MARK)
        draw_mark(painter, mark, self._chooser.name, colours, brand=choice.brand)
        left = mark.right() + 12
        if choice.icon == self._chooser.icon:
            tick = QRectF(place.right() - 32, place.center().y() - 9, 18, 18)
            draw_icon(painter, "check", tick, colours.accent)
        text = QRectF(left, place.top(), place.right() - 40 - left, place.height())
        painter.setFont(text_font(14, 600 if choice.icon == self._chooser.icon else 400))
        painter.setPen(colours.text)
        shown = QFontMetricsF(painter.font()).elidedText(
            choice.title, Qt.TextElideMode.ElideRight, text.width()
        )
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()


def row_height() -> int:
    """Return the height of a row for the size of text there is."""
    return round(26 + 18 * text_scale())


class IconChooser(QWidget):
    """The search and the list; `button` opens it and stands elsewhere."""

    chosen = Signal()

    def __init__(self, icon: str, *, linked: bool, parent: QWidget | None = None) -> None:
        """`icon` is what the account keeps; what this version does not know stays until changed."""
        super().__init__(parent)
        self.icon = icon
        self.name = ""
        self._linked = linked
        self.button = MarkButton(parent)
        self.button.clicked.connect(self._turn)
        self.search = SearchField(self.tr("Search icons"), self, hint=self.tr("Search icons"))
        self.search.edit.installEventFilter(self)
        self.search.text_changed.connect(self._search)
        self.search.entered.connect(self._take_current)
        self.view = RowView(self)
        self._model: _Model | None = None  # made when it is first opened
        self._prepare_view()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(2)
        column.addWidget(self.search)
        column.addWidget(self.view)
        self.hide()

    def _prepare_view(self) -> None:
        view = self.view
        view.setItemDelegate(_Delegate(self))
        view.setAccessibleName(self.tr("Icons"))
        view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        view.setFixedHeight(_ROWS_SHOWN * row_height() + 2 * (RING + 5))
        # The card that is painted around the rows.
        view.setViewportMargins(RING + 1, RING + 5, RING + 1, RING + 5)
        view.installEventFilter(self)
        view.clicked.connect(self._take)
        view.activated.connect(self._take)

    def show_name(self, name: str) -> None:
        """Follow the account's title while it is typed."""
        self.name = name
        self._show_mark()
        if self._model is not None and self.isVisible():
            self._model.show_first(self._first())
            self._select(self.icon)

    def _show_mark(self) -> None:
        self.button.show_name(self.name, self._brand())

    def _brand(self) -> Brand | None:
        if self.icon == NO_ICON:
            return None
        return brand_called(self.icon) or self._by_name()

    def _by_name(self) -> Brand | None:
        # As in the list: a server may call itself as it likes.
        return None if self._linked else brand_for(self.name)

    def _first(self) -> tuple[_Choice, ...]:
        monogram = _Choice(NO_ICON, self.tr("Monogram"))
        own = self._by_name()
        if own is None:
            # Both would show the same: one line is enough, and follows the name from then on.
            return (_Choice("", self.tr("Monogram")),)
        return (_Choice("", self.tr("By the service’s name"), own), monogram)

    def _turn(self) -> None:
        if self.isVisible():
            self.close_list()
            return
        if self._model is None:
            self._model = _Model(self)
            self.view.setModel(self._model)
        self._model.show_first(self._first())
        self.search.clear()
        self._select(self.icon)
        self.show()
        self.button.setChecked(True)
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_list(self) -> None:
        """Put the list away; the keyboard goes back to the button."""
        self.hide()
        self.button.setChecked(False)
        self.button.setFocus(Qt.FocusReason.TabFocusReason)

    def _select(self, icon: str) -> None:
        model = self._model
        if model is None:
            return
        rows = range(model.rowCount())
        row = next((row for row in rows if model.choice(row).icon == icon), 0)
        self.view.setCurrentIndex(model.index(row))

    def _search(self, text: str) -> None:
        if self._model is None:
            return
        self._model.search(text)
        self.view.setCurrentIndex(self._model.index(0))

    def _take_current(self) -> None:
        self._take(self.view.currentIndex())

    def _take(self, index: QModelIndex) -> None:
        choice = index.data(_CHOICE)
        if isinstance(choice, _Choice):
            self.icon = choice.icon
            self._show_mark()
            self.chosen.emit()
            self.close_list()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.close_list()
                return True
            if watched is self.search.edit and event.key() in {
                Qt.Key.Key_Down,
                Qt.Key.Key_Up,
                Qt.Key.Key_PageDown,
                Qt.Key.Key_PageUp,
            }:
                # The keyboard stays in the search; the choice moves below it.
                self.view.keyPressEvent(event)
                return True
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        card = QRectF(self.view.geometry()).adjusted(RING, RING, -RING, -RING)
        border = colours.accent if self.view.hasFocus() else colours.border
        draw_body(painter, card, CORNER, colours.surface, border)
