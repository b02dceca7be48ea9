"""A card of facts: a picture, what is so, and a quieter line about it."""

from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import CORNER, RING, colours_of, text_scale
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.painting import body_of, draw_body, painter_on
from watchword.desktop.look.widgets.sizes import grow_with_texts


@dataclass(frozen=True, slots=True)
class Fact:
    """One row; `text` and `detail` have passed plain_text."""

    icon: str
    text: str
    detail: str = ""
    warning: bool = False


class _FactRow(QWidget):
    def __init__(self, fact: Fact, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon = fact.icon
        self._warning = fact.warning
        ink = Ink.WARN if fact.warning else Ink.TEXT
        # A few lines each: enough for what is honest, and a flood of text stays a flood of text.
        lines = ceil((3 if fact.warning else 2) * text_scale())
        self.text = Label(fact.text, self, weight=600, lines=lines, ink=ink)
        self.detail = Label(fact.detail, self, size=12.5, ink=Ink.QUIET, lines=2 * lines)
        self.detail.setVisible(bool(fact.detail))
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self.text)
        words.addWidget(self.detail)
        row = QHBoxLayout(self)
        row.setContentsMargins(14 + 20 + 12, 10, 14, 10)
        row.addLayout(words)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = colours_of(self)
        ink = colours.warn if self._warning else colours.faint
        draw_icon(painter_on(self), self._icon, QRectF(14, 11, 20, 20), ink)


class FactList(QWidget):
    """Rows in one bordered card, with hairlines between them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[_FactRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(RING, RING, RING, RING)
        self._column.setSpacing(0)
        grow_with_texts(self)

    def show_facts(self, facts: list[Fact]) -> None:
        """Show these rows instead of those before."""
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [_FactRow(fact, self) for fact in facts]
        for row in self._rows:
            self._column.addWidget(row)

    def show_running(self, number: int, detail: str, spoken: str) -> None:
        """Change the quiet line of one row, which counts seconds; `spoken` is read instead."""
        self._rows[number].detail.show_running(detail, spoken)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        draw_body(painter, body_of(self), CORNER, colours.surface, colours.border)
        for row in self._rows[1:]:
            painter.fillRect(
                QRectF(RING + 1, row.y(), self.width() - 2 * RING - 2, 1), colours.border
            )
