"""Where this installation keeps its data: one folder of its own, or the platform's folders.

`WATCHWORD_HOME` moves everything (portable mode); otherwise the system's convention decides.
Nothing is created here.
"""

import os
from pathlib import Path

import platformdirs

from watchword.errors import KnownError

_HOME_VARIABLE = "WATCHWORD_HOME"
_NAME = "watchword"


class NoHome(KnownError):
    """The system names no folder for this user's data."""


def is_portable() -> bool:
    """Tell whether WATCHWORD_HOME moves the data away from the platform's folders."""
    return bool(os.environ.get(_HOME_VARIABLE))


def data_home() -> Path:
    """Return the folder that holds the vault; absolute. Raises NoHome."""
    given = os.environ.get(_HOME_VARIABLE)
    if given:
        return Path(given).absolute()
    folder = platformdirs.user_data_path(_NAME, appauthor=False)
    if folder.is_absolute():
        return folder
    # XDG base directories that are relative must be ignored, says their specification.
    try:
        return Path.home() / ".local" / "share" / _NAME
    except RuntimeError:
        raise NoHome(
            "There is no place for the vault",
            "The system names no home folder for you",
            f"Set HOME, or {_HOME_VARIABLE} to the folder to use",
        ) from None


def vault_path() -> Path:
    """Return where the app's own vault lies. Raises NoHome."""
    return data_home() / "vault"


def backups_path() -> Path:
    """Return the folder of the automatic backups. Raises NoHome."""
    return data_home() / "backups"


def state_path() -> Path:
    """Return the folder for what is neither secret nor precious. Raises NoHome."""
    return data_home() / "state"
