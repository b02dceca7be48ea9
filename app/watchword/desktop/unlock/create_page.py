"""Choosing a password: of a new vault, or a new one of the vault that is open."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from watchword.desktop.background.jobs import Job, Jobs, Lane
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import PrimaryButton
from watchword.desktop.look.widgets.column_page import ColumnPage
from watchword.desktop.look.widgets.label import Ink
from watchword.desktop.look.widgets.strength_bar import StrengthBar
from watchword.desktop.look.widgets.text_field import PasswordField
from watchword.desktop.look.widgets.waiting import Waiting
from watchword.desktop.unlock.strength import LEAST_LENGTH, Strength, estimate
from watchword.errors import WatchwordError

_PAUSE_MS = 150


class CreatePage(ColumnPage):
    """Password twice, with its strength while typing; `create_asked` carries it once it will do."""

    create_asked = Signal(str)
    cancelled = Signal()

    def __init__(self, jobs: Jobs, parent: QWidget | None = None, *, anew: bool = False) -> None:
        """`anew`: the vault is there, and gets another password."""
        super().__init__(
            self.tr("New password") if anew else self.tr("Create my vault"), parent, back=True
        )
        self._jobs = jobs
        self._anew = anew
        self._estimating: Job | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._estimate)
        column = self.column
        column.addSpacing(8)
        self.add_heading(self.tr("Choose a password"))
        self.add_text(
            self.tr(
                "It opens your vault on this computer. It is sent nowhere and kept nowhere, "
                "so nobody can give it back to you. Several words are easy to keep in mind."
            ),
            ink=Ink.QUIET,
        )
        column.addSpacing(10)
        self.password = PasswordField(self.tr("Password"), self, hint=self.tr("Password"))
        self.password.text_changed.connect(self._typed)
        column.addWidget(self.password)
        self._bar = StrengthBar(self)
        column.addWidget(self._bar)
        self._words = self.add_text(self._least(), size=12.5, ink=Ink.FAINT)
        column.addSpacing(4)
        self.again = PasswordField(
            self.tr("Password again"), self, hint=self.tr("The same once more")
        )
        self.again.text_changed.connect(self._typed)
        self.again.entered.connect(self._create)
        self.password.entered.connect(self.again.setFocus)
        column.addWidget(self.again)
        self._notice = Notice(self)
        column.addWidget(self._notice)
        column.addSpacing(8)
        self.button = PrimaryButton(
            self.tr("Change the password") if anew else self.tr("Create vault"), self
        )
        self.button.setEnabled(False)
        self.button.clicked.connect(self._create)
        busy = self.tr("Changing the password") if anew else self.tr("Making the vault")
        self.waiting = Waiting(self.button, busy, self)
        self.waiting.cancelled.connect(self._stop)
        column.addWidget(self.waiting)
        column.addStretch(1)

    def _least(self) -> str:
        return self.tr("At least {n} characters.").format(n=LEAST_LENGTH)

    def _ready(self) -> bool:
        password = self.password.text()
        return len(password) >= LEAST_LENGTH and password == self.again.text()

    def _typed(self) -> None:
        self._notice.hide()
        self.button.setEnabled(self._ready())
        self._pause.start()

    def _estimate(self) -> None:
        if self._estimating is not None:
            self._estimating.cancel()
        password = self.password.text()
        if len(password) < LEAST_LENGTH:
            self._bar.show_score(0)
            self._words.setText(self._least())
            return
        self._estimating = self._jobs.run(
            lambda: estimate(password), on_done=self._show_strength, lane=Lane.DECODE
        )

    def _show_strength(self, strength: Strength) -> None:
        words = (
            self.tr("Guessed at once."),
            self.tr("Easy to guess."),
            self.tr("Could be better."),
            self.tr("Good."),
            self.tr("Very good."),
        )[strength.score]
        self._bar.show_score(max(1, strength.score))
        self._words.setText(f"{words} {strength.advice}".strip())

    def strength_words(self) -> str:
        """Return what is said about the password typed so far."""
        return self._words.text()

    def _create(self) -> None:
        if not self._ready():
            if self.again.text():
                self._notice.show_texts(self.tr("The two passwords differ"))
                self.again.show_wrong(True)
            return
        self.create_asked.emit(self.password.text())

    def show_busy(self, busy: bool) -> None:
        """Show that the vault is being made."""
        for widget in (self.password, self.again, self.bar):
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
        nothing = (
            self.tr("The password is as it was") if self._anew else self.tr("No vault was made")
        )
        self._notice.show_texts(nothing, self.tr("You cancelled in time."), kind="accent")
        self.password.setFocus()

    def show_error(self, error: WatchwordError) -> None:
        """Say why no vault was made."""
        self.show_busy(False)
        self._notice.show_error(error)

    def forget(self) -> None:
        """Empty both fields."""
        self.password.clear()
        self.again.clear()
        self._pause.stop()
        self._bar.show_score(0)
        self._words.setText(self._least())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.password.setFocus()
