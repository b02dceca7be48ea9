"""A strip along the window's foot that says what to do next, in a few steps."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QSizePolicy, QVBoxLayout, QWidget

from watchword.desktop.look.step import Step
from watchword.desktop.look.theme import MARGIN, RING, TWO_PANES_FROM, colours_of, text_scale
from watchword.desktop.look.widgets.buttons import Button, IconButton, Kind
from watchword.desktop.look.widgets.copy_chip import CopyChip
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.painting import draw_body, painter_on
from watchword.desktop.look.widgets.scrolling import ScrollArea
from watchword.desktop.look.widgets.sizes import grow_with_texts

_BAR_WIDTH, _BAR_HEIGHT, _BAR_GAP = 22, 4, 4
_MOST_OF_WINDOW = 0.6


class _Bars(QWidget):
    """How far it is: a short bar for each step."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._number = self._count = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_place(self, number: int, count: int) -> None:
        self._number, self._count = number, count
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(3 * _BAR_WIDTH + 2 * _BAR_GAP, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colours = painter_on(self), colours_of(self)
        for bar in range(self._count):
            left = bar * (_BAR_WIDTH + _BAR_GAP)
            place = QRectF(left, (self.height() - _BAR_HEIGHT) / 2, _BAR_WIDTH, _BAR_HEIGHT)
            reached = bar < self._number
            draw_body(painter, place, 2, colours.accent if reached else colours.sunken)


class CoachStrip(QWidget):
    """Shows one step; what is pressed is told by name."""

    acted = Signal(str)
    copy_asked = Signal(str)
    close_asked = Signal()

    def __init__(self, close: str, parent: QWidget | None = None) -> None:
        """`close` is what the cross does."""
        super().__init__(parent)
        self.setObjectName("coach")
        self._shown: Step | None = None
        self._bars = _Bars(self)
        self._place = Label("", self, size=12.5, weight=600, ink=Ink.QUIET, lines=1)
        self.close_button = IconButton("close", close, self)
        self.close_button.clicked.connect(self.close_asked)
        self.title = Label("", self, size=15, weight=600, inset=RING)
        self.text = Label("", self, size=13, ink=Ink.QUIET, inset=RING)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(0)
        self._actions = QHBoxLayout()
        self._actions.setSpacing(8 - 2 * RING)
        self.chips: list[CopyChip] = []
        self._rows: list[tuple[QBoxLayout, list[CopyChip]]] = []
        self.buttons: dict[str, Button] = {}
        self._build()

    def _build(self) -> None:
        self._where = QWidget(self)
        where = QHBoxLayout(self._where)
        where.setContentsMargins(RING, 0, RING, 0)
        where.setSpacing(10)
        where.addWidget(self._bars)
        where.addWidget(self._place, 1)
        self._words = QVBoxLayout()
        self._words.setSpacing(3)
        self._words.addWidget(self._where)
        self._words.addSpacing(2)
        self._words.addWidget(self.title)
        self._words.addWidget(self.text)
        self._words.addStretch(1)
        self._doing = QVBoxLayout()
        self._doing.setSpacing(4)
        self._doing.addLayout(self._facts)
        self._doing.addLayout(self._actions)
        self._doing.addStretch(1)
        self._content = QWidget()
        self._across = QBoxLayout(QBoxLayout.Direction.TopToBottom, self._content)
        self._across.setContentsMargins(MARGIN - RING, 14, MARGIN - RING, 14 - RING)
        self._across.addLayout(self._words, 1)
        self._across.addLayout(self._doing)
        # Not in a layout of the strip's own, which would be asked for the height in its place.
        self._area = ScrollArea(self._content, self)
        self.close_button.raise_()
        grow_with_texts(self)
        self._arrange()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        """Return what its texts need; where those are enlarged, it scrolls: the page has its part."""
        needed = self._across.totalHeightForWidth(width) + 1
        return min(needed, int(self.window().height() * _MOST_OF_WINDOW))

    def sizeHint(self) -> QSize:
        return QSize(340, self.heightForWidth(max(self.width(), 340)))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.heightForWidth(max(self.width(), 160)))

    @property
    def shown(self) -> Step | None:
        """What it says now."""
        return self._shown

    def show_step(self, step: Step) -> None:
        """Show a step; the same again costs nothing, and loses no focus."""
        if step == self._shown:
            return
        self._shown = step
        self._bars.show_place(step.number, step.count)
        self._where.setVisible(bool(step.place))
        self._place.show_text(step.place)
        self.title.show_text(step.title)
        self.text.show_text(step.text)
        had_keyboard = any(one.hasFocus() for one in (*self.buttons.values(), *self.chips))
        self._show_facts(step.facts)
        self._show_actions(step.actions)
        self._arrange()
        if had_keyboard:
            # What was pressed may be gone: whoever works by keyboard goes on from here.
            first = next(iter(self.buttons.values()), self.close_button)
            first.setFocus(Qt.FocusReason.TabFocusReason)
        self.updateGeometry()
        told = f"{step.place} {step.title}. {step.text}".strip()
        self.setAccessibleName(told)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, told))

    def _show_facts(self, facts: Sequence[Sequence[tuple[str, str]]]) -> None:
        while (item := self._facts.takeAt(0)) is not None:
            if (row := item.layout()) is not None:
                _empty(row)
        self.chips = []
        self._rows = []
        for values in facts:
            across = QHBoxLayout()
            chips = []
            across.setSpacing(8 - 2 * RING)
            self._facts.addLayout(across)
            for name, value in values:
                chip = CopyChip(name, value, self)
                chip.copy_asked.connect(self.copy_asked)
                across.addWidget(chip)
                chips.append(chip)
            across.addStretch(1)
            self._rows.append((across, chips))
            self.chips += chips

    def _show_actions(self, actions: Sequence[tuple[str, str]]) -> None:
        _empty(self._actions)
        self.buttons = {}
        for number, (name, text) in enumerate(actions):
            kind = Kind.PRIMARY if number == 0 else Kind.GHOST
            button = Button(text, kind, self, small=True)
            button.setProperty("action", name)
            button.clicked.connect(self._act)
            button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            self._actions.addWidget(button)
            self.buttons[name] = button

    def _act(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            self.acted.emit(str(button.property("action")))

    def _arrange(self) -> None:
        """Stand words and buttons side by side where there is room; the cross stays in its corner."""
        wide = self.width() >= TWO_PANES_FROM * text_scale()
        ways = QBoxLayout.Direction
        self._across.setDirection(ways.LeftToRight if wide else ways.TopToBottom)
        self._across.setSpacing(24 if wide else 8)
        cross = self.close_button.sizeHint()
        beside = cross.width() - RING
        self._words.setContentsMargins(0, 0, 0 if wide else beside, 0)
        self._doing.setContentsMargins(0, 0, beside if wide else 0, 0)
        self._area.setGeometry(0, 1, self.width(), max(0, self.height() - 1))
        room = self.width() - 2 * (MARGIN - RING)
        for row, chips in self._rows:
            fits = wide or sum(chip.sizeHint().width() for chip in chips) <= room
            row.setDirection(ways.LeftToRight if fits else ways.TopToBottom)
        self.close_button.setGeometry(
            self.width() - cross.width() - 8, 6, cross.width(), cross.height()
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()  # arranged in another way, it needs another height

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colours = painter_on(self), colours_of(self)
        painter.fillRect(self.rect(), colours.surface)
        painter.fillRect(QRectF(0, 0, self.width(), 1), colours.border)


def _empty(row: QLayout) -> None:
    while (item := row.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
