"""Whether a vault whose devices are another computer's was moved here, or copied."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import GhostButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.errors import WatchwordError


class MovedPage(ColumnPage):
    """Says what each answer does before it is given; neither of them is the default."""

    moved_chosen = Signal()
    copied_chosen = Signal()

    def __init__(self, accounts: Sequence[Fact], parent: QWidget | None = None) -> None:
        """`accounts` are those whose login requests the vault's devices answer."""
        super().__init__(self.tr("Another computer"), parent, back=True)
        self.add_heading(self.tr("Was this vault moved here?"))
        self.add_text(
            self.tr(
                "It was last used on another computer, which answers the login requests of the "
                "accounts below. Codes work here in any case."
            ),
            ink=Ink.QUIET,
        )
        self.notice = Notice(self)
        self.column.addWidget(self.notice)
        answers = FactList(self)
        answers.show_facts(
            [
                Fact(
                    "computer",
                    self.tr("Moved here"),
                    self.tr("Login requests come here, and no longer to the other computer."),
                ),
                Fact(
                    "copy",
                    self.tr("Copied"),
                    self.tr(
                        "Login requests stay with the other computer. Here the accounts show "
                        "codes only, until you link them again."
                    ),
                ),
            ]
        )
        self.column.addWidget(answers)
        self.column.addSpacing(4)
        listed = FactList(self)
        listed.show_facts(list(accounts))
        self.column.addWidget(listed)
        self.column.addStretch(1)
        footer = add_footer(self)
        self.moved = GhostButton(self.tr("Moved here"), self)
        self.moved.clicked.connect(self.moved_chosen)
        footer.addWidget(self.moved)
        self.copied = GhostButton(self.tr("Copied"), self)
        self.copied.clicked.connect(self.copied_chosen)
        footer.addWidget(self.copied)

    def show_busy(self, busy: bool) -> None:
        """Take no second answer while the first one is carried out."""
        for widget in (self.moved, self.copied, self.bar):
            widget.setEnabled(not busy)
        if busy:
            self.notice.hide()

    def show_error(self, error: WatchwordError) -> None:
        """Say why nothing is decided yet."""
        self.show_busy(False)
        self.notice.show_error(error)
        self.area.verticalScrollBar().setValue(0)
