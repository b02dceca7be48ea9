"""Holds a widget in a state that otherwise a mouse or a key brings about."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from watchword.desktop.look.theme import RING
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.pressable import Pressable

T = TypeVar("T", bound=QWidget)
STATES = ("as it is", "under the mouse", "pressed", "keyboard", "disabled")


def in_state(widget: T, state: str) -> T:
    """Return `widget` as it looks in one of STATES."""
    widget.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, state in {"under the mouse", "pressed"})
    widget.setEnabled(state != "disabled")
    if isinstance(widget, Pressable):
        widget.setDown(state == "pressed")
        widget.ring_shown = state == "keyboard"
    return widget


def under_each_other(*widgets: QWidget, spacing: int = 8) -> QWidget:
    """Return the widgets in one column."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(spacing)
    for widget in widgets:
        column.addWidget(widget)
    return whole


def in_all_states(makers: Iterable[tuple[str, Callable[[], QWidget]]]) -> QWidget:
    """Return a table: a row for each component, a column for each state."""
    whole = QWidget()
    grid = QGridLayout(whole)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(8 - RING)
    for across, state in enumerate(STATES, 1):
        grid.addWidget(Label(state, size=12, ink=Ink.FAINT, lines=1), 0, across)
    grid.setColumnMinimumWidth(0, 80)
    for down, (name, make) in enumerate(makers, 1):
        grid.addWidget(Label(name, size=12, ink=Ink.FAINT, lines=1), down, 0)
        for across, state in enumerate(STATES, 1):
            grid.addWidget(in_state(make(), state), down, across)
    return whole
