"""A short message at the window's foot that goes by itself, perhaps with a word to take it back."""

from collections.abc import Callable

from PySide6.QtCore import Property, QEasingCurve, QEvent, QObject, QPropertyAnimation, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFontMetrics,
    QKeySequence,
    QPaintEvent,
    QShortcut,
)
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.design import opposite
from watchword.desktop.look.theme import MARGIN, colours_of, motion_ms, text_font
from watchword.desktop.look.widgets.painting import draw_body, draw_focus, painter_on
from watchword.desktop.look.widgets.pressable import Pressable

SHOWN_SECONDS = 2.5
UNDO_SECONDS = 10.0
_CORNER_BUTTON = 84  # px, from the corner of the window to beyond the button that adds


class _Action(Pressable):
    """A word on the toast's ground, which has the colours of the other theme."""

    strength = 1.0  # it comes and goes with the toast

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = opposite(colours_of(self))
        painter.setOpacity(self.strength)
        body = self.rect().toRectF().adjusted(4, 5, -4, -5)
        if self.lit:
            draw_body(painter, body, 7, colours.sunken)
        if self.ring_shown:
            draw_focus(painter, body, 7, colours)
        painter.setFont(text_font(13, 600))
        painter.setPen(colours.accent)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class Toast(QWidget):
    """Lies over a part of its parent, takes no clicks but on its word, and is told to screen readers."""

    def __init__(self, parent: QWidget, over: QWidget) -> None:
        """`over` is the part of its parent at whose foot it lies."""
        super().__init__(parent)
        self._over = over
        self._text = ""
        self._strength = 0.0
        self.setObjectName("toast")
        self._on_action: Callable[[], None] | None = None
        self._action = _Action("", self)
        self._action.clicked.connect(self._act)
        undo = QShortcut(QKeySequence.StandardKey.Undo, self)
        undo.activated.connect(self._act)
        self._gone = QTimer(self)
        self._gone.setSingleShot(True)
        self._gone.timeout.connect(self._fade_out)
        self._fade = QPropertyAnimation(self, b"strength", self)
        self._fade.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._fade.finished.connect(self._faded)
        over.installEventFilter(self)
        self.hide()

    def say(
        self, text: str, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None:
        """Show `text` for a moment; with `action`, a word that calls `on_action`, as Ctrl+Z does."""
        self._text = text
        self._on_action = on_action
        self._action.setText(action)
        self._action.setAccessibleName(action)
        self._action.setVisible(on_action is not None)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, on_action is None)
        self._gone.setInterval(int((UNDO_SECONDS if on_action else SHOWN_SECONDS) * 1000))
        self.setAccessibleName(text)
        self._place()
        self.show()
        self.raise_()
        self._move_to(1.0)
        self._gone.start()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def stay(self) -> None:
        """Let what is said stand still, all there, as in a picture."""
        self._gone.stop()
        self._fade.stop()
        self._set_strength(1.0)

    def text(self) -> str:
        """Return what is being said; empty when nothing is."""
        return self._text if self.isVisible() else ""

    @property
    def action(self) -> Pressable:
        """The word; only visible while there is one."""
        return self._action

    def take_back_offer(self) -> None:
        """Let the word do nothing any more, and go: what it would undo is out of reach."""
        if self._on_action is not None:
            self._on_action = None
            self._gone.stop()
            self.hide()

    def _act(self) -> None:
        on_action, self._on_action = self._on_action, None
        if on_action is not None and self.isVisible():
            self._gone.stop()
            self._fade_out()
            on_action()

    def _get_strength(self) -> float:
        return self._strength

    def _set_strength(self, strength: float) -> None:
        self._strength = self._action.strength = strength
        self._place()
        self.update()

    strength = Property(float, _get_strength, _set_strength)

    def _move_to(self, strength: float) -> None:
        self._fade.stop()
        self._fade.setDuration(motion_ms())
        self._fade.setStartValue(self._strength)
        self._fade.setEndValue(strength)
        self._fade.start()

    def _fade_out(self) -> None:
        self._move_to(0.0)

    def _faded(self) -> None:
        if self._strength == 0:
            self._on_action = None
            self.hide()

    def _place(self) -> None:
        over = self._over.geometry()
        metrics = QFontMetrics(text_font(13, 600))
        word = 0
        if not self._action.isHidden():
            word = metrics.horizontalAdvance(self._action.text()) + 28
        width = min(metrics.horizontalAdvance(self._text) + 28 + word, over.width() - 2 * MARGIN)
        height = metrics.height() + 20
        # What is too long to end before a button in the corner lies above it.
        foot = 28 if width <= over.width() - MARGIN - _CORNER_BUTTON else _CORNER_BUTTON
        rise = round((1 - self._strength) * 8)
        self.setGeometry(MARGIN, over.bottom() + 1 - height - foot + rise, width, height)
        self._action.setGeometry(width - word, 0, word, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = opposite(colours_of(self))
        painter.setOpacity(self._strength)
        body = self.rect()
        draw_body(painter, body.toRectF(), 10, colours.ground)
        font = text_font(13, 600)
        painter.setFont(font)
        painter.setPen(colours.text)
        if not self._action.isHidden():
            body.setRight(self._action.x() + 4)
        elided = QFontMetrics(font).elidedText(
            self._text, Qt.TextElideMode.ElideRight, body.width() - 24
        )
        painter.drawText(body, Qt.AlignmentFlag.AlignCenter, elided)
