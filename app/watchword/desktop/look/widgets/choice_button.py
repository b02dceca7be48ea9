"""A word with an arrow that opens a menu of choices: one of them always holds."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from watchword.desktop.look.design import edge
from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import RING, blend, colours_of, text_font, text_scale
from watchword.desktop.look.widgets.menu import Menu
from watchword.desktop.look.widgets.painting import body_of, draw_body, draw_focus, painter_on
from watchword.desktop.look.widgets.pressable import Pressable

_CORNER = 8
_BESIDE_TEXT = 10 + 6 + 14 + 8
_WIDEST = 180


class ChoiceButton(Pressable):
    """Says what holds now; pressed, it offers the others."""

    chosen = Signal(str)  # the value of another choice

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """`name` is what a screen reader calls it."""
        super().__init__("", parent)
        self._name = name
        self._choices: dict[str, str] = {}
        self.value = ""
        self.setFont(text_font(13.5, 500))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._open)

    def offer(self, choices: Sequence[tuple[str, str]], value: str) -> None:
        """Let these be chosen, values and what they are called; `value` holds now."""
        self._choices = dict(choices)
        self.show_value(value)

    def show_value(self, value: str) -> None:
        """Show what holds now."""
        self.value = value
        self.setText(self._choices.get(value, value))
        self.setAccessibleName(f"{self._name}: {self.text()}")
        self.updateGeometry()
        self.update()

    def menu_of(self) -> QMenu:
        """Return the menu of what can be chosen."""
        menu = Menu(self)
        for value, text in self._choices.items():
            action = menu.addAction(text.replace("&", "&&"))
            action.setData(value)
            action.setCheckable(True)
            action.setChecked(value == self.value)
        menu.triggered.connect(self._picked)
        return menu

    def _open(self) -> None:
        self.menu_of().popup(self.mapToGlobal(QPoint(RING, self.height())))

    def _picked(self, action: QAction) -> None:
        value = str(action.data())
        if value != self.value:
            self.chosen.emit(value)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        widest = round(_WIDEST * text_scale())
        width = min(metrics.horizontalAdvance(self.text()) + 2, widest) + _BESIDE_TEXT
        return QSize(width + 2 * RING, metrics.height() + 13 + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        body = body_of(self)
        ground = blend(colours.text, colours.sunken, 0.06) if self.lit else colours.sunken
        ink = colours.text if self.isEnabled() else colours.faint
        draw_body(painter, body, _CORNER, ground, edge(ink, colours))
        if self.ring_shown:
            draw_focus(painter, body, _CORNER, colours)
        painter.setPen(ink)
        painter.setFont(self.font())
        room = int(body.width()) - _BESIDE_TEXT + 2
        text = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        place = QRectF(body.left() + 10, body.top(), room, body.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
        place = QRectF(body.right() - 22, body.center().y() - 7, 14, 14)
        draw_icon(painter, "down", place, colours.quiet)
