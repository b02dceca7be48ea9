"""The settings of this installation while the app runs: what they are, and that they changed."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from watchword.settings import Settings, SettingsNotSaved, read_settings, write_settings


class Preferences(QObject):
    """One owner of the settings; whoever is concerned listens to `changed`."""

    changed = Signal(object)  # the Settings from now on
    not_saved = Signal(object)  # a SettingsNotSaved: they hold until the app ends

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        """`path` is the file's."""
        super().__init__(parent)
        self._path = path
        self._now = read_settings(path)

    @property
    def now(self) -> Settings:
        """The settings as they are."""
        return self._now

    def change(self, **groups: Any) -> None:
        """Give these subjects other values: `change(locking=replace(preferences.now.locking, …))`."""
        settings = replace(self._now, **groups)
        if settings == self._now:
            return
        self._now = settings
        self.changed.emit(settings)
        try:
            write_settings(self._path, settings)
        except SettingsNotSaved as error:
            self.not_saved.emit(error)
