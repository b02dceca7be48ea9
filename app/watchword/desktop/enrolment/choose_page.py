"""Several codes at once: the person says which one is meant, or takes all of them."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watchword.desktop.look.texts import said
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import GhostButton
from watchword.desktop.look.widgets.choice_card import ChoiceCard
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.enrolment.findings import ExportFound, PinWanted
from watchword.enrolment.preview import AccountPreview, Preview

Choice = Preview | PinWanted | ExportFound


class ChoosePage(ColumnPage):
    """A card for each code; `chosen` carries its number."""

    chosen = Signal(int)
    all_chosen = Signal()  # every account that is offered, previewed together

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Choose a code"), parent, back=True)
        self._say = self.add_text("", ink=Ink.QUIET)
        self.remark = Notice(self)
        self.column.addWidget(self.remark)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(2)
        self.column.addLayout(self._cards)
        self.column.addStretch(1)
        self.all_button = GhostButton("", self)
        self.all_button.clicked.connect(self.all_chosen)
        add_footer(self).addWidget(self.all_button)

    def show_choices(self, choices: Sequence[Choice], refused: int, remark: str = "") -> None:
        """Offer these; `refused` others cannot be used, and `remark` says what else there was."""
        text = self.tr("There are {n} login codes here. Which one do you want to add?").format(
            n=len(choices) + refused
        )
        if refused:
            text += " " + self.tr("{n} of them cannot be used.").format(n=refused)
        self._say.setText(text)
        self.remark.hide()
        if remark:
            self.remark.show_texts(self.tr("Not everything could be read"), remark, kind="warn")
        self.forget()
        for number, shown in enumerate(choices):
            card = self._card(shown)
            card.setProperty("number", number)
            card.clicked.connect(self._pressed)
            self._cards.addWidget(card)
        accounts = sum(isinstance(each, AccountPreview) for each in choices)
        self.all_button.setVisible(accounts > 1)
        if accounts == len(choices):
            self.all_button.set_text(self.tr("Add all of them"))
        else:
            self.all_button.set_text(self.tr("Add the {n} accounts").format(n=accounts))

    def forget(self) -> None:
        """Let go of the cards."""
        while (item := self._cards.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()

    def _card(self, shown: Choice) -> ChoiceCard:
        match shown:
            case AccountPreview():
                account = shown.account
                title = account.issuer or account.account or self.tr("Without a name")
                line = account.account if account.issuer else ""
                return ChoiceCard("user", title, line or said(shown.type_line), self)
            case PinWanted():
                title = shown.missing.name or self.tr("Without a name")
                line = self.tr("{kind}: asks for its PIN next").format(
                    kind=shown.missing.kind.shown
                )
                return ChoiceCard("keyboard", title, line, self)
            case ExportFound():
                accounts = sum(len(part.entries) for part in shown.parts)
                line = self.tr("{n} accounts in an export").format(n=accounts)
                return ChoiceCard("import", self.tr("Google Authenticator"), line, self)
            case _:
                line = self.tr("Link this computer to a server")
                return ChoiceCard("link", shown.host, line, self)

    def _pressed(self) -> None:
        card = self.sender()
        if isinstance(card, ChoiceCard):
            self.chosen.emit(int(card.property("number")))
