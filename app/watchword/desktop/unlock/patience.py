"""How long to wait after wrong passwords: a growing pause, at most 5 s, and never a lock-out."""

from collections.abc import Callable
from typing import Protocol

from shiboken6 import isValid

from watchword.clock import Clock
from watchword.desktop.look.widgets.waiting import Waiting
from watchword.errors import WatchwordError, WrongPassword
from watchword.vault.errors import RecoveryKeyMistyped

_PAUSES = (0.0, 0.0, 1.0, 2.0, 3.0, 5.0)


class Holdable(Protocol):
    """A page that takes a password, and can be held back."""

    waiting: Waiting

    def hold(self, left: Callable[[], float]) -> None:
        """Let no other password be tried for the seconds that `left` returns."""
        ...


class Patience:
    """Counts wrong passwords since the vault was last opened. Nothing of it is kept on disk."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wrong = 0
        self._until = 0.0

    def was_wrong(self) -> None:
        """Begin the pause that follows one more wrong password."""
        pause = _PAUSES[min(self._wrong, len(_PAUSES) - 1)]
        self._wrong += 1
        self._until = self._clock.monotonic() + pause

    def heard_late(self, page: Holdable, error: WatchwordError) -> None:
        """Count a wrong password whose answer came after it was cancelled: it was tried."""
        if isinstance(error, WrongPassword) and not isinstance(error, RecoveryKeyMistyped):
            self.was_wrong()
            self.hold(page)

    def hold(self, page: Holdable) -> None:
        """Hold a page back while there is a pause, unless it waits for an answer as it is."""
        if self.left() > 0 and isValid(page) and not page.waiting.waits:
            page.hold(self.left)

    def was_right(self) -> None:
        """Begin anew: the vault was opened."""
        self._wrong = 0
        self._until = 0.0

    def left(self) -> float:
        """Return the seconds that are left of the pause; 0 when a password may be tried."""
        return max(0.0, self._until - self._clock.monotonic())
