"""What a file holds, row by row; only those that are seen are drawn, however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetricsF, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import CORNER, RING, colours_in, text_font, text_scale
from watchword.desktop.look.widgets.label import as_tip
from watchword.desktop.look.widgets.painting import draw_body
from watchword.desktop.look.widgets.scrolling import ScrollBar

_ROW = Qt.ItemDataRole.UserRole
_TEXT_FROM = 14 + 20 + 12
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_WRAPPED = Qt.TextFlag.TextWordWrap
_MOST_WHOLE = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """One row; both texts have passed plain_text."""

    icon: str
    name: str
    detail: str
    ink: str = "faint"  # of the icon: a colour's name in the theme


class _Model(QAbstractListModel):
    def __init__(self, rows: Sequence[Found], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows = tuple(rows)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == _ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{row.name}. {row.detail}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_tip(f"{row.name}. {row.detail}")
        return None


class _Delegate(QStyledItemDelegate):
    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        usual = round(18 + 36 * text_scale())
        row = index.data(_ROW)
        if not isinstance(row, Found) or not self._is_whole(row):
            return QSize(280, usual)
        width = self._view.viewport().width() - 2 * RING - _TEXT_FROM - 14
        metrics = QFontMetricsF(text_font(12.5))
        room = QRectF(0, 0, max(1, width), 10_000)
        needed = metrics.boundingRect(room, _WRAPPED, row.detail).height()
        return QSize(280, usual + max(0, ceil(needed - metrics.height())))

    def _is_whole(self, row: Found) -> bool:
        """Whether all of a row is shown: why it is left out, or what to look at, is not cut."""
        return row.ink == "warn" and not self._view.uniformItemSizes()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(_ROW)
        if not isinstance(row, Found):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = colours_in(option.palette)
        place = QRectF(option.rect)
        first, last = index.row() == 0, index.row() == index.model().rowCount() - 1
        # One card for all rows: each draws its part of it, and those between have no corners.
        beyond = 2 * CORNER
        card = place.adjusted(RING, 0 if first else -beyond, -RING, 0 if last else beyond)
        painter.setClipRect(place)
        focused = option.state & QStyle.StateFlag.State_HasFocus
        fill = colours.accent_weak if focused else colours.surface
        draw_body(painter, card, CORNER, fill, colours.border)
        place.adjust(RING, 0, -RING, 0)
        icon = QRectF(place.left() + 14, place.center().y() - 10, 20, 20)
        draw_icon(painter, row.icon, icon, getattr(colours, row.ink))
        left = place.left() + _TEXT_FROM
        width = place.right() - 14 - left
        top = place.top() + 8
        elide = Qt.TextElideMode.ElideRight
        name, detail = text_font(14, 600), text_font(12.5)
        over, under = QFontMetricsF(name), QFontMetricsF(detail)
        painter.setFont(name)
        painter.setPen(colours.text)
        title = QRectF(left, top, width, over.height())
        painter.drawText(title, 0, over.elidedText(row.name, elide, width))
        painter.setFont(detail)
        painter.setPen(colours.quiet)
        rest = QRectF(left, title.bottom() + 1, width, place.bottom() - title.bottom() - 1)
        if self._is_whole(row):
            painter.drawText(rest, _WRAPPED, row.detail)
        else:
            painter.drawText(rest, 0, under.elidedText(row.detail, elide, width))
        if not last:
            line = QRectF(left, place.bottom() - 1, place.right() - left - 1, 1)
            painter.fillRect(line, colours.border)
        painter.restore()


class FoundList(QListView):
    """A list to read; nothing in it can be pressed. A tool tip shows a row whole."""

    def __init__(self, rows: Sequence[Found], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Each is asked how high it is where some differ; of thousands that would take seconds.
        differ = any(row.ink == "warn" for row in rows) and len(rows) <= _MOST_WHOLE
        self.setUniformItemSizes(not differ)
        self.setModel(_Model(rows, self))
        self.setItemDelegate(_Delegate(self))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBar(ScrollBar())
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.viewport().setAutoFillBackground(False)
        self.setMinimumHeight(160)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self.uniformItemSizes():
            self.scheduleDelayedItemsLayout()  # broken elsewhere, a text takes another height

    def texts(self) -> list[str]:
        """Return what the rows say, as a screen reader hears it."""
        model = self.model()
        return [str(model.index(n, 0).data()) for n in range(model.rowCount())]
