"""The inbox beside a model of everything around it, in any order that hypothesis can think of.

Two servers with three accounts ask under the same ids; polls travel while other things happen;
answers arrive late, twice or never; other devices decide first; accounts go and come back; the
servers' clocks jump. After every step a person must find what the invariants say.
"""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from login_requests import login_request

from watchword.approvals.inbox import (
    FLOOD_ARRIVALS,
    FLOOD_PENDING,
    FLOOD_SECONDS,
    LONGEST_LIFE_SECONDS,
    Action,
    Answered,
    Answering,
    Expired,
    Gone,
    Inbox,
    Key,
    NotOpen,
    Open,
    Unconfirmed,
)
from watchword.providers.login_request import Answer, Decision, LoginRequest, Polled, Result

ORIGINS = ("https://one.example", "https://two.example")
ACCOUNTS = {"a1": ORIGINS[0], "a2": ORIGINS[0], "b1": ORIGINS[1]}
RIGHT, WRONG = "7KQM", "XXXX"
Sent = tuple[Decision, str]


@dataclass
class Login:
    """What the server knows of a login: the truth."""

    request: LoginRequest
    tries: int = 3
    over: Result | None = None  # how it ended, once it has
    by_us: Sent | None = None  # which of our answers ended it
    told: dict[Sent, Answer] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        return self.request.origin, self.request.id

    def hear(self, sent: Sent, now: float) -> Answer:
        """Take an answer as docs/protocol.md §6 says; the same one again is told the same."""
        if sent not in self.told or self.told[sent].result is Result.WRONG_CODE:
            self.told[sent] = self._decide(sent, now)
        return self.told[sent]

    def _decide(self, sent: Sent, now: float) -> Answer:
        decision, code = sent
        if self.over is not None:
            return self._answer(Result.ANSWERED_ELSEWHERE)
        if now >= self.request.expires_at:
            return self._answer(Result.EXPIRED)
        if decision is not Decision.APPROVE:
            self.over, self.by_us = Result.DENIED, sent
        elif code == RIGHT:
            self.over, self.by_us = Result.APPROVED, sent
        else:
            self.tries -= 1
            if not self.tries:
                self.over = Result.DENIED
            return self._answer(Result.WRONG_CODE, self.tries)
        return self._answer(self.over)

    def _answer(self, result: Result, tries: int | None = None) -> Answer:
        return Answer(id=self.request.id, result=result, tries_left=tries)


