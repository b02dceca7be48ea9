"""What comes over a page and goes again: a save's question, and what would be lost by leaving."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.saving import Saves
from watchword.errors import WatchwordError

if TYPE_CHECKING:
    from watchword.desktop.unlock.unsaved_page import UnsavedPage


class Leaving(QObject):
    """Locks or quits once nothing would be lost, or a person said that it may be."""

    lock_asked = Signal()
    lock_anyway_asked = Signal()  # without what is not saved
    quit_asked = Signal()  # what was not saved is saved now, or given up
    restore_asked = Signal(bool)  # whether to drop what is not saved
    accounts_wanted = Signal()  # nothing else is there to go back to

    def __init__(
        self, window: MainWindow, saves: Saves, *, trial: bool, parent: QObject | None = None
    ) -> None:
        """`trial`: nothing is kept, so nothing can be lost."""
        super().__init__(parent)
        self._window = window
        self._saves = saves
        self._trial = trial
        self._under: QWidget | None = None  # what was on the screen before a question
        self._page: UnsavedPage | None = None
        saves.page_wanted.connect(self._show_question)
        saves.left.connect(self._leave_question)
        saves.page_dropped.connect(window.drop_page)

    @property
    def pages(self) -> tuple[QWidget, ...]:
        """The questions there are, to be destroyed with the session."""
        return tuple(page for page in (self._saves.page, self._page) if page is not None)

    def ask_to_lock(self) -> None:
        """Lock, or say first what would be lost."""
        self._leave_saved(self.lock_asked.emit, self.lock_anyway_asked.emit, quitting=False)

    def ask_to_restore(self) -> None:
        """Lock and go to the copies, or say first what would be lost."""
        self._leave_saved(
            partial(self.restore_asked.emit, False),
            partial(self.restore_asked.emit, True),
            quitting=False,
        )

    def may_quit(self) -> bool:
        """Tell whether nothing would be lost; else see to it, and ask to quit when that is done."""
        if self._trial or not self._saves.unsaved:
            return True
        self._leave_saved(self.quit_asked.emit, self.quit_asked.emit, quitting=True)
        return False

    def _leave_saved(
        self, leave: Callable[[], None], give_up: Callable[[], None], *, quitting: bool
    ) -> None:
        waits = self._saves.waits_because
        if self._trial or not self._saves.unsaved:
            leave()
        elif waits is not None:
            self._show_unsaved(leave, give_up, quitting, waits)
        else:
            self._saves.save(
                on_done=lambda _: leave(),
                on_error=partial(self._show_unsaved, leave, give_up, quitting),
            )

    def _show_unsaved(
        self,
        leave: Callable[[], None],
        give_up: Callable[[], None],
        quitting: bool,
        error: WatchwordError,
    ) -> None:
        from watchword.desktop.unlock.unsaved_page import UnsavedPage

        page = UnsavedPage(error, quitting=quitting)
        page.again_asked.connect(self._leave_unsaved)
        if self._saves.page is None:
            page.again_asked.connect(self._saves.save)
        page.back_pressed.connect(self._leave_unsaved)
        page.leave_asked.connect(give_up)
        before, self._page = self._page, page
        if before is None and self._saves.page is None:
            self._under = self._window.page
        self._window.show_page(page)
        if before is not None:
            self._window.drop_page(before)

    def _leave_unsaved(self) -> None:
        page, self._page = self._page, None
        if self._saves.page is not None:
            self._window.show_page(self._saves.page)
        else:
            self._leave_question()
        if page is not None:
            self._window.drop_page(page)

    def _show_question(self, page: QWidget) -> None:
        if self._under is None:
            self._under = self._window.page
        self._window.show_page(page)

    def _leave_question(self) -> None:
        under, self._under = self._under, None
        if under is not None and isValid(under) and under is not self._page:
            self._window.show_page(under)
        else:
            self.accounts_wanted.emit()
