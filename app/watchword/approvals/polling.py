"""When to ask which server next: pure arithmetic over a clock that never jumps.

A server that holds polls (long poll) is asked again at once. Others are asked every few seconds
while the window is open and less often from the tray. Failures wait longer each time, and after
the computer wakes or the network returns everything is asked at once.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from watchword.remote.retry import Backoff

LONG_POLL_SECONDS = 25.0
# A server that answers a long poll at once with nothing does not hold polls; and one that
# claims to but misbehaves must not make us spin.
LEAST_PAUSE_SECONDS = 0.2
WINDOW_PAUSE_SECONDS = 3.0
TRAY_PAUSE_SECONDS = 15.0
JITTER_SHARE = 0.5


class Presence(StrEnum):
    """How near the person is."""

    WINDOW = "window"  # the window is open
    TRAY = "tray"  # unlocked, but only the tray icon is there


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When one account is polled; immutable. Times are monotonic seconds."""

    asked: bool = False  # a poll is on its way
    again: bool = False  # ask at once when that poll is over: it may be deaf since we slept
    last_end: float | None = None
    pause: float = 0.0  # what the server asked to leave between polls that it does not hold
    held: bool = True  # whether the server holds polls; assumed until it shows otherwise
    jitter: float = 0.0
    not_before: float = 0.0
    backoff: Backoff = field(default_factory=Backoff)

    def next_at(self, presence: Presence, at: float) -> float | None:
        """Return when the next poll is due, `at` or earlier meaning now; None: one is under way."""
        if self.asked:
            return None
        if self.last_end is None:
            return max(at, self.not_before)
        if self.backoff.failures:
            return self.not_before
        if self.held:
            pause = LEAST_PAUSE_SECONDS
        else:
            usual = WINDOW_PAUSE_SECONDS if presence is Presence.WINDOW else TRAY_PAUSE_SECONDS
            pause = max(self.pause, usual * (1 + JITTER_SHARE * self.jitter))
        return self.last_end + pause

    def wait(self) -> float:
        """Return how many seconds the server is asked to hold the next poll.

        After a failure the first poll is not held, so that people learn soon that it works again.
        """
        return 0.0 if self.backoff.failures or self.last_end is None else LONG_POLL_SECONDS

    def started(self) -> "Schedule":
        """Return the schedule with a poll under way."""
        return replace(self, asked=True, again=False)

    def succeeded(self, at: float, *, pause: float, held: bool, jitter: float) -> "Schedule":
        """Return the schedule after an answer; `held` as the provider says, `jitter` in [0, 1)."""
        return replace(
            self,
            asked=False,
            again=False,
            last_end=None if self.again else at,
            pause=pause,
            held=held,
            jitter=jitter,
            not_before=0.0,
            backoff=Backoff(),
        )

    def failed(
        self, at: float, *, away: bool, retry_after: float | None, jitter: float
    ) -> "Schedule":
        """Return the schedule after a failure; `away`: the network failed, not the server."""
        backoff = self.backoff.after_failure()
        wait = backoff.wait(jitter, away=away, retry_after=retry_after)
        return replace(
            self,
            asked=False,
            again=False,
            last_end=at,
            not_before=at if self.again else at + wait,
            backoff=backoff,
        )

    def woke(self, *, abandoning: bool = False) -> "Schedule":
        """Return the schedule after wake-up or the network's return: as soon as possible.

        `abandoning`: a poll under way is waited for no more, for it may be deaf. A server's own
        "later" is kept by asking it once; it will say so again.
        """
        waiting = self.asked and not abandoning
        return replace(self, asked=waiting, again=waiting, last_end=None, not_before=0.0)
