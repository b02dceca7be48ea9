"""A new password: typed twice, with its strength between."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watchword.desktop.look.theme import RING
from watchword.desktop.look.widgets.label import Ink, Label
from watchword.desktop.look.widgets.strength_bar import StrengthBar
from watchword.desktop.look.widgets.text_field import PasswordField

_PAUSE_MS = 150


class NewPasswordFields(QWidget):
    """Asks by `estimate_wanted` how strong a password is, in a pause of typing, and shows it."""

    changed = Signal()
    entered = Signal()  # Enter was pressed in the second field
    estimate_wanted = Signal(str)

    def __init__(self, name: str, again: str, least: int, parent: QWidget | None = None) -> None:
        """`name` and `again` are what the fields are called; `least` characters are enough."""
        super().__init__(parent)
        self._least_length = least
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._estimate)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.password = PasswordField(name, self, hint=name)
        self.password.text_changed.connect(self._typed)
        column.addWidget(self.password)
        self._bar = StrengthBar(self)
        column.addWidget(self._bar)
        self._words = Label(self._least(), self, size=12.5, ink=Ink.FAINT, inset=RING)
        column.addWidget(self._words)
        column.addSpacing(4)
        self.again = PasswordField(again, self, hint=self.tr("The same once more"))
        self.again.text_changed.connect(self._typed)
        self.again.entered.connect(self.entered)
        self.password.entered.connect(self.again.setFocus)
        column.addWidget(self.again)
        self.setFocusProxy(self.password)

    @property
    def is_ready(self) -> bool:
        """Whether the password is long enough and was typed twice alike."""
        password = self.password.text()
        return len(password) >= self._least_length and password == self.again.text()

    def text(self) -> str:
        """Return the password."""
        return self.password.text()

    def strength_words(self) -> str:
        """Return what is said about the password typed so far."""
        return self._words.text()

    def show_strength(self, score: int, advice: str) -> None:
        """Show how hard the password is to guess: `score` 0 to 4."""
        words = (
            self.tr("Guessed at once."),
            self.tr("Easy to guess."),
            self.tr("Could be better."),
            self.tr("Good."),
            self.tr("Very good."),
        )[score]
        self._bar.show_score(max(1, score))
        self._words.setText(f"{words} {advice}".strip())

    def show_differ(self) -> None:
        """Mark the second field: it does not say what the first does."""
        self.again.show_wrong(True)

    def clear(self) -> None:
        """Empty both fields."""
        self.password.clear()
        self.again.clear()
        self._pause.stop()
        self._show_least()

    def _typed(self) -> None:
        self._pause.start()
        self.changed.emit()

    def _estimate(self) -> None:
        if len(self.password.text()) < self._least_length:
            self._show_least()
        else:
            self.estimate_wanted.emit(self.password.text())

    def _show_least(self) -> None:
        self._bar.show_score(0)
        self._words.setText(self._least())

    def _least(self) -> str:
        return self.tr("At least {n} characters.").format(n=self._least_length)
