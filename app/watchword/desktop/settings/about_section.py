"""What this program is, and where to look when something is wrong with it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from watchword import __version__
from watchword.desktop.look.widgets.setting_section import SettingSection


class AboutSection(SettingSection):
    """The version, and the ways to the pages about it."""

    about_asked = Signal()
    report_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("About"), parent)
        row = self.card.add_row("info", self.tr("Watchword {version}").format(version=__version__))
        row.show_detail(
            self.tr("A report says what runs where, and nothing of what is in your vault.")
        )
        self.about = row.add_action(self.tr("About and licences"))
        self.about.clicked.connect(self.about_asked)
        self.report = row.add_action(self.tr("Make a report"))
        self.report.clicked.connect(self.report_asked)
