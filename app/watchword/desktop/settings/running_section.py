"""How the app begins, and what closing its window means."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.setting_section import SettingSection
from watchword.settings import Running

_CHOICES = {"ask": None, "keep": True, "quit": False}


class RunningSection(SettingSection):
    """Shows what holds, and tells what is chosen."""

    closing_chosen = Signal(object)  # whether to keep running; None: ask
    starting_asked = Signal(bool)  # with the session, or not
    minimising_asked = Signal(bool)

    def __init__(self, parent: QWidget | None = None, *, can_start: bool) -> None:
        """`can_start`: this installation may be started with the session."""
        super().__init__(self.tr("Start and close"), parent)
        closing = self.card.add_choice("close", self.tr("When the window is closed"))
        closing.show_detail(
            self.tr("Running on, it tells of login requests. Quit, it asks no server any more.")
        )
        self.closing = closing.choice
        self.closing.chosen.connect(self._choose)
        self._starting_row = self.card.add_switch("computer", self.tr("Start at login"))
        self.starting = self._starting_row.switch
        self.starting.clicked.connect(self._start)
        row = self.card.add_switch("eye-off", self.tr("Start without the window"))
        row.show_detail(
            self.tr(
                "At login, only the icon in the system’s bar; minimised where there is no bar "
                "for it."
            )
        )
        self.minimising = row.switch
        self.minimising.clicked.connect(self._minimise)
        self._can_start = can_start

    def show_running(self, running: Running, *, starts: bool, trouble: str = "") -> None:
        """Show what holds; `trouble` is why what was asked for is not so."""
        value = next(name for name, keeps in _CHOICES.items() if keeps is running.keeps_running)
        words = {
            "ask": self.tr("Ask"),
            "keep": self.tr("Keep running"),
            "quit": self.tr("Quit"),
        }
        self.closing.offer(list(words.items()), value)
        detail = self.tr("It begins locked, and asks for the password when you want it.")
        if not self._can_start:
            detail = self.tr("Not in portable mode, and not from inside a sandbox.")
        self._starting_row.show_detail(trouble or detail)
        self.starting.setChecked(starts)
        self.starting.setEnabled(self._can_start)
        self.minimising.setChecked(running.starts_minimised)
        self.minimising.setEnabled(starts)

    def _choose(self, value: str) -> None:
        self.closing_chosen.emit(_CHOICES[value])

    def _start(self) -> None:
        self.starting_asked.emit(not self.starting.isChecked())

    def _minimise(self) -> None:
        self.minimising_asked.emit(not self.minimising.isChecked())
