"""The password was changed by another process while the vault is open here: the new one is asked."""

from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.buttons import PrimaryButton
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.password_page import PasswordPage


class RejoinPage(PasswordPage):
    """`given` carries the new password; going back leaves the changes unsaved."""

    stops_at_once = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Not saved yet"), parent)
        self.add_heading(self.tr("Give the new password"))
        self.add_text(
            self.tr(
                "Another program on this computer, or on one that shares the file, changed the "
                "password or another way to open this vault."
            ),
            ink=Ink.QUIET,
        )
        facts = FactList(self)
        facts.show_facts(
            [
                Fact(
                    "shield",
                    self.tr("Your changes are kept"),
                    self.tr("They are saved together with what was changed elsewhere"),
                ),
                Fact(
                    "info",
                    self.tr("You know nothing of it?"),
                    self.tr("Then go back, and ask who else uses this vault"),
                ),
            ]
        )
        self.column.addWidget(facts)
        self.column.addSpacing(4)
        self.add_form(
            self.tr("New password"),
            PrimaryButton(self.tr("Save"), self),
            self.tr("Checking the password"),
        )
