"""A code is accepted when it stays and is alone, not when it passes by."""

import pytest
from fake_clock import FakeClock

from watchword.enrolment.steady_scan import SteadyScan

A, B = "otpauth://a", "otpauth://b"


def _run(*frames: tuple[float, tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return what is accepted after each frame; each is (seconds since the last one, texts)."""
    clock = FakeClock()
    scan = SteadyScan(clock)
    accepted = []
    for seconds, texts in frames:
        clock.advance(seconds)
        accepted.append(scan.saw(texts))
    return accepted


@pytest.mark.parametrize(
    ("frames", "last"),
    [
        ([(0, (A,))], ()),  # one frame is no agreement
        ([(0, (A,)), (0.033, (A,))], ()),  # too close together
        ([(0, (A,)), (0.033, (A,)), (0.05, (A,))], (A,)),
        ([(0, (A,)), (0.05, ()), (0.05, (A,))], (A,)),  # a blurred frame between
        ([(0, (A,)), (1.5, (A,))], ()),  # forgotten meanwhile
        ([(0, (A,)), (0.04, (B,)), (0.05, (A,))], ()),  # another code was there
        ([(0, (A,)), (0.04, (B,)), (0.05, (A,)), (0.05, (B,))], (A, B)),  # choose
        ([(0, (A, B)), (0.1, (A, B))], (A, B)),
        ([(0, (A, B)), (0.1, (A,))], ()),  # never the first one to be sharp
        ([(0, (B,)), (0.9, (A,)), (0.11, (A,))], (A,)),  # the other one is gone for a second
        ([(0, (A,)), (0.1, ())], ()),  # accepted only on a frame that shows it
    ],
)
def test_acceptance(frames: list[tuple[float, tuple[str, ...]]], last: tuple[str, ...]) -> None:
    assert _run(*frames)[-1] == last


def test_ten_codes_at_once_are_all_offered() -> None:
    codes = tuple(f"otpauth://{number}" for number in range(10))
    assert _run((0, codes), (0.1, codes))[-1] == codes


def test_starting_over_forgets() -> None:
    clock = FakeClock()
    scan = SteadyScan(clock)
    scan.saw((A,))
    scan.start_over()
    clock.advance(0.1)
    assert scan.saw((A,)) == ()
