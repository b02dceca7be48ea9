"""What a person types at the server before the codes of a new account count there."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watchword.desktop.look.theme import RING
from watchword.desktop.look.widgets.buttons import GhostButton, PrimaryButton
from watchword.desktop.look.widgets.card import Card
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.enrolment.preview import Addition
from watchword.otp.two_step import in_groups


class _AnswerCard(Card):
    """One account, and what is to be typed for it, large."""

    def __init__(self, name: str, answer: str, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(RING + 16, RING + 14, RING + 16, RING + 16)
        column.setSpacing(6)
        column.addWidget(Label(name, self, size=12.5, ink=Ink.QUIET, lines=2))
        shown = Label(in_groups(answer), self, size=22, weight=650, digits=True)
        shown.setAccessibleName(" ".join(answer))
        column.addWidget(shown)


class SecondStepPage(ColumnPage):
    """Shown once the accounts are saved; their notes say the same, for later."""

    copy_asked = Signal(str)
    done = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("One step more"), parent, back=True)
        self.back_pressed.connect(self.done)
        self._answers: list[str] = []
        self.add_heading(self.tr("Type this at the server"))
        self.add_text(
            self.tr(
                "On the page where you found the QR code, in the field for the second step. "
                "Before that the codes do not count there."
            ),
            ink=Ink.QUIET,
        )
        self._cards = QVBoxLayout()
        self._cards.setSpacing(8)
        self.column.addLayout(self._cards)
        self.add_text(
            self.tr(
                "Type it without the blanks. It stands in the account’s note as well, should you "
                "need it later."
            ),
            size=12.5,
            ink=Ink.QUIET,
        )
        self.column.addStretch(1)
        footer = add_footer(self)
        self.copy_button = GhostButton(self.tr("Copy"), self, icon="copy")
        self.copy_button.clicked.connect(self._copy)
        footer.addWidget(self.copy_button)
        self.done_button = PrimaryButton(self.tr("I have typed it"), self)
        self.done_button.clicked.connect(self.done)
        footer.addWidget(self.done_button)

    def show_answers(self, additions: tuple[Addition, ...]) -> None:
        """Show what is to be typed for those of `additions` that need it."""
        self.forget()
        for each in additions:
            if each.answer:
                names = (each.account.issuer, each.account.account)
                name = " · ".join(filter(None, names)) or self.tr("Without a name")
                self._cards.addWidget(_AnswerCard(name, each.answer, self))
                self._answers.append(each.answer)
        # One at a time goes onto the clipboard: of several nobody could say which it is.
        self.copy_button.setVisible(len(self._answers) == 1)

    def answers(self) -> list[str]:
        """Return what is shown."""
        return list(self._answers)

    def forget(self) -> None:
        """Let go of what was shown."""
        self._answers = []
        while (item := self._cards.takeAt(0)) is not None:
            card = item.widget()
            if card is not None:
                card.hide()
                card.deleteLater()

    def _copy(self) -> None:
        self.copy_asked.emit(self._answers[0])
