"""Whether the app starts when the person logs in: one interface, and one way for each system.

Linux: an entry in the XDG autostart folder (Desktop Application Autostart Specification). Windows:
a value of the registry's Run key. macOS: a launch agent (launchd.plist(5)). Portable mode has none
of them: it leaves nothing behind on a computer.
"""

import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from watchword.errors import KnownError
from watchword.system.paths import is_portable
from watchword.system.starting import exec_value, own_command

if sys.platform == "win32":  # elsewhere the type checker has no winreg to look into
    import winreg

_ID = "watchword"
_GROUP = "Desktop Entry"


class NotChanged(KnownError):
    """The system's list of what starts at login could not be changed."""


class Autostart(Protocol):
    """One system's way."""

    def is_on(self) -> bool:
        """Tell whether the app starts at login."""
        ...

    def turn_on(self, command: Sequence[str]) -> None:
        """Have `command` run at login. Raises OSError."""
        ...

    def turn_off(self) -> None:
        """Have nothing run any more. Raises OSError."""
        ...


class XdgAutostart:
    """A desktop entry that the session reads when it begins."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the autostart folder of this person."""
        self._path = folder / f"{_ID}.desktop"

    def is_on(self) -> bool:
        """Tell whether the entry is there and nobody switched it off in the desktop's own list."""
        from configparser import ConfigParser, Error

        entry = ConfigParser(interpolation=None, strict=False)
        try:
            entry.read_string(self._path.read_text("utf-8"))
        except (OSError, ValueError, Error):
            return False
        hidden = entry.get(_GROUP, "Hidden", fallback="false")
        enabled = entry.get(_GROUP, "X-GNOME-Autostart-enabled", fallback="true")
        return entry.has_section(_GROUP) and hidden != "true" and enabled != "false"

    def turn_on(self, command: Sequence[str]) -> None:
        """Write the entry, all or nothing."""
        text = (
            f"[{_GROUP}]\nType=Application\nName=Watchword\nIcon={_ID}\n"
            f"Exec={exec_value(command)}\nTerminal=false\nStartupNotify=false\n"
        )
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self._path.with_name(f".{self._path.name}.new")
        new.write_text(text, "utf-8")
        new.replace(self._path)

    def turn_off(self) -> None:
        """Remove the entry."""
        self._path.unlink(missing_ok=True)


class LaunchAgent:
    """A property list that launchd reads when the person logs in."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the LaunchAgents folder of this person."""
        self._path = folder / f"{_ID}.plist"

    def is_on(self) -> bool:
        """Tell whether the list is there and is one."""
        import plistlib

        try:
            found = plistlib.loads(self._path.read_bytes())
        except (OSError, ValueError, plistlib.InvalidFileException):
            return False
        return isinstance(found, dict) and found.get("RunAtLoad") is True

    def turn_on(self, command: Sequence[str]) -> None:
        """Write the list, all or nothing."""
        import plistlib

        data = plistlib.dumps(
            {
                "Label": _ID,
                "ProgramArguments": list(command),
                "RunAtLoad": True,
                "ProcessType": "Interactive",
                "LimitLoadToSessionType": "Aqua",
            }
        )
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_name(f".{self._path.name}.new")
        new.write_bytes(data)
        new.replace(self._path)

    def turn_off(self) -> None:
        """Remove the list."""
        self._path.unlink(missing_ok=True)


if sys.platform == "win32":
    _RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
    _APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"

    class RunKey:
        """A value under the person's own Run key."""

        def is_on(self) -> bool:
            """Tell whether it is there and was not switched off in the list of what starts."""
            with (
                contextlib.suppress(OSError),
                winreg.OpenKey(winreg.HKEY_CURRENT_USER, _RUN) as key,
            ):
                winreg.QueryValueEx(key, _ID)
                return not self._is_switched_off()
            return False

        def turn_on(self, command: Sequence[str]) -> None:
            """Write the value, and take back what was switched off."""
            from subprocess import list2cmdline

            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _RUN) as key:
                text = list2cmdline(command)
                winreg.SetValueEx(key, _ID, 0, winreg.REG_SZ, text)
            self._remove(_APPROVED)

        def turn_off(self) -> None:
            """Remove the value."""
            self._remove(_RUN)

        def _is_switched_off(self) -> bool:
            with (
                contextlib.suppress(OSError),
                winreg.OpenKey(winreg.HKEY_CURRENT_USER, _APPROVED) as key,
            ):
                value, _ = winreg.QueryValueEx(key, _ID)
                return isinstance(value, bytes) and bool(value) and bool(value[0] & 1)
            return False

        def _remove(self, path: str) -> None:
            with (
                contextlib.suppress(FileNotFoundError),
                winreg.OpenKey(winreg.HKEY_CURRENT_USER, path, access=winreg.KEY_SET_VALUE) as key,
            ):
                winreg.DeleteValue(key, _ID)


def autostart() -> Autostart | None:
    """Return this system's way; None in portable mode, and in a sandbox that has none of its own."""
    if is_portable() or os.environ.get("FLATPAK_ID"):
        return None
    if sys.platform == "win32":
        return RunKey()
    if sys.platform == "darwin":
        return LaunchAgent(Path.home() / "Library" / "LaunchAgents")
    given = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    folder = given if given.is_absolute() else Path.home() / ".config"
    return XdgAutostart(folder / "autostart")


def switch(way: Autostart, *, on: bool, minimised: bool) -> None:
    """Start at login from now on, or not any more. Raises NotChanged."""
    try:
        if on:
            way.turn_on(own_command(minimised=minimised))
        else:
            way.turn_off()
    except OSError as error:
        raise NotChanged(
            "What starts at login could not be changed",
            error.strerror or "The system refused",
            "Look whether you may write there, and try again",
        ) from error
