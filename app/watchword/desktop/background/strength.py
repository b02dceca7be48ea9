"""How hard a password is to guess, estimated by zxcvbn."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from watchword.desktop.background.jobs import Job, Jobs, Lane

LEAST_LENGTH = 8
# zxcvbn's work grows with the square of the length and what is longer is strong anyway.
_LONGEST_EXAMINED = 64


@dataclass(frozen=True, slots=True)
class Strength:
    """`score` 0 (guessed at once) to 4 (not guessed in centuries); `advice` may be empty."""

    score: int
    advice: str = ""


def estimate(password: str) -> Strength:
    """Return the strength of `password`; takes some milliseconds, the first time a tenth of a second."""
    from zxcvbn import zxcvbn

    found = zxcvbn(password[:_LONGEST_EXAMINED])
    feedback = found["feedback"]
    return Strength(int(found["score"]), str(feedback["warning"] or ""))


class Estimates(QObject):
    """Estimates passwords in the background; of several only the last is told."""

    estimated = Signal(int, str)  # score, advice

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None

    def ask(self, password: str) -> None:
        """Tell the strength of this password, and of none before it."""
        if self._job is not None:
            self._job.cancel()
        self._job = self._jobs.run(
            partial(estimate, password), on_done=self._tell, lane=Lane.DECODE
        )

    def _tell(self, strength: Strength) -> None:
        self.estimated.emit(strength.score, strength.advice)
