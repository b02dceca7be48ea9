"""A few numbers, or other short signs, to choose from: large, and by keyboard alone as well.

Typing one, or the arrow keys, puts the ring on it; Enter then presses it. At first none has the
ring, so Enter alone presses nothing.
"""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from watchword.desktop.look.theme import CORNER, RING, blend, colours_of, text_font, text_scale
from watchword.desktop.look.widgets.painting import body_of, draw_body, draw_focus, painter_on
from watchword.desktop.look.widgets.pressable import Pressable
from watchword.desktop.look.widgets.row_view import typed_text

_MOST_IN_A_ROW = 5
_ROOM = 352  # for a row in the narrowest window
_STEPS = {
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
}


class NumberButton(Pressable):
    """One of the numbers."""

    def __init__(self, number: str, name: str, parent: QWidget) -> None:
        super().__init__(number.replace("&", "&&"), parent)
        self.number = number
        self.setAccessibleName(name)
        self.setFont(text_font(26 if len(number) <= 4 else 16, 650, digits=True))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def wide(self) -> int:
        """The width its text asks for."""
        return QFontMetrics(self.font()).horizontalAdvance(self.number) + 28 + 2 * RING

    def sizeHint(self) -> QSize:
        return QSize(max(64, self.wide), round(64 * min(text_scale(), 1.5)) + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return QSize(48, self.sizeHint().height())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # The arrow keys come here by no tab, and the ring is what says where one is.
        self.ring_shown = event.reason() != Qt.FocusReason.MouseFocusReason
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _STEPS:
            event.ignore()  # Qt's buttons would go their own way
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colours, body = painter_on(self), colours_of(self), body_of(self)
        if not self.isEnabled():
            painter.setOpacity(0.45)
        fill, border = colours.surface, colours.border
        if self.lit:
            fill = blend(colours.accent, fill, 0.18 if self.isDown() else 0.1)
            border = blend(colours.accent, border, 0.6)
        draw_body(painter, body, CORNER, fill, border, 1.5)
        if self.ring_shown:
            draw_focus(painter, body, CORNER, colours)
        painter.setFont(self.font())
        painter.setPen(colours.text)
        shown = QFontMetrics(self.font()).elidedText(
            self.number, Qt.TextElideMode.ElideMiddle, int(body.width()) - 12
        )
        painter.drawText(QRectF(body), Qt.AlignmentFlag.AlignCenter, shown)
        self.setToolTip("" if shown == self.number else self.number)


class NumberChoice(QWidget):
    """The numbers in rows of the same length."""

    chosen = Signal(str)

    def __init__(self, numbers: tuple[str, ...], name: str, parent: QWidget | None = None) -> None:
        """`name` says what is to be chosen, to a screen reader."""
        super().__init__(parent)
        self._typed = ""
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.buttons = [NumberButton(number, number, self) for number in numbers]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(10 - 2 * RING)
        across = self._across()
        for place, button in enumerate(self.buttons):
            button.clicked.connect(self._pressed)
            grid.addWidget(button, place // across, place % across)

    def _across(self) -> int:
        """Return how many stand in a row: as many as have room, in rows that are alike."""
        widest = max((button.sizeHint().width() for button in self.buttons), default=1)
        most = max(1, min(_MOST_IN_A_ROW, _ROOM // widest))
        rows = -(-len(self.buttons) // most)
        return -(-len(self.buttons) // max(1, rows))

    def mark(self, number: str) -> None:
        """Put the ring on that number."""
        for button in self.buttons:
            if button.number == number:
                button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _pressed(self) -> None:
        button = self.sender()
        if isinstance(button, NumberButton):
            self.chosen.emit(button.number)

    def _marked(self) -> int | None:
        return next((n for n, each in enumerate(self.buttons) if each.hasFocus()), None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # The buttons hand on what they do not know themselves, so everything arrives here.
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None and self.buttons:
            at = self._marked()
            first = 0 if step > 0 else len(self.buttons) - 1
            place = first if at is None else (at + step) % len(self.buttons)
            self.mark(self.buttons[place].number)
            self._typed = ""
        elif text := typed_text(event):
            self._type(text)
        else:
            super().keyPressEvent(event)

    def _type(self, text: str) -> None:
        """Go on to the number that is typed; what begins none of them begins anew."""
        for typed in (self._typed + text, text):
            fitting = [
                each.number
                for each in self.buttons
                if each.number.casefold().startswith(typed.casefold())
            ]
            whole = [each for each in fitting if each.casefold() == typed.casefold()]
            if fitting:
                self._typed = typed
                if whole or len(fitting) == 1:
                    self.mark((whole or fitting)[0])
                else:
                    self.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        self._typed = ""
