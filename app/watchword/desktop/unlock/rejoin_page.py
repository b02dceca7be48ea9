"""The password was changed by another process while the vault is open here: the new one is asked."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.text_field import PasswordField
from watchword.desktop.look.widgets.waiting import Waiting
from watchword.errors import WatchwordError, WrongPassword


class RejoinPage(ColumnPage):
    """`password_given` carries the new password; going back leaves the changes unsaved."""

    password_given = Signal(str)
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Not saved yet"), parent, back=True)
        column = self.column
        column.addSpacing(4)
        self.add_heading(self.tr("Give the new password"))
        self.add_text(
            self.tr(
                "Another program on this computer, or on one that shares the file, changed the "
                "password or another way to open this vault."
            ),
            ink=Ink.QUIET,
        )
        facts = FactList(self)
        facts.show_facts(
            [
                Fact(
                    "shield",
                    self.tr("Your changes are kept"),
                    self.tr("They are saved together with what was changed elsewhere"),
                ),
                Fact(
                    "info",
                    self.tr("You know nothing of it?"),
                    self.tr("Then go back, and ask who else uses this vault"),
                ),
            ]
        )
        column.addWidget(facts)
        column.addSpacing(4)
        self.password = PasswordField(self.tr("New password"), self, hint=self.tr("New password"))
        self.password.entered.connect(self._give)
        self.password.text_changed.connect(self._typed)
        column.addWidget(self.password)
        self.notice = Notice(self)
        column.addWidget(self.notice)
        column.addStretch(1)
        self.button = PrimaryButton(self.tr("Save"), self)
        self.button.setEnabled(False)
        self.button.clicked.connect(self._give)
        self.waiting = Waiting(self.button, self.tr("Checking the password"), self)
        self.waiting.cancelled.connect(self.cancelled)
        self.waiting.released.connect(self._show_ready)
        add_footer(self).addWidget(self.waiting)

    def _typed(self) -> None:
        self.notice.hide()
        self._show_ready()

    def _show_ready(self) -> None:
        self.button.setEnabled(bool(self.password.text()) and not self.waiting.held)

    def _give(self) -> None:
        if self.button.isEnabled():
            self.password_given.emit(self.password.text())

    def show_busy(self, busy: bool) -> None:
        """Show that the password is being tried."""
        for widget in (self.password, self.bar):
            widget.setEnabled(not busy)
        if busy:
            self.notice.hide()
            self.waiting.start()
        else:
            self.waiting.stop()
            self._show_ready()
            self.password.setFocus()

    def hold(self, left: Callable[[], float]) -> None:
        """Let no other password be tried for the seconds that `left` returns."""
        self.waiting.hold(left)

    def show_error(self, error: WatchwordError) -> None:
        """Say why it is still not saved."""
        self.show_busy(False)
        self.notice.show_error(error)
        if isinstance(error, WrongPassword):
            self.password.show_wrong(True)
            self.password.edit.selectAll()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.password.setFocus()
