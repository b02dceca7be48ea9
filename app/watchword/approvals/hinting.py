"""How many login requests wait while the vault is locked: whom to ask when; used from one thread.

Like Watch, but it holds no account: a source knows its server and a key that can ask for a
number, and nothing else.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from watchword.approvals.polling import Presence, Schedule
from watchword.approvals.watch import MOST_HELD
from watchword.clock import Clock
from watchword.errors import RemoteError
from watchword.providers.errors import NotAccepted
from watchword.providers.provider import Hinted, HintSource
from watchword.remote.errors import ServerBusy, ServerFailed


@dataclass(eq=False)
class _Asked:
    source: HintSource = field(repr=False)
    may_hold: bool
    schedule: Schedule = field(default_factory=Schedule)
    waiting: int | None = None  # None: it is not known


@dataclass(frozen=True, slots=True)
class Question:
    """One question to one server. `run` blocks for up to half a minute: never on the GUI thread."""

    asked: _Asked = field(repr=False)
    known: int | None
    wait: float

    def run(self) -> Hinted:
        """Ask; raises the family of RemoteError."""
        return self.asked.source.waiting(self.known, self.wait)


class HintWatch:
    """Follows the sources until it is closed."""

    def __init__(
        self,
        sources: Iterable[HintSource],
        clock: Clock,
        *,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """The sources are closed with it; `jitter` returns [0, 1)."""
        self._clock = clock
        self._jitter = jitter
        self._all = [_Asked(source, n < MOST_HELD) for n, source in enumerate(sources)]

    @property
    def waiting(self) -> int:
        """How many requests wait, as far as the servers could be asked."""
        return sum(one.waiting or 0 for one in self._all)

    def due(self) -> tuple[Question, ...]:
        """Return the questions to ask now; each must come back by told() or failed()."""
        at = self._clock.monotonic()
        questions = []
        for one in self._all:
            when = one.schedule.next_at(Presence.TRAY, at)
            if when is None or when > at:
                continue
            wait = one.schedule.wait() if one.may_hold else 0.0
            one.schedule = one.schedule.started()
            questions.append(Question(one, one.waiting, wait))
        return tuple(questions)

    def next_at(self) -> float | None:
        """Return the monotonic time when due() has something again; None: never by itself."""
        at = self._clock.monotonic()
        times = [one.schedule.next_at(Presence.TRAY, at) for one in self._all]
        return min((time for time in times if time is not None), default=None)

    def told(self, question: Question, hinted: Hinted) -> None:
        """Take in what a server said."""
        one = question.asked
        one.waiting = hinted.waiting
        one.schedule = one.schedule.succeeded(
            self._clock.monotonic(),
            pause=0.0,
            held=hinted.held and one.may_hold,
            jitter=self._jitter(),
        )

    def failed(self, question: Question, error: RemoteError) -> None:
        """Take in that one could not be asked; it is asked again later, if it knows the key."""
        one = question.asked
        one.waiting = None
        if isinstance(error, NotAccepted) and error.status == 401 and one in self._all:
            # Replaced, or the device was removed: what of it, is told after unlocking.
            one.source.close()
            self._all.remove(one)
            return
        one.schedule = one.schedule.failed(
            self._clock.monotonic(),
            away=not isinstance(error, ServerBusy | ServerFailed),
            retry_after=error.retry_after if isinstance(error, ServerBusy) else None,
            jitter=self._jitter(),
        )

    def close(self) -> None:
        """Ask nobody any more, and forget every key."""
        for one in self._all:
            one.source.close()
        self._all.clear()
