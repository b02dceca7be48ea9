"""The match code's field: one text field, painted as a row of cells.

One field, not four, so that a paste, a screen reader, an input method and the accessibility
bus meet what they know. What is typed is brought to the form it will be sent in: blanks and
hyphens go, letters become capitals, and I, L and O become the digits they were mistaken for
(Crockford's base 32, which has no I, L, O or U).
"""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from watchword.desktop.look.theme import CORNER, RING, colours_of, text_font, text_scale
from watchword.desktop.look.widgets.menu import offer_editing
from watchword.desktop.look.widgets.painting import draw_body, draw_glow, painter_on

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DIGITS = "0123456789"
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0"})


def as_typed(text: str, alphabet: str, length: int) -> str:
    """Return what of `text` counts: capitals of `alphabet`, misread letters mended, cut to `length`."""
    mended = text.upper().translate(_MISREAD)
    return "".join(character for character in mended if character in alphabet)[:length]


class CodeCells(QLineEdit):
    """A field for `length` characters of `alphabet`."""

    completed = Signal(bool)  # whether all cells are filled, whenever that changes

    def __init__(
        self,
        length: int,
        name: str,
        parent: QWidget | None = None,
        *,
        alphabet: str = CROCKFORD,
    ) -> None:
        super().__init__(parent)
        self._length = length
        self._alphabet = alphabet
        self._complete = False
        self._wrong = False
        self.setFrame(False)
        self.setAccessibleName(name)
        self.setFont(text_font(28, 600, digits=True))
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhNoPredictiveText | Qt.InputMethodHint.ImhPreferUppercase
        )
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        # textChanged, not textEdited: a text set through the accessibility bus is mended too.
        self.textChanged.connect(self._mend)

    @property
    def complete(self) -> bool:
        """Whether every cell is filled."""
        return self._complete

    def show_wrong(self) -> None:
        """Empty the cells and frame them in red until something is typed."""
        self.clear()
        self._wrong = True
        self.update()

    def _mend(self, text: str) -> None:
        mended = as_typed(text, self._alphabet, self._length)
        if mended != text:
            self.setText(mended)
            return
        if text:
            self._wrong = False
        complete = len(text) == self._length
        if complete != self._complete:
            self._complete = complete
            self.completed.emit(complete)
        self.update()

    def _cell(self) -> tuple[float, float, float]:
        """Return a cell's width and height and the gap, smaller where six must fit."""
        # Large text makes larger cells, as long as all of them fit into the narrowest window.
        scale = min(text_scale(), 1.25)
        width = 58.0 if self._length <= 4 else 46.0
        return width * scale, 64.0 * scale, 10.0 if self._length <= 4 else 8.0

    def sizeHint(self) -> QSize:
        width, height, gap = self._cell()
        whole = self._length * width + (self._length - 1) * gap
        return QSize(round(whole) + 2 * RING, round(height) + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        offer_editing(self, event.pos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.end(False)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # The cursor always stands behind the last character: cells have no other place for it.
        if event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home}:
            event.accept()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        width, height, gap = self._cell()
        text = self.text()
        if not self.isEnabled():
            painter.setOpacity(0.6)
        next_cell = min(len(text), self._length - 1)
        selected = self.hasSelectedText()
        painter.setFont(self.font())
        for number in range(self._length):
            body = QRectF(RING + number * (width + gap), RING, width, height)
            here = self.hasFocus() and number == next_cell
            border = colours.accent if here else colours.outline
            if self._wrong:
                border = colours.deny
            if here:
                draw_glow(painter, body, CORNER, colours)
            fill = colours.accent_weak if selected and number < len(text) else colours.surface
            draw_body(painter, body, CORNER, fill, border, 1.5)
            if number < len(text):
                painter.setPen(colours.text)
                painter.drawText(body, Qt.AlignmentFlag.AlignCenter, text[number])
            elif here:
                caret = QRectF(body.center().x() - 1, body.center().y() - 13, 2, 26)
                draw_body(painter, caret, 1, colours.accent)
