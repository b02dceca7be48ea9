"""Bugs that nobody caught, from any thread: kept in few words that can hold nothing of the vault.

A message of an exception may quote what it was about: a secret, a name, a path. Nothing is kept of
it but its kind, and where in our code or a library's it happened.
"""

import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import FrameType, TracebackType

from watchword.errors import KnownError

_MOST_KEPT = 5
_MOST_FRAMES = 24
_MOST_CAUSES = 4
_ENDS = (KeyboardInterrupt, SystemExit)


@dataclass(frozen=True, slots=True)
class Fault:
    """One bug: what kind of exception, and where."""

    text: str


def fault_of(error: BaseException) -> Fault:
    """Return what may be told of an exception, the cause it was raised for included."""
    parts: list[str] = []
    told: BaseException | None = error
    while told is not None and len(parts) < _MOST_CAUSES:
        parts.append("\n".join([_kind(told), *(f"  {place}" for place in _places(told))]))
        told = told.__cause__ or (None if told.__suppress_context__ else told.__context__)
    return Fault("\nafter ".join(parts))


def _kind(error: BaseException) -> str:
    name = type(error).__qualname__
    module = type(error).__module__
    whole = name if module == "builtins" else f"{module}.{name}"
    # What was looked for is a name of the code.
    missing = error.name if isinstance(error, AttributeError | NameError) else None
    return f"{whole}: {missing}" if missing and missing.isidentifier() else whole


def _places(error: BaseException) -> list[str]:
    """Return where it went through, the place where it was raised last."""
    places: list[str] = []
    step: TracebackType | None = error.__traceback__
    while step is not None:
        places.append(_place(step.tb_frame, step.tb_lineno))
        step = step.tb_next
    return places[-_MOST_FRAMES:]


def _place(frame: FrameType, line: int) -> str:
    code = frame.f_code
    return f"{_module_of(code.co_filename)}:{line} in {code.co_qualname}"


@lru_cache(maxsize=256)
def _module_of(file: str) -> str:
    """Return a file of code by its place in its package, never by where that lies on this disk."""
    libraries = [Path(each) for each in sys.path if each.endswith("-packages")]
    for root in (Path(__file__).parents[3], *libraries, Path(os.__file__).parent):
        with suppress(ValueError):
            return Path(file).relative_to(root).as_posix()
    return "(elsewhere)"


class Faults:
    """Hears of every exception that nobody caught, in whichever thread."""

    def __init__(self) -> None:
        self.recent: deque[Fault] = deque(maxlen=_MOST_KEPT)
        # Who tells the person; in the thread where it happened. None: it is said on stderr alone.
        self.tell: Callable[[Fault | KnownError], None] | None = None

    def install(self) -> None:
        """Hear of them from now on, until the process ends."""
        sys.excepthook = self._uncaught
        threading.excepthook = self._in_thread
        sys.unraisablehook = self._unraisable

    def _in_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._uncaught(args.exc_type, args.exc_value, args.exc_traceback)

    def _unraisable(self, args: "sys.UnraisableHookArgs") -> None:
        if args.exc_value is not None:
            self._uncaught(args.exc_type, args.exc_value, args.exc_traceback)

    def _uncaught(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, _ENDS):
            sys.__excepthook__(kind, error, trace)
            return
        if isinstance(error, KnownError):
            _say(f"{error}\n")
            told: Fault | KnownError = error
        else:
            told = fault_of(error.with_traceback(trace))
            self.recent.append(told)
            _say(f"A fault of Watchword's own:\n{told.text}\n")
        if self.tell is not None:
            self.tell(told)


def _say(text: str) -> None:
    # Without a terminal there may be no stderr, or one that is closed.
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(text)
