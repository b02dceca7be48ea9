"""Copies of the vault to files of a person's choice, and what all copies say in clear."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from watchword.desktop.look.texts import rest_of, title_of
from watchword.desktop.shell import edits
from watchword.desktop.shell.guarded import StillWanted
from watchword.desktop.shell.saving import Saves
from watchword.errors import WatchwordError
from watchword.vault import NotSaved, OpenVault, SavedUnconfirmed
from watchword.vault.loaded import HIDE_CLEAR_FACTS


class Copies(QObject):
    """Carries it out and says what came of it."""

    told = Signal(str, str, str)  # title, text and kind of a notice
    unconfirmed = Signal(str, object)  # a title, and a SavedUnconfirmed
    writing = Signal(bool)  # whether a copy is being written
    hidden = Signal(bool)  # whether facts are hidden, once that is known

    def __init__(self, vault: OpenVault, saves: Saves, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._vault = vault
        self._saves = saves

    def write(self, name: str) -> None:
        """Write the vault as it is on disk to a new file; a file that is there is left alone."""
        self.writing.emit(True)
        self._saves.run(
            partial(self._write, Path(name)),
            on_done=partial(self._written, name),
            on_error=self._not_written,
            page=self,
        )

    def _write(self, path: Path) -> bool:
        from watchword.vault import recovery

        recovery.write_backup(self._vault, path)
        return not self._vault.dirty

    def _written(self, name: str, is_whole: bool) -> None:
        self.writing.emit(False)
        if is_whole:
            from watchword.desktop.shell import settings_words

            self.told.emit(
                self.tr("The copy is saved"), settings_words.copy_saved(name), "approve"
            )
        else:
            self.told.emit(
                self.tr("The copy is saved, without your last change"),
                self.tr("That change is not saved in the vault yet."),
                "warn",
            )

    def _not_written(self, error: WatchwordError) -> None:
        self.writing.emit(False)
        title = title_of(error)
        if isinstance(error, NotSaved):
            title = self.tr("The copy was not saved")
        self.told.emit(title, rest_of(error), "deny")

    def hide_facts(self) -> None:
        """Leave the number of accounts and the date out of the file from now on."""
        self._saves.run(
            partial(edits.set_setting, self._vault, HIDE_CLEAR_FACTS, True),
            on_done=self._facts_hidden,
            on_error=self._not_hidden,
            page=self,
        )

    def _facts_hidden(self, unconfirmed: SavedUnconfirmed | None) -> None:
        self.hidden.emit(True)
        if unconfirmed is not None:
            self.unconfirmed.emit(self.tr("Hidden, and not confirmed"), unconfirmed)

    def _not_hidden(self, error: WatchwordError) -> None:
        self.hidden.emit(False)
        self.told.emit(title_of(error), rest_of(error), "deny")

    def show_facts(self, _: StillWanted) -> None:
        """Write them into the file again, durably. Raises NotSaved, SavedUnconfirmed."""
        unconfirmed = edits.set_setting(self._vault, HIDE_CLEAR_FACTS, False)
        if unconfirmed is not None:
            raise unconfirmed
