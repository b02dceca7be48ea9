"""The window is left out of pictures of the screen, where the system can be asked for it."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from watchword.desktop.shell.preferences import Preferences
from watchword.system.captures import can_be_left_out, leave_out


class Captures(QObject):
    """Asks for what the settings say, at the start and at each change."""

    def __init__(
        self, window: QWidget, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._preferences = preferences
        preferences.changed.connect(self.ask)

    def ask(self) -> None:
        """Ask the system now."""
        if can_be_left_out():
            wanted = self._preferences.now.window.hidden_from_captures
            leave_out(int(self._window.winId()), wanted=wanted)
