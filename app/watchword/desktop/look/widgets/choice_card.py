"""A large button for a way on: a picture, a title, and a line that says what to expect."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import CORNER, RING, blend, colours_of, text_font, text_scale
from watchword.desktop.look.widgets.painting import (
    body_of,
    draw_body,
    draw_focus,
    draw_glow,
    painter_on,
)
from watchword.desktop.look.widgets.pressable import Pressable


class ChoiceCard(Pressable):
    """A card to press; `tall` stands the picture over the title, for several in a row."""

    def __init__(
        self,
        icon: str,
        title: str,
        subtitle: str = "",
        parent: QWidget | None = None,
        *,
        tall: bool = False,
    ) -> None:
        super().__init__(parent=parent)
        self._icon = icon
        self._title = title
        self._subtitle = subtitle
        self._tall = tall
        self.setAccessibleName(title)
        self.setAccessibleDescription(subtitle)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        scale = text_scale()
        if self._tall:
            return QSize(110, round(64 + 36 * scale) + 2 * RING)
        return QSize(280, round(26 + 41 * scale) + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return QSize(72 if self._tall else 160, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        body = body_of(self)
        lit = self.isEnabled() and self.underMouse()
        if not self.isEnabled():
            painter.setOpacity(0.45)
        if lit:
            draw_glow(painter, body, CORNER, colours)
        fill = blend(colours.text, colours.surface, 0.05) if self.isDown() else colours.surface
        border = blend(colours.accent, colours.border, 0.45) if lit else colours.border
        draw_body(painter, body, CORNER, fill, border)
        if self.ring_shown:
            draw_focus(painter, body, CORNER, colours)
        if self._tall:
            box = QRectF(body.center().x() - 20, body.top() + 14, 40, 40)
        else:
            box = QRectF(body.left() + 14, body.center().y() - 20, 40, 40)
        draw_body(painter, box, 10, colours.accent_weak)
        draw_icon(painter, self._icon, box.adjusted(10, 10, -10, -10), colours.accent)
        if self._tall:
            self._draw_below(painter, body, box)
        else:
            self._draw_beside(painter, body, box)

    def _draw_beside(self, painter: QPainter, body: QRectF, box: QRectF) -> None:
        colours = colours_of(self)
        title, rest = text_font(14, 600), text_font(12.5)
        over, under = QFontMetricsF(title), QFontMetricsF(rest)
        left = box.right() + 14
        width = body.right() - 14 - left
        height = over.height() + (under.height() + 2 if self._subtitle else 0)
        top = body.center().y() - height / 2
        elide = Qt.TextElideMode.ElideRight
        painter.setFont(title)
        painter.setPen(colours.text)
        painter.drawText(
            QRectF(left, top, width, over.height()), 0, over.elidedText(self._title, elide, width)
        )
        if self._subtitle:
            painter.setFont(rest)
            painter.setPen(colours.quiet)
            place = QRectF(left, top + over.height() + 2, width, under.height())
            painter.drawText(place, 0, under.elidedText(self._subtitle, elide, width))

    def _draw_below(self, painter: QPainter, body: QRectF, box: QRectF) -> None:
        title = text_font(13, 600)
        metrics = QFontMetricsF(title)
        width = body.width() - 8
        painter.setFont(title)
        painter.setPen(colours_of(self).text)
        painter.drawText(
            QRectF(body.left() + 4, box.bottom() + 8, width, metrics.height()),
            Qt.AlignmentFlag.AlignHCenter,
            metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, width),
        )
