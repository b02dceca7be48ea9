"""Which server is asked when, and what reaches the window."""

from dataclasses import dataclass, field, replace

import pytest
from fake_clock import FakeClock
from login_requests import link, linked_account, login_request

from watchword.approvals.inbox import NotOpen, Open, Unconfirmed
from watchword.approvals.polling import Presence
from watchword.approvals.watch import MOST_HELD, News, Watch
from watchword.providers.login_request import Answer, Decision, LoginRequest, Polled, Result
from watchword.providers.provider import Providers
from watchword.remote.errors import AnswerLost, ServerBusy, Unreachable
from watchword.vault.account import ServerLink

KEY = ("https://login.example", "r1")


@dataclass
class Server:
    """A provider that answers what the test put there."""

    polled: Polled = field(default_factory=lambda: Polled(server_time=1_700_000_000.0))
    asked: list[tuple[str, tuple[str, ...], float]] = field(default_factory=list)

    def poll(
        self, account_id: str, link: ServerLink, *, known: tuple[str, ...] = (), wait: float = 0.0
    ) -> Polled:
        self.asked.append((account_id, known, wait))
        return self.polled

    def answer(
        self,
        link: ServerLink,
        request: LoginRequest,
        decision: Decision,
        code: str = "",
        handoff: bytes = b"",
    ) -> Answer:
        return Answer(id=request.id, result=Result.APPROVED)

    def unlink(self, link: ServerLink) -> None:
        raise NotImplementedError

    def close(self) -> None:
        pass


class World:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.server = Server()
        self.remembered: set[str] = set()
        providers = Providers(self.clock, {"native": lambda clock: self.server})
        self.watch = Watch(
            providers,
            self.clock,
            was_answered=self.remembered.__contains__,
            jitter=lambda: 0.0,
        )
        self.watch.use([linked_account()])

    def poll(self, *requests: LoginRequest) -> News:
        (poll,) = self.watch.due()
        self.server.polled = Polled(requests=requests, server_time=self.clock.now(), held=True)
        return self.watch.polled(poll, poll.run())


@pytest.fixture
def world() -> World:
    return World()


def test_only_linked_and_active_accounts_of_a_known_kind_are_asked(world: World) -> None:
    world.watch.use(
        [
            linked_account("a1"),
            linked_account("a2", link(state="revoked")),
            linked_account("a3", link(kind="from the future")),
            replace(linked_account("a4"), link=None),
        ]
    )
    assert [poll.account_id for poll in world.watch.due()] == ["a1"]
    assert world.watch.due() == ()


def test_a_new_request_is_news_once(world: World) -> None:
    assert [r.id for r in world.poll(login_request()).arrived] == ["r1"]
    world.clock.advance(1)
    assert world.poll(login_request()) == News()
    assert world.server.asked == [("a1", (), 0.0), ("a1", ("r1",), 25.0)]


def test_one_answered_before_the_app_was_closed_does_not_come_back(world: World) -> None:
    world.remembered.add("r1")
    assert world.poll(login_request()) == News()
    assert not world.watch.inbox.entries
    world.clock.advance(1)
    world.poll(login_request())
    assert world.server.asked[-1][1] == ("r1",)  # so that the server holds the poll


def test_the_timer_wakes_for_the_next_poll_and_for_an_expiry(world: World) -> None:
    world.poll(login_request(expires_at=world.clock.now() + 30))
    assert world.watch.next_at() == pytest.approx(world.clock.monotonic() + 0.2)
    world.clock.advance(1)
    world.watch.due()
    assert world.watch.next_at() == pytest.approx(world.clock.monotonic() + 29)
    world.clock.advance(29)
    world.watch.due()
    assert not world.watch.inbox.open


def test_an_answer_goes_out_and_is_settled(world: World) -> None:
    world.poll(login_request())
    reply = world.watch.answer(KEY, Decision.APPROVE, "7KQM")
    assert (reply.decision, reply.code) == (Decision.APPROVE, "7KQM")
    assert "7KQM" not in repr(reply)
    world.watch.answered(reply, reply.run())
    assert not world.watch.inbox.pending
    with pytest.raises(NotOpen):
        world.watch.answer(KEY, Decision.DENY)


def test_a_failed_answer_is_told_apart(world: World) -> None:
    world.poll(login_request())
    reply = world.watch.answer(KEY, Decision.APPROVE, "7KQM")
    assert isinstance(world.watch.not_answered(reply, Unreachable("x")), Open)
    reply = world.watch.answer(KEY, Decision.APPROVE, "7KQM")
    assert isinstance(world.watch.not_answered(reply, AnswerLost("x")), Unconfirmed)
    assert world.watch.resend(KEY).code == "7KQM"


def test_offline_is_said_and_ends_with_the_first_answer(world: World) -> None:
    (poll,) = world.watch.due()
    world.watch.failed(poll, Unreachable("x"))
    assert world.watch.is_offline
    assert world.watch.due() == ()
    assert world.watch.failure_of("a1") is not None
    world.watch.woke()
    world.poll()
    assert not world.watch.is_offline


def test_a_busy_server_is_left_alone_as_long_as_it_asked(world: World) -> None:
    (poll,) = world.watch.due()
    world.watch.failed(poll, ServerBusy("x", retry_after=100))
    assert not world.watch.is_offline
    world.clock.advance(99)
    assert not world.watch.due()
    world.clock.advance(1)
    assert world.watch.due()


