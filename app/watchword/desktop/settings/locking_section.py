"""When the vault is locked by itself."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.setting_section import SettingSection
from watchword.settings import Locking

MINUTES = (1, 5, 15, 30, 60, 0)


class LockingSection(SettingSection):
    """Shows what holds, and tells what is chosen."""

    minutes_chosen = Signal(int)  # 0: never

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Locking"), parent)
        row = self.card.add_choice("lock", self.tr("Lock after"))
        row.show_detail(self.tr("Without a key or a movement of the mouse for so long."))
        self.idle = row.choice
        self.idle.chosen.connect(self._choose)

    def show_locking(self, locking: Locking) -> None:
        """Show what holds."""
        minutes = locking.idle_minutes
        offered = MINUTES if minutes in MINUTES else (minutes, *MINUTES)
        self.idle.offer([(str(each), self._words(each)) for each in offered], str(minutes))

    def _choose(self, value: str) -> None:
        self.minutes_chosen.emit(int(value))

    def _words(self, minutes: int) -> str:
        if minutes == 0:
            return self.tr("Never")
        if minutes == 1:
            return self.tr("1 minute")
        return self.tr("{n} minutes").format(n=minutes)
