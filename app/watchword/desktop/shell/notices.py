"""The strips above the accounts: what went wrong, and what should not stay as it is."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.texts import said, sentence
from watchword.desktop.look.widgets.banner import Banner, Notice
from watchword.desktop.shell.saving import Saves
from watchword.errors import WatchwordError
from watchword.vault import SavedUnconfirmed


class Notices(QObject):
    """Owns the strips until a page takes them; each is hidden while it has nothing to say."""

    password_asked = Signal()
    key_asked = Signal()

    def __init__(self, saves: Saves, *, trial: bool, parent: QObject | None = None) -> None:
        """`trial`: there is nothing to be reminded of."""
        super().__init__(parent)
        self._saves = saves
        self._trial = trial
        self.notice = Notice()
        self.reminder = Notice()
        self.no_key = Banner("recovery", self.tr("Make one"), kind="warn")
        self.no_key.clicked.connect(self.key_asked)
        saves.noticed.connect(self.tell_of_vault)
        saves.trouble.connect(self.show_trouble)

    @property
    def strips(self) -> tuple[QWidget, ...]:
        """What is shown above the accounts, from above."""
        return self.notice, self.reminder, self.no_key

    def remind(self, *, has_key: bool, key_unconfirmed: bool, by_key: bool) -> None:
        """Show what should not stay as it is: a forgotten password, or no recovery key on paper."""
        self.no_key.setVisible(not self._trial and (key_unconfirmed or not has_key))
        if has_key:
            self.no_key.show_texts(
                self.tr("Recovery key not written down?"),
                self.tr("Nobody confirmed it: make a new one"),
            )
        else:
            self.no_key.show_texts(
                self.tr("You have no recovery key"),
                self.tr("A forgotten password locks you out"),
            )
        if by_key:
            self.offer_new_password()
        else:
            self.reminder.hide()

    def offer_new_password(self) -> None:
        """Say that a forgotten password can be replaced: the recovery key was used."""
        self.reminder.show_texts(
            self.tr("You used the recovery key"),
            self.tr("If the password is forgotten, choose a new one now."),
            kind="accent",
        )
        self.reminder.offer(self.tr("Choose a new password"), self.password_asked.emit)

    def tell(self, title: str, text: str, kind: str) -> None:
        """Say what came of something, where no other page is there to show it."""
        self.notice.show_texts(title, text, kind=kind)

    def tell_of_vault(self, texts: Sequence[str]) -> None:
        """Say what the vault has to tell, if anything."""
        if texts:
            told = " ".join(sentence(said(text)) for text in texts)
            self.notice.show_texts(self.tr("About your vault"), told, kind="warn")

    def show_trouble(self, error: WatchwordError, again: Callable[[], None] | None = None) -> None:
        """Say what went wrong, and offer to try it again where `again` does."""
        if again is None and isinstance(error, SavedUnconfirmed):
            again = self._saves.save
        self.notice.show_error(error)
        if again is not None:
            self.notice.offer(self.tr("Try again"), partial(self._try_again, again))

    def _try_again(self, again: Callable[[], None]) -> None:
        self.notice.hide()
        again()
