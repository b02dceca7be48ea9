"""The password again, before a way to open the vault is changed."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import Button, DangerButton, PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.fact_list import Fact, FactList
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.text_field import PasswordField
from watchword.desktop.look.widgets.waiting import Waiting
from watchword.errors import WatchwordError, WrongPassword


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be done, in words."""

    title: str
    heading: str
    facts: tuple[Fact, ...]
    action: str
    busy: str  # what goes on meanwhile, for a screen reader
    takes_away: bool = False


class PasswordAgainPage(ColumnPage):
    """`given` carries the password; the page stays busy until what was asked for is done."""

    given = Signal(str)
    cancelled = Signal()

    def __init__(self, question: Question, parent: QWidget | None = None) -> None:
        super().__init__(question.title, parent, back=True)
        column = self.column
        column.addSpacing(4)
        self.add_heading(question.heading)
        facts = FactList(self)
        facts.show_facts(list(question.facts))
        column.addWidget(facts)
        column.addSpacing(4)
        self.add_text(
            self.tr("To be sure that it is you, type the password of the vault."), ink=Ink.QUIET
        )
        self.password = PasswordField(self.tr("Password"), self, hint=self.tr("Password"))
        self.password.entered.connect(self._give)
        self.password.text_changed.connect(self._typed)
        column.addWidget(self.password)
        self.notice = Notice(self)
        column.addWidget(self.notice)
        column.addStretch(1)
        self.button: Button = (
            DangerButton(question.action, self)
            if question.takes_away
            else PrimaryButton(question.action, self)
        )
        self.button.setEnabled(False)
        self.button.clicked.connect(self._give)
        self.waiting = Waiting(self.button, question.busy, self)
        self.waiting.cancelled.connect(self._stop)
        self.waiting.released.connect(self._show_ready)
        add_footer(self).addWidget(self.waiting)

    def _typed(self) -> None:
        self.notice.hide()
        self._show_ready()

    def _show_ready(self) -> None:
        ready = bool(self.password.text()) and not self.waiting.held
        self.button.setEnabled(ready and not self.waiting.waits)

    def _give(self) -> None:
        if self.button.isEnabled():
            self.given.emit(self.password.text())

    def _stop(self) -> None:
        self.waiting.show_stopping()
        self.cancelled.emit()

    def show_busy(self, busy: bool) -> None:
        """Show that the password is checked, and then what was asked for is done."""
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

    def show_cancelled(self) -> None:
        """Say that nothing was changed."""
        self.show_busy(False)
        self.notice.show_texts(
            self.tr("Nothing was changed"), self.tr("You cancelled in time."), kind="accent"
        )

    def show_error(self, error: WatchwordError) -> None:
        """Say why nothing was changed; after a wrong password what was typed is selected."""
        self.show_busy(False)
        self.notice.show_error(error)
        self.area.ensureWidgetVisible(self.notice)
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
