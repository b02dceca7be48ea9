"""Strips across a page: a login request that waits, or what went wrong and what to do."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from watchword.desktop.look.design import edge, lit_words
from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.texts import rest_of, title_of
from watchword.desktop.look.theme import (
    CORNER,
    RING,
    Colours,
    colours_of,
    text_font,
    text_scale,
)
from watchword.desktop.look.widgets.buttons import LinkButton
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.painting import (
    body_of,
    draw_body,
    draw_focus,
    painter_on,
)
from watchword.desktop.look.widgets.pressable import Pressable
from watchword.desktop.look.widgets.sizes import grow_with_texts
from watchword.errors import WatchwordError

_TEXT_FROM = 14 + 20 + 12  # a banner's texts stand beside its icon
_WRAP = Qt.TextFlag.TextWordWrap.value
_INSET = RING + 8  # a notice's texts stand in line with the word below them, which keeps a margin


class Banner(Pressable):
    """A strip to press: what waits, a line about it, and the word that opens it."""

    def __init__(
        self, icon: str, action: str, parent: QWidget | None = None, *, kind: str = "accent"
    ) -> None:
        """`kind` is "accent" for what happens now, or "warn" for a standing reminder."""
        super().__init__(parent=parent)
        self._icon = icon
        self._kind = kind
        self._action = action
        self._title = ""
        self._subtitle = ""
        self._warning = False
        # What a server says stays one line; what we remind of is read whole.
        self._wraps = kind == "warn"
        down = QSizePolicy.Policy.Minimum if self._wraps else QSizePolicy.Policy.Fixed
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, down)
        policy.setHeightForWidth(self._wraps)
        self.setSizePolicy(policy)

    def show_texts(
        self, title: str, subtitle: str, *, warning: bool = False, spoken: str = ""
    ) -> None:
        """Say something else; `warning` draws it in the colour of danger.

        `spoken` is read in place of a subtitle that counts seconds.
        """
        if (title, subtitle, warning) == (self._title, self._subtitle, self._warning):
            return
        self._title, self._subtitle, self._warning = title, subtitle, warning
        if title != self.accessibleName():
            self.setAccessibleName(title)
        description = f"{spoken or subtitle} · {self._action}"
        if description != self.accessibleDescription():
            self.setAccessibleDescription(description)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, round(24 + 38 * text_scale()) + 2 * RING)

    def hasHeightForWidth(self) -> bool:
        return self._wraps

    def heightForWidth(self, width: int) -> int:
        room = width - 2 * RING
        if self._fits_beside(room):
            return self.sizeHint().height()
        title, rest = self._wrapped(room)
        action = QFontMetricsF(text_font(14, 600)).height()
        return int(24 + title + 1 + rest + 4 + action + 0.99) + 2 * RING

    def _fits_beside(self, room: float) -> bool:
        """Tell whether both lines stand whole beside the word that is pressed."""
        action = QFontMetricsF(text_font(14, 600)).horizontalAdvance(self._action)
        left = room - _TEXT_FROM - 12 - action - 14
        over, under = QFontMetricsF(text_font(14, 600)), QFontMetricsF(text_font(12.5))
        wide = max(over.horizontalAdvance(self._title), under.horizontalAdvance(self._subtitle))
        return not self._wraps or wide <= left

    def _wrapped(self, room: float) -> tuple[float, float]:
        """Return how high the two texts are over the whole width."""
        within = QRectF(0, 0, room - _TEXT_FROM - 14, 10_000)
        title = QFontMetricsF(text_font(14, 600)).boundingRect(within, _WRAP, self._title)
        rest = QFontMetricsF(text_font(12.5)).boundingRect(within, _WRAP, self._subtitle)
        return title.height(), rest.height()

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        body = body_of(self)
        kind = "deny" if self._warning else self._kind
        ground, strong = getattr(colours, f"{kind}_weak"), getattr(colours, kind)
        if self.underMouse() or self.isDown():
            ground, strong = lit_words(strong, ground, colours, down=self.isDown())
        draw_body(painter, body, CORNER, ground, edge(strong, colours))
        if self.ring_shown:
            draw_focus(painter, body, CORNER, colours)
        beside = self._fits_beside(body.width())
        top = body.center().y() - 10 if beside else body.top() + 12
        icon = QRectF(body.left() + 14, top, 20, 20)
        draw_icon(painter, "warning" if self._warning else self._icon, icon, strong)
        if not beside:
            self._draw_below(painter, body, colours, strong)
            return
        action_font = text_font(14, 600)
        action_width = QFontMetricsF(action_font).horizontalAdvance(self._action)
        painter.setFont(action_font)
        painter.setPen(strong)
        place = QRectF(
            body.right() - 14 - action_width, body.top(), action_width + 2, body.height()
        )
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self._action)
        left = icon.right() + 12
        width = place.left() - 12 - left
        title_font, rest_font = text_font(14, 600), text_font(12.5)
        over, under = QFontMetricsF(title_font), QFontMetricsF(rest_font)
        top = body.center().y() - (over.height() + under.height() + 1) / 2
        elide = Qt.TextElideMode.ElideRight
        painter.setFont(title_font)
        painter.setPen(colours.text)
        painter.drawText(
            QRectF(left, top, width, over.height()), 0, over.elidedText(self._title, elide, width)
        )
        painter.setFont(rest_font)
        painter.setPen(colours.quiet)
        painter.drawText(
            QRectF(left, top + over.height() + 1, width, under.height()),
            0,
            under.elidedText(self._subtitle, elide, width),
        )

    def _draw_below(
        self, painter: QPainter, body: QRectF, colours: Colours, strong: QColor
    ) -> None:
        """Draw the texts whole, and the word that is pressed below them."""
        title, rest = self._wrapped(body.width())
        left, width = body.left() + _TEXT_FROM, body.width() - _TEXT_FROM - 14
        top = body.top() + 12
        painter.setFont(text_font(14, 600))
        painter.setPen(colours.text)
        painter.drawText(QRectF(left, top, width, title), _WRAP, self._title)
        painter.setFont(text_font(12.5))
        painter.setPen(colours.quiet)
        painter.drawText(QRectF(left, top + title + 1, width, rest), _WRAP, self._subtitle)
        painter.setFont(text_font(14, 600))
        painter.setPen(strong)
        below = top + title + 1 + rest + 4
        painter.drawText(QRectF(left, below, width, body.bottom() - below), 0, self._action)


class Notice(QWidget):
    """What happened, why, and what to do, in a quiet coloured card; hidden until it has a text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = "deny"
        self.setObjectName("notice")
        self._title = Label(size=14, weight=600, inset=_INSET)
        self._rest = Label(size=13, ink=Ink.QUIET, inset=_INSET)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._rest)
        row = QHBoxLayout(self)
        row.setContentsMargins(RING + 46 - _INSET, RING + 12, RING + 14 - _INSET, RING + 12)
        self.action = LinkButton("", self)
        self.action.clicked.connect(self._act)
        self.action.hide()
        self._on_action: Callable[[], None] | None = None
        words.addWidget(self.action, 0, Qt.AlignmentFlag.AlignLeft)
        row.addLayout(words)
        grow_with_texts(self)
        self.hide()

    def show_error(self, error: WatchwordError, *, kind: str = "deny") -> None:
        """Show an error's three sentences."""
        self.show_texts(title_of(error), rest_of(error), kind=kind)

    def offer(self, text: str, on_action: Callable[[], None]) -> None:
        """Add a word to press; it stays until another text is shown."""
        self.action.set_text(text)
        self._on_action = on_action
        self.action.show()

    def _act(self) -> None:
        if self._on_action is not None:
            self._on_action()

    def show_texts(self, title: str, rest: str = "", *, kind: str = "deny") -> None:
        """Show a title and a text; `kind` is "deny", "warn", "approve" or "accent"."""
        self._kind = kind
        self._title.setText(title)
        self._rest.setText(rest)
        self._rest.setVisible(bool(rest))
        self.action.hide()
        self._on_action = None
        self.setAccessibleName(title)
        self.setAccessibleDescription(rest)
        self.show()
        self.update()

    def text(self) -> str:
        """Return all that is shown, in one line."""
        return f"{self._title.text()} {self._rest.text()}".strip() if not self.isHidden() else ""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        body = body_of(self)
        ground, ink = getattr(colours, f"{self._kind}_weak"), getattr(colours, self._kind)
        draw_body(painter, body, CORNER, ground, edge(ink, colours))
        icon = {"deny": "warning", "warn": "warning", "approve": "check"}.get(self._kind, "info")
        box = QRectF(body.left() + 14, body.top() + 12, 20, 20)
        draw_icon(painter, icon, box, ink)
