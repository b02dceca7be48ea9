"""Draws a row of the list: mark, names, code, next code, and the ring."""

from collections.abc import Callable
from math import ceil

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from watchword.desktop.accounts.code_text import CodeText, Moment
from watchword.desktop.accounts.model import Role
from watchword.desktop.accounts.rows import REMOVED_OPACITY, Row
from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import (
    CORNER,
    Colours,
    blend,
    colours_in,
    digits_width,
    text_font,
    text_scale,
)
from watchword.desktop.look.widgets.monogram import draw_mark
from watchword.desktop.look.widgets.painting import draw_body, draw_glow
from watchword.desktop.look.widgets.ring import draw_ring
from watchword.desktop.look.widgets.scrolling import BAR_WIDTH

ROW_HEIGHT = 76
GAP = 6
SIDE = 12  # between the list's edge and the rows, and inside the rows
FOOT = 84  # room below the last row, so that the button over the list hides no code
MARK = 40
_COMPACT_MARK = 32
_LARGEST_CODE = 1.35  # times its size as designed
RING_SIDE = 22
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_OVER = 3  # so far may a digit's edge lie outside its width


def body_in(place: QRectF) -> QRectF:
    """Return the row's card inside the place the view gives it."""
    return place.adjusted(SIDE, GAP / 2, BAR_WIDTH - SIDE, -GAP / 2)


def ring_in(place: QRectF) -> QRectF:
    """Return where the ring, or the button for a new code, stands."""
    return _ring_of(body_in(place))


def _ring_of(body: QRectF) -> QRectF:
    return QRectF(
        body.right() - SIDE - RING_SIDE, body.center().y() - RING_SIDE / 2, RING_SIDE, RING_SIDE
    )


def code_in(place: QRectF) -> QRectF:
    """Return the half of the row in which its code stands, without the ring."""
    body, ring = body_in(place), ring_in(place)
    return QRectF(
        body.center().x(), body.top(), ring.left() - SIDE - body.center().x(), body.height()
    )


def looks_of(row: Row) -> tuple[str, str, bool, bool, bool]:
    """Return what decides how a row looks, but for its ring: equal means that only that moves."""
    return row.shown_code, row.shown_next, row.ends_soon, row.urgent, row.copied


