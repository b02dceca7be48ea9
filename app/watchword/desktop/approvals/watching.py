"""Follows the linked accounts while the vault is open: polls in the background, answers in turn."""

import math
from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from watchword.approvals.inbox import Answered, Entry, Inbox, Key
from watchword.approvals.polling import Presence
from watchword.approvals.watch import Contact, Poll, Reply, Watch
from watchword.clock import Clock
from watchword.desktop.background.jobs import Jobs
from watchword.errors import RemoteError, WatchwordError
from watchword.providers.login_request import Answer, Decision, Polled, Result
from watchword.vault.account import Account

_LONGEST_SLEEP_SECONDS = 60.0


class Watching(QObject):
    """Watch with a timer and threads. After each `changed` show `inbox` anew."""

    changed = Signal()
    arrived = Signal(object)  # the new LoginRequests
    removed = Signal(str)  # account id: its device was removed at the server
    heard = Signal(object, object)  # a Reply and the Answer to it: for the history
    settled = Signal(object)  # an Answered entry: nothing more comes of it
    failed = Signal(object, object)  # a Reply that did not get through, and its error

    def __init__(
        self, watch: Watch, clock: Clock, jobs: Jobs, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._watch = watch
        self._clock = clock
        self._jobs = jobs
        self._stopped = False
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._go)

    @property
    def inbox(self) -> Inbox:
        """The requests as they stand."""
        return self._watch.inbox

    @property
    def is_flood(self) -> bool:
        """Whether so much is asked that someone may have the password."""
        return self._watch.is_flood

    @property
    def is_offline(self) -> bool:
        """Whether no server can be reached."""
        return self._watch.is_offline

    @property
    def paused_for(self) -> float:
        """The seconds the pause still lasts; 0: there is none."""
        return self._watch.paused_for

    @property
    def knows_clock(self) -> bool:
        """Whether any server has said what time it is."""
        return self._watch.knows_clock

    @property
    def clock_offset(self) -> float:
        """The seconds that the servers' time is ahead of this computer's clock."""
        return self._watch.clock_offset

    def contact_of(self, account_id: str) -> Contact:
        """Return when the account's server was last heard of."""
        return self._watch.contact_of(account_id)

    def use(self, accounts: Iterable[Account]) -> None:
        """Follow the linked ones of these accounts."""
        self._watch.use(accounts)
        self._go()

    def stop(self) -> None:
        """Ask nobody any more; what is on its way is not waited for."""
        self._stopped = True
        self._next.stop()

    def woke(self) -> None:
        """Ask everybody at once: the computer woke up."""
        self._watch.woke()
        self._go()

    def set_presence(self, presence: Presence) -> None:
        """Ask as often as goes with a window that is seen, or one that is not."""
        self._watch.set_presence(presence)
        self._go()

    def pause(self, seconds: float) -> None:
        """Ask nobody for so long."""
        self._watch.pause(seconds)
        self._go()

    def expects(self, origin: str) -> bool:
        """Whether an account is linked there, so that a request from there can arrive."""
        return self._watch.expects(origin)

    def answer(self, key: Key, decision: Decision, code: str = "", handoff: bytes = b"") -> Reply:
        """Return an answer to be sent; raises NotOpen when the request is no longer open."""
        reply = self._watch.answer(key, decision, code, handoff)
        self._go()
        return reply

    def resend(self, key: Key) -> None:
        """Send an unconfirmed answer again; raises NotOpen."""
        self.send(self._watch.resend(key))

    def dismiss(self, key: Key) -> None:
        """Drop a settled request."""
        self._watch.dismiss(key)
        self.changed.emit()

    def send(self, reply: Reply) -> None:
        """Send an answer, once all that was answered before it is written down.

        After a stop none goes out: keys are forgotten, and what was written down stays unconfirmed.
        """
        if self._stopped:
            return
        reply = self._watch.counted(reply)
        self._jobs.run(
            reply.run,
            on_done=partial(self._answered, reply),
            on_error=partial(self._not_answered, reply),
            page=self,
        )
        self._go()

    def settle(self, reply: Reply, answer: Answer) -> None:
        """Take what is known to come of an answer, in place of sending it."""
        self._after_answer(self._watch.answered(reply, answer))

    def _answered(self, reply: Reply, answer: Answer) -> None:
        entry = self._watch.answered(reply, answer)
        if answer.result is not Result.UNKNOWN:
            self.heard.emit(reply, answer)
        self._after_answer(entry)

    def _not_answered(self, reply: Reply, error: WatchwordError) -> None:
        entry = self._watch.not_answered(reply, as_remote(error))
        self.failed.emit(reply, error)
        self._after_answer(entry)

    def _after_answer(self, entry: Entry | None) -> None:
        if isinstance(entry, Answered):
            self.settled.emit(entry)
        if not self._stopped:
            self._go()

    def _go(self) -> None:
        """Run the polls that are due, show what changed, and sleep until the next change."""
        if self._stopped:
            return
        polls = self._watch.due()
        for entry in self._watch.take_given_up():
            self.settled.emit(entry)
        for poll in polls:
            self._jobs.run(
                poll.run,
                on_done=partial(self._polled, poll),
                on_error=partial(self._poll_failed, poll),
                page=self,
            )
        self.changed.emit()
        when = self._watch.next_at()
        if when is None:
            self._next.stop()
            return
        seconds = min(max(0.0, when - self._clock.monotonic()), _LONGEST_SLEEP_SECONDS)
        self._next.start(math.ceil(seconds * 1000))

    def _polled(self, poll: Poll, polled: Polled) -> None:
        if self._stopped:
            return
        news = self._watch.polled(poll, polled)
        if news.revoked:
            self.removed.emit(poll.account_id)
        if news.arrived:
            self.arrived.emit(news.arrived)
        self._go()

    def _poll_failed(self, poll: Poll, error: WatchwordError) -> None:
        if not self._stopped:
            self._watch.failed(poll, as_remote(error))
            self._go()


def as_remote(error: WatchwordError) -> RemoteError:
    """Return the error as one of the network; a bug of ours is also no answer."""
    if isinstance(error, RemoteError):
        return error
    return RemoteError(error.title, error.reason, error.what_to_do)
