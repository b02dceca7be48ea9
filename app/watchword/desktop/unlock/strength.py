"""How hard a password is to guess, estimated by zxcvbn."""

from dataclasses import dataclass

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
