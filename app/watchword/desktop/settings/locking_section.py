"""When the vault is locked by itself."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.texts import plural
from watchword.desktop.look.widgets.setting_section import SettingSection
from watchword.settings import Locking

MINUTES = (1, 5, 15, 30, 60, 0)


class LockingSection(SettingSection):
    """Shows what holds, and tells what is chosen."""

    minutes_chosen = Signal(int)  # 0: never
    screen_switched = Signal(bool)
    suspend_switched = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Locking"), parent)
        self._row = row = self.card.add_choice("lock", self.tr("Lock after"))
        self.show_idle_known(False)
        self.idle = row.choice
        self.idle.chosen.connect(self._choose)
        screen = self.card.add_switch("computer", self.tr("Lock with the screen"))
        screen.show_detail(
            self.tr("When the screen is locked, or another person uses this computer.")
        )
        self.with_screen = screen.switch
        self.with_screen.clicked.connect(self._switch_screen)
        suspend = self.card.add_switch("moon", self.tr("Lock before sleep"))
        suspend.show_detail(
            self.tr("What is not saved is saved first, and the keys are forgotten.")
        )
        self.on_suspend = suspend.switch
        self.on_suspend.clicked.connect(self._switch_suspend)

    def show_idle_known(self, known: bool) -> None:
        """Say whether the whole computer counts, or this window alone."""
        self._row.show_detail(
            self.tr("After so long without a key or the mouse on this computer.")
            if known
            else self.tr("After so long without a key or the mouse in this window.")
        )

    def show_locking(self, locking: Locking) -> None:
        """Show what holds."""
        minutes = locking.idle_minutes
        offered = MINUTES if minutes in MINUTES else (minutes, *MINUTES)
        self.idle.offer([(str(each), self._words(each)) for each in offered], str(minutes))
        self.with_screen.setChecked(locking.with_screen)
        self.on_suspend.setChecked(locking.on_suspend)

    def _choose(self, value: str) -> None:
        self.minutes_chosen.emit(int(value))

    def _switch_screen(self) -> None:
        self.screen_switched.emit(not self.with_screen.isChecked())

    def _switch_suspend(self) -> None:
        self.suspend_switched.emit(not self.on_suspend.isChecked())

    def _words(self, minutes: int) -> str:
        if minutes == 0:
            return self.tr("Never")
        return plural("1 minute", "{n} minutes", minutes)
