"""Our own process, made a harder place to read secrets from and to lose files in."""

import contextlib
import os
import sys

_PR_SET_DUMPABLE = 4  # linux/prctl.h


def harden() -> None:
    """Forbid core dumps, and on Linux that other programs of this user read our memory.

    A system that refuses is no reason not to start: it only leaves things as they are.
    """
    if sys.platform != "win32":
        import resource

        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def hold_standard_files() -> None:
    """Open the null device wherever standard input, output or error is closed.

    Otherwise the next file that is opened, the vault perhaps, gets that number, and what
    somebody prints ends up in it.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            # The lowest free number is the one that is missing.
            os.open(os.devnull, os.O_RDWR)
