"""A page that asks for one password and waits for what comes of it."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import Button
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.footer import add_footer
from watchword.desktop.look.widgets.text_field import PasswordField
from watchword.desktop.look.widgets.waiting import Waiting
from watchword.errors import WatchwordError, WrongPassword


class PasswordPage(ColumnPage):
    """`given` carries the password; whoever made the page shows that it is busy, and how it ended.

    What the password is for stands above the field: it is added before `add_form`.
    """

    given = Signal(str)
    cancelled = Signal()
    # Whether a cancel gives the page back at once: nothing is written that could still stand.
    stops_at_once = False

    password: PasswordField
    notice: Notice
    button: Button
    waiting: Waiting

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent, back=True)

    def add_form(self, hint: str, button: Button, busy: str) -> None:
        """Add the field, which `hint` names, and below all of the page its button.

        `busy` tells a screen reader what goes on after the button was pressed.
        """
        self.password = PasswordField(hint, self, hint=hint)
        self.password.entered.connect(self._go_on)
        self.password.text_changed.connect(self._typed)
        self.column.addWidget(self.password)
        self.notice = Notice(self)
        self.column.addWidget(self.notice)
        self.column.addStretch(1)
        self.button = button
        button.setEnabled(False)
        button.clicked.connect(self._go_on)
        self.waiting = Waiting(button, busy, self)
        self.waiting.cancelled.connect(self._stop)
        self.waiting.released.connect(self._show_ready)
        add_footer(self, waits=True).addWidget(self.waiting)

    @property
    def ready(self) -> bool:
        """Whether there is something to go on with."""
        return bool(self.password.text())

    def _typed(self) -> None:
        self.notice.hide()
        self._show_ready()

    def _show_ready(self) -> None:
        self.button.setEnabled(self.ready and not self.waiting.held and not self.waiting.waits)

    def _go_on(self) -> None:
        if self.button.isEnabled():
            self.given.emit(self.password.text())

    def _stop(self) -> None:
        if self.stops_at_once:
            self.show_busy(False)
        else:
            self.waiting.show_stopping()
        self.cancelled.emit()

    def show_busy(self, busy: bool) -> None:
        """Show that the password is tried, and then what was asked for is done."""
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
        """Say that nothing was done; what was typed stays."""
        self.show_busy(False)
        self.notice.show_texts(
            self.tr("Nothing was changed"), self.tr("You cancelled in time."), kind="accent"
        )

    def show_error(self, error: WatchwordError) -> None:
        """Say why it was not done; after a wrong password what was typed is selected."""
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
        """Begin in the field."""
        super().showEvent(event)
        if not event.spontaneous():
            self.password.setFocus()
