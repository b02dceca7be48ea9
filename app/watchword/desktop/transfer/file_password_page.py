"""The password of a file that somebody wants to import."""

from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.buttons import PrimaryButton
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.password_page import PasswordPage


class FilePasswordPage(PasswordPage):
    """Stays busy until the file is open."""

    stops_at_once = True

    def __init__(self, file_name: str, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Import accounts"), parent)
        self.add_heading(self.tr("This file has a password"))
        self.add_text(file_name, size=12.5, ink=Ink.FAINT)
        self.add_text(
            self.tr(
                "It is the one that was chosen when the file was made. A copy of a vault opens "
                "with the password of that vault."
            ),
            ink=Ink.QUIET,
        )
        self.add_form(
            self.tr("Password of the file"),
            PrimaryButton(self.tr("Open the file"), self),
            self.tr("Opening the file"),
        )