class AccountDelegate(QStyledItemDelegate):
    """Every row is as high as another, so that 10,000 cost as much as ten."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lifted = ""  # the account whose row is in the hand, and drawn by whoever has it
        self.shift: Callable[[int], int] = lambda _: 0  # by how many rows one makes room for it
        self.compact = False

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        if self.compact:
            return QSize(280, round(20 + 36 * text_scale()) + GAP)
        return QSize(280, round(36 + 40 * text_scale()) + GAP)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        place = QRectF(option.rect)
        if not self.lifted:
            self.draw(painter, option, index, place)
        elif index.data(Role.ACCOUNT_ID) != self.lifted:
            place.translate(0, self.shift(index.row()) * place.height())
            self.draw(painter, option, index, place)

    def draw(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        place: QRectF,
    ) -> None:
        """Draw a row in that place."""
        row = index.data(Role.ROW)
        if not isinstance(row, Row):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = body_in(place)
        colours = colours_in(option.palette)
        state = option.state
        lit = bool(state & QStyle.StateFlag.State_MouseOver) or bool(
            state & QStyle.StateFlag.State_Selected
        )
        lit = lit and self.lifted in {"", row.account.id}
        border = colours.border
        if lit:
            draw_glow(painter, body, CORNER, colours)
            border = blend(colours.accent, colours.border, 0.45)
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_Selected:
            border = colours.accent
        draw_body(painter, body, CORNER, colours.surface, border)
        ring, mark = _ring_of(body), self._mark_of(body)
        if row.is_removed:
            painter.setOpacity(REMOVED_OPACITY)
        linked = row.takes_requests
        draw_mark(painter, mark, row.title, colours, brand=row.brand, linked=linked)
        self._draw_turn(painter, row, ring, colours, lit=lit)
        code, text = _code_of(body, mark, ring), self.code_text(row)
        self._draw_code(painter, row, text, code, colours)
        left = code.right() - text.width
        names = QRectF(
            mark.right() + SIDE, body.top(), left - SIDE - mark.right() - SIDE, body.height()
        )
        painter.setOpacity(1.0)  # why it is grey is to be read
        self._draw_names(painter, row, names, colours)
        painter.restore()

    def _draw_turn(
        self, painter: QPainter, row: Row, ring: QRectF, colours: Colours, *, lit: bool
    ) -> None:
        """Draw what shows or makes the code move on."""
        if row.is_counter:
            draw_icon(painter, "refresh", ring, colours.accent if lit else colours.faint)
        elif row.code:
            draw_ring(painter, ring, row.left, code_ink(row, colours, colours.accent), colours)

    def _code_size(self, row: Row) -> float:
        short = len(row.plain_code) <= 8
        large, small = (21, 19) if self.compact else (25, 21)
        # Digits are large as they are: twice as large they would leave no room for the names.
        return (large if short else small) * min(1.0, _LARGEST_CODE / text_scale())

    def _below(self, row: Row) -> str:
        """Return the line below the code."""
        if row.copied:
            return self.tr("Copied")
        if row.ends_soon and not row.hidden:
            return self.tr("next {code}").format(code=row.next_code)
        return ""

    def code_text(self, row: Row) -> CodeText:
        """Return how the row's code is written.

        Its width is in whole pixels: digits of one width differ by less, and the names, which have
        what it leaves, need not move for that.
        """
        code, below = row.shown_code or ("••• •••" if row.is_counter else ""), self._below(row)
        size, weight = self._code_size(row), 600 if row.copied else 400
        dots = row.hidden or not row.code
        font = text_font(18, 600) if dots else text_font(size, 600, digits=True)
        small = text_font(12, weight, digits=True)
        if row.plain_code.isdigit() and not dots:
            width = max(digits_width(code, size, 600), digits_width(below, 12, weight))
        else:
            width = QFontMetricsF(font).horizontalAdvance(code)
            width = max(width, QFontMetricsF(small).horizontalAdvance(below))
        return CodeText(code, font, below, small, ceil(width))

    def _draw_code(
        self, painter: QPainter, row: Row, text: CodeText, place: QRectF, colours: Colours
    ) -> None:
        """Draw the code and the line below it."""
        painter.setFont(text.font)
        dots = row.hidden or not row.code
        painter.setPen(colours.faint if dots else code_ink(row, colours, colours.text))
        painter.drawText(place, _RIGHT, text.code)
        if text.below:
            painter.setFont(text.small)
            painter.setPen(colours.approve if row.copied else colours.faint)
            # Below the code, which keeps its own place: nothing jumps when the line appears.
            apart = 2 if self.compact else 5
            top = place.center().y() + QFontMetricsF(text.font).capHeight() / 2 + apart
            line = QRectF(place.left(), top, place.width(), QFontMetricsF(text.small).height())
            painter.drawText(line, Qt.AlignmentFlag.AlignRight, text.below)

    def moment(self, row: Row, place: QRectF, text: CodeText) -> Moment:
        """Return what draws the row's code and the line below it, on the row's ground."""
        body = body_in(place)
        code = _code_of(body, self._mark_of(body), _ring_of(body))
        around = QRectF(
            code.right() - text.width - _OVER,
            body.top() + 2,
            text.width + 2 * _OVER,
            body.height() - 4,
        )
        return Moment(around.toAlignedRect(), code, row, text)

    def draw_moment(self, painter: QPainter, moment: Moment, colours: Colours) -> None:
        """Draw the code anew, where nothing else of the row has changed."""
        painter.fillRect(moment.pixels, colours.surface)
        self._draw_code(painter, moment.row, moment.text, moment.place, colours)

    def _mark_of(self, body: QRectF) -> QRectF:
        side = _COMPACT_MARK if self.compact else MARK
        return QRectF(body.left() + SIDE, body.center().y() - side / 2, side, side)

    def _draw_names(self, painter: QPainter, row: Row, place: QRectF, colours: Colours) -> None:
        title, rest = text_font(14.5, 600), text_font(12.5)
        over, under = QFontMetricsF(title), QFontMetricsF(rest)
        subtitle = self.tr("Removed at the server") if row.is_removed else row.subtitle
        height = over.height() + (under.height() if subtitle else 0)
        top = place.center().y() - height / 2
        elide = Qt.TextElideMode.ElideRight
        painter.setFont(title)
        painter.setPen(colours.faint if row.is_removed else colours.text)
        painter.drawText(
            QRectF(place.left(), top, place.width(), over.height()),
            0,
            over.elidedText(row.title, elide, place.width()),
        )
        painter.setFont(rest)
        painter.setPen(colours.quiet)
        painter.drawText(
            QRectF(place.left(), top + over.height(), place.width(), under.height()),
            0,
            under.elidedText(subtitle, elide, place.width()),
        )


def _code_of(body: QRectF, mark: QRectF, ring: QRectF) -> QRectF:
    return QRectF(mark.right(), body.top(), ring.left() - SIDE - mark.right(), body.height())


def code_ink(row: Row, colours: Colours, usual: QColor) -> QColor:
    """Return the colour of a row's code or ring, where `usual` is that of one that has time."""
    return colours.warn if row.urgent else usual
