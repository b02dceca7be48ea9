"""A card that lies over the window and has the keyboard until it goes."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from watchword.desktop.look.tab_order import go_on
from watchword.desktop.look.theme import CORNER, colours_of
from watchword.desktop.look.widgets.painting import draw_body, painter_on
from watchword.desktop.look.widgets.pressable import Pressable

WIDEST = 560
_SIDE = 12  # the least that is left of the window at each side of the card
_SHADOW = 24


class _SheetCard(QWidget):
    """The card itself: presses on it do not reach what closes the sheet."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = colours_of(self)
        body = QRectF(self.rect())
        draw_body(painter_on(self), body, CORNER, colours.surface, colours.border)


class Sheet(QWidget):
    """`column` takes what the sheet shows; what lies beneath can do nothing meanwhile.

    A child of the window and no window of its own: it moves with it, is in its pictures, and no
    desktop puts it elsewhere. What lies beneath is disabled, because the shortcuts of a
    page (Alt+D denies a login) would work under the sheet otherwise.
    """

    closed = Signal()

    def __init__(self, name: str, over: QWidget, beneath: QWidget, *, tallest: int) -> None:
        """`beneath` is the part of `over` that waits; `tallest` is the card's in px."""
        super().__init__(over)
        self._over = over
        self._beneath = beneath
        self._before: QWidget | None = beneath.focusWidget()
        self._tallest = tallest
        self._open = False
        self.setAccessibleName(name)
        self.card = _SheetCard(self)
        self.column = QVBoxLayout(self.card)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.hide()

    def open(self, focus: QWidget) -> None:
        """Show it with the keyboard in `focus`, one of its controls."""
        self._open = True
        self._over.installEventFilter(self)
        self.setGeometry(self._over.rect())
        self._place_card()
        self.show()
        self.raise_()
        focus.setFocus(Qt.FocusReason.OtherFocusReason)
        self._beneath.setEnabled(False)

    def close_sheet(self) -> None:
        """Go, and give the keyboard back to whatever had it."""
        if not self._open:
            return
        self._open = False
        self._over.removeEventFilter(self)
        self._beneath.setEnabled(True)
        before = self._before
        if isinstance(before, QWidget) and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
            if isinstance(before, Pressable):
                before.ring_shown = True  # whoever comes back by key sees where the keyboard is
        self.hide()
        self.deleteLater()
        self.closed.emit()

    def _place_card(self) -> None:
        width = min(WIDEST, self.width() - 2 * _SIDE)
        above = _SIDE if self.width() < WIDEST + 2 * _SIDE else max(_SIDE, self.height() // 10)
        height = min(self._tallest, self.height() - 2 * above)
        self.card.setGeometry((self.width() - width) // 2, above, width, height)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays on the sheet: what lies beneath is out of reach for it as for the mouse."""
        return go_on([self.card], self.focusWidget(), forward=forward)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.close_sheet()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._over.rect())
            self._place_card()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        dark = colours_of(self).ground.lightness() < 128
        painter.fillRect(self.rect(), QColor(0, 0, 0, 140 if dark else 82))
        card = QRectF(self.card.geometry())
        shade = QColor("#000000")
        for step in range(_SHADOW):
            # Layers of equal faintness add up to a slope like a Gaussian's shoulder.
            shade.setAlphaF(0.4 * (step + 1) / (_SHADOW * _SHADOW))
            out = float(_SHADOW - step)
            draw_body(
                painter, card.adjusted(-out, -out + 6, out, out + 6), CORNER + out, QColor(shade)
            )
