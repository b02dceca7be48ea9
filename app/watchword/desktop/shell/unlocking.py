"""From a locked vault to an open one: by this computer's keyring, the password or the recovery key."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from watchword.clock import Clock
from watchword.desktop.background.jobs import Job, Jobs, Lane
from watchword.desktop.shell.places import locked_vault
from watchword.desktop.unlock.patience import Patience
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.errors import BugError, VaultDamaged, WatchwordError, WrongPassword
from watchword.vault import LockedVault, OpenVault, RecoveryKeyMistyped, VaultMissing
from watchword.vault.file_format import KEYRING

if TYPE_CHECKING:
    from watchword.vault.keyring_slot import Keyring


class Unlocking(QObject):
    """Owns the unlock page while there is one; whoever owns this shows it."""

    page_wanted = Signal(object)
    opened = Signal(object, bool)  # an OpenVault, and whether the recovery key opened it
    copies_wanted = Signal(object)  # the error because of which no password helps
    other_ways_asked = Signal()

    def __init__(
        self,
        path: Path,
        clock: Clock,
        jobs: Jobs,
        patience: Patience,
        keyring: "Keyring | None",
        parent: QObject | None = None,
    ) -> None:
        """`keyring` None: this installation uses none."""
        super().__init__(parent)
        self._path = path
        self._clock = clock
        self._jobs = jobs
        self._patience = patience
        self._keyring = keyring
        self._may_begin = False
        self._by_itself = True  # the keyring opens it unasked once, at the start of the app
        self._page: UnlockPage | None = None
        self._job: Job | None = None

    @property
    def page(self) -> UnlockPage | None:
        """The page that is shown; None when something else is."""
        return self._page

    def show(self, error: WatchwordError | None = None) -> None:
        """Ask for the password, and offer the keyring where the vault has a slot for it."""
        self.forget()
        page = UnlockPage()
        page.unlock_asked.connect(self._unlock)
        page.keyring_asked.connect(self._ask_keyring)
        page.cancelled.connect(self.cancel)
        page.other_ways_asked.connect(self.other_ways_asked)
        self._page = page
        self.page_wanted.emit(page)
        if error is not None:
            page.show_error(error)
        if self._patience.left() > 0:
            page.hold(self._patience.left)
        if self._keyring is not None:
            # The file is read in the background: the first page is drawn without it.
            self._jobs.run(
                partial(has_keyring_slot, locked_vault(self._path)),
                on_done=partial(self._offer_keyring, page),
                lane=Lane.KEYRING,
                page=page,
            )

    def begin(self) -> None:
        """Let the keyring open the vault by itself, if it can and has not been asked before."""
        self._may_begin = True
        page = self._page
        if self._by_itself and page is not None and not page.keyring.isHidden():
            self._by_itself = False
            if page.is_untouched:
                self._ask_keyring()

    def forget(self) -> None:
        """Empty the page: another will be shown. What is under way comes to nothing."""
        self._drop_job()
        if self._page is not None:
            self._page.forget()
            self._page = None

    def never_by_itself(self) -> None:
        """Ask the keyring only when the person does: the app has been in use."""
        self._by_itself = False

    def _offer_keyring(self, page: UnlockPage, there: bool) -> None:
        if there:
            page.offer_keyring()
            if self._may_begin:
                self.begin()

    def _unlock(self, secret: str, by_key: bool) -> None:
        page = self._page
        if page is None:
            return
        self._by_itself = False
        locked = locked_vault(self._path)
        way = locked.unlock_with_recovery_key if by_key else locked.unlock
        page.show_busy(True)
        self._job = self._jobs.run(
            partial(way, secret, clock=self._clock),
            on_done=partial(self._opened, by_key),
            on_error=self._not_unlocked,
            lane=Lane.VAULT,
            page=page,
            discard=OpenVault.lock,
            on_late_error=partial(self._patience.heard_late, page),
        )

    def _ask_keyring(self) -> None:
        page = self._page
        if page is None or self._keyring is None:
            return
        from watchword.vault import keyring_slot

        self._by_itself = False
        page.show_asking()
        # Not among the vault's own work: a keyring may show a prompt of its own that nobody
        # answers, and the password must open the vault all the same.
        self._job = self._jobs.run(
            partial(
                keyring_slot.unlock, locked_vault(self._path), self._keyring, clock=self._clock
            ),
            on_done=partial(self._opened, False),
            on_error=self._not_by_keyring,
            lane=Lane.KEYRING,
            page=page,
            discard=OpenVault.lock,
        )

    def cancel(self) -> None:
        """Let what is under way come to nothing, and show the page as it was."""
        if self._job is None:
            return
        self._drop_job()
        if self._page is not None:
            self._page.show_busy(False)
            self._patience.hold(self._page)

    def _drop_job(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.cancel()

    def _opened(self, by_key: bool, vault: OpenVault) -> None:
        self._job = None
        self._patience.was_right()
        self.opened.emit(vault, by_key)

    def _not_unlocked(self, error: WatchwordError) -> None:
        self._job = None
        if isinstance(error, VaultDamaged | VaultMissing):
            self.copies_wanted.emit(error)
        elif self._page is not None:
            self._page.show_error(error)
            if isinstance(error, WrongPassword) and not isinstance(error, RecoveryKeyMistyped):
                self._patience.was_wrong()
                self._page.hold(self._patience.left)

    def _not_by_keyring(self, error: WatchwordError) -> None:
        """Go on with the password, and say why: the keyring is never the only way."""
        self._job = None
        if isinstance(error, VaultDamaged | VaultMissing):
            self.copies_wanted.emit(error)
        elif self._page is not None and isinstance(error, BugError):
            self._page.show_error(error)
        elif self._page is not None:
            self._page.show_reason(error)


def has_keyring_slot(locked: LockedVault) -> bool:
    """Tell whether the vault can be opened by a keyring; a vault that cannot be read can not."""
    try:
        return any(slot.kind == KEYRING for slot in locked.header().slots)
    except WatchwordError:
        # What is wrong with it is told when it is to be opened.
        return False
