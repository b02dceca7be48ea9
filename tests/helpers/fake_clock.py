"""A clock that a test moves."""

from dataclasses import dataclass


@dataclass
class FakeClock:
    """Satisfies watchword.clock.Clock; both times move together by `advance`."""

    time: float = 1_700_000_000.0
    started: float = 1_000.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.started

    def advance(self, seconds: float) -> None:
        self.time += seconds
        self.started += seconds
