"""A thin bar: how much of a work is done, or that it goes on."""

from PySide6.QtCore import QRectF, QSize, QTimer
from PySide6.QtGui import QHideEvent, QPainterPath, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from watchword.desktop.look.theme import colours_of, motion_ms
from watchword.desktop.look.widgets.painting import draw_body, painter_on

_STEPS = 1000


class ProgressBar(QProgressBar):
    """4 px high. Without a fraction it is busy: a part of it wanders, unless motion is off."""

    def __init__(self, name: str, parent: QWidget | None = None, *, busy: bool = False) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setTextVisible(False)
        self.setRange(0, 0 if busy else _STEPS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._phase = 0.0
        self._beat = QTimer(self)
        self._beat.setInterval(33)
        self._beat.timeout.connect(self._wander)

    def sizeHint(self) -> QSize:
        return QSize(120, 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, 4)

    def showEvent(self, event: QShowEvent) -> None:
        if self.maximum() == 0 and motion_ms():
            self._beat.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._beat.stop()
        super().hideEvent(event)

    def _wander(self) -> None:
        self._phase = (self._phase + 0.02) % 1.0
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        body = QRectF(self.rect())
        corner = body.height() / 2
        draw_body(painter, body, corner, colours.sunken)
        clip = QPainterPath()
        clip.addRoundedRect(body, corner, corner)
        painter.setClipPath(clip)
        filled = QRectF(body)
        if self.maximum() == 0:
            filled.setWidth(body.width() * 0.35)
            filled.moveLeft(body.width() * (self._phase * 1.35 - 0.35))
        else:
            filled.setWidth(body.width() * self.value() / _STEPS)
        draw_body(painter, filled, corner, colours.accent)
