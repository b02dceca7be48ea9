"""What is told of login requests outside the window."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.setting_section import SettingSection
from watchword.settings import Telling


class TellingSection(SettingSection):
    """Shows what holds, and tells what is chosen."""

    notifying_asked = Signal(bool)
    naming_asked = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Notifications"), parent)
        row = self.card.add_switch("bell", self.tr("Tell of login requests"))
        row.show_detail(
            self.tr(
                "By a notification of your desktop. Pressing it shows the request; nothing is "
                "approved from there."
            )
        )
        self.notifying = row.switch
        self.notifying.clicked.connect(self._notify)
        row = self.card.add_switch("eye", self.tr("Say who asks"))
        row.show_detail(
            self.tr("Switched off, it only says that a login waits: for a screen that others see.")
        )
        self.naming = row.switch
        self.naming.clicked.connect(self._name)

    def show_telling(self, telling: Telling) -> None:
        """Show what holds."""
        self.notifying.setChecked(telling.notifies)
        self.naming.setChecked(telling.names_service)
        self.naming.setEnabled(telling.notifies)

    def _notify(self) -> None:
        self.notifying_asked.emit(not self.notifying.isChecked())

    def _name(self) -> None:
        self.naming_asked.emit(not self.naming.isChecked())
