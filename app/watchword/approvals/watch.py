"""What to ask which server next, and what the answers make of the inbox; no threads, no Qt.

The window runs it like this, everything on its own thread but `run()`:

    watch = Watch(providers, clock, was_answered=vault.was_answered)
    watch.use(vault.accounts)              # again after every change of the accounts
    for poll in watch.due():               # now, and whenever watch.next_at() is reached
        jobs.run(poll.run, on_done=partial(done, poll), on_error=partial(error, poll))
    done(poll, polled):   news = watch.polled(poll, polled)      # what to show, see News
    error(poll, error):   watch.failed(poll, error)

    reply = watch.answer(key, Decision.APPROVE, "7KQM")          # raises NotOpen
    jobs.run(reply.run, ...)
    done(reply, answer):  entry = watch.answered(reply, answer)  # then decide.record(vault, ...)
    error(reply, error):  watch.not_answered(reply, error)

After each of these calls show `watch.inbox` anew and set one timer for `watch.next_at()`.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from watchword.approvals import choosing
from watchword.approvals.inbox import Answered, Answering, Entry, Inbox, Key, NotOpen, Unconfirmed
from watchword.approvals.polling import LONG_POLL_SECONDS, Presence, Schedule
from watchword.clock import Clock
from watchword.errors import RemoteError
from watchword.providers.login_request import Answer, Decision, LoginRequest, Polled
from watchword.providers.provider import Provider, Providers
from watchword.remote.errors import (
    AnswerLost,
    NotOurServer,
    ServerBusy,
    ServerFailed,
    TlsRefused,
    Unreachable,
)
from watchword.vault.account import Account, ServerLink

PAUSE_SECONDS = 15 * 60.0
# Each held poll keeps a worker of the program busy; beyond these, accounts are asked in turn,
# so that an answer never has to wait for a worker.
MOST_HELD = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One question to one server. `run` blocks for up to half a minute: never on the GUI thread."""

    account_id: str
    link: ServerLink
    known: tuple[str, ...]
    wait: float
    hurried: bool = False  # not held only because many others are
    turn: int = 0  # which of all polls it is
    provider: Provider = field(repr=False)

    def run(self) -> Polled:
        """Ask; raises the family of RemoteError."""
        return self.provider.poll(self.account_id, self.link, known=self.known, wait=self.wait)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer on its way to its server. `run` blocks: never on the GUI thread."""

    key: Key
    link: ServerLink
    request: LoginRequest
    decision: Decision
    code: str = field(repr=False)
    handoff: bytes = field(repr=False)
    provider: Provider = field(repr=False)
    wrong_before: int = 0  # how many numbers that were chosen for it were wrong
    again: bool = False  # an earlier try of the same answer may have arrived

    def run(self) -> Answer:
        """Send; raises the family of RemoteError when nothing was sent."""
        return choosing.send(
            self.provider,
            self.link,
            self.request,
            self.decision,
            self.code,
            self.handoff,
            wrong_before=self.wrong_before,
        )


@dataclass(frozen=True, slots=True)
class Contact:
    """When a server last answered for an account, and why it did not since."""

    at: float | None = None  # Unix seconds by this computer's clock; None: not since unlocking
    failure: RemoteError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What one poll changed."""

    arrived: tuple[LoginRequest, ...] = ()  # show, announce
    revoked: bool = False  # the account's device was removed at the server: grey it out


