"""Draws a row of the history: its day in the margin, and the answer in its day's card."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from watchword.clock import Clock
from watchword.desktop.history.items import Item
from watchword.desktop.history.model import HistoryModel
from watchword.desktop.history.words import Look, clock, day_of, look_of, moment, where
from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import (
    CORNER,
    MARGIN,
    Colours,
    blend,
    colours_in,
    text_font,
    text_scale,
)
from watchword.desktop.look.widgets.painting import draw_body
from watchword.desktop.look.widgets.scrolling import BAR_WIDTH

GAP = 5  # above the first and below the last row of a day
_DAY_WIDTH = 76
_SIGN = 30
_INSIDE = 12


class HistoryDelegate(QStyledItemDelegate):
    """Every row is as high as another, so that 10,000 cost as much as ten."""

    def __init__(self, model: HistoryModel, now: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._clock = now
        self.top_row = 0  # the first row that is seen; the view says which

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(280, round(26 + 38 * text_scale()))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        row = index.row()
        item = self._model.item(row)
        if item is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = colours_in(option.palette)
        place = QRectF(option.rect)
        if row == self.top_row or self._model.is_first(row):
            self._draw_day(painter, item, place, colours, last=self._model.is_last(row))
        self._draw_answer(painter, item, place, colours, option.state, row)
        painter.restore()

    def _draw_day(
        self, painter: QPainter, item: Item, place: QRectF, colours: Colours, *, last: bool
    ) -> None:
        """Draw the day beside its first row, or beside the first that is seen of it."""
        name, date = day_of(item.at.date(), moment(self._clock.now()).date())
        title, rest = text_font(13, 600), text_font(12, digits=True)
        over, under = QFontMetricsF(title), QFontMetricsF(rest)
        height = over.height() + under.height()
        inside = place.height() / 2 - height / 2
        top = max(place.top(), 0.0) + inside
        if last:
            # The next day's pushes it out.
            top = min(top, place.bottom() - height - GAP)
        width = _DAY_WIDTH
        elide = Qt.TextElideMode.ElideRight
        painter.setFont(title)
        painter.setPen(colours.text)
        painter.drawText(
            QRectF(MARGIN, top, width, over.height()), 0, over.elidedText(name, elide, width)
        )
        painter.setFont(rest)
        painter.setPen(colours.faint)
        painter.drawText(
            QRectF(MARGIN, top + over.height(), width, under.height()),
            0,
            under.elidedText(date, elide, width),
        )

    def _draw_answer(
        self,
        painter: QPainter,
        item: Item,
        place: QRectF,
        colours: Colours,
        state: QStyle.StateFlag,
        row: int,
    ) -> None:
        first, last = self._model.is_first(row), self._model.is_last(row)
        card = QRectF(place)
        card.setLeft(MARGIN + _DAY_WIDTH + 8)
        card.setRight(place.right() + BAR_WIDTH - MARGIN + 1)
        beyond = 2 * CORNER
        shape = card.adjusted(0, GAP if first else -beyond, 0, -GAP if last else beyond)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        fill = colours.surface
        if state & QStyle.StateFlag.State_MouseOver:
            fill = blend(colours.text, fill, 0.04)
        if selected:
            fill = colours.accent_weak
        painter.setClipRect(place, Qt.ClipOperation.IntersectClip)
        draw_body(painter, shape, CORNER, fill, colours.border)
        if not last:
            line = QRectF(card.left() + _INSIDE, place.bottom() - 1, card.width() - _INSIDE - 1, 1)
            painter.fillRect(line, colours.border)
        card.adjust(0, GAP * first, 0, -GAP * last)
        if selected and (colours.strong or state & QStyle.StateFlag.State_HasFocus):
            bar = QRectF(card.left() + 3, card.top() + 12, 3, card.height() - 24)
            draw_body(painter, bar, 1.5, colours.accent)
        look = look_of(item.kind)
        middle = card.center().y()
        sign = QRectF(card.left() + _INSIDE, middle - _SIGN / 2, _SIGN, _SIGN)
        draw_body(painter, sign, _SIGN / 2, getattr(colours, f"{look.ink}_weak"))
        draw_icon(painter, look.icon, sign.adjusted(7, 7, -7, -7), getattr(colours, look.ink))
        self._draw_texts(painter, item, look, card, sign.right() + 10, colours)

    def _draw_texts(
        self,
        painter: QPainter,
        item: Item,
        look: Look,
        card: QRectF,
        left: float,
        colours: Colours,
    ) -> None:
        title, small = text_font(14, 600), text_font(12.5)
        times = text_font(12.5, digits=True)
        over, under = QFontMetricsF(title), QFontMetricsF(small)
        time = clock(item.at)
        right = card.right() - _INSIDE
        wide = QFontMetricsF(times).horizontalAdvance(time) + 1
        top = card.center().y() - (over.height() + under.height() + 1) / 2
        elide = Qt.TextElideMode.ElideRight
        painter.setFont(times)
        painter.setPen(colours.faint)
        painter.drawText(
            QRectF(right - wide, top, wide, over.height()), Qt.AlignmentFlag.AlignVCenter, time
        )
        painter.setFont(title)
        painter.setPen(colours.text)
        room = right - wide - 8 - left
        painter.drawText(
            QRectF(left, top, room, over.height()), 0, over.elidedText(item.name, elide, room)
        )
        painter.setFont(small)
        painter.setPen(getattr(colours, look.ink) if look.ink != "accent" else colours.quiet)
        below = top + over.height() + 1
        room = right - left
        said = under.elidedText(look.short, elide, room)
        painter.drawText(QRectF(left, below, room, under.height()), 0, said)
        used = under.horizontalAdvance(said)
        if rest := where(item.entry):
            painter.setPen(colours.quiet)
            painter.drawText(
                QRectF(left + used, below, room - used, under.height()),
                0,
                under.elidedText(f" · {rest}", elide, room - used),
            )
