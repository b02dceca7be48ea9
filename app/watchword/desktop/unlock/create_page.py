"""Choosing the password of a new vault."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.background.strength import LEAST_LENGTH, Estimates
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.new_password import NewPasswordFields
from watchword.desktop.look.widgets.waiting import Waiting
from watchword.errors import WatchwordError


class CreatePage(ColumnPage):
    """Password twice, with its strength while typing; `create_asked` carries it once it will do."""

    create_asked = Signal(str)
    cancelled = Signal()

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Create my vault"), parent, back=True)
        column = self.column
        self.add_heading(self.tr("Choose a password"))
        self.add_text(
            self.tr(
                "It opens your vault on this computer. It is sent nowhere and kept nowhere, "
                "so nobody can give it back to you. Several words are easy to keep in mind."
            ),
            ink=Ink.QUIET,
        )
        column.addSpacing(10)
        self._new = NewPasswordFields(
            self.tr("Password"), self.tr("Password again"), LEAST_LENGTH, self
        )
        self._estimates = Estimates(jobs, self)
        self._new.estimate_wanted.connect(self._estimates.ask)
        self._estimates.estimated.connect(self._new.show_strength)
        self._new.changed.connect(self._typed)
        self._new.entered.connect(self._create)
        self.password, self.again = self._new.password, self._new.again
        column.addWidget(self._new)
        self._notice = Notice(self)
        column.addWidget(self._notice)
        column.addSpacing(8)
        self.button = PrimaryButton(self.tr("Create vault"), self)
        self.button.setEnabled(False)
        self.button.clicked.connect(self._create)
        self.waiting = Waiting(self.button, self.tr("Making the vault"), self)
        self.waiting.cancelled.connect(self._stop)
        column.addWidget(self.waiting)
        column.addStretch(1)

    def _typed(self) -> None:
        self._notice.hide()
        self.button.setEnabled(self._new.is_ready)

    def strength_words(self) -> str:
        """Return what is said about the password typed so far."""
        return self._new.strength_words()

    def _create(self) -> None:
        if not self._new.is_ready:
            if self.again.text():
                self._notice.show_texts(self.tr("The two passwords differ"))
                self._new.show_differ()
            return
        self.create_asked.emit(self._new.text())

    def show_busy(self, busy: bool) -> None:
        """Show that the vault is being made."""
        for widget in (self._new, self.bar):
            widget.setEnabled(not busy)
        if busy:
            self._notice.hide()
            self.waiting.start()
        else:
            self.waiting.stop()

    def _stop(self) -> None:
        self.waiting.show_stopping()
        self.cancelled.emit()

    def show_cancelled(self) -> None:
        """Say that nothing was made; what was typed stays."""
        self.show_busy(False)
        self._notice.show_texts(
            self.tr("No vault was made"), self.tr("You cancelled in time."), kind="accent"
        )
        self.password.setFocus()

    def show_error(self, error: WatchwordError) -> None:
        """Say why no vault was made."""
        self.show_busy(False)
        self._notice.show_error(error)

    def forget(self) -> None:
        """Empty both fields."""
        self._new.clear()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.password.setFocus()
