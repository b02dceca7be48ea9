"""What a request's line in the log says besides its answer: events by name, and time held on purpose.

Never what somebody typed: events are words of the program, users are ids.
"""

from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(slots=True)
class Notes:
    """The notes of one request."""

    events: list[str] = field(default_factory=list)
    user: str = ""  # an id
    held: float = 0.0  # seconds


_current: ContextVar[Notes | None] = ContextVar("notes", default=None)


def begin() -> Notes:
    """Begin the notes of the request that this task answers."""
    notes = Notes()
    _current.set(notes)
    return notes


def noted(event: str, user: str = "") -> None:
    """Note that something happened that whoever runs the server may look for."""
    if notes := _current.get():
        notes.events.append(event)
        notes.user = user or notes.user


def was_held(seconds: float) -> None:
    """Note that the answer waited, not worked, for so long."""
    if notes := _current.get():
        notes.held += seconds
