"""What closing the window means: asked once, remembered, and changed in the settings."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.preferences import Preferences

if TYPE_CHECKING:
    from watchword.desktop.settings.closing_page import ClosingPage


class Closing(QObject):
    """Hides the window, asks, or lets it be closed."""

    quit_chosen = Signal()

    def __init__(
        self, window: MainWindow, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._preferences = preferences
        self._page: ClosingPage | None = None
        self._under: QWidget | None = None

    def keeps_running(self, *, has_icon: bool) -> bool:
        """Tell whether the app goes on; the window is hidden then, or a question stands in it."""
        keeps = self._preferences.now.running.keeps_running
        if keeps:
            self._window.hide()
        elif keeps is None:
            self._ask(has_icon=has_icon)
        return keeps is not False

    def _ask(self, *, has_icon: bool) -> None:
        if self._page is not None and self._window.page is self._page:
            return
        from watchword.desktop.settings.closing_page import ClosingPage

        self.forget()
        self._under = self._window.page
        self._page = ClosingPage(has_icon=has_icon)
        self._page.back_pressed.connect(self._back)
        self._page.answered.connect(self._answer)
        self._window.show_page(self._page)
        self._page.keep.setFocus()

    def forget(self) -> None:
        """Drop the question, as when it is locked meanwhile."""
        page, self._page = self._page, None
        self._under = None
        if page is not None:
            self._window.drop_page(page)

    def _back(self) -> None:
        under = self._under
        if under is not None and isValid(under):
            self._window.show_page(under)
        self.forget()

    def _answer(self, keeps: bool) -> None:
        self._back()
        running = replace(self._preferences.now.running, keeps_running=keeps)
        self._preferences.change(running=running)
        if keeps:
            self._window.hide()
        else:
            self.quit_chosen.emit()
