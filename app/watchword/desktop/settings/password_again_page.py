"""The password again, before a way to open the vault is changed."""

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.buttons import DangerButton, PrimaryButton
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.password_page import PasswordPage


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be done, in words."""

    title: str
    heading: str
    facts: tuple[Fact, ...]
    action: str
    busy: str  # what goes on meanwhile, for a screen reader
    takes_away: bool = False


class PasswordAgainPage(PasswordPage):
    """Stays busy until what was asked for is done."""

    def __init__(self, question: Question, parent: QWidget | None = None) -> None:
        super().__init__(question.title, parent)
        self.add_heading(question.heading)
        facts = FactList(self)
        facts.show_facts(list(question.facts))
        self.column.addWidget(facts)
        self.column.addSpacing(4)
        self.add_text(
            self.tr("To be sure that it is you, type the password of the vault."), ink=Ink.QUIET
        )
        make = DangerButton if question.takes_away else PrimaryButton
        self.add_form(self.tr("Password"), make(question.action, self), question.busy)
