"""A row that can be ticked: a mark, a name, a line about it, and what to know before ticking."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from watchword.desktop.look.brands import brand_for
from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import CORNER, RING, blend, colours_of, text_font, text_scale
from watchword.desktop.look.widgets.chip import Chip
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.monogram import draw_mark
from watchword.desktop.look.widgets.painting import body_of, draw_body, draw_focus, painter_on
from watchword.desktop.look.widgets.pressable import Pressable

_BOX = 20  # px, the side of the box with the tick
_MARK = 36
_TEXT_FROM = 14 + _BOX + 12 + _MARK + 12


class _Tick(Pressable):
    """The pressed part of the row; texts are drawn, so that no name widens the window."""

    def __init__(self, title: str, line: str, parent: QWidget) -> None:
        super().__init__(parent=parent)
        self._title = title
        self._line = line
        self._brand = brand_for(title)
        self.setCheckable(True)
        self.setAccessibleName(title)
        self.setAccessibleDescription(line)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(240, round(16 + 40 * text_scale()))

    def minimumSizeHint(self) -> QSize:
        return QSize(140, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        body = self.rect().toRectF()
        if not self.isEnabled():
            painter.setOpacity(0.5)
        box = QRectF(14, body.center().y() - _BOX / 2, _BOX, _BOX)
        if self.isChecked():
            draw_body(painter, box, 6, colours.accent)
            draw_icon(painter, "check", box.adjusted(3, 3, -3, -3), colours.on_accent)
        else:
            border = blend(colours.text, colours.outline, 0.4 if self.lit else 0.0)
            draw_body(painter, box, 6, colours.surface, border, 1.5)
        if self.ring_shown:
            draw_focus(painter, body.adjusted(3, 3, -3, -3), CORNER - 3, colours)
        mark = QRectF(box.right() + 12, body.center().y() - _MARK / 2, _MARK, _MARK)
        draw_mark(painter, mark, self._title, colours, brand=self._brand)
        title, rest = text_font(14, 600), text_font(12.5)
        over, under = QFontMetricsF(title), QFontMetricsF(rest)
        width = body.right() - 14 - _TEXT_FROM
        top = body.center().y() - (over.height() + under.height() + 1) / 2
        elide = Qt.TextElideMode.ElideRight
        painter.setFont(title)
        painter.setPen(colours.text)
        place = QRectF(_TEXT_FROM, top, width, over.height())
        painter.drawText(place, 0, over.elidedText(self._title, elide, width))
        painter.setFont(rest)
        painter.setPen(colours.quiet)
        place = QRectF(_TEXT_FROM, top + over.height() + 1, width, under.height())
        painter.drawText(place, 0, under.elidedText(self._line, elide, width))


class TickRow(QWidget):
    """One row; `tick` is pressed, `other` is a second choice that only some rows have."""

    def __init__(
        self,
        title: str,
        line: str,
        warnings: Sequence[str] = (),
        parent: QWidget | None = None,
        *,
        other: str = "",
    ) -> None:
        """All texts have passed plain_text; without `other` there is no second choice."""
        super().__init__(parent)
        self.tick = _Tick(title, line, self)
        if warnings:
            self.tick.setAccessibleDescription(" ".join((f"{line}.", *warnings)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tick)
        below = QVBoxLayout()
        below.setContentsMargins(_TEXT_FROM, 0, 14, 10 if warnings or other else 0)
        below.setSpacing(2)
        for warning in warnings:
            below.addWidget(Label(warning, self, size=12.5, ink=Ink.WARN, lines=3))
        self.other = Chip(other, self, checkable=True)
        self.other.setCursor(Qt.CursorShape.PointingHandCursor)
        self.other.setAccessibleName(f"{other}: {title}")
        self.other.setVisible(bool(other))
        self.tick.toggled.connect(self.other.setEnabled)
        self.other.setEnabled(False)
        if other:
            below.addWidget(self.other, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(below)


class TickCard(QWidget):
    """Rows in one bordered card, with hairlines between them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[TickRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(RING, RING, RING, RING)
        self._column.setSpacing(0)

    def show_rows(self, rows: Sequence[TickRow]) -> None:
        """Show these rows instead of those before."""
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = list(rows)
        for row in rows:
            self._column.addWidget(row)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        draw_body(painter, body_of(self), CORNER, colours.surface, colours.border)
        for row in self._rows[1:]:
            hairline = QRectF(RING + 1, row.y(), self.width() - 2 * RING - 2, 1)
            painter.fillRect(hairline, colours.border)
