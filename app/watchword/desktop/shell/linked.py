"""What is said of accounts linked to servers: when they were heard of, and which were removed there."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from watchword.approvals.watch import Contact
from watchword.clock import Clock
from watchword.desktop.approvals.watching import Watching
from watchword.desktop.look.widgets.banner import Banner
from watchword.desktop.shell import account_words, edits
from watchword.desktop.shell.saving import Saves
from watchword.protocol.errors import KeyWithoutProof
from watchword.vault import Account, OpenVault


class Linked(QObject):
    """Keeps the strip that leads to an account that needs a look."""

    changed = Signal(object)  # all accounts, once a removal is saved
    look_asked = Signal(str)  # account id

    def __init__(
        self,
        vault: OpenVault,
        clock: Clock,
        saves: Saves,
        watching: Watching,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._vault = vault
        self._clock = clock
        self._saves = saves
        self._watching = watching
        self._accounts: Sequence[Account] = ()
        self._shown: Account | None = None
        self.strip = Banner("warning", self.tr("Look"), kind="warn")
        self.strip.clicked.connect(self._look)
        self.strip.hide()

    def show_accounts(self, accounts: Sequence[Account]) -> None:
        """Follow these accounts from now on."""
        self._accounts = [account for account in accounts if account.link is not None]
        self.show_strip()

    def show_strip(self) -> None:
        """Name a server whose key is not proved, else the accounts whose device was removed."""
        unproved = [a for a in self._accounts if self._is_unproved(a)]
        removed = [a for a in self._accounts if a.link and a.link.state == "revoked"]
        self._shown = next(iter(unproved or removed), None)
        self.strip.setVisible(self._shown is not None)
        if self._shown is None:
            return
        name = self._shown.issuer or self._shown.account
        if unproved:
            self.strip.show_texts(
                self.tr("The key of {name} changed without proof").format(name=name),
                self.tr("Its login requests are not shown. Codes still work"),
                warning=True,
            )
            return
        title = self.tr("{name} is no longer linked").format(name=name)
        if len(removed) > 1:
            title = self.tr("{n} accounts are no longer linked").format(n=len(removed))
        self.strip.show_texts(title, self.tr("The server removed this device"))

    def _is_unproved(self, account: Account) -> bool:
        failure = self._watching.contact_of(account.id).failure
        return isinstance(failure, KeyWithoutProof)

    def note_removed(self, account_id: str) -> None:
        """Save that the server removed this device: the account stays, greyed."""

        def note() -> tuple[Account, ...]:
            edits.mark_unlinked(self._vault, account_id)
            return self._vault.accounts

        self._saves.run(note, on_done=self.changed.emit, page=self, quiet=True)

    def known_contact(self, account_id: str) -> tuple[Contact, bool]:
        """Return what is known of the account's server, and whether nobody is asked now."""
        return self._watching.contact_of(account_id), self._watching.paused_for > 0

    def contact(self, account_id: str) -> str:
        """Return the same in words."""
        known, paused = self.known_contact(account_id)
        return account_words.contact(known, self._clock.now(), paused=paused)

    def _look(self) -> None:
        if self._shown is not None:
            self.look_asked.emit(self._shown.id)
