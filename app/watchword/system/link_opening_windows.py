"""Links on Windows: classes of this person in the registry. Typed, and not run by the tests.

Source: "Registering an Application to a URI Scheme" of the Windows documentation. Which program a
person has chosen in the system's own settings goes before it, and cannot be changed by a program.
"""

import contextlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import PureWindowsPath

from watchword.system.link_opening import SCHEMES, Openers, shown_name

if sys.platform == "win32":  # elsewhere the type checker has no winreg to look into
    import winreg

    _CLASSES = r"Software\Classes"
    _COMMAND = r"shell\open\command"
    _CHOSEN = r"Software\Microsoft\Windows\Shell\Associations\UrlAssociations"

    class UserClasses:
        """One key for each kind of link."""

        def __init__(self, command: Sequence[str]) -> None:
            self._command = f'{subprocess.list2cmdline(command)} "%1"'

        def look(self) -> Openers:
            """Return who opens them: a program chosen by the person, or the one of the class."""
            found = {scheme: self._opener(scheme) for scheme in SCHEMES}
            others = {each for each in found.values() if each and each != self._command}
            ours = all(each == self._command for each in found.values())
            return Openers(ours, tuple(sorted(_name(each) for each in others)))

        def take(self) -> None:
            """Write our classes."""
            for scheme in SCHEMES:
                with winreg.CreateKey(winreg.HKEY_CURRENT_USER, f"{_CLASSES}\\{scheme}") as key:
                    winreg.SetValueEx(key, "", 0, winreg.REG_SZ, f"URL:{scheme}")
                    winreg.SetValueEx(key, "URL Protocol", 0, winreg.REG_SZ, "")
                    with winreg.CreateKey(key, _COMMAND) as command:
                        winreg.SetValueEx(command, "", 0, winreg.REG_SZ, self._command)

        def give_back(self) -> None:
            """Remove our classes; those of the whole computer count again."""
            for scheme in SCHEMES:
                own = f"{_CLASSES}\\{scheme}"
                if self._value(winreg.HKEY_CURRENT_USER, f"{own}\\{_COMMAND}") != self._command:
                    continue
                for below in (f"\\{_COMMAND}", r"\shell\open", r"\shell", ""):
                    with contextlib.suppress(FileNotFoundError):
                        winreg.DeleteKey(winreg.HKEY_CURRENT_USER, own + below)

        def _opener(self, scheme: str) -> str:
            chosen = self._value(
                winreg.HKEY_CURRENT_USER, f"{_CHOSEN}\\{scheme}\\UserChoice", "ProgId"
            )
            name = chosen or scheme
            return self._value(winreg.HKEY_CLASSES_ROOT, f"{name}\\{_COMMAND}")

        def _value(self, root: int, path: str, name: str = "") -> str:
            with contextlib.suppress(OSError), winreg.OpenKey(root, path) as key:
                found, _ = winreg.QueryValueEx(key, name)
                return found if isinstance(found, str) else ""
            return ""

    def _name(command: str) -> str:
        """Return the program of a command line, without its folder."""
        program = (
            command[1:].partition('"')[0] if command.startswith('"') else command.partition(" ")[0]
        )
        return shown_name(PureWindowsPath(program).stem)
