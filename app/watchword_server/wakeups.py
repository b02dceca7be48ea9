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
        self.count = 0  # how often anything has been woken
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
        self.count += 1
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
        seen: tuple[T, int] | None = None,
    ) -> T:
        """Return the first answer of `look` that is ready, or its last after `seconds`.

        `look` returns (answer, whether it is worth telling at once). An answer that `lasts` cannot
        change by time alone: it is looked at again only when woken. `seen` is one that is known
        already and not worth telling, and the `count` from before it was looked at.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        with self.listening(key) as listener:
            if seen is not None and seen[1] == self.count:
                answer, ready = seen[0], False
            else:
                answer, ready = await look()
            while not ready and not self.closed and (left := deadline - loop.time()) > 0:
                stays = lasts(answer)
                woken = await listener.wait(left if stays else min(left, LOOK_EVERY))
                if stays and not woken:
                    break
                answer, ready = await look()
        return answer
