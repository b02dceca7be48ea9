"""One copy of the vault, its password, and the button that puts it in place."""

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
from watchword.desktop.unlock.copies_page import Copy
from watchword.errors import WatchwordError, WrongPassword


class RestorePage(ColumnPage):
    """`restore_asked` carries the password; nothing is replaced by a copy that does not open."""

    restore_asked = Signal(str)
    cancelled = Signal()

    def __init__(self, copy: Copy, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Restore a copy"), parent, back=True)
        column = self.column
        column.addSpacing(4)
        self.add_heading(self.tr("Restore this copy?"))
        facts = FactList(self)
        facts.show_facts(
            [
                Fact("clock", copy.when, copy.about),
                Fact("info", self.tr("Its file"), copy.path.name),
            ]
        )
        column.addWidget(facts)
        self.add_text(
            self.tr(
                "It opens with the password the vault had then. What you changed since is not in "
                "it; the vault that is there now is kept among the copies."
            ),
            ink=Ink.QUIET,
        )
        column.addSpacing(4)
        self.password = PasswordField(self.tr("Password"), self, hint=self.tr("Password"))
        self.password.entered.connect(self._restore)
        self.password.text_changed.connect(self._typed)
        column.addWidget(self.password)
        self.notice = Notice(self)
        column.addWidget(self.notice)
        column.addStretch(1)
        footer = add_footer(self)
        self.button = PrimaryButton(self.tr("Restore"), self)
        self.button.setEnabled(False)
        self.button.clicked.connect(self._restore)
        self.waiting = Waiting(self.button, self.tr("Restoring"), self)
        self.waiting.cancelled.connect(self._stop)
        self.waiting.released.connect(self._show_ready)
        footer.addWidget(self.waiting)

    def _typed(self) -> None:
        self.notice.hide()
        self._show_ready()

    def _show_ready(self) -> None:
        self.button.setEnabled(bool(self.password.text()) and not self.waiting.held)

    def _restore(self) -> None:
        if self.button.isEnabled():
            self.restore_asked.emit(self.password.text())

    def show_busy(self, busy: bool) -> None:
        """Show that the copy is being opened and put in place."""
        for widget in (self.password, self.bar):
            widget.setEnabled(not busy)
        if busy:
            self.notice.hide()
            self.waiting.start()
        else:
            self.waiting.stop()
            self._show_ready()

    def _stop(self) -> None:
        self.waiting.show_stopping()
        self.cancelled.emit()

    def show_cancelled(self) -> None:
        """Say that nothing was replaced; what was typed stays."""
        self.show_busy(False)
        self.notice.show_texts(
            self.tr("Nothing was restored"), self.tr("You cancelled in time."), kind="accent"
        )
        self.password.setFocus()

    def hold(self, left: Callable[[], float]) -> None:
        """Let no other password be tried for the seconds that `left` returns."""
        self.waiting.hold(left)

    def show_error(self, error: WatchwordError) -> None:
        """Say why it was not restored."""
        self.show_busy(False)
        self.notice.show_error(error)
        if isinstance(error, WrongPassword):
            self.password.show_wrong(True)
            self.password.edit.selectAll()
            self.password.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.password.setFocus()
