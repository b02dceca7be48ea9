"""What starts this very installation again, for whoever is to start it: at login, or for a link."""

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

MINIMISED = "--minimised"
_PLAIN = re.compile(r"[A-Za-z0-9_./:@+,-]+")
_QUOTED = str.maketrans({character: f"\\{character}" for character in '"`$\\'})


def own_command(*, minimised: bool = False) -> tuple[str, ...]:
    """Return the program and its arguments."""
    image, mounted = os.environ.get("APPIMAGE"), os.environ.get("APPDIR")
    # Every program that an AppImage starts inherits both: only what runs from within it is it.
    if image and mounted and Path(sys.executable).is_relative_to(mounted):
        program: tuple[str, ...] = (image,)
    elif getattr(sys, "frozen", False):
        program = (sys.executable,)
    else:
        # With -m alone a folder named watchword would be run in our place, wherever one is started
        # from: where downloads lie, say.
        program = (sys.executable, "-P", "-m", "watchword")
    return (*program, MINIMISED) if minimised else program


def exec_value(command: Sequence[str]) -> str:
    """Return a command as a desktop entry's Exec: quoted, and escaped once more as any value is.

    What needs no quotes gets none: older versions of xdg-open look for a file that has them.
    Source: Desktop Entry Specification, "The Exec key".
    """
    parts = [
        part if _PLAIN.fullmatch(part) else f'"{part.translate(_QUOTED).replace("%", "%%")}"'
        for part in command
    ]
    return " ".join(parts).replace("\\", "\\\\")
