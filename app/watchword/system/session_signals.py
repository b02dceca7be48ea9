"""What the system says of the person's session: sleep, waking up, a locked screen, somebody else's turn.

One interface, and a file for each system.
"""

import sys
from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol


class Said(Enum):
    """What can be said."""

    SLEEPS = auto()  # the computer is about to; it waits a moment where sleep is held
    WOKE = auto()
    LOCKED = auto()  # the screen is locked, or another person sits before it


class Ear(Protocol):
    """Something that is read when `fileno` can be."""

    def fileno(self) -> int:
        """Return the number of what is waited for."""
        ...

    def read(self) -> list[Said]:
        """Return what was said meanwhile; raises ConnectionError when nothing more will come."""
        ...

    def close(self) -> None:
        """Listen no more, and hold nothing."""
        ...


class SessionSignals(Protocol):
    """Heard through its ears, or told by the system's own event loop."""

    @property
    def ears(self) -> tuple[Ear, ...]:
        """Return what is to be read from; empty where the system calls by itself."""
        ...

    def begin(self, tell: Callable[[Said], None]) -> None:
        """Begin to call `tell`, on the thread that calls this and runs the window."""
        ...

    def hold_sleep(self) -> None:
        """From now on the computer waits a moment with its sleep, until `let_sleep`."""
        ...

    def let_sleep(self) -> None:
        """Let the computer sleep: what had to be done is done."""
        ...

    def close(self) -> None:
        """Listen no more, and hold nothing."""
        ...


def open_session_signals() -> SessionSignals | None:
    """Begin to listen; None where the system says nothing.

    May take a moment: never on the GUI thread.
    """
    opened: SessionSignals | None = None
    if sys.platform == "linux":
        from watchword.system.session_linux import open_linux_signals

        opened = open_linux_signals()
    elif sys.platform == "win32":
        from watchword.system.session_windows import WindowsSignals

        opened = WindowsSignals()
    elif sys.platform == "darwin":
        from watchword.system.session_macos import MacSignals

        opened = MacSignals()
    return opened
