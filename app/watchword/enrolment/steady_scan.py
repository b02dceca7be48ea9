"""When a code before the camera counts as meant: it stays, and nothing else is beside it.

One frame can show a code that passes by, or be read while two codes are in the picture and only
one of them is sharp. So a code is accepted when two frames at least 80 ms apart agree on it and
every other login code seen in the last second was seen as steadily. That makes the
scan stable; it proves nothing about where the code comes from.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from watchword.clock import Clock

APART_SECONDS = 0.08
MEMORY_SECONDS = 1.0


@dataclass(slots=True)
class _Sighting:
    first: float
    last: float


class SteadyScan:
    """Told what each frame shows, says when it is enough; times are monotonic seconds."""

    def __init__(self, clock: Clock) -> None:
        """Begin with nothing seen."""
        self._clock = clock
        self._seen: dict[str, _Sighting] = {}

    def saw(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Note the login codes of one frame; return the accepted ones once they are steady.

        One text: go on with it. Several: the person chooses. None: keep looking. A frame
        without any is no evidence against what was seen: hands shake.
        """
        now = self._clock.monotonic()
        self._seen = {
            text: sighting
            for text, sighting in self._seen.items()
            if now - sighting.last <= MEMORY_SECONDS
        }
        for text in texts:
            sighting = self._seen.setdefault(text, _Sighting(now, now))
            sighting.last = now
        steady = all(each.last - each.first >= APART_SECONDS for each in self._seen.values())
        return tuple(self._seen) if self._seen and texts and steady else ()

    def start_over(self) -> None:
        """Forget everything, as after a choice that was cancelled."""
        self._seen.clear()