class Watch:
    """Follows all linked accounts; used from one thread."""

    def __init__(
        self,
        providers: Providers,
        clock: Clock,
        *,
        was_answered: Callable[[str], bool],
        wrong_choices: Callable[[LoginRequest], int] = lambda _: 0,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`was_answered(request id)` and `wrong_choices(request)` are the vault's memory.

        `jitter` returns [0, 1).
        """
        self.inbox = Inbox()
        self._providers = providers
        self._problems: dict[str, tuple[str, ...]] = {}
        self._clock = clock
        self._was_answered = was_answered
        self._wrong_choices = wrong_choices
        self._jitter = jitter
        self._links: dict[str, ServerLink] = {}
        self._schedules: dict[str, Schedule] = {}
        self._listed: dict[str, tuple[str, ...]] = {}  # the request ids of the last poll
        self._turn = 0
        self._current: dict[str, int] = {}  # the turn of each account's poll that counts
        self._held: set[int] = set()  # held polls under way
        self._deaf: dict[int, str] = {}  # polls from before a sleep, not back yet: their accounts
        self._heard: dict[str, float] = {}  # when each account's server last answered
        self._offsets: dict[str, float] = {}  # how far each server's clock is ahead of ours
        self._given_up: list[Answered] = []
        self._failures: dict[str, RemoteError] = {}
        self._presence = Presence.WINDOW
        self._paused_until = 0.0  # monotonic

    def use(self, accounts: Iterable[Account]) -> None:
        """Follow just the linked, not revoked ones of these accounts from now on."""
        links = {
            account.id: account.link
            for account in accounts
            if account.link
            and account.link.state == "active"
            and self._providers.of(account.link) is not None
        }
        for account_id in self._links.keys() - links.keys():
            self._forget(account_id)
        for account_id, link in links.items():
            if account_id in self._links and self._links[account_id].device_id != link.device_id:
                self._forget(account_id)
            self._schedules.setdefault(account_id, Schedule())
        self._links = links

    def due(self, *, longest_wait: float = LONG_POLL_SECONDS) -> tuple[Poll, ...]:
        """Return the polls to run now; each must come back by polled() or failed()."""
        at = self._clock.monotonic()
        self._take(self.inbox.tick(at))
        polls = []
        for account_id, schedule in self._schedules.items():
            link = self._links[account_id]
            provider = self._providers.of(link)
            when = schedule.next_at(self._presence, at)
            if at < self._paused_until or provider is None or when is None or when > at:
                continue
            self._schedules[account_id] = schedule.started()
            self._turn += 1
            self._current[account_id] = self._turn
            hurried = schedule.wait() > 0 and len(self._held) >= MOST_HELD
            poll = Poll(
                account_id=account_id,
                link=link,
                known=self._listed.get(account_id, ()),
                wait=0.0 if hurried else min(schedule.wait(), longest_wait),
                hurried=hurried,
                turn=self._turn,
                provider=provider,
            )
            if poll.wait:
                self._held.add(poll.turn)
            polls.append(poll)
        return tuple(polls)

    def next_at(self) -> float | None:
        """Return the monotonic time when due() or the inbox changes by itself; None: never."""
        at = self._clock.monotonic()
        times = [s.next_at(self._presence, at) for s in self._schedules.values()]
        asked = [max(time, self._paused_until) for time in times if time is not None]
        expiry = self.inbox.next_change()
        return min([*asked, *([expiry] if expiry is not None else [])], default=None)

    def polled(self, poll: Poll, polled: Polled) -> News:
        """Take in what a poll brought."""
        self._is_back(poll)
        if not self._is_current(poll):
            return News()
        self._failures.pop(poll.account_id, None)
        if polled.revoked:
            self._links.pop(poll.account_id)
            self._forget(poll.account_id)
            return News(revoked=True)
        self._offsets[poll.account_id] = polled.server_time - self._clock.now()
        self._heard[poll.account_id] = self._clock.now()
        at = self._clock.monotonic()
        self._schedules[poll.account_id] = self._schedules[poll.account_id].succeeded(
            at, pause=polled.interval, held=polled.held and not poll.hurried, jitter=self._jitter()
        )
        self._problems[poll.account_id] = polled.problems
        self._listed[poll.account_id] = tuple(request.id for request in polled.requests)
        fresh = tuple(r for r in polled.requests if not self._was_answered(r.id))
        before = {entry.key for entry in self.inbox.open}
        self._take(self.inbox.received(poll.account_id, replace(polled, requests=fresh), at))
        arrived = (entry.request for entry in self.inbox.open if entry.key not in before)
        return News(arrived=tuple(arrived))

    def failed(self, poll: Poll, error: RemoteError) -> None:
        """Take in that a poll failed; it is asked again later by itself."""
        self._is_back(poll)
        if not self._is_current(poll):
            return
        self._failures[poll.account_id] = error
        self._schedules[poll.account_id] = self._schedules[poll.account_id].failed(
            self._clock.monotonic(),
            away=not isinstance(error, ServerBusy | ServerFailed),
            retry_after=error.retry_after if isinstance(error, ServerBusy) else None,
            jitter=self._jitter(),
        )

    def failure_of(self, account_id: str) -> RemoteError | None:
        """Return why the last poll of that account failed, to be shown; None: it did not."""
        return self._failures.get(account_id)

    def contact_of(self, account_id: str) -> Contact:
        """Return when the account's server was last heard of, to be shown."""
        return Contact(self._heard.get(account_id), self._failures.get(account_id))

    def problems_of(self, account_id: str) -> tuple[str, ...]:
        """Return why requests of the last poll of that account were refused, to be shown."""
        return self._problems.get(account_id, ())

    @property
    def is_offline(self) -> bool:
        """Whether no server could be reached at the last try: show "offline", codes still work."""
        away = [
            e
            for e in self._failures.values()
            if isinstance(e, Unreachable | NotOurServer | TlsRefused)
        ]
        return bool(self._links) and len(away) == len(self._links)

    def set_presence(self, presence: Presence) -> None:
        """Note whether the window is open or only the tray icon is there."""
        self._presence = presence

    def woke(self) -> None:
        """Ask everything at once: the computer woke up or the network came back.

        A poll from before may wait for half a minute on a connection that is dead and does not
        know it, so another is sent beside it; only one, however often the network comes and goes.
        """
        deaf = set(self._deaf.values())
        for account_id, schedule in self._schedules.items():
            abandoning = schedule.asked and account_id not in deaf
            if abandoning:
                self._deaf[self._current[account_id]] = account_id
            self._schedules[account_id] = schedule.woke(abandoning=abandoning)

    def expects(self, origin: str) -> bool:
        """Whether a request from there can still arrive: it is asked, or will be."""
        return any(link.origin == origin for link in self._links.values())

    @property
    def knows_clock(self) -> bool:
        """Whether any server has said what time it is."""
        return bool(self._offsets)

    @property
    def clock_offset(self) -> float:
        """How many seconds the servers' signed time is ahead of this computer's clock.

        Of several that of the server nearest to us: where one agrees with our clock, it is right.
        """
        return min(self._offsets.values(), key=abs, default=0.0)

    def pause(self, seconds: float = PAUSE_SECONDS) -> None:
        """Ask nobody for so long; 0 ends the pause. Requests meanwhile expire unseen."""
        self._paused_until = self._clock.monotonic() + seconds

    @property
    def paused_for(self) -> float:
        """The seconds the pause still lasts; 0: there is none."""
        return max(0.0, self._paused_until - self._clock.monotonic())

    @property
    def is_flood(self) -> bool:
        """Whether so much is asked that someone may have the password."""
        return self.inbox.is_flood(self._clock.monotonic())

    def answer(self, key: Key, decision: Decision, code: str = "", handoff: bytes = b"") -> Reply:
        """Note that the person answered, and return what sends it; raises NotOpen."""
        at = self._clock.monotonic()
        return self._on_its_way(self.inbox.begin(key, decision, code, at, handoff), key)

    def resend(self, key: Key) -> Reply:
        """Return what sends an unconfirmed answer again; raises NotOpen."""
        return self._on_its_way(self.inbox.resend(key, self._clock.monotonic()), key)

    def counted(self, reply: Reply) -> Reply:
        """Return the reply with what was wrong before it, as the vault remembers it now.

        To be called when it is sent: what came of an earlier one may not be written down before.
        """
        return replace(reply, wrong_before=self._wrong_choices(reply.request))

    def answered(self, reply: Reply, answer: Answer) -> Entry | None:
        """Take in what the server confirmed; return the request as it stands now."""
        self.inbox = self.inbox.confirmed(reply.key, answer)
        return self.inbox.entry(reply.key)

    def not_answered(self, reply: Reply, error: RemoteError) -> Entry | None:
        """Take in that sending failed; return the request: open again, or unconfirmed."""
        self.inbox = self.inbox.failed(reply.key, sent=isinstance(error, AnswerLost))
        return self.inbox.entry(reply.key)

    def take_given_up(self) -> tuple[Answered, ...]:
        """Return, once each, the answers that were never confirmed and whose time is over now.

        They belong in the history too, as unknown.
        """
        given_up, self._given_up = tuple(self._given_up), []
        return given_up

    def dismiss(self, key: Key) -> None:
        """Drop a settled request from the inbox."""
        self.inbox = self.inbox.dismiss(key)

    def _take(self, inbox: Inbox) -> None:
        """Go on with `inbox`, and note which unconfirmed answers it gave up."""
        before = {e.key for e in self.inbox.entries if isinstance(e, Unconfirmed)}
        self.inbox = inbox
        self._given_up += [e for e in inbox.entries if isinstance(e, Answered) and e.key in before]

    def _on_its_way(self, inbox: Inbox, key: Key) -> Reply:
        entry = inbox.entry(key)
        link = self._links.get(entry.request.account_id) if entry else None
        provider = self._providers.of(link) if link else None
        if not isinstance(entry, Answering) or link is None or provider is None:
            raise NotOpen("This login request is no longer open", "Its account was removed")
        self.inbox = inbox
        return Reply(
            key=key,
            link=link,
            request=entry.request,
            decision=entry.decision,
            code=entry.code,
            handoff=entry.handoff,
            provider=provider,
        )

    def _is_back(self, poll: Poll) -> None:
        self._held.discard(poll.turn)
        self._deaf.pop(poll.turn, None)

    def _is_current(self, poll: Poll) -> bool:
        """Tell whether it counts: its link is still there, and no later poll was sent."""
        link = self._links.get(poll.account_id)
        is_last = self._current.get(poll.account_id) == poll.turn
        return is_last and link is not None and link.device_id == poll.link.device_id

    def _forget(self, account_id: str) -> None:
        self._schedules.pop(account_id, None)
        self._failures.pop(account_id, None)
        self._listed.pop(account_id, None)
        self._problems.pop(account_id, None)
        self._current.pop(account_id, None)
        self._offsets.pop(account_id, None)
        self._heard.pop(account_id, None)
        self.inbox = self.inbox.without_account(account_id)
