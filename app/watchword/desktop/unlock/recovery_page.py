"""The recovery key, shown once: written down, and two groups of it typed back."""

import secrets

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from watchword.desktop.look.theme import RING, text_scale
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import GhostButton, LinkButton, PrimaryButton
from watchword.desktop.look.widgets.card import Card
from watchword.desktop.look.widgets.code_cells import CROCKFORD, as_typed
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.text_field import TextField

_COLUMNS = 4


def groups_of(key: str) -> list[str]:
    """Return the groups a recovery key is written in."""
    return key.replace("-", " ").split()


class _KeyCard(Card):
    """The key's groups in rows, each with its number."""

    def __init__(self, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(key)
        grid = QGridLayout(self)
        grid.setContentsMargins(RING + 14, RING + 12, RING + 14, RING + 12)
        grid.setVerticalSpacing(8)
        # A group that is cut could not be written down: enlarged, fewer stand beside each other.
        columns = max(1, int(_COLUMNS / text_scale()))
        for number, group in enumerate(groups_of(key)):
            cell = QHBoxLayout()
            cell.setSpacing(6)
            position = Label(str(number + 1), self, size=11, ink=Ink.FAINT, digits=True, lines=1)
            position.setFixedWidth(round(14 * text_scale()))
            cell.addWidget(position)
            cell.addWidget(Label(group, self, size=16, weight=600, digits=True, lines=1), 1)
            grid.addLayout(cell, number // columns, number % columns)


class RecoveryPage(ColumnPage):
    """Shows `key`; `done` says whether it was typed back (True) or put off (False)."""

    done = Signal(bool)
    copy_asked = Signal(str)

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Recovery key"), parent)
        groups = groups_of(key)
        first = secrets.randbelow(len(groups) - 1)
        second = first + 1 + secrets.randbelow(len(groups) - 1 - first)
        self._wanted = {first: groups[first], second: groups[second]}
        column = self.column
        self.notice = Notice(self)
        column.addWidget(self.notice)
        self.add_heading(self.tr("Write this down"))
        self.add_text(
            self.tr(
                "If you forget your password, this key opens the vault. It is shown only now. "
                "Keep it on paper, away from this computer."
            ),
            ink=Ink.QUIET,
        )
        column.addSpacing(6)
        column.addWidget(_KeyCard(key, self))
        copy = GhostButton(self.tr("Copy the key"), self, icon="copy", small=True)
        copy.clicked.connect(lambda: self.copy_asked.emit(key))
        column.addWidget(copy, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(8)
        self.add_text(self.tr("To be sure, type two groups of it"), weight=600)
        row = QHBoxLayout()
        row.setSpacing(4)
        self.fields: dict[int, TextField] = {}
        for number in self._wanted:
            name = self.tr("Group {n}").format(n=number + 1)
            field = TextField(name, self, hint=name)
            field.text_changed.connect(self._compare)
            field.entered.connect(self._finish)
            self.fields[number] = field
            row.addWidget(field)
        column.addLayout(row)
        column.addStretch(1)
        self.button = PrimaryButton(self.tr("I wrote it down"), self)
        self.button.setEnabled(False)
        self.button.clicked.connect(self._finish)
        column.addWidget(self.button)
        self.later = LinkButton(self.tr("Later"), self)
        self.later.clicked.connect(lambda: self.done.emit(False))
        column.addWidget(self.later, 0, Qt.AlignmentFlag.AlignHCenter)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.fields[min(self.fields)].setFocus()

    def show_note(self, title: str, text: str) -> None:
        """Say what happened before."""
        self.notice.show_texts(title, text, kind="accent")

    def _right(self) -> bool:
        return all(
            as_typed(self.fields[number].text(), CROCKFORD, 64) == as_typed(group, CROCKFORD, 64)
            for number, group in self._wanted.items()
        )

    def _compare(self) -> None:
        self.button.setEnabled(self._right())
        for number, group in self._wanted.items():
            typed = as_typed(self.fields[number].text(), CROCKFORD, 64)
            wanted = as_typed(group, CROCKFORD, 64)
            self.fields[number].show_wrong(len(typed) >= len(wanted) and typed != wanted)

    def _finish(self) -> None:
        if self._right():
            self.done.emit(True)
