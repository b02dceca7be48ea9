"""The history of login requests while the vault is open: shown, kept so long, written to a file."""

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget
from shiboken6 import isValid

from watchword.clock import Clock
from watchword.desktop.background.jobs import Jobs
from watchword.desktop.history.history_page import HistoryPage
from watchword.desktop.history.keeping_page import KeepingPage
from watchword.desktop.settings.password_again_page import PasswordAgainPage
from watchword.desktop.shell import edits, history_words
from watchword.desktop.shell.file_dialogs import ask_for_new_file
from watchword.desktop.shell.guarded import GuardedChanges, Outcome, StillWanted
from watchword.desktop.shell.saving import Saves
from watchword.transfer import files, history_file
from watchword.vault import HistoryEntry, OpenVault, SavedUnconfirmed
from watchword.vault.history import DAYS_KEPT, days_kept


class HistoryDesk(QObject):
    """Owns the history's page and what stands over it; whoever owns the desk shows them."""

    page_wanted = Signal(object)
    page_dropped = Signal(object)
    left = Signal()  # show again what was there before
    changed = Signal()  # how long answers are kept
    trouble = Signal(object)  # a SavedUnconfirmed
    said = Signal(str)

    def __init__(
        self,
        vault: OpenVault,
        clock: Clock,
        jobs: Jobs,
        saves: Saves,
        window: QWidget,
        *,
        trial: bool = False,
        parent: QObject | None = None,
    ) -> None:
        """`window` is where the system's dialogs belong; `trial`: there is no password to ask."""
        super().__init__(parent)
        self._vault = vault
        self._clock = clock
        self._saves = saves
        self._window = window
        self._trial = trial
        self._page: HistoryPage | None = None
        self._over: QWidget | None = None  # what stands over the history, or over the settings
        self._dialog: QFileDialog | None = None
        self._stopped = False
        self._changes = GuardedChanges(vault, clock, jobs, saves, None, self)

    @property
    def page(self) -> HistoryPage | None:
        """The history; None while it is not open, not even under a question."""
        return self._page

    @property
    def pages(self) -> tuple[QWidget, ...]:
        """The pages there are, to be destroyed with the desk."""
        return tuple(page for page in (self._page, self._over) if page is not None)

    @property
    def question(self) -> QWidget | None:
        """The page that asks something; None while none does."""
        return self._over

    @property
    def _days(self) -> int:
        return days_kept(self._vault.setting(DAYS_KEPT))

    def stop(self) -> None:
        """Let nothing be written any more that is not written yet, and no question stay open."""
        self._stopped = True
        self._changes.stop()
        if self._dialog is not None and isValid(self._dialog):
            self._dialog.deleteLater()
        if isinstance(self._over, PasswordAgainPage):
            self._over.forget()

    def open(self, account_id: str = "") -> None:
        """Show the history; of one account only where it is named."""
        page = self._page
        if page is None:
            page = self._page = HistoryPage(self._clock)
            page.back_pressed.connect(self._leave)
            page.export_asked.connect(self._choose_file)
            page.keeping_asked.connect(self.open_keeping)
        page.show_history(self._vault.history)
        if account_id:
            page.show_account(account_id)
        self.page_wanted.emit(page)

    def refresh(self) -> None:
        """Show what was answered meanwhile, where the history is shown."""
        if self._page is not None and not self._stopped:
            self._page.show_history(self._vault.history)

    # Keeping -------------------------------------------------------------------------------------
    def open_keeping(self) -> None:
        """Show how long answers are kept, to be changed."""
        page = KeepingPage()
        page.back_pressed.connect(self._back)
        page.chosen.connect(partial(self._keep, page))
        self._show_spans(page)
        self._show_over(page)

    def _show_spans(self, page: KeepingPage) -> None:
        page.show_spans(history_words.spans(self._vault.history, self._days), self._days)

    def _keep(self, page: KeepingPage, days: int) -> None:
        def saved(unconfirmed: SavedUnconfirmed | None) -> None:
            if isValid(page):
                self._show_spans(page)
            self.refresh()
            self.changed.emit()
            self.said.emit(self.tr("Saved"))
            if unconfirmed is not None:
                self.trouble.emit(unconfirmed)

        self._saves.run(
            partial(edits.set_setting, self._vault, DAYS_KEPT, days),
            on_done=saved,
            on_error=page.show_error,
            page=page,
        )

    # Export --------------------------------------------------------------------------------------
    def _choose_file(self, kind: str, entries: Sequence[HistoryEntry]) -> None:
        if self._trial:
            self.said.emit(self.tr("Not in the trial: it has no password to ask for"))
            return
        self._dialog = ask_for_new_file(
            self._window,
            self.tr("Export the history"),
            history_words.file_name(kind, self._clock.now()),
            lambda name: self.ask_before(kind, entries, Path(name)),
        )

    def ask_before(self, kind: str, entries: Sequence[HistoryEntry], path: Path) -> None:
        """Ask for the password, and then write these answers to a file."""
        # The dialog asked before it named a file that is there; one that comes later stays.
        replacing = os.path.lexists(path)

        def write(_: StillWanted) -> None:
            made = history_file.as_csv if kind == "csv" else history_file.as_json
            files.write_file(path, made(entries), self._vault.places, replacing=replacing)

        page = self._changes.ask(
            history_words.question(kind, path, len(entries), len(self._vault.history)),
            write,
            partial(self._exported, path),
        )
        page.back_pressed.connect(self._back)
        self._show_over(page)

    def _exported(self, path: Path, _: Outcome) -> None:
        self._back()
        if self._page is not None:
            self._page.tell(
                self.tr("The history is exported"),
                self.tr("{file} can be read by whoever finds it.").format(file=path.name),
            )

    # Pages ---------------------------------------------------------------------------------------
    def _show_over(self, page: QWidget) -> None:
        before, self._over = self._over, page
        self.page_wanted.emit(page)
        if before is not None:
            self.page_dropped.emit(before)

    def _back(self) -> None:
        """Leave what stands over the history, for it or for what was there before."""
        page, self._over = self._over, None
        if self._page is not None:
            self.page_wanted.emit(self._page)
        else:
            self.left.emit()
        if page is not None:
            self.page_dropped.emit(page)

    def _leave(self) -> None:
        page, self._page = self._page, None
        self.left.emit()
        if page is not None:
            self.page_dropped.emit(page)
