"""A card of settings: what is so, a line about it, and what can be done with it."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from watchword.desktop.look.icons import draw_icon
from watchword.desktop.look.tab_order import bring_into_view
from watchword.desktop.look.theme import CORNER, RING, colours_of
from watchword.desktop.look.widgets.buttons import LinkButton
from watchword.desktop.look.widgets.choice_button import ChoiceButton
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.painting import body_of, draw_body, painter_on
from watchword.desktop.look.widgets.pressable import Pressable
from watchword.desktop.look.widgets.sizes import grow_with_texts
from watchword.desktop.look.widgets.switch import Switch

_TEXT_FROM = 14 + 20 + 12
_INSET = RING + 8  # a link's text begins so far from its edge, and the texts stand in line with it


class SettingRow(QWidget):
    """A picture, a title, a quiet text, and below it words to press."""

    def __init__(self, icon: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.icon = icon
        self.title = title
        self._detail = Label("", self, size=12.5, ink=Ink.QUIET, inset=_INSET)
        self._detail.hide()
        words = QVBoxLayout()
        words.setSpacing(1)
        self._title = Label(title, self, weight=600, inset=_INSET)
        words.addWidget(self._title)
        words.addWidget(self._detail)
        self._actions = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._actions.setContentsMargins(0, 0, 0, 0)
        self._actions.setSpacing(0)
        self._actions.addStretch(1)
        self._links: list[LinkButton] = []
        self._beside: QWidget | None = None  # what stands at the end of the row
        words.addLayout(self._actions)
        self._across = across = QHBoxLayout(self)
        across.setContentsMargins(_TEXT_FROM - _INSET, 12, 14 - RING, 12)
        across.setSpacing(0)
        across.addLayout(words, 1)

    def show_detail(self, text: str) -> None:
        """Say something else about it."""
        self._detail.show_text(text)
        self._detail.setVisible(bool(text))

    def focus(self) -> None:
        """Take the keyboard to the first of its controls, as somebody looks for this row."""
        for control in self.findChildren(Pressable):
            if control.isEnabled() and not control.isHidden():
                control.setFocus(Qt.FocusReason.TabFocusReason)
                bring_into_view(control)
                return

    def detail(self) -> str:
        """Return what is said about it."""
        return self._detail.text()

    def add_action(self, text: str, *, danger: bool = False) -> LinkButton:
        """Add a word to press."""
        button = LinkButton(text, self, danger=danger)
        # The link's own room below its text takes the place of the row's.
        self._across.setContentsMargins(_TEXT_FROM - _INSET, 12, 14 - RING, 4)
        # Narrower than its text at need, or it would make the whole card wider than the window.
        button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        left = Qt.AlignmentFlag.AlignLeft
        self._actions.insertWidget(self._actions.count() - 1, button, 0, left)
        self._links.append(button)
        return button

    def show_actions(self, *, shown: bool) -> None:
        """Show the words to press, or none of them."""
        for link in self._links:
            link.setVisible(shown)
        bottom = 4 if shown else 12
        self._across.setContentsMargins(_TEXT_FROM - _INSET, 12, 14 - RING, bottom)

    def _arrange(self) -> None:
        """Stand the words to press below each other where they have no room side by side."""
        margins = self._across.contentsMargins()
        taken = self._beside.sizeHint().width() if self._beside is not None else 0
        room = self.width() - margins.left() - margins.right() - taken
        needed = sum(link.sizeHint().width() for link in self._links if not link.isHidden())
        ways = QBoxLayout.Direction
        wanted = ways.LeftToRight if needed <= room else ways.TopToBottom
        if self._actions.direction() != wanted:
            self._actions.setDirection(wanted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        # Beside the first line of the title, whose lines stand in the middle of its place.
        title = self._title
        lines = min(title.height(), title.heightForWidth(title.width()))
        line = min(lines, title.fontMetrics().height())
        top = title.y() + (title.height() - lines) / 2 + line / 2 - 10
        draw_icon(painter_on(self), self.icon, QRectF(14, top, 20, 20), colours_of(self).faint)


class SwitchRow(SettingRow):
    """A row with a switch at its end."""

    def __init__(self, icon: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(icon, title, parent)
        self.switch = Switch(title, self)
        self._beside = self.switch
        self._across.addWidget(self.switch, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_detail(self, text: str) -> None:
        """Say something else about it, to a screen reader too."""
        super().show_detail(text)
        self.switch.setAccessibleDescription(text)


class ChoiceRow(SettingRow):
    """A row with a choice at its end."""

    def __init__(self, icon: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(icon, title, parent)
        self.choice = ChoiceButton(title, self)
        left = Qt.AlignmentFlag.AlignLeft
        self._beside = self.choice
        self._place = QHBoxLayout()
        self._place.addWidget(self.choice, 0, left | Qt.AlignmentFlag.AlignVCenter)
        self._across.addLayout(self._place)

    def _arrange(self) -> None:
        """Stand the choice below the words where it would leave them less room than it takes."""
        super()._arrange()
        ways = QBoxLayout.Direction
        fits = 2 * self.choice.sizeHint().width() <= self.width() - _TEXT_FROM
        wanted = ways.LeftToRight if fits else ways.TopToBottom
        if self._across.direction() != wanted:
            self._across.setDirection(wanted)
            # Below the words it stands in line with them.
            self._place.setContentsMargins(0 if fits else _INSET - RING, 0 if fits else 2, 0, 0)

    def show_detail(self, text: str) -> None:
        """Say something else about it, to a screen reader too."""
        super().show_detail(text)
        self.choice.setAccessibleDescription(text)


class SettingCard(QWidget):
    """Rows in one bordered card, with hairlines between them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[SettingRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(RING, RING, RING, RING)
        self._column.setSpacing(0)
        grow_with_texts(self)

    def add_row(self, icon: str, title: str) -> SettingRow:
        """Add a row below the others."""
        row = SettingRow(icon, title, self)
        self._add(row)
        return row

    def add_switch(self, icon: str, title: str) -> SwitchRow:
        """Add a row with a switch below the others."""
        row = SwitchRow(icon, title, self)
        self._add(row)
        return row

    def add_choice(self, icon: str, title: str) -> ChoiceRow:
        """Add a row with a choice below the others."""
        row = ChoiceRow(icon, title, self)
        self._add(row)
        return row

    def _add(self, row: SettingRow) -> None:
        self._rows.append(row)
        self._column.addWidget(row)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on(self)
        colours = colours_of(self)
        draw_body(painter, body_of(self), CORNER, colours.surface, colours.border)
        for row in self._rows[1:]:
            hairline = QRectF(RING + 1, row.y(), self.width() - 2 * RING - 2, 1)
            painter.fillRect(hairline, colours.border)
