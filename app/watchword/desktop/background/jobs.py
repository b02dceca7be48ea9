"""Background work as a sentence: run this, and when done do that. The only owner of threads.

    jobs.run(vault.save, lane=Lane.VAULT, on_done=self._saved, on_error=self._not_saved)

The work gets no widget and returns a plain value; `on_done` and `on_error` run on the GUI
thread. When the page they belong to is gone by then, the answer is dropped; one that holds
keys names `discard`, so that no open vault is ever left to the garbage collector.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from watchword.errors import BugError, WatchwordError

T = TypeVar("T")

IDLE_SECONDS = 60.0  # a worker that had nothing to do for so long goes


class Lane(Enum):
    """Which workers do it; the value is how many there may be."""

    VAULT = 1  # one after the other, in the order asked for
    DECODE = 2
    KEYRING = 3  # one whose prompt nobody answers holds its worker
    NETWORK = 24  # a long poll holds its worker for half a minute


@dataclass(eq=False)
class Job:
    """Work that was asked for."""

    work: Callable[[], Any]
    on_done: Callable[[Any], None] | None
    on_error: Callable[[WatchwordError], None] | None
    page: QObject | None
    discard: Callable[[Any], object] | None = None
    on_late_error: Callable[[WatchwordError], None] | None = None
    cancelled: bool = False
    has_value: bool = False
    value: Any = None
    error: WatchwordError | None = None

    def cancel(self) -> None:
        """Let nothing come of it: not begun if it has not, not told if it has."""
        self.cancelled = True

    @property
    def is_late_error(self) -> bool:
        """Whether somebody hears of its error although it was cancelled."""
        return self.cancelled and self.error is not None and self.on_late_error is not None

    def drop_value(self) -> None:
        """Let go of what nobody will be given; keys in it are wiped by `discard`."""
        had, self.has_value = self.has_value, False
        value, self.value = self.value, None
        if had and self.discard is not None:
            self.discard(value)


@dataclass
class _Workers:
    """The threads of one lane, started when needed."""

    waiting: "SimpleQueue[Job | None]" = field(default_factory=SimpleQueue)
    threads: list[threading.Thread] = field(default_factory=list)
    unfinished: int = 0


class Jobs(QObject):
    """Runs work in threads and brings the answers back. Made and used on the GUI thread."""

    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes: dict[Lane, _Workers] = {}
        self._lock = threading.Lock()
        self._stopped = False
        self._undelivered: set[Job] = set()
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], T],
        *,
        on_done: Callable[[T], None] | None = None,
        on_error: Callable[[WatchwordError], None] | None = None,
        lane: Lane = Lane.NETWORK,
        page: QObject | None = None,
        discard: Callable[[T], object] | None = None,
        on_late_error: Callable[[WatchwordError], None] | None = None,
    ) -> Job:
        """Do `work` in a thread of `lane`.

        An error of our family goes to `on_error`; any other is a bug: it goes to the
        exception hook, and `on_error` hears a BugError, so that no page waits for ever.
        `page` is found by itself where the callbacks are methods of one. `discard` is given
        the value, in whichever thread it is then, when nobody takes it: after a cancel, for a
        page that is gone, at the end. `on_late_error` hears of an error after a cancel, if the
        work had begun: a wrong password was tried all the same.
        """
        page = page or _owner(on_done) or _owner(on_error)
        job = Job(work, on_done, on_error, page, discard, on_late_error)
        if self._stopped:
            job.cancel()
            return job
        workers = self._lanes.setdefault(lane, _Workers())
        with self._lock:
            workers.unfinished += 1
            workers.threads = [thread for thread in workers.threads if thread.is_alive()]
            if len(workers.threads) < min(lane.value, workers.unfinished):
                thread = threading.Thread(
                    target=self._serve,
                    args=(workers,),
                    name=f"watchword {lane.name.lower()} {len(workers.threads) + 1}",
                    daemon=True,
                )
                workers.threads.append(thread)
                thread.start()
            workers.waiting.put(job)  # before a worker that waits in vain may go
        return job

    def stop(self, patience: float = 10.0) -> None:
        """Begin nothing more, tell nothing more, and wait for what must not be cut short.

        The vault's work is waited for at most `patience` seconds. A thread that hangs in a
        long poll is not: nothing is lost with it.
        """
        with self._lock:
            self._stopped = True
            threads = {lane: tuple(workers.threads) for lane, workers in self._lanes.items()}
        for lane, theirs in threads.items():
            for _ in theirs:
                self._lanes[lane].waiting.put(None)
            for thread in theirs:
                thread.join(patience if lane is Lane.VAULT else 0.2)
        with self._lock:
            left, self._undelivered = self._undelivered, set()
        for job in left:
            job.drop_value()

    def _serve(self, workers: _Workers) -> None:
        while True:
            try:
                job = workers.waiting.get(timeout=IDLE_SECONDS)
            except Empty:
                with self._lock:
                    if workers.waiting.empty():
                        workers.threads.remove(threading.current_thread())
                        return
                continue
            if job is None:
                return
            self._perform(job, workers)
            # Until the next one comes, nothing keeps what this one held: a frame, a password.
            del job

    def _perform(self, job: Job, workers: _Workers) -> None:
        """Do one job. A bug ends the thread through its exception hook; the next job gets a new one."""
        job.error = BugError("Something went wrong inside Watchword", "This is a fault of ours")
        try:
            if not job.cancelled:
                job.value = job.work()
                job.has_value = True
            job.error = None
        except WatchwordError as error:
            job.error = error
        finally:
            with self._lock:
                workers.unfinished -= 1
                told = not self._stopped and (not job.cancelled or job.is_late_error)
                if told:
                    self._undelivered.add(job)
                    self._arrived.emit(job)
            if not told:
                job.drop_value()

    def _deliver(self, job: Job) -> None:
        with self._lock:
            if job not in self._undelivered:
                return
            self._undelivered.remove(job)
        if job.is_late_error and job.error is not None and job.on_late_error is not None:
            job.on_late_error(job.error)
            return
        if job.cancelled or (job.page is not None and not isValid(job.page)):
            job.drop_value()
            return
        job.has_value = False
        if job.error is not None:
            if job.on_error is not None:
                job.on_error(job.error)
        elif job.on_done is not None:
            job.on_done(job.value)


def _owner(callback: Callable[..., None] | None) -> QObject | None:
    """Return the QObject whose method `callback` is."""
    owner = getattr(callback, "__self__", None)
    return owner if isinstance(owner, QObject) else None
