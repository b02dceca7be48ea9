"""Whoever waits is woken when something happens, without asking the database.

A waiter listens first, looks second and waits third, so that nothing is missed in between.
Other processes of the same database are told as well, if there is a way (store/notifying.py).
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from watchword_server.noting import was_held

T = TypeVar("T")
# Even unwoken, a waiter looks again now and then: things also end by time.
LOOK_EVERY = 5.0


class Listener:
    """One waiter's place in the line."""

    def __init__(self, wakeups: "Wakeups") -> None:
        """Belong to `wakeups`; made by Wakeups.listening."""
        self._wakeups = wakeups
        self.event = asyncio.Event()

    async def wait(self, seconds: float) -> bool:
        """Wait until woken (True), or until `seconds` passed or the server stops (False)."""
        if self._wakeups.closed or seconds <= 0:
            return False
        started = time.perf_counter()
        try:
            await asyncio.wait_for(self.event.wait(), seconds)
        except TimeoutError:
            return False
        finally:
            was_held(time.perf_counter() - started)
        self.event.clear()
        return not self._wakeups.closed


def _nobody_else(_keys: Sequence[str]) -> None:
    """There is one process."""


def _nothing(_answer: object) -> bool:
    return False


class Wakeups:
    """Wakes those who listen for a key, such as "device ID" or "login ID"."""

    def __init__(self) -> None:
        """Begin with nobody listening."""
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self.closed = False
        self.tell_others: Callable[[Sequence[str]], None] = _nobody_else

    @contextmanager
    def listening(self, *keys: str) -> Iterator[Listener]:
        """Give a listener for any of the keys."""
        listener = Listener(self)
        for key in keys:
            self._listeners[key].add(listener)
        try:
            yield listener
        finally:
            for key in keys:
                self._listeners[key].discard(listener)
                if not self._listeners[key]:
                    del self._listeners[key]

    def wake(self, *keys: str) -> None:
        """Wake whoever listens for one of the keys, here or elsewhere; call it after the commit."""
        self._wake_here(keys)
        if keys:
            self.tell_others(keys)

    def heard(self, keys: Sequence[str] | None) -> None:
        """Wake for what happened in another process; None: anything may have."""
        self._wake_here(list(self._listeners) if keys is None else keys)

    def _wake_here(self, keys: Sequence[str]) -> None:
        for key in keys:
            for listener in self._listeners.get(key, ()):
                listener.event.set()

    def close(self) -> None:
        """Let every waiter go, now and from now on: the server stops."""
        self.closed = True
        self._wake_here(list(self._listeners))

    async def held(
        self,
        key: str,
        seconds: float,
        look: Callable[[], Awaitable[tuple[T, bool]]],
        *,
        lasts: Callable[[T], bool] = _nothing,
    ) -> T:
        """Return the first answer of `look` that is ready, or its last after `seconds`.

        `look` returns (answer, whether it is worth telling at once); an answer that `lasts`
        cannot change by time alone, and is looked at again at the end only.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        with self.listening(key) as listener:
            while True:
                answer, ready = await look()
                left = deadline - loop.time()
                if ready or left <= 0 or self.closed:
                    return answer
                await listener.wait(left if lasts(answer) else min(left, LOOK_EVERY))
