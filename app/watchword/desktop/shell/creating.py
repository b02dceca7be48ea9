"""A new vault: its password, making it, and its recovery key, shown once."""

import threading
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from watchword.clock import Clock
from watchword.desktop.background.jobs import Jobs, Lane
from watchword.desktop.shell.keyring_offer import KeyringOffer
from watchword.desktop.shell.places import locked_vault, places_of
from watchword.desktop.unlock.create_page import CreatePage
from watchword.desktop.unlock.folder_page import FolderPage
from watchword.desktop.unlock.recovery_page import RecoveryPage
from watchword.errors import WatchwordError
from watchword.plain_text import plain_text
from watchword.system.folders import sync_program
from watchword.system.network_disks import network_disk
from watchword.vault import KdfCost, OpenVault, create_vault, slots
from watchword.vault.errors import Cancelled
from watchword.vault.keyring_slot import Keyring


class Creating(QObject):
    """Owns the pages from the password to the recovery key."""

    page_wanted = Signal(object)
    opened = Signal(object)  # an OpenVault
    left = Signal()
    stands = Signal(object)  # a WatchwordError, although the file is there
    copy_asked = Signal(str)

    def __init__(
        self,
        path: Path,
        clock: Clock,
        jobs: Jobs,
        cost: KdfCost | None,
        keyring: Keyring | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`keyring` None: none is offered to open the vault."""
        super().__init__(parent)
        self._path = path
        self._clock = clock
        self._jobs = jobs
        self._cost = cost
        self._unwanted = threading.Event()
        self._page: CreatePage | None = None
        self._offer = KeyringOffer(keyring, clock, jobs, self)
        self._offer.page_wanted.connect(self.page_wanted)
        self._offer.done.connect(self.opened)

    def show(self) -> None:
        """Say what speaks against the folder the vault would lie in, or ask for a password."""
        folder = self._path.parent
        program, kind = sync_program(folder), network_disk(folder)
        if not program and not kind:
            self._ask_password()
            return
        backups = places_of(self._path).local_backups
        page = FolderPage(
            plain_text(str(folder)),
            program=program,
            kind=kind,
            backups=plain_text(str(backups)) if backups else "",
        )
        page.use_chosen.connect(self._ask_password)
        page.back_pressed.connect(self.left)
        self.page_wanted.emit(page)

    def _ask_password(self) -> None:
        page = CreatePage(self._jobs)
        page.create_asked.connect(self._create)
        page.cancelled.connect(self.cancel)
        page.back_pressed.connect(self.left)
        self._page = page
        self.page_wanted.emit(page)

    def cancel(self) -> None:
        """Make no vault, if it is not made yet; what came of it is told when it is known."""
        self._unwanted.set()

    def _create(self, password: str) -> None:
        page = self._page
        if page is None:
            return
        self._unwanted = unwanted = threading.Event()
        page.show_busy(True)

        def work() -> tuple[OpenVault, str | None]:
            return create_vault(
                self._path,
                password,
                cost=self._cost,
                clock=self._clock,
                places=places_of(self._path),
                still_wanted=lambda: not unwanted.is_set(),
            )

        self._jobs.run(
            work,
            on_done=self._created,
            on_error=self._failed,
            lane=Lane.VAULT,
            page=page,
            discard=lambda made: made[0].lock(),
        )

    def _created(self, made: tuple[OpenVault, str | None]) -> None:
        vault, key = made
        if self._page is not None:
            self._page.forget()
            self._page = None
        if key is not None:
            self.show_key(vault, key, too_late=self._unwanted.is_set())
        else:
            self.opened.emit(vault)

    def _failed(self, error: WatchwordError) -> None:
        page = self._page
        if page is None:
            return
        if isinstance(error, Cancelled):
            page.show_cancelled()
            return
        page.show_error(error)
        # The file may stand although the system did not confirm that it will last.
        if locked_vault(self._path).exists():
            page.forget()
            self._page = None
            self.stands.emit(error)

    def show_key(self, vault: OpenVault, key: str, *, too_late: bool = False) -> None:
        """Show the recovery key of a vault that was made, and then go on to the vault."""
        self._offer.look()
        page = RecoveryPage(key)
        if too_late:
            page.show_note(
                self.tr("It was too late to cancel: your vault is made"),
                self.tr("Go on with it. You can start over later, from where it is unlocked."),
            )
        page.copy_asked.connect(self.copy_asked)
        page.done.connect(partial(self._key_shown, vault))
        self.page_wanted.emit(page)

    def _key_shown(self, vault: OpenVault, typed_back: bool) -> None:
        if typed_back:
            # The session saves it; until then the vault says that nobody wrote the key down.
            slots.confirm_recovery_key(vault, slots.unconfirmed_recovery_key(vault))
        self._offer.ask(vault)
