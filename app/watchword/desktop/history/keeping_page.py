"""How long answers are kept: each choice says what would go."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import CORNER, blend, colours_of, text_font, text_scale
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.painting import body_of, draw_body, draw_focus, painter_on
from watchword.desktop.look.widgets.pressable import Pressable
from watchword.errors import WatchwordError

_DOT = 20


@dataclass(frozen=True, slots=True)
class Span:
    """A choice, in words; `days` 0 means as long as there is room."""

    days: int
    title: str
    text: str
    removes: bool = False  # answers would go


class SpanRow(Pressable):
    """One choice of several; the one that is on has a filled dot."""

    def __init__(self, span: Span, parent: QWidget) -> None:
        super().__init__(parent=parent)
        self.span = span
        self.setCheckable(True)
        self.setAccessibleName(span.title)
        self.setAccessibleDescription(span.text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(240, round(30 + 38 * text_scale()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        body = body_of(self)
        if not self.isEnabled():
            painter.setOpacity(0.5)
        on = self.isChecked()
        fill = colours.accent_weak if on else colours.surface
        if self.lit and not on:
            fill = blend(colours.text, fill, 0.04)
        border = blend(colours.accent, colours.border, 0.5) if on else colours.border
        draw_body(painter, body, CORNER, fill, border)
        if self.ring_shown:
            draw_focus(painter, body, CORNER, colours)
        dot = QRectF(body.left() + 14, body.center().y() - _DOT / 2, _DOT, _DOT)
        if on:
            draw_body(painter, dot, _DOT / 2, colours.accent)
            draw_icon(painter, "check", dot.adjusted(3, 3, -3, -3), colours.on_accent)
        else:
            draw_body(painter, dot, _DOT / 2, colours.surface, colours.outline, 1.5)
        title, rest = text_font(14, 600), text_font(12.5)
        over, under = QFontMetricsF(title), QFontMetricsF(rest)
        left = dot.right() + 14
        width = body.right() - 14 - left
        top = body.center().y() - (over.height() + under.height() + 1) / 2
        elide = Qt.TextElideMode.ElideRight
        painter.setFont(title)
        painter.setPen(colours.text)
        painter.drawText(
            QRectF(left, top, width, over.height()),
            0,
            over.elidedText(self.span.title, elide, width),
        )
        painter.setFont(rest)
        painter.setPen(colours.warn if self.span.removes else colours.quiet)
        painter.drawText(
            QRectF(left, top + over.height() + 1, width, under.height()),
            0,
            under.elidedText(self.span.text, elide, width),
        )


class KeepingPage(ColumnPage):
    """Pressing a choice makes it so; the page shows it once it is saved."""

    chosen = Signal(int)  # days; 0: as long as there is room

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("History"), parent, back=True)
        self.add_heading(self.tr("How long are answers kept?"))
        self.add_text(
            self.tr(
                "They say where and when you log in. Days are counted back from your latest "
                "answer, so that a wrong clock deletes nothing; at most 10,000 are kept."
            ),
            ink=Ink.QUIET,
        )
        self.notice = Notice(self)
        self.column.addWidget(self.notice)
        self.rows: list[SpanRow] = []
        self.column.addSpacing(2)
        self.column.addStretch(1)

    def show_spans(self, spans: Sequence[Span], chosen: int) -> None:
        """Show the choices and which one is on."""
        had_focus = next((n for n, row in enumerate(self.rows) if row.hasFocus()), None)
        for row in self.rows:
            self.column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [SpanRow(span, self) for span in spans]
        for row in self.rows:
            row.setChecked(row.span.days == chosen)
            row.clicked.connect(self._pressed)
            self.column.insertWidget(self.column.count() - 1, row)
        if had_focus is not None:
            self.rows[had_focus].setFocus(Qt.FocusReason.TabFocusReason)

    def _pressed(self) -> None:
        pressed = self.sender()
        if not isinstance(pressed, SpanRow):
            return
        was_on = not pressed.isChecked()
        pressed.setChecked(was_on)
        if not was_on:
            self.notice.hide()
            for row in self.rows:
                row.setEnabled(False)
            self.chosen.emit(pressed.span.days)

    def show_error(self, error: WatchwordError) -> None:
        """Say why it stayed as it was."""
        for row in self.rows:
            row.setEnabled(True)
        self.notice.show_error(error)
