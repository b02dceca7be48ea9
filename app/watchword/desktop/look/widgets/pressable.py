"""What every button of ours is: drawn by itself, lit under the mouse, ringed by the keyboard."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

_BY_KEYBOARD = {
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
}


class Pressable(QPushButton):
    """A button without Qt's drawing; Enter presses it while it has the keyboard, unless it may not."""

    enter_presses = True

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.ring_shown = False  # the mouse needs no ring to say where it is
        self.setAutoDefault(False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def lit(self) -> bool:
        """Whether the mouse is over it and pressing would do something."""
        return self.isEnabled() and (self.underMouse() or self.isDown())

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.ring_shown = event.reason() in _BY_KEYBOARD
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.ring_shown = False
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(event)
        elif self.enter_presses and not event.isAutoRepeat():
            self.click()
        else:
            event.ignore()