class InboxBesideTheWorld(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.inbox = Inbox()
        self.at = 1000.0
        self.clocks = dict.fromkeys(ORIGINS, 1_700_000_000.0)  # server time minus `at`
        self.logins: dict[Key, Login] = {}
        self.numbers = dict.fromkeys(ORIGINS, 0)
        self.polls: dict[str, Polled] = {}  # on their way back, by account
        self.gone_accounts: set[str] = set()
        self.on_way: dict[Key, Sent] = {}  # answers whose fate the app waits for
        self.replies: dict[Key, Answer] = {}  # what the server said to those, on its way back
        self.strays: list[tuple[Key, Sent]] = []  # lost for the app; they may still arrive
        # Answered, and nobody said what came of it.
        self.unresolved: dict[Key, Sent] = {}
        self.left: set[Key] = set()  # an earlier try of those got lost: it may have arrived
        self.final: dict[Key, Answered] = {}
        self.arrivals: list[float] = []

    accounts = st.sampled_from(sorted(ACCOUNTS))
    origins = st.sampled_from(ORIGINS)
    fates = st.sampled_from(
        ["on its way", "heard", "lost", "lost, arrives later", "unknown", "not sent"]
    )

    def server_time(self, origin: str) -> float:
        return self.clocks[origin] + self.at

    def poll(self, account: str, *, doubled: bool = False) -> Polled:
        """Return what the server of the account says now."""
        origin = ACCOUNTS[account]
        now = self.server_time(origin)
        open_ones = tuple(
            login.request
            for login in self.logins.values()
            if login.request.account_id == account
            and login.over is None
            and login.request.issued_at <= now < login.request.expires_at
        )
        return Polled(requests=open_ones * (1 + doubled), server_time=now)

    def take(self, account: str, polled: Polled) -> None:
        """Bring the app what a poll said."""
        if account in self.gone_accounts:
            return
        before = {entry.key: entry for entry in self.inbox.tick(self.at).entries}
        self.inbox = self.inbox.received(account, polled, self.at)
        listed = {(request.origin, request.id) for request in polled.requests}
        for entry in self.inbox.entries:
            if entry.key not in before:
                self.arrivals.append(self.at)
                assert entry.key in listed
            elif entry.request.account_id != account:
                assert entry == before[entry.key], "another account's poll says nothing about it"
            elif entry.key not in listed and isinstance(before[entry.key], Open):
                assert isinstance(entry, Gone)
            elif isinstance(before[entry.key], Answering | Unconfirmed):
                assert entry == before[entry.key], "a poll that overtakes an answer"

    def _any(self, data: st.DataObject, of: list[Key]) -> Key:
        return data.draw(st.sampled_from(sorted(of)))

    @initialize()
    def each_account_is_asked_once(self) -> None:
        for account in ACCOUNTS:
            self.somebody_signs_in(account, 120.0, at_once=True)
            self.a_poll_is_answered(account, doubled=True)

    # The servers

    @rule(
        account=accounts,
        life=st.sampled_from([120.0, 30.0, 0.5, 100_000.0]),
        at_once=st.booleans(),
    )
    def somebody_signs_in(self, account: str, life: float, at_once: bool) -> None:
        origin = ACCOUNTS[account]
        self.numbers[origin] += 1
        now = self.server_time(origin)
        request = login_request(
            f"r{self.numbers[origin]}",
            account_id=account,
            origin=origin,
            issued_at=now,
            expires_at=now + life,
        )
        self.logins[origin, request.id] = Login(request)
        if at_once and account not in self.polls:
            self.take(account, self.poll(account))

    @rule(origin=origins, seconds=st.sampled_from([-86_400.0, -50.0, 50.0, 86_400.0]))
    def a_servers_clock_jumps(self, origin: str, seconds: float) -> None:
        self.clocks[origin] += seconds

    @precondition(lambda self: self.logins)
    @rule(data=st.data(), result=st.sampled_from([Result.APPROVED, Result.DENIED]))
    def another_device_decides(self, data: st.DataObject, result: Result) -> None:
        login = self.logins[self._any(data, list(self.logins))]
        # A denial is final; it also undoes what was approved and not used yet.
        if login.over is None or (login.over, result) == (Result.APPROVED, Result.DENIED):
            login.over, login.by_us = result, login.by_us if login.over else None

    # Polls

    @rule(account=accounts, doubled=st.booleans())
    def a_poll_is_answered(self, account: str, doubled: bool) -> None:
        if account not in self.polls and account not in self.gone_accounts:
            self.polls[account] = self.poll(account, doubled=doubled)

    @precondition(lambda self: self.polls)
    @rule(data=st.data(), lost=st.booleans())
    def its_answer_arrives(self, data: st.DataObject, lost: bool) -> None:
        account = data.draw(st.sampled_from(sorted(self.polls)))
        polled = self.polls.pop(account)
        if not lost:
            self.take(account, polled)

    # Time

    @rule(seconds=st.sampled_from([0.0, 0.5, 10.0, 60.0, 700.0]), ticks=st.booleans())
    def time_passes(self, seconds: float, ticks: bool) -> None:
        self.at += seconds
        if ticks:
            self.inbox = self.inbox.tick(self.at)

    # The person

    @precondition(lambda self: self.inbox.tick(self.at).open)
    @rule(
        data=st.data(),
        decision=st.sampled_from(Decision),
        code=st.sampled_from([RIGHT, WRONG]),
        fate=fates,
    )
    def the_person_answers(
        self, data: st.DataObject, decision: Decision, code: str, fate: str
    ) -> None:
        key = self._any(data, [entry.key for entry in self.inbox.tick(self.at).open])
        sent = decision, code if decision is Decision.APPROVE else ""
        self.inbox = self.inbox.begin(key, *sent, self.at)
        assert key not in self.unresolved, "a second answer left for one request"
        self.on_way[key] = self.unresolved[key] = sent
        self.meet(key, fate)

    @rule(data=st.data(), fate=fates)
    def the_person_sends_it_again(self, data: st.DataObject, fate: str) -> None:
        shown = self.inbox.tick(self.at).entries
        if keys := [entry.key for entry in shown if Action.RESEND in entry.actions]:
            key = self._any(data, keys)
            self.inbox = self.inbox.resend(key, self.at)
            entry = self.inbox.entry(key)
            assert isinstance(entry, Answering)
            assert (entry.decision, entry.code) == self.unresolved[key]
            self.on_way[key] = self.unresolved[key]
            self.meet(key, fate)

    @precondition(lambda self: self.inbox.entries)
    @rule(data=st.data(), decision=st.sampled_from(Decision))
    def a_button_that_is_not_offered(self, data: st.DataObject, decision: Decision) -> None:
        """A shortcut, a click that came late: what is not offered does not happen."""
        key = self._any(data, [entry.key for entry in self.inbox.entries])
        entry = self.inbox.tick(self.at).entry(key)
        actions = entry.actions if entry else frozenset()
        if Action.APPROVE not in actions:
            with pytest.raises(NotOpen):
                self.inbox.begin(key, decision, RIGHT, self.at)
        if Action.RESEND not in actions:
            with pytest.raises(NotOpen):
                self.inbox.resend(key, self.at)
        if Action.DISMISS not in actions:
            assert self.inbox.tick(self.at).dismiss(key).entry(key) == entry

    @rule(data=st.data())
    def the_person_dismisses(self, data: st.DataObject) -> None:
        self.inbox = self.inbox.tick(self.at)
        if keys := [entry.key for entry in self.inbox.entries if entry.settled]:
            before = len(self.inbox.entries)
            self.inbox = self.inbox.dismiss(self._any(data, keys))
            assert len(self.inbox.entries) == before - 1

    @rule(account=accounts)
    def an_account_goes_or_comes_back(self, account: str) -> None:
        if account in self.gone_accounts:
            self.gone_accounts.remove(account)
            self.take(account, self.poll(account))
        else:
            self.gone_accounts.add(account)
            self.polls.pop(account, None)
            self.inbox = self.inbox.without_account(account)

    # Answers on their way

    @precondition(lambda self: self.on_way.keys() - self.replies.keys())
    @rule(data=st.data())
    def an_answer_reaches_its_server(self, data: st.DataObject) -> None:
        key = self._any(data, list(self.on_way.keys() - self.replies.keys()))
        now = self.server_time(key[0])
        self.replies[key] = self.logins[key].hear(self.on_way[key], now)

    @precondition(lambda self: self.on_way)
    @rule(data=st.data(), fate=fates)
    def an_answer_meets_its_fate(self, data: st.DataObject, fate: str) -> None:
        self.meet(self._any(data, list(self.on_way)), fate)

    def meet(self, key: Key, fate: str) -> None:
        """Let what happens to an answer on its way happen."""
        if fate == "on its way" or (fate == "not sent" and key in self.replies):
            return
        sent = self.on_way.pop(key)
        reply = self.replies.pop(key, None)
        if fate == "heard":
            reply = reply or self.logins[key].hear(sent, self.server_time(key[0]))
            if reply.result is Result.WRONG_CODE and reply.tries_left:
                self.unresolved.pop(key)
                self.left.discard(key)
            self.inbox = self.inbox.confirmed(key, reply)
        elif fate == "not sent":
            self.inbox = self.inbox.failed(key, sent=False)
            if key not in self.left:
                self.unresolved.pop(key)
        else:
            self.left.add(key)
            if fate == "lost, arrives later" and reply is None:
                self.strays.append((key, sent))
            unknown = Answer(id=key[1], result=Result.UNKNOWN)
            self.inbox = (
                self.inbox.confirmed(key, unknown)
                if fate == "unknown"
                else self.inbox.failed(key, sent=True)
            )

    @precondition(lambda self: self.strays)
    @rule()
    def a_lost_one_arrives_after_all(self) -> None:
        key, sent = self.strays.pop(0)
        self.logins[key].hear(sent, self.server_time(key[0]))

    # What a person may rely on

    @invariant()
    def each_is_shown_once_and_newest_first(self) -> None:
        keys = [entry.key for entry in self.inbox.entries]
        assert len(keys) == len(set(keys))
        issued = [entry.request.issued_at for entry in self.inbox.entries]
        assert issued == sorted(issued, reverse=True)

    @invariant()
    def an_answered_one_never_comes_back(self) -> None:
        self.final |= {e.key: e for e in self.inbox.entries if isinstance(e, Answered)}
        for key, told in self.final.items():
            assert self.inbox.entry(key) in {None, told}

    @invariant()
    def what_is_offered_can_be_done_and_nothing_else(self) -> None:
        for entry in self.inbox.tick(self.at).entries:
            assert 0 <= entry.seconds_left(self.at) <= LONGEST_LIFE_SECONDS
            assert entry.age(self.at) >= 0
            if entry.settled:
                assert entry.actions == {Action.DISMISS}
            if Action.APPROVE in entry.actions:
                assert isinstance(entry, Open)
                assert entry.seconds_left(self.at) > 0
                assert entry.key not in self.unresolved
            assert (Action.RESEND in entry.actions) == isinstance(entry, Unconfirmed)
            if isinstance(entry, Answering | Unconfirmed):
                assert (entry.decision, entry.code) == self.unresolved[entry.key]

    @invariant()
    def approved_is_said_only_of_what_was_approved(self) -> None:
        for entry in self.inbox.entries:
            if isinstance(entry, Answered) and entry.answer.result is Result.APPROVED:
                assert entry.decision is Decision.APPROVE
                assert self.logins[entry.key].by_us == (Decision.APPROVE, RIGHT)

    @invariant()
    def no_account_that_is_gone_shows_anything(self) -> None:
        shown = {entry.request.account_id for entry in self.inbox.entries}
        assert not shown & self.gone_accounts

    @invariant()
    def the_flood_is_called_one_when_it_is(self) -> None:
        recent = [time for time in self.arrivals if self.at - time < FLOOD_SECONDS]
        waiting = [e for e in self.inbox.entries if isinstance(e, Open | Unconfirmed)]
        flood = len(recent) >= FLOOD_ARRIVALS or len(waiting) > FLOOD_PENDING
        assert self.inbox.is_flood(self.at) == flood

    @invariant()
    def it_wakes_in_time(self) -> None:
        """Before next_change() nothing settles by itself, and at that time something does."""
        change = self.inbox.next_change()
        if change is None:
            assert self.inbox.tick(self.at + 1e6).entries == self.inbox.entries
        elif change > self.at:
            assert self.inbox.tick((self.at + change) / 2).entries == self.inbox.entries
            assert self.inbox.tick(change).entries != self.inbox.entries

    def teardown(self) -> None:
        """In the end everything that is not on its way is settled."""
        over = self.inbox.tick(self.at + 2 * LONGEST_LIFE_SECONDS)
        assert all(isinstance(e, Answered | Answering | Expired | Gone) for e in over.entries)


InboxBesideTheWorld.TestCase.settings = settings(
    max_examples=300, stateful_step_count=40, deadline=None
)
TestInboxBesideTheWorld = InboxBesideTheWorld.TestCase


def test_an_answer_sent_again_in_vain_may_still_have_arrived() -> None:
    """The first try got lost on its way, the second found no network: only the same answer again."""
    key: Key = ("https://login.example", "r1")
    polled = Polled(requests=(login_request(),), server_time=1_700_000_010.0)
    inbox = Inbox().received("a1", polled, 100.0)
    inbox = inbox.begin(key, Decision.APPROVE, RIGHT, 101.0).failed(key, sent=True)
    inbox = inbox.resend(key, 102.0).failed(key, sent=False)
    entry = inbox.entry(key)
    assert entry is not None
    assert entry.actions == {Action.RESEND}
    with pytest.raises(NotOpen):
        inbox.begin(key, Decision.DENY, "", 103.0)


def test_an_account_that_comes_back_does_not_ask_again_what_is_being_answered() -> None:
    key: Key = ("https://login.example", "r1")
    polled = Polled(requests=(login_request(),), server_time=1_700_000_010.0)
    inbox = Inbox().received("a1", polled, 100.0).begin(key, Decision.APPROVE, RIGHT, 101.0)
    inbox = inbox.without_account("a1").received("a1", replace(polled), 102.0)
    assert not inbox.pending
