"""The copies that a new password does not reach: looked for, asked about, and seen to."""

import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from watchword.desktop.background.jobs import Jobs, Lane
from watchword.desktop.look.texts import rest_of
from watchword.vault import OpenVault

if TYPE_CHECKING:
    from watchword.desktop.settings.older_backups_page import OlderBackupsPage


class OlderBackups(QObject):
    """Asks one question after a change of the password."""

    page_wanted = Signal(object)
    answered = Signal(str, str)  # what became of them, and the kind of that notice
    _progressed = Signal(int, int)

    def __init__(self, vault: OpenVault, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._vault = vault
        self._jobs = jobs
        self._unwanted = threading.Event()
        self._page: OlderBackupsPage | None = None
        self._progressed.connect(self._show_progress, Qt.ConnectionType.QueuedConnection)

    def look(self, old_password: str) -> None:
        """Ask, if there are any; `old_password` is empty where nobody knows it."""
        from watchword.vault import recovery

        self._jobs.run(
            partial(recovery.older_backups, self._vault),
            on_done=partial(self._ask, old_password),
            on_error=lambda error: self.answered.emit(rest_of(error), "warn"),
            lane=Lane.VAULT,
            page=self,
        )

    def stop(self) -> None:
        """Leave those as they are that are not done yet."""
        self._unwanted.set()

    def _ask(self, old: str, older: list[Path]) -> None:
        if not older:
            self._answer("")
            return
        from watchword.desktop.settings.older_backups_page import OlderBackupsPage
        from watchword.desktop.shell import settings_words

        page = OlderBackupsPage(len(older), can_reseal=bool(old))
        page.reseal_chosen.connect(partial(self._reseal, page, old))
        page.delete_chosen.connect(partial(self._delete, page))
        page.keep_chosen.connect(partial(self._answer, settings_words.kept(len(older))))
        page.back_pressed.connect(partial(self._answer, settings_words.kept(len(older))))
        page.cancelled.connect(self.stop)
        self._page = page
        self.page_wanted.emit(page)

    def _answer(self, text: str, kind: str = "approve") -> None:
        self._page = None
        self.answered.emit(text, kind)

    def _reseal(self, page: "OlderBackupsPage", old: str) -> None:
        from watchword.vault import recovery

        page.show_busy(True)
        self._unwanted = unwanted = threading.Event()
        self._jobs.run(
            partial(
                recovery.reseal_backups,
                self._vault,
                old,
                progress=self._progressed.emit,
                still_wanted=lambda: not unwanted.is_set(),
            ),
            on_done=self._resealed,
            on_error=page.show_error,
            lane=Lane.VAULT,
            page=page,
        )

    def _show_progress(self, number: int, count: int) -> None:
        if self._page is not None:
            self._page.show_progress(number, count)

    def _resealed(self, result: tuple[int, list[Path]]) -> None:
        from watchword.desktop.shell import settings_words

        done, left = result
        text = settings_words.resealed(done, len(left), stopped=self._unwanted.is_set())
        self._answer(text, "warn" if left else "approve")

    def _delete(self, page: "OlderBackupsPage") -> None:
        from watchword.vault import recovery

        page.show_busy(True)
        self._jobs.run(
            partial(recovery.delete_backups, self._vault),
            on_done=self._deleted,
            on_error=page.show_error,
            lane=Lane.VAULT,
            page=page,
        )

    def _deleted(self, count: int) -> None:
        from watchword.desktop.shell import settings_words

        self._answer(settings_words.deleted(count))
