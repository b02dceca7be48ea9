"""Opening the vault: by this computer's keyring, by password, or by recovery key."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import GhostButton, LinkButton, PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.logo import Logo
from watchword.desktop.look.widgets.text_field import PasswordField
from watchword.desktop.look.widgets.waiting import Waiting
from watchword.errors import WatchwordError, WrongPassword


class UnlockPage(ColumnPage):
    """`unlock_asked` carries what was typed and whether it is the recovery key."""

    unlock_asked = Signal(str, bool)
    keyring_asked = Signal()
    cancelled = Signal()  # let nothing come of what was asked
    other_ways_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._by_key = False
        column = self.column
        column.addStretch(2)
        column.addWidget(Logo(self))
        column.addSpacing(6)
        self.add_heading(self.tr("Welcome back"))
        self._subtitle = self.add_text(self.tr("Your accounts are locked."), ink=Ink.QUIET)
        column.addSpacing(6)
        self._by_computer = self.tr("Unlock with this computer")
        self.keyring = GhostButton(self._by_computer, self, icon="computer")
        self.keyring.clicked.connect(self.keyring_asked)
        self.keyring.hide()
        column.addWidget(self.keyring)
        self.password = PasswordField(self.tr("Password"), self, hint=self.tr("Password"))
        self.password.entered.connect(self._unlock)
        self.password.text_changed.connect(self._typed)
        column.addWidget(self.password)
        self.key = PasswordField(self.tr("Recovery key"), self, hint=self.tr("Recovery key"))
        self.key.entered.connect(self._unlock)
        self.key.text_changed.connect(self._typed)
        self.key.hide()
        column.addWidget(self.key)
        self._notice = Notice(self)
        column.addWidget(self._notice)
        self.button = PrimaryButton(self.tr("Unlock"), self)
        self.button.clicked.connect(self._unlock)
        self.waiting = Waiting(self.button, self.tr("Unlocking"), self)
        self.waiting.cancelled.connect(self.cancelled)
        column.addWidget(self.waiting)
        self.other_way = LinkButton(self.tr("Use the recovery key"), self)
        self.other_way.clicked.connect(self._change_way)
        column.addWidget(self.other_way, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.trouble = LinkButton(self.tr("I cannot open it"), self)
        self.trouble.clicked.connect(self.other_ways_asked)
        column.addWidget(self.trouble, 0, Qt.AlignmentFlag.AlignHCenter)
        self.login_waits = Notice(self)
        column.insertWidget(column.indexOf(self._subtitle) + 1, self.login_waits)

    @property
    def _field(self) -> PasswordField:
        return self.key if self._by_key else self.password

    def _typed(self) -> None:
        self._notice.hide()

    def _change_way(self) -> None:
        self._by_key = not self._by_key
        self.password.setVisible(not self._by_key)
        self.key.setVisible(self._by_key)
        self._notice.hide()
        self.other_way.set_text(
            self.tr("Use the password") if self._by_key else self.tr("Use the recovery key")
        )
        self._field.setFocus()

    def _unlock(self) -> None:
        if self._field.text() and self.button.isEnabled():
            self.unlock_asked.emit(self._field.text(), self._by_key)
        else:
            self._field.setFocus()

    def offer_keyring(self) -> None:
        """Show the way by this computer's keyring, before the password."""
        self.keyring.show()

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was typed and nothing goes on."""
        return not (self.waiting.waits or self.password.text() or self._by_key)

    def show_busy(self, busy: bool) -> None:
        """Show that the key is being computed, or that the keyring is asked."""
        for widget in (self.password, self.key, self.keyring, self.other_way, self.trouble):
            widget.setEnabled(not busy)
        if busy:
            self._notice.hide()
            self.waiting.start()
        else:
            self.keyring.set_text(self._by_computer)
            self.waiting.stop()
            self._field.setFocus()

    def show_asking(self) -> None:
        """Show that the keyring is asked; it may ask the person something by itself."""
        self.keyring.set_text(self.tr("Asking the keyring…"))
        self.show_busy(True)

    def hold(self, left: Callable[[], float]) -> None:
        """Let no other password be tried for the seconds that `left` returns."""
        self.waiting.hold(left)

    def show_error(self, error: WatchwordError) -> None:
        """Say why it did not open; after a wrong password what was typed is selected."""
        self.show_busy(False)
        self._notice.show_error(error)
        if isinstance(error, WrongPassword):
            self._field.show_wrong(True)
            self._field.edit.selectAll()

    def show_reason(self, error: WatchwordError) -> None:
        """Say calmly why it is the password that is asked for."""
        self.show_busy(False)
        self._notice.show_error(error, kind="accent")

    def show_warning(self, title: str, rest: str) -> None:
        """Say what happened to the vault before it was locked."""
        self._notice.show_texts(title, rest, kind="warn")

    def show_waiting(self, count: int) -> None:
        """Say that login requests wait; nothing more is known of them while it is locked."""
        if not count:
            self.login_waits.hide()
            return
        title = self.tr("A login is waiting")
        if count > 1:
            title = self.tr("{n} logins are waiting").format(n=count)
        rest = self.tr("Unlock to see who asks, and to answer.")
        self.login_waits.show_texts(title, rest, kind="accent")

    def show_subtitle(self, text: str) -> None:
        """Say why it is locked."""
        self._subtitle.setText(text)

    def subtitle(self) -> str:
        """Return why it says it is locked."""
        return self._subtitle.text()

    def forget(self) -> None:
        """Empty the fields and any message."""
        self.password.clear()
        self.key.clear()
        self.password.show_text(False)
        self.key.show_text(False)
        self._notice.hide()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._field.setFocus()
