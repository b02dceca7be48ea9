"""A filter that opens a menu: it says what is chosen, and is lit when that leaves something out."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from watchword.desktop.look.design import edge
from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import RING, blend, colours_of, text_font
from watchword.desktop.look.widgets.menu import Menu
from watchword.desktop.look.widgets.painting import body_of, draw_body, draw_focus, painter_on
from watchword.desktop.look.widgets.pressable import Pressable

_WIDEST = 170


class FilterChip(Pressable):
    """One of several choices, or all."""

    chosen = Signal(str)  # the value of a choice; empty for all

    def __init__(self, name: str, all_text: str, parent: QWidget | None = None) -> None:
        """`name` is what a screen reader calls it, `all_text` what it says when all are shown."""
        super().__init__(all_text, parent)
        self._name = name
        self._all = all_text
        self._choices: list[tuple[str, str]] = []
        self.value = ""
        self.setFont(text_font(12.5, 500))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._open)
        self._say()

    def offer(self, choices: Sequence[tuple[str, str]]) -> None:
        """Let these be chosen: values and what they are called."""
        self._choices = list(choices)
        if self.value not in dict(self._choices):
            self.value = ""
        self._say()

    def choose(self, value: str) -> None:
        """Choose that value, where it is offered, else all."""
        self.value = value if value in dict(self._choices) else ""
        self._say()

    def _say(self) -> None:
        self.setText(dict(self._choices).get(self.value, self._all))
        self.setAccessibleName(f"{self._name}: {self.text()}")
        self.updateGeometry()
        self.update()

    def menu_of(self) -> QMenu:
        """Return the menu of what can be chosen."""
        menu = Menu(self)
        for value, text in [("", self._all), *self._choices]:
            # A service may call itself "A&B"; only a doubled one is shown as it is.
            action = menu.addAction(text.replace("&", "&&"))
            action.setData(value)
            action.setCheckable(True)
            action.setChecked(value == self.value)
        menu.triggered.connect(self._picked)
        return menu

    def _open(self) -> None:
        self.menu_of().popup(self.mapToGlobal(QPoint(RING, self.height())))

    def _picked(self, action: QAction) -> None:
        self.choose(str(action.data()))
        self.chosen.emit(self.value)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        width = min(metrics.horizontalAdvance(self.text()), _WIDEST - 42) + 42
        return QSize(width + 2 * RING, metrics.height() + 9 + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        body = body_of(self)
        on = bool(self.value)
        ground = colours.accent_weak if on else colours.sunken
        if self.lit:
            ground = blend(colours.text, ground, 0.06)
        ink = colours.accent if on else colours.quiet
        draw_body(painter, body, body.height() / 2, ground, edge(ink, colours))
        if self.ring_shown:
            draw_focus(painter, body, body.height() / 2, colours)
        painter.setPen(ink)
        painter.setFont(self.font())
        room = int(body.width()) - 40
        text = QFontMetrics(self.font()).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room + 2
        )
        place = QRectF(body.left() + 12, body.top(), room + 4, body.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
        draw_icon(painter, "down", QRectF(body.right() - 25, body.center().y() - 7, 14, 14), ink)
