"""An errand to a server: steps that block, one after the other, and an end at any moment."""

import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

from PySide6.QtWidgets import QWidget

from watchword.desktop.background.jobs import Job, Jobs, Lane
from watchword.errors import WatchwordError

T = TypeVar("T")


class Endable(Protocol):
    """What takes the steps."""

    def cancel(self) -> None:
        """Let the step that is under way end."""
        ...

    def close(self) -> None:
        """Close what is open; no step is under way."""
        ...


class Errand:
    """At most one at a time, for one page."""

    def __init__(self, jobs: Jobs, page: QWidget) -> None:
        self._jobs = jobs
        self._page = page
        self._one: Endable | None = None
        self._job: Job | None = None
        self._at_work = threading.Lock()  # held while a step is under way

    def begin(self, one: Endable) -> None:
        """Go on the errand that `one` takes the steps of; the one before has ended."""
        self._one = one
        self._at_work = threading.Lock()

    def run(
        self,
        work: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[WatchwordError], None],
    ) -> None:
        """Take one step, in a thread of its own."""
        at_work = self._at_work

        def step() -> T:
            with at_work:
                return work()

        self._job = self._jobs.run(
            step, on_done=then, on_error=failed, lane=Lane.NETWORK, page=self._page
        )

    def end(self) -> bool:
        """Stop whatever is under way, and let go of it; whether there was an errand."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        one, self._one = self._one, None
        if one is None:
            return False
        one.cancel()
        at_work = self._at_work

        def close() -> None:
            # Not under the feet of a poll that is still out: that ends within half a minute.
            with at_work:
                one.close()

        self._jobs.run(close, lane=Lane.NETWORK)
        return True
