"""How long to wait after wrong passwords: a growing pause, at most 5 s, and never a lock-out."""

from watchword.clock import Clock

_PAUSES = (0.0, 0.0, 1.0, 2.0, 3.0, 5.0)


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

    def was_right(self) -> None:
        """Begin anew: the vault was opened."""
        self._wrong = 0
        self._until = 0.0

    def left(self) -> float:
        """Return the seconds that are left of the pause; 0 when a password may be tried."""
        return max(0.0, self._until - self._clock.monotonic())
