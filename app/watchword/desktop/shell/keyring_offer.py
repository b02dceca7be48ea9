"""The last question about a new vault, asked only where this computer has a keyring."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from watchword.clock import Clock
from watchword.desktop.background.jobs import Job, Jobs, Lane
from watchword.desktop.unlock.keyring_offer_page import KeyringOfferPage
from watchword.errors import WatchwordError
from watchword.vault import OpenVault, SavedUnconfirmed, keyring_slot
from watchword.vault.file_format import KEYRING
from watchword.vault.keyring_slot import Keyring
from watchword.vault.limits import PASSWORD_DAYS


class KeyringOffer(QObject):
    """Asks for one vault; `done` comes in any case, once."""

    page_wanted = Signal(object)
    done = Signal(object)  # the OpenVault

    def __init__(
        self, keyring: Keyring | None, clock: Clock, jobs: Jobs, parent: QObject | None = None
    ) -> None:
        """`keyring` None: this installation uses none."""
        super().__init__(parent)
        self._keyring = keyring
        self._clock = clock
        self._jobs = jobs
        self._is_there = False
        self._job: Job | None = None

    def look(self) -> None:
        """Find out whether there is a keyring, while the person is at something else."""
        self._is_there = False
        if self._keyring is not None:
            self._jobs.run(
                self._keyring.available,
                on_done=self._looked,
                on_error=lambda _: None,
                lane=Lane.KEYRING,
                page=self,
            )

    def _looked(self, is_there: bool) -> None:
        self._is_there = is_there

    def ask(self, vault: OpenVault) -> None:
        """Ask, or go on at once where there is nothing to ask, or not yet."""
        opens = any(slot.kind == KEYRING for slot in vault.slots)
        if opens or not self._is_there or self._keyring is None:
            self.done.emit(vault)
            return
        page = KeyringOfferPage(PASSWORD_DAYS)
        page.accepted.connect(partial(self._wake, page, vault, self._keyring))
        page.cancelled.connect(partial(self._cancel, page))
        page.declined.connect(partial(self.done.emit, vault))
        self.page_wanted.emit(page)

    def _wake(self, page: KeyringOfferPage, vault: OpenVault, keyring: Keyring) -> None:
        """Let the keyring be unlocked first: nothing of the vault waits for its prompt."""
        page.show_busy(True)
        self._job = self._jobs.run(
            partial(keyring.fetch, keyring_slot.entry_name(vault.id, "none")),
            on_done=lambda _: self._turn_on(page, vault, keyring),
            on_error=page.show_error,
            lane=Lane.KEYRING,
            page=page,
        )

    def _cancel(self, page: KeyringOfferPage) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
            page.show_busy(False)

    def _turn_on(self, page: KeyringOfferPage, vault: OpenVault, keyring: Keyring) -> None:
        self._job = None

        def failed(error: WatchwordError) -> None:
            if isinstance(error, SavedUnconfirmed):
                # It stands; the session saves once more, as whatever is not confirmed.
                self.done.emit(vault)
            else:
                page.show_error(error)

        self._jobs.run(
            partial(keyring_slot.turn_on, vault, keyring, self._clock),
            on_done=lambda _: self.done.emit(vault),
            on_error=failed,
            lane=Lane.VAULT,
            page=page,
        )
