"""Whether links to accounts and login requests open in Watchword: one interface, a file for each system.

Portable mode has none: it leaves nothing behind on a computer.
"""

import contextlib
import os
import sys
from dataclasses import dataclass
from typing import Protocol

from watchword.errors import KnownError
from watchword.plain_text import plain_text
from watchword.system.paths import is_portable
from watchword.system.starting import own_command

SCHEMES = ("otpauth", "otpauth-migration", "watchword")
_LONGEST_NAME = 60


class LinksNotChanged(KnownError):
    """The system's list of what opens links could not be changed."""


@dataclass(frozen=True, slots=True)
class Openers:
    """Who opens such links: whether Watchword has them all, and which programs have some."""

    ours: bool
    others: tuple[str, ...] = ()  # their names, as plain text


def shown_name(name: str) -> str:
    """Return what a program calls itself, or is called, as it may be shown."""
    return plain_text(name, limit=_LONGEST_NAME)


class LinkOpening(Protocol):
    """One system's way. May take a moment: never on the GUI thread."""

    def look(self) -> Openers:
        """Return who opens them now."""
        ...

    def take(self) -> None:
        """Open them here from now on, whoever had them. Raises OSError."""
        ...

    def give_back(self) -> None:
        """Leave them to whoever had them, or to nobody. Raises OSError."""
        ...


def link_opening() -> LinkOpening | None:
    """Return this system's way; None in portable mode, and in a sandbox that has none of its own."""
    way: LinkOpening | None = None
    if is_portable() or os.environ.get("FLATPAK_ID"):
        return None
    if sys.platform == "linux":
        from watchword.system.link_opening_linux import DesktopEntry

        with contextlib.suppress(RuntimeError):  # the system names no home folder
            way = DesktopEntry(own_command())
    elif sys.platform == "win32":
        from watchword.system.link_opening_windows import UserClasses

        way = UserClasses(own_command())
    elif sys.platform == "darwin":
        from watchword.system.link_opening_macos import own_bundle

        way = own_bundle()
    return way


def switch(way: LinkOpening, *, on: bool) -> Openers:
    """Take the links or give them back, and return who opens them then. Raises LinksNotChanged."""
    try:
        if on:
            way.take()
        else:
            way.give_back()
        return way.look()
    except OSError as error:
        raise LinksNotChanged(
            "What opens links could not be changed",
            error.strerror or "The system refused",
            "Look whether you may write there, or choose it in the system's own settings",
        ) from error
