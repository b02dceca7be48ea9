"""The password of a file that somebody wants to import."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.text_field import PasswordField
from watchword.desktop.look.widgets.waiting import Waiting
from watchword.errors import WatchwordError, WrongPassword


class FilePasswordPage(ColumnPage):
    """`given` carries the password; the page stays busy until the file is open."""

    given = Signal(str)
    cancelled = Signal()

    def __init__(self, file_name: str, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Import accounts"), parent, back=True)
        column = self.column
        column.addSpacing(4)
        self.add_heading(self.tr("This file has a password"))
        self.add_text(file_name, size=12.5, ink=Ink.FAINT)
        self.add_text(
            self.tr(
                "It is the one that was chosen when the file was made. A copy of a vault opens "
                "with the password of that vault."
            ),
            ink=Ink.QUIET,
        )
        self.password = PasswordField(
            self.tr("Password of the file"), self, hint=self.tr("Password of the file")
        )
        self.password.entered.connect(self._give)
        self.password.text_changed.connect(self._typed)
        column.addWidget(self.password)
        self.notice = Notice(self)
        column.addWidget(self.notice)
        column.addStretch(1)
        self.button = PrimaryButton(self.tr("Open the file"), self)
        self.button.setEnabled(False)
        self.button.clicked.connect(self._give)
        self.waiting = Waiting(self.button, self.tr("Opening the file"), self)
        self.waiting.cancelled.connect(self._stop)
        add_footer(self).addWidget(self.waiting)

    def _typed(self) -> None:
        self.notice.hide()
        self.button.setEnabled(bool(self.password.text()) and not self.waiting.waits)

    def _give(self) -> None:
        if self.button.isEnabled():
            self.show_busy(True)
            self.given.emit(self.password.text())

    def _stop(self) -> None:
        self.show_busy(False)
        self.cancelled.emit()

    def show_busy(self, busy: bool) -> None:
        """Show that the file is being opened."""
        for widget in (self.password, self.bar):
            widget.setEnabled(not busy)
        if busy:
            self.notice.hide()
            self.waiting.start()
        else:
            self.waiting.stop()
            self.button.setEnabled(bool(self.password.text()))
            self.password.setFocus()

    def show_error(self, error: WatchwordError) -> None:
        """Say why the file stays closed; after a wrong password what was typed is selected."""
        self.show_busy(False)
        self.notice.show_error(error)
        if isinstance(error, WrongPassword):
            self.password.show_wrong(True)
            self.password.edit.selectAll()

    def forget(self) -> None:
        """Empty the field."""
        self.password.clear()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.password.setFocus()