def test_a_revoked_account_is_followed_no_more(world: World) -> None:
    world.poll(login_request())
    world.clock.advance(1)
    (poll,) = world.watch.due()
    revoked = Polled(server_time=world.clock.now(), revoked=True)
    assert world.watch.polled(poll, revoked).revoked
    assert not world.watch.inbox.entries
    world.clock.advance(3600)
    assert not world.watch.due()


def test_an_answer_for_an_account_that_was_removed_meanwhile_is_dropped(world: World) -> None:
    (poll,) = world.watch.due()
    world.watch.use([])
    late = Polled(server_time=world.clock.now(), requests=(login_request(),))
    assert world.watch.polled(poll, late) == News()
    world.watch.failed(poll, Unreachable("x"))
    assert not world.watch.inbox.entries
    assert world.watch.failure_of("a1") is None


def test_a_pause_asks_nobody_and_ends(world: World) -> None:
    world.poll()
    world.watch.pause(900)
    world.clock.advance(899)
    assert not world.watch.due()
    assert world.watch.paused_for == 1
    assert world.watch.next_at() == world.clock.monotonic() + 1
    world.clock.advance(1)
    assert world.watch.due()


def test_from_the_tray_a_server_that_holds_nothing_is_asked_less_often(world: World) -> None:
    (poll,) = world.watch.due()
    world.watch.polled(poll, Polled(server_time=world.clock.now(), held=False))
    world.watch.set_presence(Presence.TRAY)
    world.clock.advance(10)
    assert not world.watch.due()
    world.watch.set_presence(Presence.WINDOW)
    assert world.watch.due()


def test_an_answer_that_was_never_confirmed_is_given_up_once_for_the_history(world: World) -> None:
    world.poll(login_request())
    reply = world.watch.answer(KEY, Decision.APPROVE, "7KQM")
    world.watch.answered(reply, Answer(id="r1", result=Result.UNKNOWN))
    world.watch.due()
    assert world.watch.take_given_up() == ()
    world.clock.advance(200)
    world.watch.due()
    (entry,) = world.watch.take_given_up()
    assert entry.answer.result is Result.UNKNOWN
    assert world.watch.take_given_up() == ()


def test_many_accounts_do_not_hold_all_workers(world: World) -> None:
    accounts = [linked_account(f"a{n}", link(device_id=f"d{n}")) for n in range(40)]
    world.watch.use(accounts)
    for poll in world.watch.due():
        world.watch.polled(poll, Polled(server_time=world.clock.now(), held=True))
    world.clock.advance(1)
    polls = world.watch.due()
    assert len(polls) == 40
    assert sum(1 for poll in polls if poll.wait) == MOST_HELD
    for poll in polls:
        world.watch.polled(poll, Polled(server_time=world.clock.now(), held=True))
    world.clock.advance(1)
    soon = world.watch.due()
    assert sum(1 for poll in soon if poll.wait) == MOST_HELD == len(soon)
    world.clock.advance(5)
    later = world.watch.due()
    assert len(later) == 24
    assert not any(poll.wait for poll in later)


def test_after_waking_a_deaf_poll_is_not_waited_for_and_says_nothing_any_more(
    world: World,
) -> None:
    world.poll()
    world.clock.advance(1)
    (deaf,) = world.watch.due()
    assert deaf.wait
    world.watch.woke()
    assert [r.id for r in world.poll(login_request()).arrived] == ["r1"]
    # It comes back after all, with what was so before: neither that nor its failure counts.
    old = Polled(server_time=world.clock.now())
    assert world.watch.polled(deaf, old) == News()
    assert [entry.request.id for entry in world.watch.inbox.open] == ["r1"]
    world.watch.failed(deaf, Unreachable("x"))
    assert world.watch.failure_of("a1") is None


def test_however_often_the_network_comes_back_two_polls_are_under_way_at_most(
    world: World,
) -> None:
    under_way = list(world.watch.due())
    for _ in range(5):
        world.watch.woke()
        under_way += world.watch.due()
    assert len(under_way) == 2
    deaf, last = under_way
    world.watch.failed(last, Unreachable("x"))
    (again,) = world.watch.due()
    world.watch.failed(deaf, Unreachable("x"))
    world.watch.woke()
    assert len(world.watch.due()) == 1
    assert again.turn != last.turn


def test_deaf_polls_still_count_among_those_that_hold_a_worker(world: World) -> None:
    accounts = [linked_account(f"a{n}", link(device_id=f"d{n}")) for n in range(20)]
    world.watch.use(accounts)
    for poll in world.watch.due():
        world.watch.polled(poll, Polled(server_time=world.clock.now(), held=True))
    world.clock.advance(1)
    deaf = [poll for poll in world.watch.due() if poll.wait]
    assert len(deaf) == MOST_HELD
    world.watch.woke()
    for poll in world.watch.due():
        assert not poll.wait
        world.watch.polled(poll, Polled(server_time=world.clock.now(), held=True))
    world.clock.advance(1)
    assert not any(poll.wait for poll in world.watch.due())


def test_the_clock_is_compared_with_the_server_that_is_nearest_to_it(world: World) -> None:
    world.watch.use([linked_account("a1"), linked_account("a2", link(device_id="d2"))])
    assert world.watch.clock_offset == 0
    first, second = world.watch.due()
    world.watch.polled(first, Polled(server_time=world.clock.now() + 47))
    assert world.watch.clock_offset == 47
    world.watch.polled(second, Polled(server_time=world.clock.now() - 2))
    assert world.watch.clock_offset == -2
    world.watch.use([linked_account("a1")])
    assert world.watch.clock_offset == 47
    world.watch.use([])
    assert world.watch.clock_offset == 0
