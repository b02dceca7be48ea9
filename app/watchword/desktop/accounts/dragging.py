"""A row under the mouse on its way to another place, for which the others make room."""

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHoverEvent, QPainter
from PySide6.QtWidgets import QApplication, QListView, QStyle, QStyleOptionViewItem

from watchword.desktop.accounts.delegate import AccountDelegate, body_in
from watchword.desktop.accounts.model import AccountsModel
from watchword.desktop.look.theme import CORNER, colours_of
from watchword.desktop.look.widgets.painting import draw_body

_EDGE = 48  # px from the list's edge at which it begins to scroll
_FASTEST = 18  # px a step, at the edge itself
_STEP_MS = 16
_STEPS_UNTIL_FASTER = 40
_SHADOW = 10


class RowDrag(QObject):
    """Follows the mouse from the press on a row to where it is let go; Escape gives it up.

    Not Qt's own drag and drop: that runs an event loop of its own, and could drop an account
    into another program.
    """

    dropped = Signal(int, int)  # the row, and the gap it goes to, counted from 0 above the first

    def __init__(self, view: QListView, model: AccountsModel, rows: AccountDelegate) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        rows.shift = self.shift
        self._rows = rows
        self._pressed = ""  # the account under the mouse when the button went down
        self._at = QPoint()
        self._offset = 0  # from the row's top to the mouse
        self._mouse = QPoint()
        self._moving = False
        self._given_up = False  # the button is still down on what was moved
        self._steps = 0  # since it began to scroll
        self._scrolling = QTimer(self)
        self._scrolling.setInterval(_STEP_MS)
        self._scrolling.timeout.connect(self._scroll)

    @property
    def moving(self) -> bool:
        """Whether a row is on its way."""
        return self._moving

    @property
    def holds(self) -> bool:
        """Whether the button is down on a row that may be moved: the mouse does nothing else."""
        return bool(self._pressed) or self._given_up

    def press(self, at: QPoint) -> None:
        """Remember where the button went down."""
        self._given_up = False
        index = self._view.indexAt(at)
        row = self._model.row(index)
        self._pressed = row.account.id if row is not None and self._model.can_move else ""
        self._at = at
        self._offset = at.y() - self._view.visualRect(index).top()

    def follow(self, at: QPoint) -> None:
        """Let the row follow the mouse, once that has gone further than a click would."""
        self._mouse = at
        if not self._pressed:
            return
        if not self._moving:
            if (at - self._at).manhattanLength() < QApplication.startDragDistance():
                return
            self._moving = True
            self._rows.lifted = self._pressed
            self._view.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._row() < 0 or not self._model.can_move:
            self.cancel()
            return
        if self._pull() and not self._scrolling.isActive():
            self._steps = 0
            self._scrolling.start()
        elif not self._pull():
            self._scrolling.stop()
        self._view.viewport().update()

    def release(self) -> bool:
        """Put the row where the line is; tell whether the press was more than a click."""
        was_more = self._moving or self._given_up
        row = self._row()
        to = self._to(row) if self._moving and row >= 0 else row
        self.cancel()
        self._given_up = False
        if to != row:
            self.dropped.emit(row, to + 1 if to > row else to)
            self._light()
        return was_more

    def _light(self) -> None:
        """Let the row that is under the mouse now look so, before that moves again."""
        view = self._view.viewport()
        here = QPointF(self._mouse)
        hover = QHoverEvent(QEvent.Type.HoverMove, here, view.mapToGlobal(here), here)
        QApplication.sendEvent(view, hover)

    def cancel(self) -> None:
        """Let the row be where it was."""
        self._scrolling.stop()
        self._pressed = ""
        if self._moving:
            self._moving = False
            self._given_up = True
            self._rows.lifted = ""
            self._view.viewport().unsetCursor()
            self._view.viewport().update()

    def _row(self) -> int:
        return self._model.index_of(self._pressed).row()

    def _to(self, row: int) -> int:
        """Return the row it would become: where its middle is, among those it may go to."""
        first = self._view.visualRect(self._model.index(0))
        place = round((self._mouse.y() - self._offset - first.top()) / first.height())
        allowed = self._model.gaps(row)
        return min(max(place, allowed.start), allowed.stop - 2)

    def shift(self, other: int) -> int:
        """Return how far another row makes room, in rows: -1 up, 1 down, 0 where it may stay."""
        row = self._row()
        if not self._moving or row < 0:
            return 0
        to = self._to(row)
        if row < other <= to:
            return -1
        return 1 if to <= other < row else 0

    def _pull(self) -> int:
        """Return how far to scroll at a time: the nearer to the edge, the faster."""
        height, y = self._view.viewport().height(), self._mouse.y()
        above, below = _EDGE - y, y - (height - _EDGE)
        if above > 0:
            return -max(1, round(_FASTEST * min(above, _EDGE) / _EDGE))
        if below > 0:
            return max(1, round(_FASTEST * min(below, _EDGE) / _EDGE))
        return 0

    def _scroll(self) -> None:
        bar = self._view.verticalScrollBar()
        # Faster the longer it is held there: a list of thousands has another end, too.
        self._steps += 1
        bar.setValue(bar.value() + self._pull() * (1 + self._steps // _STEPS_UNTIL_FASTER))
        self._view.viewport().update()

    # Drawing --------------------------------------------------------------------------------
    def paint(self, painter: QPainter) -> None:
        """Draw the room that the others made, and the row in the hand above everything."""
        row = self._row()
        if not self._moving or row < 0:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = self._view.visualRect(self._model.index(row))
        to = self._view.visualRect(self._model.index(self._to(row)))
        colours = colours_of(self._view)
        room = body_in(QRectF(to)).adjusted(1, 1, -1, -1)
        draw_body(painter, room, CORNER, colours.accent_weak, colours.accent, 1.5)
        self._draw_row(painter, row, place.translated(0, self._top() - place.top()))

    def _top(self) -> int:
        """Return where the row in the hand begins: it never leaves the list."""
        height = self._view.visualRect(self._model.index(self._row())).height()
        lowest = self._view.viewport().height() - height // 2
        return min(max(self._mouse.y() - self._offset, -height // 2), lowest)

    def _draw_row(self, painter: QPainter, row: int, place: QRect) -> None:
        shade = QColor(Qt.GlobalColor.black)
        body = body_in(QRectF(place)).translated(0, 3)
        for step in range(_SHADOW):
            shade.setAlphaF(0.16 * 2 * (step + 1) / (_SHADOW * (_SHADOW + 1)))
            out = _SHADOW - step
            draw_body(painter, body.adjusted(-out, -out, out, out), CORNER + out, shade)
        option = QStyleOptionViewItem()
        option.initFrom(self._view)
        option.rect = place
        option.state = QStyle.StateFlag.State_Enabled | QStyle.StateFlag.State_MouseOver
        index = self._model.index(row)
        self._rows.draw(painter, option, index, QRectF(place))
