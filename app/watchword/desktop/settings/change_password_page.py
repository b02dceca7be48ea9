"""Another password for the vault that is open."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.background.strength import LEAST_LENGTH, Estimates
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.new_password import NewPasswordFields
from watchword.desktop.look.widgets.text_field import PasswordField
from watchword.desktop.look.widgets.waiting import Waiting
from watchword.errors import WatchwordError, WrongPassword


class ChangePasswordPage(ColumnPage):
    """`change_asked` carries the old password (empty where it is not asked) and the new one."""

    change_asked = Signal(str, str)
    cancelled = Signal()

    def __init__(self, jobs: Jobs, parent: QWidget | None = None, *, by_key: bool = False) -> None:
        """`by_key`: the recovery key opened the vault, so the old password is not asked."""
        super().__init__(self.tr("Change password"), parent, back=True)
        column = self.column
        self.add_heading(self.tr("Choose another password"))
        self.add_text(
            self.tr(
                "You gave the recovery key, so the old password is not asked. The key goes on "
                "opening the vault, and the keyring too where it is on."
            )
            if by_key
            else self.tr(
                "The recovery key goes on opening the vault, and the keyring too where it is on."
            ),
            ink=Ink.QUIET,
        )
        column.addSpacing(6)
        self.old: PasswordField | None = None
        if not by_key:
            name = self.tr("Old password")
            self.add_name(name)
            self.old = PasswordField(name, self, hint=name)
            self.old.text_changed.connect(self._typed)
            column.addWidget(self.old)
            column.addSpacing(4)
            self.add_name(self.tr("New password"))
        self.new = NewPasswordFields(
            self.tr("New password"), self.tr("New password again"), LEAST_LENGTH, self
        )
        self._estimates = Estimates(jobs, self)
        self.new.estimate_wanted.connect(self._estimates.ask)
        self._estimates.estimated.connect(self.new.show_strength)
        self.new.changed.connect(self._typed)
        self.new.entered.connect(self._change)
        if self.old is not None:
            self.old.entered.connect(self.new.password.setFocus)
        column.addWidget(self.new)
        self.notice = Notice(self)
        column.addWidget(self.notice)
        column.addStretch(1)
        self.button = PrimaryButton(self.tr("Change password"), self)
        self.button.setEnabled(False)
        self.button.clicked.connect(self._change)
        self.waiting = Waiting(self.button, self.tr("Changing the password"), self)
        self.waiting.cancelled.connect(self._stop)
        self.waiting.released.connect(self._show_ready)
        add_footer(self, waits=True).addWidget(self.waiting)

    def _typed(self) -> None:
        self.notice.hide()
        self._show_ready()

    def _show_ready(self) -> None:
        old_given = self.old is None or bool(self.old.text())
        free = not (self.waiting.held or self.waiting.waits)
        self.button.setEnabled(old_given and self.new.is_ready and free)

    def _change(self) -> None:
        if self.waiting.waits or self.waiting.held:
            return
        old = self.old.text() if self.old is not None else ""
        if not self.new.is_ready:
            if self.new.again.text():
                self._say(self.tr("The two new passwords differ"))
                self.new.show_differ()
        elif self.old is not None and not old:
            self.old.setFocus()
        elif old == self.new.text():
            self._say(
                self.tr("This is the password you have"), self.tr("Choose one that differs.")
            )
        else:
            self.change_asked.emit(old, self.new.text())

    def _say(self, title: str, text: str = "") -> None:
        self.notice.show_texts(title, text)
        self.area.ensureWidgetVisible(self.notice)

    def _stop(self) -> None:
        self.waiting.show_stopping()
        self.cancelled.emit()

    def show_busy(self, busy: bool) -> None:
        """Show that the key is being derived and the vault saved."""
        for widget in (self.old, self.new, self.bar):
            if widget is not None:
                widget.setEnabled(not busy)
        if busy:
            self.notice.hide()
            self.waiting.start()
        else:
            self.waiting.stop()
            self._show_ready()

    def hold(self, left: Callable[[], float]) -> None:
        """Let no other password be tried for the seconds that `left` returns."""
        self.waiting.hold(left)

    def show_cancelled(self) -> None:
        """Say that the password is as it was; what was typed stays."""
        self.show_busy(False)
        self.notice.show_texts(
            self.tr("The password is as it was"), self.tr("You cancelled in time."), kind="accent"
        )
        self._focus()

    def show_error(self, error: WatchwordError) -> None:
        """Say why the password is as it was."""
        self.show_busy(False)
        self.notice.show_error(error)
        self.area.ensureWidgetVisible(self.notice)
        if isinstance(error, WrongPassword) and self.old is not None:
            self.old.show_wrong(True)
            self.old.edit.selectAll()
        self._focus()

    def forget(self) -> None:
        """Empty the fields."""
        if self.old is not None:
            self.old.clear()
        self.new.clear()

    def _focus(self) -> None:
        (self.old or self.new).setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self._focus()
