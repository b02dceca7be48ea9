"""A new password for a vault that its recovery key opened: the old one is not asked, it is forgotten."""

import threading
from functools import partial

from PySide6.QtCore import QObject, Signal

from watchword.clock import Clock
from watchword.desktop.background.jobs import Jobs
from watchword.desktop.shell.saving import Saves
from watchword.desktop.unlock.create_page import CreatePage
from watchword.errors import WatchwordError
from watchword.vault import Cancelled, KdfCost, OpenVault, slots


class NewPassword(QObject):
    """Owns the page while there is one; whoever owns this shows it."""

    page_wanted = Signal(object)
    page_dropped = Signal(object)
    left = Signal()
    changed = Signal()  # the new password opens the vault, and the old one does not

    def __init__(
        self,
        vault: OpenVault,
        clock: Clock,
        jobs: Jobs,
        saves: Saves,
        cost: KdfCost | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`cost` of the new key None: measured."""
        super().__init__(parent)
        self._vault = vault
        self._clock = clock
        self._jobs = jobs
        self._saves = saves
        self._cost = cost
        self._page: CreatePage | None = None
        self._unwanted = threading.Event()

    @property
    def page(self) -> CreatePage | None:
        """The page that is shown; None when something else is."""
        return self._page

    def show(self) -> None:
        """Ask for the new password."""
        page = CreatePage(self._jobs, anew=True)
        page.create_asked.connect(self._change)
        page.cancelled.connect(self._cancel)
        page.back_pressed.connect(self.leave)
        self._page = page
        self.page_wanted.emit(page)

    def leave(self) -> None:
        """Go back; what is not written yet never will be."""
        self._cancel()
        page, self._page = self._page, None
        self.left.emit()
        if page is not None:
            page.forget()
            self.page_dropped.emit(page)

    def _cancel(self) -> None:
        self._unwanted.set()

    def _change(self, password: str) -> None:
        if self._page is None:
            return
        self._unwanted = unwanted = threading.Event()
        self._page.show_busy(True)
        self._saves.run(
            partial(
                slots.change_password,
                self._vault,
                password,
                self._clock,
                cost=self._cost,
                still_wanted=lambda: not unwanted.is_set(),
            ),
            on_done=self._changed,
            on_error=self._failed,
            page=self,
        )

    def _changed(self, _nothing: None) -> None:
        # Whoever went back meanwhile, too late, is told all the same and stays where they are.
        if self._page is not None:
            self.leave()
        self.changed.emit()

    def _failed(self, error: WatchwordError) -> None:
        if self._page is None:
            return
        if isinstance(error, Cancelled):
            self._page.show_cancelled()
        else:
            self._page.show_error(error)
