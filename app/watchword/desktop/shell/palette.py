"""Fills Ctrl+K with accounts, actions and settings, and does what is chosen there."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from watchword.clock import Clock
from watchword.desktop.accounts.model import FAVOURITES
from watchword.desktop.accounts.place import AccountsPlace
from watchword.desktop.accounts.rows import Row, brand_of
from watchword.desktop.keyboard.finding import Entry, Finder, Kind
from watchword.desktop.keyboard.palette_sheet import PaletteSheet
from watchword.desktop.shell.actions import Action, By, all_actions
from watchword.desktop.shell.list_desk import ListDesk
from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.settings_desk import SettingsDesk
from watchword.desktop.shell.shortcuts import Shortcuts
from watchword.vault import Account

if TYPE_CHECKING:
    from watchword.desktop.history.history_page import HistoryPage
    from watchword.desktop.settings.settings_page import SettingsPage
    from watchword.desktop.shell.found_settings import FoundSetting

_DEEPEST = 4  # pages between the accounts and the one from which Ctrl+K is pressed, and one more


class Palette(QObject):
    """Opens over any page of the session.

    Where something is asked or written, it offers only what leaves that as it is: a code to be
    copied, the keys, locking.
    """

    def __init__(
        self,
        window: MainWindow,
        place: AccountsPlace,
        listing: ListDesk,
        settings: SettingsDesk | None,
        shortcuts: Shortcuts,
        clock: Clock,
        *,
        accounts: Callable[[], Sequence[Account]],
        free_pages: "Callable[[], Sequence[SettingsPage | HistoryPage]]",
        parent: QObject,
    ) -> None:
        """`settings` None: there is nothing to set, as in the trial.

        `free_pages` returns those that can be left without losing anything.
        """
        super().__init__(parent)
        self._window = window
        self._place = place
        self._listing = listing
        self._settings = settings
        self._clock = clock
        self._accounts = accounts
        self._free_pages = free_pages
        self._shortcuts = shortcuts
        self._actions: dict[str, Action] = {}
        self._found: dict[str, FoundSetting] = {}
        self._done: dict[tuple[Kind, str], float] = {}  # what was chosen, and when

    def open(self) -> None:
        """Lay it over the window; Ctrl+K again takes it away."""
        if isinstance(self._window.sheet, PaletteSheet):
            self._window.close_sheet()
            return
        entries = (*self._account_entries(), *self._action_entries(), *self._other_entries())
        sheet = PaletteSheet(
            Finder(entries, self._recent()),
            self._hint,
            brand_of,
            self._window,
            self._window.beneath,
        )
        sheet.taken.connect(self._take)
        self._window.show_sheet(sheet, sheet.field)

    @property
    def _free(self) -> bool:
        """Whether the page that is shown can be left without losing anything."""
        page = self._window.page
        return page is self._place or page in self._free_pages()

    # What is found -------------------------------------------------------------------------------
    def _recent(self) -> dict[tuple[Kind, str], float]:
        used = {(Kind.ACCOUNT, key): use.last for key, use in self._listing.uses().items()}
        return {**used, **self._done}

    def _account_entries(self) -> Iterable[Entry]:
        free = self._free
        for account in self._accounts():
            if free or self._row(account).code:
                yield Entry(
                    Kind.ACCOUNT,
                    account.id,
                    account.issuer or account.account,
                    account.account if account.issuer else "",
                    "\n".join((*account.tags, account.note)),
                    account=account,
                )

    def _action_entries(self) -> Iterable[Entry]:
        row = self._place.list.selected_row()
        self._actions = {action.name: action for action in all_actions()}
        for action in self._actions.values():
            if action.found and self._shortcuts.may(action, from_free_page=self._free):
                line = row.title if row is not None and action.by is By.ROW else ""
                yield Entry(
                    Kind.ACTION,
                    action.name,
                    action.title,
                    line,
                    action.words,
                    action.icon,
                    action.keys,
                )

    def _other_entries(self) -> Iterable[Entry]:
        if not self._free:
            return
        model = self._place.model
        if model.has_favourites:
            title = self.tr("Show only favourites")
            yield Entry(Kind.TAG, FAVOURITES, title, icon="star")
        for tag in model.tags():
            title = self.tr("Show only accounts tagged “{tag}”").format(tag=tag)
            yield Entry(Kind.TAG, tag, title, icon="tag")
        if self._settings is None:
            return
        for number, found in enumerate(self._settings.rows()):
            self._found[str(number)] = found
            line = self.tr("Settings · {section}").format(section=found.section)
            yield Entry(Kind.SETTING, str(number), found.title, line, found.words, found.icon)

    def _row(self, account: Account) -> Row:
        return self._place.model.codes.row(account)

    def _hint(self, entry: Entry) -> str:
        if entry.account is not None:
            row = self._row(entry.account)
            if row.code and self._free:
                return self.tr("Enter copies its code. Ctrl+Enter shows the account.")
            if row.code:
                return self.tr("Enter copies its code.")
            if row.is_counter:
                return self.tr("Enter draws the next code. Ctrl+Enter only shows the account.")
            return self.tr("Enter shows the account.")
        return {
            Kind.ACTION: self.tr("Enter does it. Esc closes this."),
            Kind.SETTING: self.tr("Enter opens the settings there."),
            Kind.TAG: self.tr("Enter shows only these accounts."),
        }[entry.kind]

    # What is done --------------------------------------------------------------------------------
    def _take(self, entry: Entry, only_show: bool) -> None:
        self._window.close_sheet()
        self._done[entry.key] = self._clock.now()
        if entry.account is not None:
            self._take_account(entry.account, only_show=only_show)
        elif entry.kind is Kind.TAG:
            self._go_to_accounts()
            self._place.list.choose_tag(entry.name)
        elif entry.kind is Kind.SETTING and self._settings is not None:
            if self._window.page is not self._settings.place.settings:
                self._go_to_accounts()
            self._settings.open_at(self._found[entry.name])
        else:
            action = self._actions[entry.name]
            if action.by is By.SESSION:
                self._go_to_accounts()
            self._shortcuts.run(action)

    def _take_account(self, account: Account, *, only_show: bool) -> None:
        row = self._row(account)
        if row.code and not only_show:
            self._place.copy_asked.emit(account.id, row.plain_code)
            return
        if not self._free:
            return
        self._go_to_accounts()
        self._place.show_account(account.id)
        if row.is_counter and not only_show:
            self._place.new_code_asked.emit(account.id)

    def _go_to_accounts(self) -> None:
        """Leave page after page as the arrow at its top does, so that each is left in order."""
        for _ in range(_DEEPEST):
            page = next((p for p in self._free_pages() if p is self._window.page), None)
            if page is None or not page.bar.go_back():
                return
