"""Which login requests wait, and what became of the others: a pure state machine.

Nothing here waits, sends or reads a clock. Times `at` are seconds of a clock that never jumps
(Clock.monotonic); a request's remaining life is counted from what the server's own clock said
when it arrived, so a wrong clock on this computer changes nothing.

What may be done with a request hangs on the object that says its state: only Open has
answer(), only Unconfirmed has resend(). A page shows what `actions` names and cannot do more.

::

    (new) → Open → Answering → Answered
              ↑ ↑      ├─────→ Open           a wrong code with tries left, or nothing was sent
              │ │      └─────→ Unconfirmed    sent, no confirmation; → Answering again
              │ └─ Expired                    time ran out (and back, if the server lists it again)
              └─── Gone                       answered elsewhere or withdrawn, as the server's list says
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import ClassVar, TypedDict

from watchword.errors import NoSuchThing
from watchword.providers.login_request import Answer, Decision, LoginRequest, Polled, Result

Key = tuple[str, str]  # (origin, request id): two servers may use the same id

LONGEST_LIFE_SECONDS = 600.0  # NIST SP 800-63B-4 §3.1.3 allows ten minutes; ours live two
FLOOD_PENDING = 3
FLOOD_ARRIVALS = 5
FLOOD_SECONDS = 600.0
_MOST_SETTLED = 20


class NotOpen(NoSuchThing):
    """The request cannot be answered any more, or not now."""


class Action(StrEnum):
    """What a person may do with a request in its state."""

    APPROVE = "approve"
    DENY = "deny"
    NOT_ME = "not_me"
    RESEND = "resend"
    DISMISS = "dismiss"


def key_of(request: LoginRequest) -> Key:
    """Return what names a request among those of all servers."""
    return request.origin, request.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A request in one of its states; the states are the subclasses."""

    actions: ClassVar[frozenset[Action]] = frozenset()
    settled: ClassVar[bool] = False  # whether nothing can become of it any more

    request: LoginRequest
    arrived: float  # monotonic
    first_age: float  # how old it was then, by the server's clock
    deadline: float  # monotonic

    @property
    def key(self) -> Key:
        """What names it."""
        return key_of(self.request)

    def seconds_left(self, at: float) -> float:
        """Return how long it can still be answered; never below 0."""
        return max(0.0, self.deadline - at)

    def age(self, at: float) -> float:
        """Return the seconds since the login page asked."""
        return self.first_age + max(0.0, at - self.arrived)


