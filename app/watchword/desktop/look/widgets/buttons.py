"""Buttons: primary, ghost, approve, deny and link, all drawn alike and reachable by keyboard."""

from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from watchword.desktop.look.design import edge, lit_body, lit_words
from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.theme import (
    CONTROL_CORNER,
    CONTROL_HEIGHT,
    RING,
    Colours,
    blend,
    colours_of,
    text_font,
    text_scale,
)
from watchword.desktop.look.widgets.painting import (
    body_of,
    draw_body,
    draw_focus,
    painter_on,
)
from watchword.desktop.look.widgets.pressable import Pressable


class Kind(Enum):
    """What pressing means."""

    PRIMARY = "primary"
    GHOST = "ghost"
    APPROVE = "approve"
    DENY = "deny"
    LINK = "link"
    DENY_LINK = "deny link"


_STRONG = {Kind.PRIMARY, Kind.APPROVE}


class Button(Pressable):
    """A button with a text and perhaps an icon before it. Enter presses it only when focused."""

    def __init__(
        self,
        text: str,
        kind: Kind,
        parent: QWidget | None = None,
        *,
        icon: str = "",
        small: bool = False,
    ) -> None:
        """`icon` names a file of resources/icons; `small` is for rows of several buttons."""
        super().__init__(text, parent)
        self._kind = kind
        self._icon = icon
        self._link = kind in {Kind.LINK, Kind.DENY_LINK}
        self._small = small
        self.setAccessibleName(text.replace("&", ""))
        size = 14 if small or self._link else 15
        self.setFont(text_font(size, 600))
        across = QSizePolicy.Policy.Fixed if small or self._link else QSizePolicy.Policy.Preferred
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str) -> None:
        """Change what the button says, on the screen and to a screen reader."""
        if text == self.text():
            return
        self.setText(text)
        self.setAccessibleName(text.replace("&", ""))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        width = metrics.horizontalAdvance(self._shown_text()) + (28 if self._icon else 0)
        if self._link:
            return QSize(width + 16 + 2 * RING, max(32, metrics.height() + 12) + 2 * RING)
        height = max(40 if self._small else CONTROL_HEIGHT, metrics.height() + 18)
        return QSize(width + 36 + 2 * RING, height + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return QSize(48 + 2 * RING, self.sizeHint().height())

    def _shown_text(self) -> str:
        return self.text().replace("&&", "\0").replace("&", "").replace("\0", "&")

    def _colours(self, colours: Colours) -> tuple[QColor | None, QColor | None, QColor, QColor]:
        """Return fill, border, ink and icon colour."""
        clear = None
        return {
            Kind.PRIMARY: (colours.accent, clear, colours.on_accent, colours.on_accent),
            Kind.GHOST: (colours.surface, colours.border, colours.text, colours.accent),
            Kind.APPROVE: (colours.approve, clear, colours.on_approve, colours.on_approve),
            Kind.DENY: (colours.deny_weak, clear, colours.deny, colours.deny),
            Kind.LINK: (clear, clear, colours.accent, colours.accent),
            Kind.DENY_LINK: (clear, clear, colours.deny, colours.deny),
        }[self._kind]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        fill, border, ink, icon_ink = self._colours(colours)
        body = body_of(self)
        corner = 8 if self._link else (10 if self._small else CONTROL_CORNER)
        if not self.isEnabled():
            painter.setOpacity(0.45)
        lit = self.lit
        if lit and self._kind in _STRONG and fill is not None:
            fill = lit_body(fill, colours, down=self.isDown())
        elif lit:
            under = fill or colours.ground
            fill, ink = lit_words(ink, under, colours, down=self.isDown())
        if fill is not None:
            draw_body(painter, body, corner, fill, border or edge(ink, colours))
        if self.ring_shown:
            draw_focus(painter, body, corner, colours)
        self._draw_content(painter, body, ink, icon_ink)

    def _draw_content(
        self, painter: QPainter, body: QRectF, ink: QColor, icon_ink: QColor
    ) -> None:
        room = int(body.width()) - (40 if self._icon else 12)
        font = self._font_for(room)
        metrics = QFontMetrics(font)
        text = metrics.elidedText(self._shown_text(), Qt.TextElideMode.ElideRight, room)
        width = metrics.horizontalAdvance(text)
        left = body.center().x() - (width + (28 if self._icon else 0)) / 2
        if self._icon:
            draw_icon(painter, self._icon, QRectF(left, body.center().y() - 10, 20, 20), icon_ink)
            left += 28
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(
            QRectF(left, body.top(), width + 4, body.height()), Qt.AlignmentFlag.AlignVCenter, text
        )

    def _font_for(self, room: int) -> QFont:
        """Return the button's font, smaller where an enlarged text would be cut otherwise."""
        font = self.font()
        wide = QFontMetrics(font).horizontalAdvance(self._shown_text())
        if wide > room > 0:
            smaller = int(font.pixelSize() * room / wide)
            font.setPixelSize(max(smaller, int(font.pixelSize() / text_scale()), 1))
        return font


class PrimaryButton(Button):
    """What the page is for; one on a page."""

    def __init__(
        self, text: str, parent: QWidget | None = None, *, icon: str = "", small: bool = False
    ) -> None:
        super().__init__(text, Kind.PRIMARY, parent, icon=icon, small=small)


class GhostButton(Button):
    """Another way on."""

    def __init__(
        self, text: str, parent: QWidget | None = None, *, icon: str = "", small: bool = False
    ) -> None:
        super().__init__(text, Kind.GHOST, parent, icon=icon, small=small)


class ApproveButton(Button):
    """Says yes to a login request; green and nowhere else. Enter never presses it."""

    enter_presses = False

    def __init__(
        self, text: str, parent: QWidget | None = None, *, icon: str = "", small: bool = False
    ) -> None:
        super().__init__(text, Kind.APPROVE, parent, icon=icon, small=small)


class DangerButton(Button):
    """Says no, or takes something away."""

    def __init__(
        self, text: str, parent: QWidget | None = None, *, icon: str = "", small: bool = False
    ) -> None:
        super().__init__(text, Kind.DENY, parent, icon=icon, small=small)


class LinkButton(Button):
    """A quiet way out or aside, drawn as text."""

    def __init__(self, text: str, parent: QWidget | None = None, *, danger: bool = False) -> None:
        super().__init__(text, Kind.DENY_LINK if danger else Kind.LINK, parent)


class IconButton(Pressable):
    """A picture to press; its name is its tool tip and what a screen reader says."""

    def __init__(self, icon: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._icon = icon
        self._marked = False
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_as(self, icon: str, name: str) -> None:
        """Change picture and name, as for a toggle."""
        self._icon = icon
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.update()

    def mark(self, marked: bool) -> None:
        """Show a dot: something waits behind this button."""
        self._marked = marked
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(36 + 2 * RING, 36 + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        body = body_of(self)
        if not self.isEnabled():
            painter.setOpacity(0.45)
        elif self.isDown():
            draw_body(painter, body, 9, blend(colours.text, colours.ground, 0.14))
        elif self.underMouse():
            draw_body(painter, body, 9, blend(colours.text, colours.ground, 0.07))
        if self.ring_shown:
            draw_focus(painter, body, 9, colours)
        box = QRectF(body.center().x() - 10, body.center().y() - 10, 20, 20)
        draw_icon(painter, self._icon, box, colours.quiet)
        if self._marked:
            dot = QRectF(box.right() - 7, box.top() - 1, 8, 8)
            draw_body(painter, dot, 4, colours.accent)
