"""Which language the window speaks."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.languages import LANGUAGES, system_language
from watchword.desktop.look.widgets.setting_section import SettingSection


class LanguageSection(SettingSection):
    """Shows what holds, and tells what is chosen."""

    language_chosen = Signal(str)  # one of ours; empty: as the system's settings say

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Language"), parent)
        row = self.card.add_choice("globe", self.tr("Language of the window"))
        row.show_detail(self.tr("Dates and numbers follow it. It changes at once."))
        self.choice = row.choice
        self.choice.chosen.connect(self.language_chosen)
        self.setFocusProxy(self.choice)

    def show_language(self, wanted: str) -> None:
        """Show what holds; each language by its own name, so that whoever needs it finds it."""
        by_system = self.tr("As the system ({language})").format(
            language=LANGUAGES[system_language()]
        )
        self.choice.offer([("", by_system), *LANGUAGES.items()], wanted)
