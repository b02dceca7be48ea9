"""What stands where the list will be: the ways to a first account."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.theme import MARGIN
from watchword.desktop.look.widgets.buttons import IconButton
from watchword.desktop.look.widgets.choice_card import ChoiceCard
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.label import Ink


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to add accounts; `name` comes back when it is chosen."""

    name: str
    icon: str
    title: str
    subtitle: str


class EmptyPage(ColumnPage):
    """A card for each way that works."""

    chosen = Signal(str)
    trash_asked = Signal()
    settings_asked = Signal()
    lock_asked = Signal()

    def __init__(self, choices: Sequence[Choice], parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Add your first account"), parent, margin=MARGIN)
        self.trash_button = IconButton("delete", self.tr("Trash"), self)
        self.trash_button.clicked.connect(self.trash_asked)
        self.trash_button.hide()
        self.bar.add(self.trash_button)
        self.settings_button = IconButton("settings", self.tr("Settings"), self)
        self.settings_button.setToolTip(self.tr("Settings (Ctrl+,)"))
        self.settings_button.clicked.connect(self.settings_asked)
        self.bar.add(self.settings_button)
        self.lock_button = IconButton("lock", self.tr("Lock"), self)
        self.lock_button.clicked.connect(self.lock_asked)
        self.bar.add(self.lock_button)
        self.column.setSpacing(2)
        for choice in choices:
            card = ChoiceCard(choice.icon, choice.title, choice.subtitle, self)
            card.setProperty("choice", choice.name)
            card.clicked.connect(self._pressed)
            self.column.addWidget(card)
        self.column.addSpacing(10)
        self.add_text(
            self.tr(
                "A service shows you a QR code when you switch on two-step sign-in there. "
                "Everything is kept on this computer."
            ),
            size=12.5,
            ink=Ink.FAINT,
        )
        self.column.addStretch(1)

    def take_strips(self, strips: QWidget) -> None:
        """Stand the banners below the bar, wherever they were before."""
        self.put_below_bar(strips)

    def _pressed(self) -> None:
        card = self.sender()
        if isinstance(card, ChoiceCard):
            self.chosen.emit(str(card.property("choice")))