@dataclass(frozen=True, slots=True, kw_only=True)
class Open(Entry):
    """It waits for an answer."""

    actions: ClassVar[frozenset[Action]] = frozenset({Action.APPROVE, Action.DENY, Action.NOT_ME})

    tries_left: int | None = None  # after a wrong code; None: none was given yet

    def answer(self, decision: Decision, code: str, handoff: bytes = b"") -> "Answering":
        """Return it on its way to the server."""
        return Answering(**_common(self), decision=decision, code=code, handoff=handoff)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering(Entry):
    """The answer is on its way; nothing may be done until it is known what came of it."""

    decision: Decision
    code: str = field(default="", repr=False)
    handoff: bytes = field(default=b"", repr=False)  # in place of a code, from a browser's link
    again: bool = False  # an earlier try got lost, and may have arrived

    def confirmed(self, answer: Answer) -> "Open | Answered | Unconfirmed":
        """Return what the server's answer makes of it."""
        if answer.result is Result.UNKNOWN:
            return self.lost()
        if answer.result is Result.WRONG_CODE and answer.tries_left != 0:
            return Open(**_common(self), tries_left=answer.tries_left)
        return Answered(**_common(self), decision=self.decision, answer=answer)

    def not_sent(self) -> "Open | Unconfirmed":
        """Return it open again: the network failed before anything was sent.

        After an earlier try that may have arrived it stays what it was: unconfirmed.
        """
        return self.lost() if self.again else Open(**_common(self))

    def lost(self) -> "Unconfirmed":
        """Return it unconfirmed: sent, and nobody knows whether it arrived."""
        return Unconfirmed(
            **_common(self), decision=self.decision, code=self.code, handoff=self.handoff
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unconfirmed(Entry):
    """Answered, but no confirmation came: the same answer may be sent again, no other."""

    actions: ClassVar[frozenset[Action]] = frozenset({Action.RESEND})

    decision: Decision
    code: str = field(default="", repr=False)
    handoff: bytes = field(default=b"", repr=False)

    def resend(self) -> Answering:
        """Return it on its way again, with the same answer."""
        return Answering(
            **_common(self),
            decision=self.decision,
            code=self.code,
            handoff=self.handoff,
            again=True,
        )

    def given_up(self) -> "Answered":
        """Return it settled as unknown: its time is over and nothing was confirmed."""
        answer = Answer(id=self.request.id, result=Result.UNKNOWN)
        return Answered(**_common(self), decision=self.decision, answer=answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Entry):
    """The server said what came of the answer."""

    actions: ClassVar[frozenset[Action]] = frozenset({Action.DISMISS})
    settled: ClassVar[bool] = True

    decision: Decision
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired(Entry):
    """Nobody answered in time."""

    actions: ClassVar[frozenset[Action]] = frozenset({Action.DISMISS})
    settled: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone(Entry):
    """The server no longer lists it: answered on another device, or withdrawn."""

    actions: ClassVar[frozenset[Action]] = frozenset({Action.DISMISS})
    settled: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Inbox:
    """All requests of all accounts, newest first; immutable, every change is a new Inbox."""

    entries: tuple[Entry, ...] = ()
    answered: frozenset[Key] = frozenset()  # these never come back
    arrivals: tuple[float, ...] = ()  # when requests arrived lately, for the flood

    @property
    def pending(self) -> tuple[Entry, ...]:
        """The requests that are not settled, newest first."""
        return tuple(entry for entry in self.entries if not entry.settled)

    @property
    def open(self) -> tuple[Open, ...]:
        """The requests that wait for an answer, newest first."""
        return tuple(entry for entry in self.entries if isinstance(entry, Open))

    def entry(self, key: Key) -> Entry | None:
        """Return the request of that key, in whatever state, or None."""
        return next((entry for entry in self.entries if entry.key == key), None)

    def of_login(self, origin: str, login: str) -> Open | None:
        """Return the open request that a server's page calls `login`, or None."""
        named = (e for e in self.open if (e.request.origin, e.request.login) == (origin, login))
        return next(named, None) if login else None

    def is_flood(self, at: float) -> bool:
        """Return whether so much is asked that someone may have the password."""
        recent = sum(1 for arrived in self.arrivals if at - arrived < FLOOD_SECONDS)
        waiting = sum(1 for entry in self.pending if not isinstance(entry, Answering))
        return waiting > FLOOD_PENDING or recent >= FLOOD_ARRIVALS

    def next_change(self) -> float | None:
        """Return when (monotonic) the next request expires, so that tick() is worth a call."""
        waiting = (e.deadline for e in self.entries if isinstance(e, Open | Unconfirmed))
        return min(waiting, default=None)

    def received(self, account_id: str, polled: Polled, at: float) -> "Inbox":
        """Return the inbox after one poll of one account, which is the whole truth about it."""
        inbox = self.tick(at)
        listed: dict[Key, LoginRequest] = {}
        for request in polled.requests:
            listed.setdefault(key_of(request), request)
        kept = {entry.key: _still_listed(entry, account_id, listed) for entry in inbox.entries}
        arrivals = [t for t in inbox.arrivals if at - t < FLOOD_SECONDS]
        for key, request in listed.items():
            life = min(request.expires_at - polled.server_time, LONGEST_LIFE_SECONDS)
            before = kept.get(key)
            if key in inbox.answered or life <= 0:
                continue
            if before is None:
                arrivals.append(at)
            elif isinstance(before, Open) and request.expiry_estimated:
                kept[key] = replace(before, deadline=max(before.deadline, at + life))
                continue
            elif not isinstance(before, Expired | Gone):
                continue
            kept[key] = Open(
                request=request,
                arrived=at,
                first_age=max(0.0, polled.server_time - request.issued_at),
                deadline=at + life,
            )
        return replace(
            inbox, entries=_ordered(kept.values()), arrivals=tuple(arrivals[-FLOOD_ARRIVALS:])
        )

    def tick(self, at: float) -> "Inbox":
        """Return the inbox with everything settled whose time is over."""
        entries = tuple(_at(entry, at) for entry in self.entries)
        given = {entry.key for entry in entries if isinstance(entry, Answered)}
        return replace(self, entries=entries, answered=self.answered | given)

    def begin(
        self, key: Key, decision: Decision, code: str, at: float, handoff: bytes = b""
    ) -> "Inbox":
        """Return the inbox with that request on its way; raises NotOpen."""
        inbox = self.tick(at)
        entry = inbox.entry(key)
        if not isinstance(entry, Open):
            raise _not_open(entry)
        return _with(inbox, entry.answer(decision, code, handoff))

    def resend(self, key: Key, at: float) -> "Inbox":
        """Return the inbox with the same answer on its way again; raises NotOpen."""
        inbox = self.tick(at)
        entry = inbox.entry(key)
        if not isinstance(entry, Unconfirmed):
            raise _not_open(entry)
        return _with(inbox, entry.resend())

    def confirmed(self, key: Key, answer: Answer) -> "Inbox":
        """Return the inbox after the server said what came of an answer on its way."""
        entry = self.entry(key)
        if not isinstance(entry, Answering):
            return self
        after = entry.confirmed(answer)
        inbox = _with(self, after)
        if isinstance(after, Answered):
            return replace(inbox, answered=inbox.answered | {key})
        return inbox

    def failed(self, key: Key, *, sent: bool) -> "Inbox":
        """Return the inbox after an answer failed on its way; `sent`: it may have arrived."""
        entry = self.entry(key)
        if not isinstance(entry, Answering):
            return self
        return _with(self, entry.lost() if sent else entry.not_sent())

    def dismiss(self, key: Key) -> "Inbox":
        """Return the inbox without that settled request; others stay."""
        kept = (e for e in self.entries if e.key != key or not e.settled)
        return replace(self, entries=tuple(kept))

    def without_account(self, account_id: str) -> "Inbox":
        """Return the inbox without the requests of an account that was removed or revoked."""
        kept = tuple(e for e in self.entries if e.request.account_id != account_id)
        # Should the account come back, what was being answered must not ask a second time.
        begun = {
            e.key
            for e in self.entries
            if e.request.account_id == account_id and isinstance(e, Answering | Unconfirmed)
        }
        return replace(self, entries=kept, answered=self.answered | begun)


def _with(inbox: Inbox, changed: Entry) -> Inbox:
    entries = (changed if entry.key == changed.key else entry for entry in inbox.entries)
    return replace(inbox, entries=tuple(entries))


class _Common(TypedDict):
    request: LoginRequest
    arrived: float
    first_age: float
    deadline: float


def _common(entry: Entry) -> _Common:
    return {
        "request": entry.request,
        "arrived": entry.arrived,
        "first_age": entry.first_age,
        "deadline": entry.deadline,
    }


def _still_listed(entry: Entry, account_id: str, listed: dict[Key, LoginRequest]) -> Entry:
    """Return `entry` after a poll of `account_id` listed just `listed`."""
    missing = entry.request.account_id == account_id and entry.key not in listed
    # An answer on its way or unconfirmed explains by itself why the server lists it no more.
    return Gone(**_common(entry)) if missing and isinstance(entry, Open) else entry


def _at(entry: Entry, at: float) -> Entry:
    if at < entry.deadline:
        return entry
    if isinstance(entry, Open):
        return Expired(**_common(entry))
    return entry.given_up() if isinstance(entry, Unconfirmed) else entry


def _ordered(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries newest first, with only the newest of the settled ones."""
    newest = sorted(entries, key=lambda e: (e.request.issued_at, e.key), reverse=True)
    settled = [entry for entry in newest if entry.settled][_MOST_SETTLED:]
    return tuple(entry for entry in newest if entry not in settled)


def _not_open(entry: Entry | None) -> NotOpen:
    if isinstance(entry, Expired):
        return NotOpen("This login request has expired", "Nobody answered in time", "Log in again")
    if isinstance(entry, Answering | Unconfirmed):
        return NotOpen("This login request was answered", "The answer is not confirmed yet")
    return NotOpen("This login request is no longer open", "It was answered or withdrawn")
