"""Whether the computer slept, or its clock was set: told by two clocks that should agree."""

from watchword.clock import Clock

LATE_SECONDS = 20.0  # a look so late was not only slow
JUMP_SECONDS = 5.0  # no clock is corrected by so much while it runs


class Gaps:
    """Looked at every so many seconds, it notices what happened between two looks.

    Works on every system: where the monotonic clock stands still during sleep the wall clock runs
    away from it, and where it goes on the look itself comes late.
    """

    def __init__(self, clock: Clock, every: float) -> None:
        self._clock = clock
        self._every = every
        self._wall, self._steady = clock.now(), clock.monotonic()

    def noticed(self) -> bool:
        """Tell whether the computer slept or its clock was set since the last look."""
        wall, steady = self._clock.now(), self._clock.monotonic()
        passed, steadily = wall - self._wall, steady - self._steady
        self._wall, self._steady = wall, steady
        return steadily > self._every + LATE_SECONDS or abs(passed - steadily) > JUMP_SECONDS
