"""The first thing a newcomer sees."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import GhostButton, PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.logo import Logo


class WelcomePage(ColumnPage):
    """Create a vault, or look around first."""

    create_chosen = Signal()
    try_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        column = self.column
        self.notice = Notice(self)
        column.addSpacing(16)
        column.addWidget(self.notice)
        column.addStretch(3)
        column.addWidget(Logo(self))
        column.addSpacing(10)
        self.add_heading(self.tr("Welcome to Watchword"))
        self.add_text(
            self.tr(
                "Your one-time codes and login requests, on this computer, "
                "in one encrypted vault. Codes work without a network."
            ),
            ink=Ink.QUIET,
        )
        column.addSpacing(14)
        self.create_button = PrimaryButton(self.tr("Create my vault"), self)
        self.create_button.clicked.connect(self.create_chosen)
        column.addWidget(self.create_button)
        self.try_button = GhostButton(self.tr("Try it first"), self, icon="play")
        self.try_button.clicked.connect(self.try_chosen)
        column.addWidget(self.try_button)
        self.add_text(
            self.tr(
                "A temporary vault with sample accounts and a demo login. Nothing of it is kept."
            ),
            size=12.5,
            ink=Ink.FAINT,
        )
        column.addStretch(4)
        self.add_text(
            self.tr(
                "A second factor on the computer you sign in from is weaker than one on a phone."
            ),
            size=12.5,
            ink=Ink.FAINT,
        )

    def show_note(self, text: str) -> None:
        """Say what happened before; nothing for an empty text."""
        if text:
            self.notice.show_texts(text, kind="accent")
