"""Where the accounts are to go: said before anything, with what protects them there."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.choice_card import ChoiceCard
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.label import Ink
from watchword.errors import WatchwordError


@dataclass(frozen=True, slots=True)
class Way:
    """A way out; `name` comes back when it is chosen."""

    name: str
    icon: str
    title: str
    subtitle: str


class ExportPage(ColumnPage):
    """A card for each way that works."""

    chosen = Signal(str)

    def __init__(self, count: int, ways: Sequence[Way], parent: QWidget | None = None) -> None:
        """`count` accounts have codes to take along."""
        super().__init__(self.tr("Export accounts"), parent, back=True)
        column = self.column
        heading = self.tr("Take your {n} accounts along").format(n=count)
        if count == 1:
            heading = self.tr("Take your account along")
        self.add_heading(heading)
        self.add_text(
            self.tr(
                "Whoever has an export that is not protected can make your codes. Login requests "
                "stay on this computer: their keys belong to it."
            ),
            ink=Ink.QUIET,
        )
        self.notice = Notice(self)
        column.addWidget(self.notice)
        cards = QVBoxLayout()
        cards.setSpacing(2)
        column.addLayout(cards)
        self.cards: dict[str, ChoiceCard] = {}
        for way in ways:
            card = ChoiceCard(way.icon, way.title, way.subtitle, self)
            card.setProperty("way", way.name)
            card.clicked.connect(self._pressed)
            cards.addWidget(card)
            self.cards[way.name] = card
        column.addStretch(1)

    def show_error(self, error: WatchwordError) -> None:
        """Say why nothing was exported."""
        self.notice.show_error(error)

    def _pressed(self) -> None:
        card = self.sender()
        if isinstance(card, ChoiceCard):
            self.notice.hide()
            self.chosen.emit(str(card.property("way")))
