"""A small rounded word: a filter that can be on, or a mark that says one thing."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from watchword.desktop.look.design import edge
from watchword.desktop.look.theme import RING, blend, colours_of, text_font
from watchword.desktop.look.widgets.painting import (
    body_of,
    draw_body,
    draw_focus,
    painter_on,
)
from watchword.desktop.look.widgets.pressable import Pressable


class Chip(Pressable):
    """A filter when `checkable`; otherwise a button or mark."""

    def __init__(
        self, text: str, parent: QWidget | None = None, *, checkable: bool = False
    ) -> None:
        super().__init__(text, parent)
        self.setCheckable(checkable)
        self.setAccessibleName(text)
        self.setFont(text_font(12.5, 500))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if not checkable:
            self.setCursor(Qt.CursorShape.ArrowCursor)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        width = min(metrics.horizontalAdvance(self.text()), 160) + 22
        return QSize(width + 2 * RING, metrics.height() + 9 + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        body = body_of(self)
        on = self.isChecked()
        ground = colours.accent_weak if on else colours.sunken
        if self.underMouse() and self.cursor().shape() == Qt.CursorShape.PointingHandCursor:
            ground = blend(colours.text, ground, 0.06)
        ink = colours.accent if on else colours.quiet
        draw_body(painter, body, body.height() / 2, ground, edge(ink, colours))
        if self.ring_shown:
            draw_focus(painter, body, body.height() / 2, colours)
        painter.setPen(ink)
        painter.setFont(self.font())
        text = QFontMetrics(self.font()).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, int(body.width()) - 18
        )
        painter.drawText(body, Qt.AlignmentFlag.AlignCenter, text)
