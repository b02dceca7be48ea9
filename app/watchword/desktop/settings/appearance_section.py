"""How the window looks."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.setting_section import SettingSection
from watchword.settings import Appearance

SIZES = (100, 110, 125, 150, 175, 200)


class AppearanceSection(SettingSection):
    """Shows what holds, and tells what is chosen."""

    theme_chosen = Signal(str)  # "" as the system says, "light", "dark" or "contrast"
    text_chosen = Signal(int)  # percent
    compact_asked = Signal(bool)
    stillness_asked = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Appearance"), parent)
        row = self.card.add_choice("contrast", self.tr("Colours"))
        self.theme = row.choice
        self.theme.chosen.connect(self.theme_chosen)
        row = self.card.add_choice("text", self.tr("Size of text"))
        row.show_detail(self.tr("On top of the size that your system asks for."))
        self.text_size = row.choice
        self.text_size.chosen.connect(self._choose_size)
        rows = self.card.add_switch("rows", self.tr("Compact rows"))
        rows.show_detail(self.tr("More accounts at a time, with smaller codes."))
        self.compact = rows.switch
        self.compact.clicked.connect(self._switch_compact)
        still = self.card.add_switch("motion", self.tr("Less motion"))
        still.show_detail(self.tr("Nothing slides or fades, whatever your system says."))
        self.still = still.switch
        self.still.clicked.connect(self._switch_still)

    def show_appearance(self, appearance: Appearance) -> None:
        """Show what holds."""
        themes = [
            ("", self.tr("As the system")),
            ("light", self.tr("Light")),
            ("dark", self.tr("Dark")),
            ("contrast", self.tr("High contrast")),
        ]
        known = appearance.theme if appearance.theme in dict(themes) else ""
        self.theme.offer(themes, known)
        percent = appearance.text_percent
        offered = SIZES if percent in SIZES else (percent, *SIZES)
        sizes = [(str(each), self.tr("{n} %").format(n=each)) for each in offered]
        self.text_size.offer(sizes, str(percent))
        self.compact.setChecked(appearance.compact_rows)
        self.still.setChecked(appearance.less_motion)

    def _choose_size(self, value: str) -> None:
        self.text_chosen.emit(int(value))

    def _switch_compact(self) -> None:
        self.compact_asked.emit(not self.compact.isChecked())

    def _switch_still(self) -> None:
        self.stillness_asked.emit(not self.still.isChecked())
