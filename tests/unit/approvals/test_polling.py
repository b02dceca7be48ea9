"""The next poll comes soon, never spins, and comes at once after the computer woke."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.approvals.polling import Presence, Schedule


def succeeded(*, pause: float = 0.0, held: bool = True, jitter: float = 0.0) -> Schedule:
    return Schedule().started().succeeded(100.0, pause=pause, held=held, jitter=jitter)


def test_the_first_poll_is_now_and_is_not_held() -> None:
    assert Schedule().next_at(Presence.TRAY, 50.0) == 50.0
    assert Schedule().wait() == 0


def test_while_one_is_under_way_there_is_no_second() -> None:
    assert Schedule().started().next_at(Presence.WINDOW, 50.0) is None


@pytest.mark.parametrize("presence", Presence)
def test_a_server_that_holds_polls_is_asked_again_at_once(presence: Presence) -> None:
    schedule = succeeded()
    due = schedule.next_at(presence, 100.0)
    assert due is not None
    assert 100 < due <= 101
    assert schedule.wait() == 25


@pytest.mark.parametrize(("presence", "least", "most"), [("window", 3, 5), ("tray", 15, 30)])
@pytest.mark.parametrize("jitter", [0.0, 0.999])
def test_one_that_does_not_is_asked_less_often(
    presence: str, least: float, most: float, jitter: float
) -> None:
    due = succeeded(held=False, jitter=jitter).next_at(Presence(presence), 100.0)
    assert due is not None
    assert least <= due - 100 <= most


def test_a_server_may_ask_for_longer_pauses() -> None:
    assert succeeded(pause=60.0, held=False).next_at(Presence.WINDOW, 100.0) == 160


def test_failures_wait_longer_each_time_and_then_start_anew() -> None:
    schedule = Schedule()
    waits = []
    for _ in range(12):
        schedule = schedule.started().failed(100.0, away=False, retry_after=None, jitter=1.0)
        due = schedule.next_at(Presence.WINDOW, 100.0)
        assert due is not None
        waits.append(due - 100)
    assert waits == sorted(waits)
    assert waits[-1] == 300
    assert schedule.wait() == 0
    fine = schedule.started().succeeded(200.0, pause=0, held=True, jitter=0)
    assert fine.next_at(Presence.WINDOW, 200.0) == pytest.approx(200.2)


def test_without_a_network_the_next_try_is_within_half_a_minute() -> None:
    schedule = Schedule()
    for _ in range(20):
        schedule = schedule.started().failed(100.0, away=True, retry_after=None, jitter=0.99)
    due = schedule.next_at(Presence.TRAY, 100.0)
    assert due is not None
    assert due - 100 <= 30


def test_after_waking_everything_is_asked_at_once() -> None:
    failed = Schedule().started().failed(100.0, away=False, retry_after=900, jitter=0)
    assert failed.next_at(Presence.WINDOW, 110.0) == 1000
    assert failed.woke().next_at(Presence.WINDOW, 110.0) == 110


def test_a_poll_that_slept_with_us_is_followed_by_another() -> None:
    asleep = Schedule().started().woke()
    assert asleep.next_at(Presence.WINDOW, 100.0) is None
    ended = asleep.failed(100.0, away=True, retry_after=None, jitter=0)
    assert ended.next_at(Presence.WINDOW, 100.0) == 100
    fine = asleep.succeeded(100.0, pause=0, held=True, jitter=0)
    assert fine.next_at(Presence.WINDOW, 100.0) == 100


def test_one_that_may_be_deaf_is_not_waited_for() -> None:
    asleep = Schedule().started().woke(abandoning=True)
    assert asleep.next_at(Presence.WINDOW, 100.0) == 100
    assert asleep.wait() == 0


@given(
    st.lists(st.sampled_from(["ok", "empty", "fail", "away", "woke"]), max_size=30),
    st.floats(0, 0.999),
)
def test_it_never_spins_and_never_stops(events: list[str], jitter: float) -> None:
    at, schedule = 1000.0, Schedule()
    for event in events:
        due = schedule.next_at(Presence.WINDOW, at)
        assert due is not None
        assert due - at <= 900
        at = max(at, due)
        if event == "woke":
            schedule = schedule.woke()
            continue
        schedule = schedule.started()
        if event in {"ok", "empty"}:
            schedule = schedule.succeeded(at, pause=0, held=event == "ok", jitter=jitter)
        else:
            schedule = schedule.failed(at, away=event == "away", retry_after=None, jitter=jitter)
        after = schedule.next_at(Presence.WINDOW, at)
        assert after is not None
        assert after > at
