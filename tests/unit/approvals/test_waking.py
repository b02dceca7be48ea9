"""Sleep and a clock that was set are noticed on every system, and nothing else is."""

import pytest
from fake_clock import FakeClock

from watchword.approvals.waking import Gaps


@pytest.mark.parametrize("every_look_late_by", [0.0, 0.3, 8.0])
def test_a_computer_that_is_only_slow_did_not_sleep(every_look_late_by: float) -> None:
    clock = FakeClock()
    gaps = Gaps(clock, 10)
    for _ in range(50):
        clock.advance(10 + every_look_late_by)
        assert not gaps.noticed()


def test_a_sleep_during_which_the_steady_clock_stood_still() -> None:
    clock = FakeClock()
    gaps = Gaps(clock, 10)
    clock.advance(10)
    clock.time += 3_600
    assert gaps.noticed()
    clock.advance(10)
    assert not gaps.noticed()


def test_a_sleep_during_which_the_steady_clock_went_on() -> None:
    clock = FakeClock()
    gaps = Gaps(clock, 10)
    clock.advance(3_600)
    assert gaps.noticed()


@pytest.mark.parametrize("by", [-47.0, 47.0, -86_400.0])
def test_a_clock_that_was_set(by: float) -> None:
    clock = FakeClock()
    gaps = Gaps(clock, 10)
    clock.advance(10)
    clock.time += by
    assert gaps.noticed()
    clock.advance(10)
    assert not gaps.noticed()


def test_a_clock_that_is_being_corrected_little_by_little_is_left_alone() -> None:
    clock = FakeClock()
    gaps = Gaps(clock, 10)
    for _ in range(100):
        clock.advance(10)
        clock.time += 0.5
        assert not gaps.noticed()
