"""What Ctrl+K has found, as a list on the screen."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    QStringListModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from watchword.desktop.keyboard.finding import Entry
from watchword.desktop.look.brands import Brand
from watchword.desktop.look.design import edge
from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import Colours, blend, colours_in, text_font, text_scale
from watchword.desktop.look.widgets.key_caps import caps_width, draw_caps, spoken_keys
from watchword.desktop.look.widgets.monogram import draw_mark
from watchword.desktop.look.widgets.painting import draw_body
from watchword.desktop.look.widgets.row_view import RowView
from watchword.desktop.look.widgets.scrolling import BAR_WIDTH
from watchword.vault.account import Account

Index = QModelIndex | QPersistentModelIndex
BrandOf = Callable[[Account], Brand | None]

_SIDE = 8  # between the card's edge and the lit row
_INSIDE = 10
_MARK = 32


class PaletteModel(QStringListModel):
    """The entries that are shown; a list of strings underneath, as in the list of accounts."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries: Sequence[Entry] = ()

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show these from now on."""
        self.entries = entries
        self.setStringList([""] * len(entries))

    def entry(self, index: Index) -> Entry | None:
        """Return the entry at `index`, or None."""
        return self.entries[index.row()] if 0 <= index.row() < len(self.entries) else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entry(index)
        if entry is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(entry)
        return None


def spoken(entry: Entry) -> str:
    """Return what a screen reader says of an entry."""
    return ", ".join(filter(None, (entry.title, entry.line, spoken_keys(entry.keys))))


class PaletteDelegate(QStyledItemDelegate):
    """Draws a row: a mark or an icon, a name, a line about it, and the keys that do the same."""

    def __init__(self, brand_of: BrandOf, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._brand_of = brand_of

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(240, round(14 + 36 * text_scale()))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        entry = model.entry(index) if isinstance(model, PaletteModel) else None
        if entry is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        colours = colours_in(option.palette)
        place = QRectF(option.rect).adjusted(_SIDE, 0, BAR_WIDTH - _SIDE, 0)
        if option.state & QStyle.StateFlag.State_Selected:
            border = edge(colours.accent, colours)
            draw_body(painter, place, 9, colours.accent_weak, border)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            draw_body(painter, place, 9, blend(colours.text, colours.surface, 0.04))
        mark = QRectF(place.left() + _INSIDE, place.center().y() - _MARK / 2, _MARK, _MARK)
        self._draw_mark(painter, entry, mark, colours)
        right = place.right() - _INSIDE
        if entry.keys:
            draw_caps(painter, right, place.center().y(), entry.keys, colours)
            right -= caps_width(entry.keys) + 10
        self._draw_texts(painter, entry, place, mark.right() + 12, right, colours)
        painter.restore()

    def _draw_mark(self, painter: QPainter, entry: Entry, mark: QRectF, colours: Colours) -> None:
        account = entry.account
        if account is not None:
            draw_mark(painter, mark, entry.title, colours, brand=self._brand_of(account))
            return
        draw_body(painter, mark, 8, colours.sunken)
        draw_icon(painter, entry.icon, mark.adjusted(7, 7, -7, -7), colours.quiet)

    def _draw_texts(
        self,
        painter: QPainter,
        entry: Entry,
        place: QRectF,
        left: float,
        right: float,
        colours: Colours,
    ) -> None:
        title, small = text_font(14, 600), text_font(12.5)
        over, under = QFontMetricsF(title), QFontMetricsF(small)
        height = over.height() + (under.height() + 1 if entry.line else 0)
        top = place.center().y() - height / 2
        elide = Qt.TextElideMode.ElideRight
        room = right - left
        painter.setFont(title)
        painter.setPen(colours.text)
        painter.drawText(
            QRectF(left, top, room, over.height()), 0, over.elidedText(entry.title, elide, room)
        )
        if entry.line:
            painter.setFont(small)
            painter.setPen(colours.quiet)
            below = QRectF(left, top + over.height() + 1, room, under.height())
            painter.drawText(below, 0, under.elidedText(entry.line, elide, room))


class PaletteView(RowView):
    """One column of what was found; the keyboard stays in the field above it."""

    taken = Signal(object)  # an Entry

    def __init__(
        self, model: PaletteModel, brand_of: BrandOf, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._found = model
        self.setModel(model)
        self.setItemDelegate(PaletteDelegate(brand_of, self))
        self.setObjectName("found")
        self.setAccessibleName(self.tr("Found"))
        self.clicked.connect(self._clicked)

    def current(self) -> Entry | None:
        """Return the entry that is lit, or None."""
        return self._found.entry(self.currentIndex())

    def light(self, row: int) -> None:
        """Light that row; beyond an end the one at the other end."""
        if count := self._found.rowCount():
            self.setCurrentIndex(self._found.index(row % count))

    def _clicked(self, index: QModelIndex) -> None:
        if (entry := self._found.entry(index)) is not None:
            self.taken.emit(entry)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.ignore()  # the sheet's, wherever on it the keyboard is
        else:
            super().keyPressEvent(event)
