"""The keys of the whole window while the vault is open."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut

from watchword.desktop.accounts.place import AccountsPlace
from watchword.desktop.history.history_page import HistoryPage
from watchword.desktop.shell.main_window import MainWindow


class Shortcuts(QObject):
    """All but locking and searching work where the accounts are shown."""

    def __init__(
        self,
        window: MainWindow,
        place: AccountsPlace,
        *,
        lock: Callable[[], None],
        add: Callable[[], None],
        edit: Callable[[str], None],
        history: Callable[[], None],
        settings: Callable[[], None],
        parent: QObject,
    ) -> None:
        """`edit` is given the id of the account that is selected."""
        super().__init__(parent)
        self._window = window
        self._place = place
        self._edit = edit
        self._made: list[QShortcut] = []
        self._make("Ctrl+L", lock)
        self._make("Ctrl+F", self._search)
        self._make("Ctrl+N", lambda: self._at_accounts(add))
        self._make("Ctrl+E", lambda: self._at_accounts(self._edit_selected))
        self._make("Ctrl+H", lambda: self._at_accounts(history))
        self._make("Ctrl+,", lambda: self._at_accounts(settings))

    def _make(self, keys: str, act: Callable[[], None]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self._window)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(act)
        self._made.append(shortcut)

    def stop(self) -> None:
        """Hear no key any more."""
        for shortcut in self._made:
            shortcut.setParent(None)
            shortcut.deleteLater()

    def _at_accounts(self, act: Callable[[], None]) -> None:
        if self._window.page is self._place:
            act()

    def _edit_selected(self) -> None:
        if account_id := self._place.selected_id():
            self._edit(account_id)

    def _search(self) -> None:
        page = self._window.page
        if isinstance(page, HistoryPage):
            page.start_search()
        elif page is self._place and self._place.list.isVisible():
            self._place.list.start_search()
