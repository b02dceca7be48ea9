"""A vault whose contents are damaged: its password, what can still be read, and a new vault of that."""

from collections.abc import Callable, Sequence

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

_MOST_NAMED = 12


class RescuePage(ColumnPage):
    """First asks for the password, then shows what was found; nothing changes before the last step."""

    look_asked = Signal(str)  # the password
    make_asked = Signal()
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Rescue what can be read"), parent, back=True)
        self._found = False
        column = self.column
        column.addSpacing(4)
        self._heading = self.add_heading(self.tr("Read the damaged vault?"))
        self._text = self.add_text(
            self.tr(
                "Its password opens it, but not all of what is inside can be read. Watchword "
                "reads every account that is whole and shows you the list. Nothing is changed yet."
            ),
            ink=Ink.QUIET,
        )
        self._facts = FactList(self)
        self._facts.hide()
        column.addWidget(self._facts)
        column.addSpacing(4)
        self.password = PasswordField(self.tr("Password"), self, hint=self.tr("Password"))
        self.password.entered.connect(self._go_on)
        self.password.text_changed.connect(self._typed)
        column.addWidget(self.password)
        self.notice = Notice(self)
        column.addWidget(self.notice)
        column.addStretch(1)
        footer = add_footer(self)
        self.button = PrimaryButton(self.tr("Look what can be read"), self)
        self.button.setEnabled(False)
        self.button.clicked.connect(self._go_on)
        self.waiting = Waiting(self.button, self.tr("Reading"), self)
        self.waiting.cancelled.connect(self._stop)
        self.waiting.released.connect(self._show_ready)
        footer.addWidget(self.waiting)

    def show_found(self, names: Sequence[str], problems: Sequence[str]) -> None:
        """Show which accounts can be read, by name, and what cannot be."""
        self._found = True
        self.show_busy(False)
        self.password.hide()
        self._facts.show_facts([self._readable(names), *self._unreadable(problems)])
        self._facts.show()
        if names:
            self._heading.setText(self.tr("Make a new vault of these?"))
            self._text.setText(
                self.tr(
                    "It opens with the same password and gets a new recovery key. Trash, history "
                    "and settings are not taken over. The damaged file is kept among the copies: "
                    "nothing is deleted."
                )
            )
            self.waiting.set_text(self.tr("Make a new vault"))
            self.button.setFocus()
        else:
            self._heading.setText(self.tr("No account can be read"))
            self._text.setText(self.tr("Nothing was changed. Go back and restore a copy instead."))
            self.waiting.hide()
            self.bar.back_button.setFocus()

    def _readable(self, names: Sequence[str]) -> Fact:
        title = self.tr("{n} accounts can be read").format(n=len(names))
        if len(names) == 1:
            title = self.tr("1 account can be read")
        listed = ", ".join(names[:_MOST_NAMED])
        if len(names) > _MOST_NAMED:
            listed = self.tr("{names} and {n} more").format(
                names=listed, n=len(names) - _MOST_NAMED
            )
        return Fact("check", title, listed)

    def _unreadable(self, problems: Sequence[str]) -> list[Fact]:
        if not problems:
            return []
        title = self.tr("{n} cannot be read").format(n=len(problems))
        listed = "; ".join(problems[:_MOST_NAMED])
        if len(problems) > _MOST_NAMED:
            listed = self.tr("{names} and {n} more").format(
                names=listed, n=len(problems) - _MOST_NAMED
            )
        return [Fact("warning", title, listed, warning=True)]

    def _typed(self) -> None:
        self.notice.hide()
        self._show_ready()

    def _show_ready(self) -> None:
        ready = self._found or bool(self.password.text())
        self.button.setEnabled(ready and not self.waiting.held)

    def _go_on(self) -> None:
        if not self.button.isEnabled():
            return
        if self._found:
            self.make_asked.emit()
        else:
            self.look_asked.emit(self.password.text())

    def show_busy(self, busy: bool) -> None:
        """Show that the vault is read, or the new one made."""
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
        """Say that nothing was changed."""
        self.show_busy(False)
        self.notice.show_texts(
            self.tr("Nothing was changed"), self.tr("You cancelled in time."), kind="accent"
        )

    def hold(self, left: Callable[[], float]) -> None:
        """Let no other password be tried for the seconds that `left` returns."""
        self.waiting.hold(left)

    def show_error(self, error: WatchwordError) -> None:
        """Say why it was not done; what is on disk is as it was."""
        self.show_busy(False)
        self.notice.show_error(error)
        if isinstance(error, WrongPassword):
            self.password.show_wrong(True)
            self.password.edit.selectAll()
            self.password.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.password.setFocus()
