"""After the recovery key of a new vault: whether this computer's keyring may open it, too."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import GhostButton, PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.waiting import Waiting
from watchword.errors import WatchwordError


class KeyringOfferPage(ColumnPage):
    """Says what it would mean; saying no is as easy as saying yes."""

    accepted = Signal()
    declined = Signal()
    cancelled = Signal()  # the keyring is not waited for any more

    def __init__(self, days: int, parent: QWidget | None = None) -> None:
        """`days`: how often the password is asked all the same."""
        super().__init__(self.tr("Unlock with this computer"), parent)
        column = self.column
        column.addSpacing(4)
        self.add_heading(self.tr("Open it without typing?"))
        self.add_text(self.tr("You can change this at any time, in the settings."), ink=Ink.QUIET)
        column.addSpacing(6)
        facts = FactList(self)
        facts.show_facts(
            [
                Fact(
                    "computer",
                    self.tr("This computer’s keyring keeps a key of its own"),
                    self.tr("While you are logged in, Watchword opens without the password"),
                ),
                Fact(
                    "warning",
                    self.tr("Other programs of yours could use it too"),
                    self.tr("Whatever runs as you can ask the keyring, and so can open the vault"),
                    warning=True,
                ),
                Fact(
                    "lock",
                    self.tr("Every {n} days the password is asked").format(n=days),
                    self.tr("So that it is not forgotten"),
                ),
            ]
        )
        column.addWidget(facts)
        self.notice = Notice(self)
        column.addWidget(self.notice)
        column.addStretch(1)
        footer = add_footer(self)
        self.accept_button = PrimaryButton(self.tr("Unlock with this computer"), self)
        self.accept_button.clicked.connect(self.accepted)
        self.waiting = Waiting(self.accept_button, self.tr("Asking the keyring"), self)
        self.waiting.cancelled.connect(self.cancelled)
        footer.addWidget(self.waiting)
        self.decline_button = GhostButton(self.tr("Ask for the password each time"), self)
        self.decline_button.clicked.connect(self.declined)
        footer.addWidget(self.decline_button)

    def show_busy(self, busy: bool) -> None:
        """Show that the keyring is asked: it may want to be unlocked itself."""
        self.decline_button.setEnabled(not busy)
        if busy:
            self.notice.hide()
            self.waiting.start()
        else:
            self.waiting.stop()

    def show_error(self, error: WatchwordError) -> None:
        """Say why the keyring does not open the vault; it can be tried again, or left."""
        self.show_busy(False)
        self.notice.show_error(error)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.decline_button.setFocus(Qt.FocusReason.OtherFocusReason)
