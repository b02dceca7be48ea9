"""The settings as one place of the window: the page of cards, and the page above it, if any."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from watchword.desktop.look.texts import rest_of, title_of
from watchword.desktop.shell.saving import Saves
from watchword.errors import WatchwordError
from watchword.vault import OpenVault, SavedUnconfirmed

if TYPE_CHECKING:
    from watchword.desktop.settings.settings_page import SettingsPage


class SettingsPlace(QObject):
    """Owns the pages and says on them what came of a change; whoever owns the place shows them."""

    page_wanted = Signal(object)
    page_dropped = Signal(object)
    left = Signal()  # show the accounts again
    told = Signal(str, str, str)  # title, text and kind of a notice that no page is there to show
    trouble = Signal(object, object)  # a SavedUnconfirmed as well, and what saves again
    said = Signal(str)
    waits = Signal()  # where nothing but the accounts is on the screen, go on with `resume`

    def __init__(self, vault: OpenVault, saves: Saves, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._then: Callable[[], None] | None = None
        self._closed = False
        self._vault = vault
        self._saves = saves
        self._settings: SettingsPage | None = None
        self._page: QWidget | None = None

    @property
    def settings(self) -> "SettingsPage | None":
        """The page of cards; None while it is not open, not even under another."""
        return self._settings

    @property
    def pages(self) -> tuple[QWidget, ...]:
        """The pages there are, to be destroyed with the place."""
        return tuple(page for page in (self._settings, self._page) if page is not None)

    def close(self) -> tuple[QWidget, ...]:
        """Show nothing any more, whatever is still heard; return the pages, to be destroyed."""
        pages = self.pages
        self._closed = True
        self._settings = self._page = self._then = None
        return pages

    def open(self, page: "SettingsPage") -> None:
        """Take over the page of cards; it is shown with `page_wanted`."""
        page.back_pressed.connect(self._leave)
        self._settings = page

    def show(self, page: QWidget) -> None:
        """Show a page above the settings, or above the accounts where they are not open."""
        if self._closed:
            page.deleteLater()
            return
        before, self._page = self._page, page
        self.page_wanted.emit(page)
        if before is not None:
            self.page_dropped.emit(before)

    def back(self) -> None:
        """Leave the page above the settings, for them or for the accounts."""
        page, self._page = self._page, None
        if self._settings is not None:
            self.page_wanted.emit(self._settings)
            self.resume()
        else:
            self.left.emit()
        if page is not None:
            self.page_dropped.emit(page)

    def show_when_free(self, page: QWidget) -> None:
        """Show a page after one of this place, or once the person is done with other pages."""
        if self._page is not None:
            self.show(page)
        else:
            self._when_free(partial(self.show, page))

    def resume(self) -> None:
        """Go on with what waited for the person to be done with other pages."""
        then, self._then = self._then, None
        if then is not None:
            then()

    def _when_free(self, then: Callable[[], None]) -> None:
        self._then = then
        if self._settings is None:
            self.waits.emit()
        elif self._settings.isVisible():
            self.resume()

    def _leave(self) -> None:
        page, self._settings = self._settings, None
        self.left.emit()
        if page is not None:
            self.page_dropped.emit(page)

    def tell(self, title: str, text: str = "", kind: str = "approve") -> None:
        """Say what came of a change, wherever the person is."""
        if self._settings is not None:
            self._settings.tell(title, text, kind)
        elif kind == "approve":
            self.said.emit(title)
        else:
            self.told.emit(title, text, kind)

    def changed(self, title: str, unconfirmed: SavedUnconfirmed | None) -> None:
        """Go back, and say what is so now."""
        self.back()
        if unconfirmed is not None:
            self.tell_unconfirmed(title, unconfirmed)
        else:
            self.tell(title)

    def tell_unconfirmed(
        self, title: str, error: SavedUnconfirmed, then: Callable[[], None] | None = None
    ) -> None:
        """Say that it is done and might not outlast a power cut; `then` follows a save that is."""
        page, again = self._settings, partial(self._save_again, title, then)
        if page is None:
            self.trouble.emit(error, again)
            return
        page.tell(title, rest_of(error), "warn")
        page.notice.offer(self.tr("Save again"), again)

    def _save_again(self, title: str, then: Callable[[], None] | None) -> None:
        def saved(_: None) -> None:
            self.tell(self.tr("Saved"))
            if then is not None:
                self._when_free(then)

        def failed(error: WatchwordError) -> None:
            if isinstance(error, SavedUnconfirmed):
                self.tell_unconfirmed(title, error, then)
            else:
                self.tell(title_of(error), rest_of(error), "deny")

        self._saves.run(self._vault.save, on_done=saved, on_error=failed, page=self)
