"""Several codes at once: the person says which one is meant."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watchword.desktop.look.theme import MARGIN
from watchword.desktop.look.widgets.choice_card import ChoiceCard
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.label import Ink
from watchword.enrolment.preview import AccountPreview, Preview


class ChoosePage(ColumnPage):
    """A card for each code; `chosen` carries its number."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Choose a code"), parent, back=True, margin=MARGIN)
        self._say = self.add_text("", ink=Ink.QUIET)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(2)
        self.column.addLayout(self._cards)
        self.column.addStretch(1)

    def show_previews(self, previews: Sequence[Preview], refused: int) -> None:
        """Offer these; `refused` others in the same picture cannot be used."""
        text = self.tr("There are {n} login codes here. Which one do you want to add?").format(
            n=len(previews) + refused
        )
        if refused:
            text += " " + self.tr("{n} of them cannot be used.").format(n=refused)
        self._say.setText(text)
        while (item := self._cards.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for number, shown in enumerate(previews):
            card = self._card(shown)
            card.setProperty("number", number)
            card.clicked.connect(self._pressed)
            self._cards.addWidget(card)

    def _card(self, shown: Preview) -> ChoiceCard:
        if isinstance(shown, AccountPreview):
            account = shown.account
            title = account.issuer or account.account or self.tr("Without a name")
            line = account.account if account.issuer else ""
            return ChoiceCard("user", title, line or shown.type_line, self)
        return ChoiceCard("link", shown.host, self.tr("Link this computer to a server"), self)

    def _pressed(self) -> None:
        card = self.sender()
        if isinstance(card, ChoiceCard):
            self.chosen.emit(int(card.property("number")))
