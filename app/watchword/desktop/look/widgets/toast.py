"""A short message at the window's foot that goes by itself."""

from PySide6.QtCore import Property, QEasingCurve, QEvent, QObject, QPropertyAnimation, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.theme import MARGIN, colours_of, motion_ms, text_font
from watchword.desktop.look.widgets.painting import draw_body, painter_on

SHOWN_SECONDS = 2.5


class Toast(QWidget):
    """Lies over its parent, takes no clicks, and is told to screen readers."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self._text = ""
        self._strength = 0.0
        self.setObjectName("toast")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._gone = QTimer(self)
        self._gone.setSingleShot(True)
        self._gone.setInterval(int(SHOWN_SECONDS * 1000))
        self._gone.timeout.connect(self._fade_out)
        self._fade = QPropertyAnimation(self, b"strength", self)
        self._fade.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._fade.finished.connect(self._faded)
        parent.installEventFilter(self)
        self.hide()

    def say(self, text: str) -> None:
        """Show `text` for a moment."""
        self._text = text
        self.setAccessibleName(text)
        self._place()
        self.show()
        self.raise_()
        self._move_to(1.0)
        self._gone.start()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def text(self) -> str:
        """Return what is being said; empty when nothing is."""
        return self._text if self.isVisible() else ""

    def _get_strength(self) -> float:
        return self._strength

    def _set_strength(self, strength: float) -> None:
        self._strength = strength
        self._place()
        self.update()

    strength = Property(float, _get_strength, _set_strength)

    def _move_to(self, strength: float) -> None:
        self._fade.stop()
        self._fade.setDuration(motion_ms(self))
        self._fade.setStartValue(self._strength)
        self._fade.setEndValue(strength)
        self._fade.start()

    def _fade_out(self) -> None:
        self._move_to(0.0)

    def _faded(self) -> None:
        if self._strength == 0:
            self.hide()

    def _place(self) -> None:
        parent = self._over
        metrics = QFontMetrics(text_font(13, 600))
        width = min(metrics.horizontalAdvance(self._text) + 28, parent.width() - 2 * MARGIN)
        height = metrics.height() + 20
        rise = round((1 - self._strength) * 8)
        self.setGeometry(MARGIN, parent.height() - height - 28 + rise, width, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        painter.setOpacity(self._strength)
        body = self.rect()
        draw_body(painter, body.toRectF(), 10, colours.text)
        font = text_font(13, 600)
        painter.setFont(font)
        painter.setPen(colours.ground)
        elided = QFontMetrics(font).elidedText(
            self._text, Qt.TextElideMode.ElideRight, body.width() - 24
        )
        painter.drawText(body, Qt.AlignmentFlag.AlignCenter, elided)
