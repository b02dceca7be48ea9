"""Removing an account that is linked to a server: the server is told first."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.texts import whole
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import DangerButton, GhostButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.progress_bar import ProgressBar
from watchword.errors import WatchwordError


class RemovePage(ColumnPage):
    """Asks once; when the server cannot be told, offers to remove the account here only."""

    remove_asked = Signal()
    remove_here_asked = Signal()

    def __init__(self, name: str, host: str, parent: QWidget | None = None) -> None:
        """`name` is the account's, `host` where it is linked."""
        super().__init__(self.tr("Remove account"), parent, back=True)
        self.add_heading(self.tr("Remove {name}?").format(name=name))
        facts = FactList(self)
        facts.show_facts(
            [
                Fact(
                    "globe",
                    self.tr("{host} is told first").format(host=host),
                    self.tr("This computer gets no login requests from it any more"),
                ),
                Fact(
                    "delete",
                    self.tr("Then it goes to the trash"),
                    self.tr("For 30 days, but the link to the server does not come back"),
                ),
            ]
        )
        self.column.addWidget(facts)
        self.add_text(
            self.tr("See that you can sign in another way before you go on."), ink=Ink.QUIET
        )
        self.notice = Notice(self)
        self.column.addWidget(self.notice)
        self.column.addStretch(1)
        footer = add_footer(self)
        self._progress = ProgressBar(self.tr("Telling the server"), self, busy=True)
        self._progress.hide()
        footer.addWidget(self._progress)
        self.here_button = GhostButton(self.tr("Remove here only"), self)
        self.here_button.clicked.connect(self.remove_here_asked)
        self.here_button.hide()
        footer.addWidget(self.here_button)
        self.button = DangerButton(self.tr("Unlink and remove"), self)
        self.button.clicked.connect(self.remove_asked)
        footer.addWidget(self.button)

    def show_busy(self, busy: bool) -> None:
        """Show that the server is being told."""
        for widget in (self.button, self.here_button, self.bar):
            widget.setEnabled(not busy)
        self._progress.setVisible(busy)

    def show_error(self, error: WatchwordError) -> None:
        """Say why the account is still there."""
        self.show_busy(False)
        self.notice.show_error(error)

    def offer_here_only(self, error: WatchwordError) -> None:
        """Say that the server was not told, and what removing here all the same would mean."""
        self.show_error(error)
        self.notice.show_texts(
            self.tr("The server was not told"),
            self.tr(
                "{reason} Nothing was removed. Try again later, or remove it here only: the "
                "server still lists this computer then, until you remove it on its page."
            ).format(reason=whole(error)),
        )
        self.here_button.show()
