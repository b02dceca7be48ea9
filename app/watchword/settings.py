"""What this installation remembers that is no secret: one frozen dataclass for each subject.

All of it lies in `settings.json` beside the vault, as one JSON object with an object for each
subject; what belongs to secrets lies in the vault. A value that is missing or cannot be used is
its default. What a newer version wrote, and this one does not know, stays in the file.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from watchword.errors import KnownError

FILE_NAME = "settings.json"
_LONGEST_BYTES = 1 << 20


class SettingsNotSaved(KnownError):
    """The file of the settings could not be written; the settings hold until the app ends."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """How the window looks; empty: as the system says."""

    theme: str = ""  # "", "light", "dark" or "contrast"
    language: str = ""  # "", "en", "es", "fr", "de" or "it"
    compact_rows: bool = False
    text_percent: int = 100  # 100 to 200, of the system's own size
    less_motion: bool = False  # also where the system would move things


@dataclass(frozen=True, slots=True)
class Locking:
    """When the vault is locked by itself."""

    idle_minutes: int = 15  # 0: never
    with_screen: bool = True
    on_suspend: bool = True


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told of login requests outside the window."""

    notifies: bool = True
    names_service: bool = True


@dataclass(frozen=True, slots=True)
class Running:
    """What closing the window means, and how it begins; `keeps_running` None: ask."""

    keeps_running: bool | None = None
    starts_minimised: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """The window as it was left: x, y, width and height in pixels; empty: as designed."""

    place: tuple[int, ...] = ()
    maximised: bool = False
    hidden_from_captures: bool = True


@dataclass(frozen=True, slots=True)
class Settings:
    """All of them."""

    appearance: Appearance = field(default_factory=Appearance)
    locking: Locking = field(default_factory=Locking)
    telling: Telling = field(default_factory=Telling)
    running: Running = field(default_factory=Running)
    window: Window = field(default_factory=Window)


def read_settings(path: Path) -> Settings:
    """Return what the file says; the defaults for whatever it does not say in a usable way."""
    return _from_json(_read_object(path))


def write_settings(path: Path, settings: Settings) -> None:
    """Write the file anew, all or nothing, with what it holds that this version does not know.

    Raises SettingsNotSaved.
    """
    whole = _read_object(path)
    for name, values in asdict(settings).items():
        known = whole.get(name)
        whole[name] = (known if isinstance(known, dict) else {}) | values
    text = json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    except OSError as error:
        raise SettingsNotSaved(
            "The setting is not saved",
            error.strerror or "The file could not be written",
            "It holds until Watchword is closed. Look whether the disk is full or read-only",
        ) from error


def _read_object(path: Path) -> dict[str, Any]:
    """Return the file's object; empty where there is none, or nothing that could be read as one."""
    try:
        with path.open("rb") as file:
            data = file.read(_LONGEST_BYTES)
        found = json.loads(data)
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _from_json(whole: Mapping[str, Any]) -> Settings:
    settings = Settings()
    for subject in fields(settings):
        values = whole.get(subject.name)
        if isinstance(values, dict):
            group = _filled(getattr(settings, subject.name), values)
            settings = replace(settings, **{subject.name: group})
    return settings


def _filled(group: Any, values: Mapping[str, Any]) -> Any:
    """Return the group with every value of the file that is of the kind that belongs there."""
    usable: dict[str, Any] = {}
    for member in fields(group):
        value = values.get(member.name)
        default = getattr(group, member.name)
        if isinstance(default, tuple):
            if isinstance(value, list) and all(type(each) is int for each in value):
                usable[member.name] = tuple(value)
        elif default is None:
            if value is None or isinstance(value, bool):
                usable[member.name] = value
        elif type(value) is type(default):
            usable[member.name] = value
    return replace(group, **usable)
