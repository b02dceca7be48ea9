"""The button over the list that adds an account."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.design import SHADOW_BLUR, SHADOW_STRENGTH, lit_body
from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import colours_of
from watchword.desktop.look.widgets.painting import (
    draw_body,
    draw_focus,
    painter_on,
    shadow_picture,
)
from watchword.desktop.look.widgets.pressable import Pressable

_SIDE = 56
_CORNER = 16
ADD_REACH = _SIDE + SHADOW_BLUR  # from its far edge to the end of its body
_BODY = QRectF(SHADOW_BLUR, SHADOW_BLUR, _SIDE, _SIDE)


class AddButton(Pressable):
    """The round-cornered plus that floats over the list."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent=parent)
        self._looks: tuple[object, ...] = ()
        self._picture = QPixmap()
        self.setAccessibleName(self.tr("Add account"))
        self.setToolTip(self.tr("Add account (Ctrl+N)"))
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        return QSize(_SIDE + 2 * SHADOW_BLUR, _SIDE + 2 * SHADOW_BLUR)

    def covers(self, place: QRectF) -> bool:
        """Whether nothing is to be seen of that place of the button, because of its body."""
        body = QPainterPath()
        body.addRoundedRect(_BODY, _CORNER, _CORNER)
        return body.contains(place)

    def paintEvent(self, event: QPaintEvent) -> None:
        scale = self.devicePixelRatioF()
        if scale != int(scale):
            self._draw(painter_on(self))  # a picture would lie between the screen's pixels
            return
        # The ring of a row below it moves each second, and with it this is drawn anew.
        looks = (self.palette().cacheKey(), self.lit, self.isDown(), self.ring_shown, scale)
        if looks != self._looks:
            self._looks = looks
            self._picture = QPixmap(self.size() * int(scale))
            self._picture.setDevicePixelRatio(scale)
            self._picture.fill(Qt.GlobalColor.transparent)
            painter = painter_on(self._picture)
            self._draw(painter)
            painter.end()
        QPainter(self).drawPixmap(0, 0, self._picture)

    def _draw(self, painter: QPainter) -> None:
        colours = colours_of(self)
        shadow = shadow_picture(
            _SIDE,
            _CORNER,
            SHADOW_BLUR,
            colours.accent.rgb(),
            SHADOW_STRENGTH,
            self.devicePixelRatioF(),
        )
        painter.drawPixmap(0, 4, shadow)
        fill = colours.accent
        if self.lit:
            fill = lit_body(fill, colours, down=self.isDown())
        draw_body(painter, _BODY, _CORNER, fill)
        if self.ring_shown:
            draw_focus(painter, _BODY, _CORNER, colours)
        draw_icon(painter, "add", _BODY.adjusted(15, 15, -15, -15), colours.on_accent)
