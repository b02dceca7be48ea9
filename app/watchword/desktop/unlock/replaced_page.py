"""Something else lies in the open vault's place: which of the two is to stay."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import DangerButton, GhostButton, PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.errors import WatchwordError


class ReplacedPage(ColumnPage):
    """Says what lies there and what is open; giving up what is open takes a second step."""

    keep_chosen = Signal()
    disk_chosen = Signal()

    def __init__(
        self,
        reason: str,
        *,
        here: str,
        on_disk: str,
        is_there: bool,
        parent: QWidget | None = None,
    ) -> None:
        """`here` and `on_disk` say what each holds; `is_there`: there is a file at all."""
        super().__init__(self.tr("Not saved yet"), parent, back=True)
        self._is_there = is_there
        self._sure = False
        column = self.column
        self._heading = self.add_heading("")
        self._text = self.add_text("", ink=Ink.QUIET)
        self._reason = reason if reason.endswith(".") else f"{reason}."
        facts = FactList(self)
        facts.show_facts(
            [
                Fact("check", self.tr("Open here"), here),
                Fact("computer", self.tr("On disk"), on_disk, warning=True),
            ]
        )
        column.addWidget(facts)
        self._consequence = self.add_text("", ink=Ink.QUIET)
        self.notice = Notice(self)
        column.addWidget(self.notice)
        column.addStretch(1)
        footer = add_footer(self)
        self.keep = PrimaryButton(self.tr("Keep what is open here"), self)
        self.keep.clicked.connect(self.keep_chosen)
        footer.addWidget(self.keep)
        self.use_disk = GhostButton("", self)
        self.use_disk.clicked.connect(self._ask_again)
        footer.addWidget(self.use_disk)
        self.give_up = DangerButton(self.tr("Give up what is open here"), self)
        self.give_up.clicked.connect(self.disk_chosen)
        footer.addWidget(self.give_up)
        self.rather_not = GhostButton(self.tr("No, go back"), self)
        self.rather_not.clicked.connect(self._show_choice)
        footer.addWidget(self.rather_not)
        self._show_choice()

    def _show_choice(self) -> None:
        self._sure = False
        self._heading.setText(self.tr("Which vault is to stay?"))
        self._text.setText(self._reason)
        self._consequence.setText(
            self.tr(
                "If you keep what is open here, it is saved with all your changes, and what is "
                "on disk is put among the backups."
            )
            if self._is_there
            else self.tr("If you keep what is open here, it is saved again with all your changes.")
        )
        self.use_disk.set_text(
            self.tr("Use what is on disk")
            if self._is_there
            else self.tr("Lock, and look for a copy")
        )
        self._show_buttons()

    def _ask_again(self) -> None:
        self._sure = True
        self._heading.setText(self.tr("Give up what is open here?"))
        self._text.setText(
            self.tr(
                "Your changes since the last save are lost, and if there is no copy of this vault "
                "among the backups, its accounts too."
            )
        )
        self._consequence.setText(self.tr("Watchword locks, and looks again at what is on disk."))
        self._show_buttons()
        self.rather_not.setFocus()

    def _show_buttons(self) -> None:
        self.keep.setVisible(not self._sure)
        self.use_disk.setVisible(not self._sure)
        self.give_up.setVisible(self._sure)
        self.rather_not.setVisible(self._sure)

    def show_busy(self, busy: bool) -> None:
        """Show that it is being saved."""
        for widget in (self.keep, self.use_disk, self.bar):
            widget.setEnabled(not busy)
        if busy:
            self.notice.hide()

    def show_error(self, error: WatchwordError) -> None:
        """Say why it is still not saved."""
        self.show_busy(False)
        self.notice.show_error(error)
