"""One subject of the settings: its title, and its cards below it."""

from collections.abc import Callable

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watchword.desktop.look.theme import RING
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.setting_card import SettingCard


class SettingSection(QWidget):
    """What a page of settings is made of."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 8)
        self._column.addWidget(
            Label(title, self, size=12.5, weight=600, ink=Ink.QUIET, inset=RING)
        )
        self.card = SettingCard(self)
        self.card.setAccessibleName(title)
        self._column.addWidget(self.card)

    def keep_in_step(self, changed: SignalInstance, show: Callable[[], None]) -> None:
        """Show what holds, now and at each change, for as long as the section lives."""
        show()
        # A bound method of a widget is let go with the widget; a function by itself is not.
        self._show = show
        changed.connect(self._show_again)

    def _show_again(self) -> None:
        self._show()
