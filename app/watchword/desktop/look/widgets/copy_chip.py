"""A short text that is there to be copied: what it is, what it says, and the sign for copying."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from watchword.desktop.look.design import edge
from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import RING, blend, colours_of, text_font
from watchword.desktop.look.widgets.painting import body_of, draw_body, draw_focus, painter_on
from watchword.desktop.look.widgets.pressable import Pressable

_CORNER = 8
_SIDE = 10
_GAP = 8
_SIGN = 14


class CopyChip(Pressable):
    """Pressed, it asks for its value to be copied."""

    copy_asked = Signal(str)

    def __init__(self, name: str, value: str, parent: QWidget | None = None) -> None:
        super().__init__(value, parent)
        self._name = name
        self.value = value
        self.setAccessibleName(self.tr("Copy {name}: {value}").format(name=name, value=value))
        self.setToolTip(self.tr("Copy"))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._ask)

    def _ask(self) -> None:
        self.copy_asked.emit(self.value)

    def sizeHint(self) -> QSize:
        name, value = QFontMetricsF(text_font(12.5)), QFontMetricsF(text_font(13, 600))
        width = name.horizontalAdvance(self._name) + value.horizontalAdvance(self.value)
        width += 2 * _SIDE + 2 * _GAP + _SIGN + 2
        return QSize(int(width) + 2 * RING, int(value.height()) + 13 + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        body = body_of(self)
        ground = blend(colours.text, colours.sunken, 0.06) if self.lit else colours.sunken
        draw_body(painter, body, _CORNER, ground, edge(colours.quiet, colours))
        if self.ring_shown:
            draw_focus(painter, body, _CORNER, colours)
        middle = Qt.AlignmentFlag.AlignVCenter
        inner = body.adjusted(_SIDE, 0, -_SIDE, 0)
        painter.setFont(text_font(12.5))
        painter.setPen(colours.quiet)
        painter.drawText(inner, middle, self._name)
        left = inner.left() + QFontMetricsF(painter.font()).horizontalAdvance(self._name) + _GAP
        sign = QRectF(inner.right() - _SIGN, body.center().y() - _SIGN / 2, _SIGN, _SIGN)
        draw_icon(painter, "copy", sign, colours.accent)
        font = text_font(13, 600)
        painter.setFont(font)
        painter.setPen(colours.text)
        room = QRectF(left, body.top(), sign.left() - _GAP - left + 2, body.height())
        elide = Qt.TextElideMode.ElideRight
        value = QFontMetricsF(font).elidedText(self.value, elide, room.width())
        painter.drawText(room, middle, value)
