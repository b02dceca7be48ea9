"""A switch: on or off, moved only by whoever carries out what it stands for."""

from PySide6.QtCore import Property, QEasingCurve, QPropertyAnimation, QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from watchword.desktop.look.theme import RING, blend, colours_of, motion_ms
from watchword.desktop.look.widgets.painting import body_of, draw_body, draw_focus, painter_on
from watchword.desktop.look.widgets.pressable import Pressable

_WIDTH, _HEIGHT, _GAP = 40, 24, 3


class Switch(Pressable):
    """`clicked` asks for the other state; only `setChecked` shows it.

    So it never says "on" before the vault does: between lie a password, and a save that may fail.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._place = 0.0
        self._motion = QPropertyAnimation(self, b"place", self)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.toggled.connect(self._move)

    def nextCheckState(self) -> None:
        """Stay as it is."""

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH + 2 * RING, _HEIGHT + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _get_place(self) -> float:
        return self._place

    def _set_place(self, place: float) -> None:
        self._place = place
        self.update()

    place = Property(float, _get_place, _set_place)

    def _move(self, on: bool) -> None:
        self._motion.stop()
        if not self.isVisible():
            self._set_place(float(on))
            return
        self._motion.setDuration(motion_ms())
        self._motion.setStartValue(self._place)
        self._motion.setEndValue(float(on))
        self._motion.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        body = body_of(self)
        if not self.isEnabled():
            painter.setOpacity(0.45)
        # Off has the ink of quiet text: the track alone must be seen against the card.
        fill = blend(colours.accent, blend(colours.faint, colours.surface, 0.75), self._place)
        if self.lit:
            fill = blend(colours.text, fill, 0.12)
        draw_body(painter, body, body.height() / 2, fill)
        if self.ring_shown:
            draw_focus(painter, body, body.height() / 2, colours)
        side = body.height() - 2 * _GAP
        left = body.left() + _GAP + self._place * (body.width() - 2 * _GAP - side)
        knob = blend(colours.on_accent, colours.surface, self._place)
        draw_body(painter, QRectF(left, body.top() + _GAP, side, side), side / 2, knob)
