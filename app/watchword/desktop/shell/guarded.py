"""Changes of what opens the vault, step by step: the password again, perhaps the keyring, the save."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from watchword.clock import Clock
from watchword.desktop.background.jobs import Job, Jobs, Lane
from watchword.desktop.shell.saving import Saves
from watchword.desktop.unlock.patience import Patience
from watchword.errors import WatchwordError, WrongPassword
from watchword.vault import Cancelled, OpenVault, SavedUnconfirmed, keyring_slot
from watchword.vault.errors import check_wanted
from watchword.vault.keyring_slot import Keyring

if TYPE_CHECKING:
    from watchword.desktop.settings.change_password_page import ChangePasswordPage
    from watchword.desktop.settings.password_again_page import PasswordAgainPage, Question

    Page = PasswordAgainPage | ChangePasswordPage

StillWanted = Callable[[], bool]
Change = Callable[[StillWanted], Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a change that stands: what it returned, and whether the disk confirmed it."""

    value: Any
    unconfirmed: SavedUnconfirmed | None


class GuardedChanges(QObject):
    """Carries one change at a time from its page to the disk; the page is whoever asked's."""

    stands = Signal()  # a change is on disk
    too_late = Signal()  # it was cancelled, and is on disk all the same

    def __init__(
        self,
        vault: OpenVault,
        clock: Clock,
        jobs: Jobs,
        saves: Saves,
        keyring: Keyring | None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._vault = vault
        self._jobs = jobs
        self._saves = saves
        self._keyring = keyring
        self._patience = Patience(clock)
        self._job: Job | None = None  # a step that only reads, and can simply be dropped
        self._unwanted = threading.Event()

    def ask(
        self,
        question: "Question",
        change: Change,
        done: Callable[[Outcome], None],
        *,
        wakes_keyring: bool = False,
    ) -> "PasswordAgainPage":
        """Return a page that asks for the password, and then makes the change."""
        from watchword.desktop.settings.password_again_page import PasswordAgainPage

        page = PasswordAgainPage(question)
        save = partial(self.save, page, change, done)
        after = partial(self._wake_keyring, page, save) if wakes_keyring else save
        page.given.connect(partial(self.check, page, after))
        self.care_for(page)
        return page

    def care_for(self, page: "Page") -> None:
        """Let a page cancel, and hold it back after wrong passwords."""
        page.cancelled.connect(partial(self._cancel, page))
        if self._patience.left() > 0:
            page.hold(self._patience.left)

    def stop(self) -> None:
        """Let nothing be written any more that is not written yet."""
        self._unwanted.set()
        if self._job is not None:
            self._job.cancel()

    def check(self, page: "Page", after: Callable[[], None], password: str) -> None:
        """Go on with `after` if this is the password."""
        page.show_busy(True)

        def right(_: None) -> None:
            self._patience.was_right()
            after()

        self._job = self._jobs.run(
            partial(self._vault.check_password, password),
            on_done=right,
            on_error=partial(self._failed, page),
            lane=Lane.VAULT,
            page=page,
            on_late_error=partial(self._patience.heard_late, page),
        )

    def _wake_keyring(self, page: "Page", after: Callable[[], None]) -> None:
        """Let the keyring be unlocked, in a lane of its own.

        It may show a prompt of its own that nobody answers, and no save may wait behind that.
        """
        if self._keyring is None:
            after()
            return
        self._job = self._jobs.run(
            partial(self._keyring.fetch, keyring_slot.entry_name(self._vault.id, "none")),
            on_done=lambda _: after(),
            on_error=partial(self._failed, page),
            lane=Lane.KEYRING,
            page=page,
        )

    def save(self, page: "Page", change: Change, done: Callable[[Outcome], None]) -> None:
        """Make a change; `done` hears of it when it stands, the page when it does not."""
        self._job = None
        self._unwanted = unwanted = threading.Event()

        def still_wanted() -> bool:
            return not unwanted.is_set()

        def work() -> Outcome:
            check_wanted(still_wanted)
            try:
                return Outcome(change(still_wanted), None)
            except SavedUnconfirmed as error:
                return Outcome(None, error)

        def saved(outcome: Outcome) -> None:
            self.stands.emit()
            done(outcome)
            if unwanted.is_set():
                self.too_late.emit()

        page.show_busy(True)
        self._saves.run(work, on_done=saved, on_error=partial(self._failed, page), page=self)

    def _cancel(self, page: "Page") -> None:
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
            page.show_cancelled()
            self._patience.hold(page)
        else:
            self._unwanted.set()

    def _failed(self, page: "Page", error: WatchwordError) -> None:
        self._job = None
        if not isValid(page):
            return
        if isinstance(error, Cancelled):
            page.show_cancelled()
            return
        page.show_error(error)
        if isinstance(error, WrongPassword):
            self._patience.was_wrong()
            page.hold(self._patience.left)
