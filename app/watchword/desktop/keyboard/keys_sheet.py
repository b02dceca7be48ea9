"""F1: all keys, by where they are heard, and a search through them."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watchword.desktop.look.theme import RING, colours_of, text_scale
from watchword.desktop.look.widgets.buttons import IconButton
from watchword.desktop.look.widgets.key_caps import KeyCaps, key_names
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.painting import painter_on
from watchword.desktop.look.widgets.scrolling import ScrollArea
from watchword.desktop.look.widgets.sheet import Sheet
from watchword.desktop.look.widgets.text_field import SearchField
from watchword.plain_text import fold

_TALLEST = 640
_SIDE = 18


@dataclass(frozen=True, slots=True)
class KeyLine:
    """What keys do, in words."""

    title: str
    shortcuts: tuple[str, ...]


class _Line(QWidget):
    def __init__(self, line: KeyLine, parent: QWidget) -> None:
        super().__init__(parent)
        names = " ".join(name for keys in line.shortcuts for name in key_names(keys))
        self.text = fold(f"{line.title} {names} {' '.join(line.shortcuts)}")
        row = QHBoxLayout(self)
        row.setContentsMargins(_SIDE, 6, _SIDE, 7)
        row.setSpacing(12)
        row.addWidget(Label(line.title, self, lines=3), 1)
        row.addWidget(KeyCaps(line.shortcuts, self), 0, Qt.AlignmentFlag.AlignVCenter)

    def paintEvent(self, event: QPaintEvent) -> None:
        line = QRectF(_SIDE, self.height() - 1, self.width() - 2 * _SIDE, 1)
        painter_on(self).fillRect(line, colours_of(self).border)


class _Lines(QWidget):
    """The keys of one place under its name."""

    def __init__(self, title: str, lines: Sequence[KeyLine], parent: QWidget) -> None:
        super().__init__(parent)
        self._title = fold(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 14)
        column.setSpacing(0)
        column.addWidget(
            Label(title, self, size=12.5, weight=600, ink=Ink.QUIET, inset=_SIDE, lines=1)
        )
        column.addSpacing(3)
        self._lines = [_Line(line, self) for line in lines]
        for line in self._lines:
            column.addWidget(line)

    def narrow(self, words: Sequence[str]) -> bool:
        """Show only what holds all words; tell whether anything is left."""
        for line in self._lines:
            line.setVisible(all(word in line.text or word in self._title for word in words))
        left = any(not line.isHidden() for line in self._lines)
        self.setVisible(left)
        return left


class KeysSheet(Sheet):
    """Groups of keys under a search field, which also scrolls them."""

    def __init__(
        self, groups: Sequence[tuple[str, Sequence[KeyLine]]], over: QWidget, beneath: QWidget
    ) -> None:
        super().__init__(
            self.tr("All keys"), over, beneath, tallest=round(_TALLEST * text_scale())
        )
        bar = QHBoxLayout()
        bar.setContentsMargins(_SIDE, 10, 12 - RING, 0)
        bar.addWidget(Label(self.tr("All keys"), self.card, size=16, weight=600, lines=1), 1)
        self.close_button = IconButton("close", self.tr("Close"), self.card)
        self.close_button.clicked.connect(self.close_sheet)
        bar.addWidget(self.close_button)
        self.column.addLayout(bar)
        top = QVBoxLayout()
        top.setContentsMargins(_SIDE - RING, 4, _SIDE - RING, 12 - RING)
        self.field = SearchField(self.tr("Find a key"), self.card, hint=self.tr("Find a key"))
        self.field.text_changed.connect(self._search)
        self.field.edit.installEventFilter(self)
        top.addWidget(self.field)
        self.column.addLayout(top)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(0)
        self._groups = [_Lines(title, lines, content) for title, lines in groups if lines]
        for group in self._groups:
            column.addWidget(group)
        self._nothing = Label(
            self.tr("No key does that by itself. Ctrl+K finds everything."),
            content,
            ink=Ink.QUIET,
            inset=_SIDE,
        )
        self._nothing.hide()
        column.addWidget(self._nothing)
        column.addStretch(1)
        self.area = ScrollArea(content, self.card)
        self.column.addWidget(self.area, 1)
        self.column.addSpacing(1)  # the card's own line at its foot

    def texts(self) -> list[str]:
        """Return what is shown of the list."""
        return [label.text() for label in self.area.findChildren(Label) if label.isVisible()]

    def _search(self, text: str) -> None:
        words = fold(text).split()
        left = [group.narrow(words) for group in self._groups]
        self._nothing.setVisible(not any(left))
        self.area.verticalScrollBar().setValue(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.field.edit
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
        ):
            bar = self.area.verticalScrollBar()
            step = {
                Qt.Key.Key_Down: 48,
                Qt.Key.Key_Up: -48,
                Qt.Key.Key_PageDown: bar.pageStep(),
                Qt.Key.Key_PageUp: -bar.pageStep(),
            }.get(Qt.Key(event.key()))
            if step is not None:
                bar.setValue(bar.value() + step)
                return True
        return super().eventFilter(watched, event)
