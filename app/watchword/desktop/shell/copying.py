"""Codes on their way out of the list: to the clipboard, and the next one of a counter."""

from PySide6.QtCore import QObject, Signal

from watchword.clock import Clock
from watchword.desktop.accounts.place import AccountsPlace
from watchword.desktop.shell.clipboard import KEPT_SECONDS, SecretClipboard
from watchword.desktop.shell.list_desk import ListDesk
from watchword.desktop.shell.saving import Saves
from watchword.otp.code import code_at
from watchword.otp.parameters import OtpParameters
from watchword.vault import Account, OpenVault


class Copying(QObject):
    """Copies and draws codes, and notes that the account was used."""

    changed = Signal(object)  # all accounts, after a counter code was drawn
    said = Signal(str)

    def __init__(
        self,
        vault: OpenVault,
        clock: Clock,
        saves: Saves,
        *,
        clipboard: SecretClipboard,
        listing: ListDesk,
        place: AccountsPlace,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._vault = vault
        self._clock = clock
        self._saves = saves
        self._clipboard = clipboard
        self._listing = listing
        self._place = place
        place.copy_asked.connect(self._copy)
        place.new_code_asked.connect(self._new_code)

    def copy_text(self, text: str) -> None:
        """Copy a secret text, and say for how long."""
        self._clipboard.copy(text)
        self.said.emit(self.tr("Copied. Cleared in {n} s").format(n=KEPT_SECONDS))

    def copy_code(self, account_id: str) -> None:
        """Copy the code of now, of an account that has one by the clock."""
        for account in self._vault.accounts:
            if account.id == account_id and account.otp is not None:
                self._copy(account_id, code_at(account.otp, self._clock.now()).value)

    def _copy(self, account_id: str, code: str) -> None:
        self._listing.note_use(account_id)
        self._place.show_copied(account_id)
        self.copy_text(code)

    def _new_code(self, account_id: str) -> None:
        """Draw the next counter code: saved as used first, shown then."""

        def draw() -> tuple[OtpParameters, tuple[Account, ...]]:
            otp = self._vault.advance_counter(account_id)
            return otp, self._vault.accounts

        def drawn(result: tuple[OtpParameters, tuple[Account, ...]]) -> None:
            otp, accounts = result
            self._listing.note_use(account_id)
            self.changed.emit(accounts)
            self._place.show_drawn(account_id, code_at(otp, self._clock.now()))

        self._saves.run(draw, on_done=drawn, page=self)
