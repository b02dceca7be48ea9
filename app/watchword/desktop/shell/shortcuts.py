"""The keys of the whole window while the vault is open, and whoever carries out an action."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut

from watchword.desktop.accounts.place import AccountsPlace
from watchword.desktop.accounts.row_actions import row_actions
from watchword.desktop.shell.actions import ROW, Action, By, all_actions
from watchword.desktop.shell.main_window import MainWindow


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Deed:
    """What an action does, and whether there is anything to do at the moment."""

    do: Callable[[], None]
    may: Callable[[], bool] = _always


class Shortcuts(QObject):
    """All but locking, searching and finding work where the accounts are shown."""

    def __init__(
        self,
        window: MainWindow,
        place: AccountsPlace,
        deeds: Mapping[str, Deed],
        parent: QObject,
    ) -> None:
        """`deeds` has one for each action of the session, by its name."""
        super().__init__(parent)
        self._window = window
        self._place = place
        self._deeds = deeds
        self._made: list[QShortcut] = []
        for action in all_actions():
            if action.by is By.ROW:
                # Without Ctrl they are the list's, which hears them while it has the keyboard.
                self._hear(action, tuple(keys for keys in action.keys if "Ctrl+" in keys))
            elif action.by is not By.CONTROL:
                deeds[action.name]  # or it would be listed, and do nothing
                if action.by is not By.WINDOW:
                    self._hear(action, action.keys)

    def _hear(self, action: Action, shortcuts: tuple[str, ...]) -> None:
        for keys in shortcuts:
            shortcut = QShortcut(QKeySequence(keys), self._window)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(partial(self.run, action))
            self._made.append(shortcut)

    def stop(self) -> None:
        """Hear no key any more."""
        for shortcut in self._made:
            shortcut.setParent(None)
            shortcut.deleteLater()

    def may(self, action: Action, *, from_free_page: bool = False) -> bool:
        """Tell whether there is anything to do; where the accounts are not shown, little.

        `from_free_page`: the page that is shown would be left for the accounts first.
        """
        if action.by is By.ROW:
            return self._at_accounts and action.name.removeprefix(ROW) in self._row_actions()
        if action.by is By.SESSION and not (self._at_accounts or from_free_page):
            return False
        return self._deeds[action.name].may()

    def run(self, action: Action) -> None:
        """Do it, if there is anything to do; what lay over the window goes first."""
        if action.name != "find":
            self._window.close_sheet()
        if not self.may(action):
            return
        row = self._place.list.selected_row()
        if action.by is not By.ROW:
            self._deeds[action.name].do()
        elif row is not None:
            self._place.list.view.do(action.name.removeprefix(ROW), row)

    @property
    def _at_accounts(self) -> bool:
        return self._window.page is self._place

    def _row_actions(self) -> set[str]:
        """Return what can be done with the account that is selected; nothing for none."""
        row = self._place.list.selected_row()
        if row is None:
            return set()
        return {action.name for action in row_actions(row) if action.may(row)}
