"""Is it you who approves? Asked of the password or of this computer's keyring, one question at a time."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from watchword.desktop.background.jobs import Job, Jobs, Lane
from watchword.errors import WatchwordError
from watchword.vault import OpenVault, keyring_slot
from watchword.vault.file_format import KEYRING
from watchword.vault.keyring_slot import Keyring

Then = Callable[[], None]
Failed = Callable[[WatchwordError], None]


class AskingAgain(QObject):
    """What came of a question is told once, unless another was asked meanwhile or it was dropped."""

    def __init__(
        self, vault: OpenVault, jobs: Jobs, keyring: Keyring | None, parent: QObject
    ) -> None:
        """`keyring` None: this installation uses none."""
        super().__init__(parent)
        self._vault = vault
        self._jobs = jobs
        self._keyring = keyring
        self._job: Job | None = None

    @property
    def can_ask_keyring(self) -> bool:
        """Whether the keyring opens this vault."""
        return self._keyring is not None and any(
            slot.kind == KEYRING for slot in self._vault.slots
        )

    def password(self, password: str, then: Then, failed: Failed) -> None:
        """Go on if this is the vault's password."""
        self._ask(partial(self._vault.check_password, password), Lane.VAULT, then, failed)

    def keyring(self, then: Then, failed: Failed) -> None:
        """Go on if the keyring has what opens the vault.

        It may show a prompt of its own that nobody answers, and no save may wait behind that.
        """
        if self._keyring is not None:
            work = partial(keyring_slot.check, self._vault, self._keyring)
            self._ask(work, Lane.KEYRING, then, failed)

    def drop(self) -> None:
        """Let nothing come of what was asked."""
        job, self._job = self._job, None
        if job is not None:
            job.cancel()

    def _ask(self, work: Then, lane: Lane, then: Then, failed: Failed) -> None:
        self.drop()
        self._job = self._jobs.run(
            work, on_done=lambda _: then(), on_error=failed, lane=lane, page=self
        )
