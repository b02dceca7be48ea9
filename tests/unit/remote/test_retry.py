"""Waits grow, are never equal for everybody, and no server can send us away for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.remote.retry import Backoff, retry_after_seconds


def failed(times: int) -> Backoff:
    backoff = Backoff()
    for _ in range(times):
        backoff = backoff.after_failure()
    return backoff


def test_nothing_failed_nothing_to_wait() -> None:
    assert Backoff().wait(0.9) == 0


def test_waits_double_up_to_five_minutes() -> None:
    assert [failed(n).wait(1.0) for n in range(1, 6)] == [2, 4, 8, 16, 32]
    assert failed(1000).wait(1.0) == 300


def test_without_a_network_we_look_again_within_half_a_minute() -> None:
    assert failed(1000).wait(0.999, away=True) <= 30


def test_jitter_spreads_half_of_the_wait() -> None:
    assert failed(5).wait(0.0) == 16
    assert failed(5).wait(0.5) == 24


def test_a_servers_later_is_not_undercut_and_not_believed_for_ever() -> None:
    assert failed(1).wait(0.0, retry_after=60) == 60
    assert failed(1).wait(0.0, retry_after=10**9) == 900
    assert failed(9).wait(1.0, retry_after=1) == 300


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("99999999999", 900),
        ("1" * 400, None),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("soon", None),
        ("", None),
        ("Tue, 14 Nov 2023 22:13:50 GMT", 30),
        ("Tue, 14 Nov 2023 22:13:10 GMT", None),
        ("Tue, 14 Nov 9999 22:13:10 GMT", 900),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after_seconds(value, 1_700_000_000) == seconds


@given(st.text())
def test_any_retry_after_is_bounded_or_nothing(value: str) -> None:
    seconds = retry_after_seconds(value, 1_700_000_000)
    assert seconds is None or 0 <= seconds <= 900
