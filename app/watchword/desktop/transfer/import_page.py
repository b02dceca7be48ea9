"""What an import would add, shown before it does."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.texts import plural
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.waiting import Waiting
from watchword.desktop.transfer.found_list import Found, FoundList
from watchword.errors import WatchwordError


class ImportPage(ColumnPage):
    """Adds nothing itself: `confirmed` says that a person wants what is shown."""

    confirmed = Signal()
    cancelled = Signal()
    done = Signal()  # there is nothing to add

    def __init__(
        self,
        new: int,
        about: str,
        rows: Sequence[Found],
        notices: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        """`new` accounts would be added; `about` says how many would not, and what the file is."""
        super().__init__(self.tr("Import accounts"), parent, back=True)
        self._new = new
        column = self.column
        self.add_heading(self._heading())
        self.about = self.add_text(about, ink=Ink.QUIET)
        self.notice = Notice(self)
        column.addWidget(self.notice)
        if notices:
            self.notice.show_texts(notices[0], " ".join(notices[1:]), kind="warn")
        self.list = FoundList(rows, self.tr("What the file holds"), self)
        column.addWidget(self.list, 1)
        self.button = PrimaryButton(self._action(), self)
        self.button.clicked.connect(self.confirmed if new else self.done)
        self.waiting = Waiting(self.button, self.tr("Saving"), self)
        self.waiting.cancelled.connect(self._stop)
        add_footer(self, waits=True).addWidget(self.waiting)

    def _heading(self) -> str:
        if not self._new:
            return self.tr("Nothing new in this file")
        return plural("Add this account?", "Add these {n} accounts?", self._new)

    def _action(self) -> str:
        if not self._new:
            return self.tr("Done")
        return plural("Add 1 account", "Add {n} accounts", self._new)

    def show_busy(self, busy: bool) -> None:
        """Show that the accounts are being saved."""
        self.bar.setEnabled(not busy)
        if busy:
            self.notice.hide()
            self.waiting.start()
        else:
            self.waiting.stop()

    def _stop(self) -> None:
        self.waiting.show_stopping()
        self.cancelled.emit()

    def show_cancelled(self) -> None:
        """Say that nothing was added."""
        self.show_busy(False)
        self.notice.show_texts(
            self.tr("Nothing was added"), self.tr("You cancelled in time."), kind="accent"
        )

    def show_error(self, error: WatchwordError) -> None:
        """Say why nothing was added."""
        self.show_busy(False)
        self.notice.show_error(error)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.button.setFocus()
