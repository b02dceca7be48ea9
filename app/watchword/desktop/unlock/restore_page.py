"""One copy of the vault, its password, and the button that puts it in place."""

from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.buttons import PrimaryButton
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.password_page import PasswordPage
from watchword.desktop.unlock.copies_page import Copy


class RestorePage(PasswordPage):
    """`given` carries the password; nothing is replaced by a copy that does not open."""

    def __init__(self, copy: Copy, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Restore a copy"), parent)
        self.add_heading(self.tr("Restore this copy?"))
        facts = FactList(self)
        facts.show_facts(
            [
                Fact("clock", copy.when, copy.about),
                Fact("info", self.tr("Its file"), copy.path.name),
            ]
        )
        self.column.addWidget(facts)
        self.add_text(
            self.tr(
                "It opens with the password the vault had then. What you changed since is not in "
                "it; the vault that is there now is kept among the copies."
            ),
            ink=Ink.QUIET,
        )
        self.column.addSpacing(4)
        self.add_form(
            self.tr("Password"),
            PrimaryButton(self.tr("Restore"), self),
            self.tr("Restoring"),
        )
