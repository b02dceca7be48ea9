"""What exists while the vault is open: the accounts, the login requests, and their wiring."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from watchword.approvals.keeping import VaultKeeper
from watchword.approvals.watch import PAUSE_SECONDS
from watchword.clock import Clock
from watchword.desktop.accounts.ordering import Order, Use
from watchword.desktop.accounts.place import AccountsPlace
from watchword.desktop.background.jobs import Jobs, Lane
from watchword.desktop.history.words import clock as clock_of
from watchword.desktop.history.words import moment
from watchword.desktop.look.texts import plural, whole
from watchword.desktop.look.widgets.chip import Chip
from watchword.desktop.shell.about_desk import AboutDesk
from watchword.desktop.shell.account_desk import AccountDesk
from watchword.desktop.shell.adding import Adding, MakeSource, default_source, ways_to_add
from watchword.desktop.shell.clipboard import SecretClipboard
from watchword.desktop.shell.copying import Copying
from watchword.desktop.shell.demo_desk import DemoDesk
from watchword.desktop.shell.faults import Faults
from watchword.desktop.shell.hinting import HintKeys
from watchword.desktop.shell.intake import Intake
from watchword.desktop.shell.key_list import show_keys
from watchword.desktop.shell.leaving import Leaving
from watchword.desktop.shell.linked import Linked
from watchword.desktop.shell.list_desk import ListDesk
from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.moving import Moving
from watchword.desktop.shell.notices import Notices
from watchword.desktop.shell.preferences import Preferences
from watchword.desktop.shell.recent import recent_of
from watchword.desktop.shell.request_desk import RequestDesk
from watchword.desktop.shell.saving import Saves
from watchword.desktop.shell.server_time import CodeClock, ServerTime
from watchword.desktop.shell.settings_desk import SettingsDesk
from watchword.desktop.shell.settings_place import SettingsPlace
from watchword.desktop.shell.shortcuts import Deed, Shortcuts
from watchword.desktop.shell.waiting_link import gives_way
from watchword.desktop.shell.waking import Waking
from watchword.errors import WatchwordError
from watchword.protocol.request_link import is_request_link, parse_request_link
from watchword.providers.provider import Providers
from watchword.settings import Settings
from watchword.system.demo_server import DemoServer
from watchword.vault import Account, KdfCost, OpenVault
from watchword.vault.keyring_slot import Keyring

if TYPE_CHECKING:
    from watchword.desktop.accounts.detail_pane import Recent
    from watchword.desktop.history.history_page import HistoryPage
    from watchword.desktop.settings.settings_page import SettingsPage
    from watchword.desktop.shell.history_desk import HistoryDesk
    from watchword.desktop.shell.palette import Palette
    from watchword.desktop.shell.transfer_desk import TransferDesk


@dataclass(frozen=True, slots=True)
class SessionState:
    """What one session leaves to the next, where only the language of what is shown is another."""

    by_recovery_key: bool
    search: str
    selected_id: str
    paused_for: float
    text_to_open: str  # a link that waits
    server_offset: float | None  # codes go by the servers' time, so many seconds ahead
    uses: Mapping[str, Use]  # that are not in the vault yet


class Session(QObject):
    """Lives from unlock to lock."""

    lock_asked = Signal()
    lock_anyway_asked = Signal()  # without what is not saved
    accounts_changed = Signal()  # what `known_accounts` returns
    quit_asked = Signal()  # what was not saved is saved now, or given up
    _links_changed = Signal()  # a worker's thread saved what became of keys
    restore_asked = Signal(bool)  # lock and show the copies; whether to drop what is not saved

    def __init__(
        self,
        vault: OpenVault,
        *,
        clock: Clock,
        jobs: Jobs,
        window: MainWindow,
        clipboard: SecretClipboard,
        preferences: Preferences,
        make_source: MakeSource = default_source,
        providers: Providers | None = None,
        trial: bool = False,
        by_recovery_key: bool = False,
        cost: KdfCost | None = None,
        keyring: Keyring | None = None,
        demo: DemoServer | None = None,
        faults: Faults | None = None,
    ) -> None:
        """`vault` is owned by the session from now on, and closed with it.

        `providers` None: all kinds of server; `trial`: nothing of it is kept, and it says so;
        `by_recovery_key`: that opened it, so a new password is offered; `cost` of new keys None:
        measured; `keyring` None: this installation uses none.
        """
        super().__init__(window)
        self._vault = vault
        self._clock = clock
        self._jobs = jobs
        self._window = window
        self._clipboard = clipboard
        self._trial = trial
        self._cost = cost
        self.by_recovery_key = by_recovery_key
        self._accounts: tuple[Account, ...] = vault.accounts
        keeper = VaultKeeper(vault, self._links_changed.emit)
        self._providers = providers or Providers(clock, keeper=keeper)
        self._code_clock = CodeClock(clock)
        self.place = AccountsPlace(self._code_clock, ways_to_add(), self._recent)
        self._follow(preferences.now)
        preferences.changed.connect(self._follow)
        self.saves = Saves(vault, clock, jobs, self)
        self.moving = Moving(vault, clock, self.saves, self)
        self.listing = ListDesk(vault, clock, self.saves, self.place, self)
        self.settings = SettingsDesk(
            vault,
            clock,
            jobs,
            self.saves,
            preferences,
            keyring=keyring,
            cost=cost,
            by_recovery_key=by_recovery_key,
            parent=self,
        )
        self.about = AboutDesk(
            vault, preferences, jobs, self.settings.place, faults or Faults(), self
        )
        self._transfer: TransferDesk | None = None
        self._history: HistoryDesk | None = None
        self._palette: Palette | None = None
        self.leaving = Leaving(window, self.saves, trial=trial, parent=self)
        self.notices = Notices(self.saves, trial=trial, parent=self)
        self.accounts = AccountDesk(
            vault,
            self._providers,
            clock,
            jobs,
            self.saves,
            has_password=not trial,
            parent=self,
        )
        self.desk = RequestDesk(
            vault, self._providers, clock, jobs, self.saves, self, keyring=keyring
        )
        self.hints = HintKeys(vault, self._providers, jobs, self.desk.watching, self)
        self.linked = Linked(vault, clock, self.saves, self.desk.watching, self)
        self.copying = Copying(
            vault,
            self._code_clock,
            self.saves,
            clipboard=clipboard,
            listing=self.listing,
            place=self.place,
            parent=self,
        )
        self.server_time = ServerTime(self._code_clock, self.desk.watching, self)
        self.waking = Waking(clock, self)
        self.adding = Adding(
            vault,
            clock=clock,
            jobs=jobs,
            saves=self.saves,
            accounts=lambda: self._accounts,
            make_source=make_source,
            keeper=keeper,
            parent=self,
        )
        self.demo = DemoDesk(
            demo or DemoServer(),
            vault,
            jobs,
            self.saves,
            window,
            self.adding,
            self.desk,
            trial=trial,
            parent=self,
        )
        self.intake = Intake(window, self._may_take, self.adding.open_data, self)
        self._text_to_open = ""
        self._over = False
        self._offline = Chip(self.tr("Offline"))
        self._offline.setToolTip(self.tr("No server can be reached. Codes still work."))
        self._offline.hide()
        self._build(trial=trial)
        self._wire()
        self.shortcuts = Shortcuts(window, self.place, self._deeds(), self)

    @property
    def transfer(self) -> "TransferDesk":
        """Accounts from a file and into one."""
        if self._transfer is None:
            from watchword.desktop.shell.transfer_desk import TransferDesk

            self._transfer = transfer = TransferDesk(
                self._vault,
                self._clock,
                self._jobs,
                self.saves,
                self._window,
                cost=self._cost,
                parent=self,
            )
            self._show_pages_of(transfer)
            transfer.left.connect(self.settings.place.back)
            transfer.changed.connect(self._take_accounts)
            transfer.told.connect(self.settings.place.tell)
        return self._transfer

    @property
    def history(self) -> "HistoryDesk":
        """The login requests that were answered."""
        if self._history is None:
            from watchword.desktop.shell.history_desk import HistoryDesk

            self._history = history = HistoryDesk(
                self._vault,
                self._clock,
                self._jobs,
                self.saves,
                self._window,
                trial=self._trial,
                parent=self,
            )
            self._show_pages_of(history)
            history.left.connect(self.settings.place.back)
            history.changed.connect(self.settings.refresh)
            history.changed.connect(self.place.show_history)
            history.said.connect(self._window.say)
        return self._history

    @property
    def palette(self) -> "Palette":
        """What Ctrl+K finds."""
        if self._palette is None:
            from watchword.desktop.shell.palette import Palette

            self._palette = Palette(
                self._window,
                self.place,
                self.listing,
                None if self._trial else self.settings,
                self.shortcuts,
                self._clock,
                accounts=lambda: self._accounts,
                free_pages=self._free_pages,
                parent=self,
            )
        return self._palette

    @property
    def _history_page(self) -> "HistoryPage | None":
        return self._history.page if self._history is not None else None

    def _free_pages(self) -> "Sequence[SettingsPage | HistoryPage]":
        pages = (self.settings.place.settings, self._history_page)
        return [page for page in pages if page is not None]

    def _deeds(self) -> dict[str, Deed]:
        several = partial(self._has, 2)
        sorts = {
            f"sort {order}": Deed(partial(self.place.list.order_asked.emit, order.value), several)
            for order in Order
        }
        return sorts | {
            "find": Deed(self._find),
            "keys": Deed(partial(show_keys, self._window)),
            "lock": Deed(self.leaving.ask_to_lock),
            "quit": Deed(self._quit),
            "demo": Deed(self.demo.start),
            "about": Deed(self.about.open),
            "report": Deed(self.about.open_report),
            "search": Deed(self._search, self._may_search),
            "add": Deed(self.adding.open_scan),
            "type in": Deed(self.adding.open_manual),
            "sign in": Deed(self.adding.open_sign_in),
            "import": Deed(self._choose_import),
            "export": Deed(self._open_export, partial(self._has, 1)),
            "requests": Deed(self.desk.open, lambda: any(a.link for a in self._accounts)),
            "history": Deed(self._open_history),
            "trash": Deed(self.accounts.open_trash, lambda: self.accounts.has_trash),
            "settings": Deed(self.open_settings),
        }

    def _has(self, many: int) -> bool:
        return len(self._accounts) >= many

    def _quit(self) -> None:
        if self.leaving.may_quit():
            self.quit_asked.emit()

    def _may_search(self) -> bool:
        page = self._window.page
        if page is self.place:
            return self._has(1)
        return page is not None and page is self._history_page

    def _search(self) -> None:
        page, history = self._window.page, self._history_page
        if page is self.place:
            self.place.list.start_search()
        elif history is not None and page is history:
            history.start_search()

    def _find(self) -> None:
        self.palette.open()

    def _build(self, *, trial: bool) -> None:
        *others, no_key = self.notices.strips
        desk = self.desk
        others += [desk.strips.banner, desk.strips.pause, self.moving.strip, self.linked.strip]
        others.append(self.server_time.strip)
        for strip in (*others, no_key):
            self.place.put_above(strip)
        self.place.list.bar.add_first(self._offline)
        if trial:
            mark = Chip(self.tr("Trial"))
            mark.setToolTip(self.tr("A temporary vault: nothing of it is kept."))
            self.place.list.bar.add_first(mark)
            # Nobody knows its password, and nothing of it is kept: there is nothing to set.
            self.place.list.settings_button.hide()
            self.place.empty.settings_button.hide()

    def _wire(self) -> None:
        place, desk, adding = self.place, self.desk, self.adding
        place.add_asked.connect(self._add)
        place.list.lock_asked.connect(self.leaving.ask_to_lock)
        place.empty.lock_asked.connect(self.leaving.ask_to_lock)
        place.list.requests_asked.connect(desk.open)
        place.list.told.connect(self._window.say)
        place.list.link_given.connect(self.open_text)
        self._wire_accounts()
        self._wire_moving()
        self._wire_saves()
        self._wire_settings()
        self._wire_transfer()
        self._wire_history()
        desk.page_wanted.connect(self._window.show_page)
        desk.left.connect(self.show_accounts)
        desk.said.connect(self._window.say)
        desk.trouble.connect(self.notices.show_trouble)
        desk.answered.connect(place.show_history)
        desk.answered.connect(self._refresh_history)
        desk.history_wanted.connect(self._open_history)
        desk.may_come_up = lambda: not self._asks
        desk.put_off.connect(self.open_text)
        desk.account_removed.connect(self.linked.note_removed)
        desk.changed.connect(self._show_requests)
        desk.changed.connect(self.hints.look)
        self.waking.woke.connect(desk.watching.woke)
        self.server_time.said.connect(self._window.say)
        self.server_time.switched.connect(place.list.refresh)
        adding.page_wanted.connect(self._window.show_page)
        adding.saved.connect(self._take_accounts)
        adding.closed.connect(self._added)
        adding.trouble.connect(self.notices.show_trouble)
        adding.copy_asked.connect(self.copying.copy_text)
        self.demo.left.connect(self.show_accounts)
        self.demo.said.connect(self._window.say)
        self.demo.copy_asked.connect(self.copying.copy_text)

    def _show_pages_of(
        self, desk: "AccountDesk | SettingsPlace | TransferDesk | HistoryDesk"
    ) -> None:
        # What an offered undo would bring back can be changed from there: one way at a time.
        desk.page_wanted.connect(self._window.take_back_offer)
        desk.page_wanted.connect(self._window.show_page)
        desk.page_dropped.connect(self._window.drop_page)
        desk.trouble.connect(self.notices.show_trouble)

    def _wire_accounts(self) -> None:
        place, accounts = self.place, self.accounts
        place.edit_asked.connect(accounts.edit)
        place.favourite_asked.connect(accounts.set_favourite)
        place.codes_asked.connect(accounts.open_codes)
        place.link_asked.connect(accounts.open_link)
        place.contact_of = self.linked.contact
        accounts.contact_of = self.linked.known_contact
        accounts.history_asked.connect(self._open_history)
        self.linked.changed.connect(self._take_accounts)
        self.linked.look_asked.connect(accounts.open_link)
        self.copying.changed.connect(self._take_accounts)
        self.copying.said.connect(self._window.say)
        place.remove_asked.connect(accounts.remove)
        place.trash_asked.connect(accounts.open_trash)
        self._show_pages_of(accounts)
        accounts.left.connect(self.show_accounts)
        accounts.changed.connect(self._take_accounts)
        accounts.restored.connect(place.select)
        accounts.said.connect(self._window.say)
        accounts.undo_offered.connect(self._offer_undo)
        accounts.copy_asked.connect(self.copying.copy_text)
        accounts.scan_asked.connect(self.adding.open_scan)

    def _wire_moving(self) -> None:
        moving = self.moving
        moving.page_wanted.connect(self._window.show_page)
        moving.page_dropped.connect(self._window.drop_page)
        moving.left.connect(self._moving_left)
        moving.changed.connect(self._take_accounts)
        moving.said.connect(self._window.say)
        self._links_changed.connect(self._take_links)

    def _wire_saves(self) -> None:
        leaving, saves = self.leaving, self.saves
        leaving.lock_asked.connect(self.lock_asked)
        leaving.lock_anyway_asked.connect(self.lock_anyway_asked)
        leaving.quit_asked.connect(self.quit_asked)
        leaving.restore_asked.connect(self.restore_asked)
        leaving.accounts_wanted.connect(self.show_accounts)
        saves.joined.connect(self._take_joined)
        self.listing.changed.connect(self._take_accounts)
        self.listing.trouble.connect(self.notices.show_trouble)
        saves.disk_chosen.connect(self.lock_anyway_asked)

    def _wire_settings(self) -> None:
        settings = self.settings
        self.place.list.settings_asked.connect(self.open_settings)
        self.place.empty.settings_asked.connect(self.open_settings)
        self.notices.key_asked.connect(settings.make_recovery_key)
        self.notices.password_asked.connect(settings.change_password)
        settings.ways_changed.connect(self._remind)
        settings.codes_hidden.connect(self.place.model.hide_codes)
        settings.hints_switched.connect(self.hints.switch)
        settings.copy_asked.connect(self.copying.copy_text)
        settings.about_asked.connect(self.about.open)
        settings.report_asked.connect(self.about.open_report)
        settings.restore_asked.connect(self.leaving.ask_to_restore)
        place = settings.place
        self._show_pages_of(place)
        place.left.connect(self.show_accounts)
        place.waits.connect(self._resume)
        place.told.connect(self.notices.tell)
        place.said.connect(self._window.say)

    def _wire_transfer(self) -> None:
        self.settings.import_asked.connect(self._choose_import)
        self.settings.export_asked.connect(self._open_export)
        self.place.qr_asked.connect(self._show_qr)

    def _wire_history(self) -> None:
        settings = self.settings
        self.place.history_asked.connect(self._open_history)
        settings.history_asked.connect(self._open_history)
        settings.keeping_asked.connect(self._open_keeping)
        settings.pause_asked.connect(self._pause)

    def _follow(self, settings: Settings) -> None:
        self.place.list.view.show_compact(settings.appearance.compact_rows)

    def start(self) -> None:
        """Show the accounts and begin to ask the servers."""
        self.listing.read()
        self._take_accounts(self._accounts)
        self.show_accounts()
        self.notices.tell_of_vault(self._vault.take_notices())
        if self.by_recovery_key:
            self.settings.note_key_known()
        self._remind()
        if self._vault.dirty:
            # What was learnt before there was a session: that the recovery key is on paper.
            self.saves.run(self._vault.save, page=self, quiet=True)
        if not self.moving.begin():
            self.settings.ask_what_was_not_asked()

    def _moving_left(self) -> None:
        self.show_accounts()
        self.settings.ask_what_was_not_asked()

    def _remind(self) -> None:
        settings = self.settings
        self.notices.remind(
            has_key=settings.has_recovery_key,
            key_unconfirmed=settings.key_unconfirmed,
            by_key=settings.by_recovery_key,
        )

    def open_settings(self) -> None:
        """Show the settings, where there is something to set."""
        if self._trial:
            self._window.say(self.tr("The trial has no settings"))
        else:
            self.settings.open()

    def show_accounts(self) -> None:
        """Go back to the list, or on to a link that came meanwhile."""
        self._window.show_page(self.place)
        if self._text_to_open:
            text, self._text_to_open = self._text_to_open, ""
            self.open_text(text)
        else:
            self.settings.place.resume()

    def _resume(self) -> None:
        if self._window.page is self.place:
            self.settings.place.resume()

    def open_text(self, text: str) -> None:
        """Add what a link or a text given to the app holds, or show the login request it names.

        It waits while a question is on the screen: no other page may come up under the answer.
        """
        if is_request_link(text):
            self._open_request(text)
        elif self._asks:
            self._let_wait(text)
        else:
            self.adding.open_text(text)

    @property
    def known_accounts(self) -> tuple[Account, ...]:
        """All accounts, in the person's own order."""
        return self._accounts

    @property
    def asks_servers(self) -> bool:
        """Whether any account takes login requests."""
        return any(account.link for account in self._accounts)

    def open_requests(self) -> None:
        """Show the login requests, unless the person is at something else."""
        if self.desk.is_answering and self._window.page is self.desk.page:
            return
        if self._asks and self._window.page not in self.desk.pages:
            self._window.say(self.tr("Login requests are above your accounts, once you are done"))
        else:
            self.desk.open()

    def _let_wait(self, text: str) -> None:
        self._text_to_open = text
        self._window.say(self.tr("The link waits until you are done here"))

    def _open_request(self, text: str) -> None:
        try:
            link = parse_request_link(text)
        except WatchwordError as error:
            self._window.say(whole(error))
            return
        if not self._asks or self.desk.gives_way_to(link):
            self.desk.open_link(link)
            return
        if gives_way(self._text_to_open, text):
            self._let_wait(text)
        else:
            self._window.say(
                self.tr("Another link waits already. Login requests are above your accounts")
            )

    @property
    def _asks(self) -> bool:
        page = self._window.page
        asking = (
            *self.desk.pages,
            self.accounts.page,
            self.moving.page,
            *self.leaving.pages,
            *self.settings.place.pages,
            self._transfer.page if self._transfer is not None else None,
            self._history.question if self._history is not None else None,
        )
        return page in asking or self.adding.asks

    def close(
        self,
        told: Callable[[WatchwordError | None], None] | None = None,
        *,
        dropping: bool = False,
        told_late: Callable[[WatchwordError | None], None] | None = None,
    ) -> None:
        """End the session: nobody is asked, no key stays, no page remains.

        What is not saved is saved, if it can be, unless it is to be dropped; `told` hears why not,
        or `told_late`, in any thread, once the app ends and nothing is shown any more.
        """
        self._clipboard.clear()
        self._leave()
        # After whatever is still being saved: the keys go last.
        last = self.listing.last_change()
        end = partial(self.saves.end, dropping=dropping or self._trial, last_change=last)
        self._jobs.run(end, on_done=told, on_error=told, lane=Lane.VAULT, discard=told_late)

    def speak_anew(self, then: Callable[[OpenVault, SessionState], None]) -> None:
        """End the session, but not the vault: `then` begins another, built in another language.

        Every text is made with its widget, so new widgets are the one way that forgets none. What
        is being saved is saved before; until then this session goes on.
        """

        def leave(_: None) -> None:
            if self._over:
                return
            state = SessionState(
                by_recovery_key=self.settings.by_recovery_key,
                search=self.place.list.search.text(),
                selected_id=self.place.selected_id(),
                paused_for=self.desk.watching.paused_for,
                text_to_open=self._text_to_open,
                server_offset=self._code_clock.offset if self.server_time.on else None,
                uses=self.listing.new_uses,
            )
            self._leave()
            then(self._vault, state)

        self.listing.flush()
        self._jobs.run(lambda: None, on_done=leave, lane=Lane.VAULT, page=self)

    def resume(self, state: SessionState) -> None:
        """Go on where a session in another language was left: at the choice of the language."""
        self.place.list.search.set_text(state.search)
        if state.selected_id:
            self.place.select(state.selected_id)
        if state.paused_for > 0:
            self.desk.watching.pause(state.paused_for)
        if state.server_offset is not None:
            self.server_time.go_on(state.server_offset)
        self.listing.go_on(state.uses)
        self._text_to_open = state.text_to_open
        from watchword.desktop.settings.language_section import LanguageSection

        self.settings.open(LanguageSection)

    def _leave(self) -> None:
        """Ask nobody any more, and take everything off the window."""
        self._over = True
        self.listing.flush()
        self.desk.stop()
        self.hints.stop()
        self.waking.stop()
        self.accounts.stop()
        self.settings.stop()
        for desk in (self._transfer, self._history):
            if desk is not None:
                desk.stop()
        self.shortcuts.stop()
        self.intake.stop()
        self.demo.stop()
        self._providers.close()
        self.adding.close()
        self._window.take_back_offer()
        pages: list[QWidget] = [self.place, *self.desk.pages, *self.adding.pages]
        pages += [*self.settings.place.close(), *self.leaving.pages]
        if self._history is not None:
            pages += self._history.pages
        if self._transfer is not None and self._transfer.page is not None:
            pages.append(self._transfer.page)
        pages += filter(None, (self.accounts.page, self.moving.page))
        for page in pages:
            self._window.drop_page(page)
        self.deleteLater()

    # Accounts ----------------------------------------------------------------------------------
    def _take_accounts(self, accounts: Sequence[Account]) -> None:
        self._accounts = self.listing.arranged(accounts)
        self.place.show_accounts(self._accounts)
        self.place.show_trash(self.accounts.has_trash)
        followed = () if self.moving.undecided else self._accounts
        self.hints.use(followed)
        self.desk.watching.use(followed)
        self.place.list.bell.setVisible(self.asks_servers)
        if self.asks_servers:
            self.waking.start()
        self.linked.show_accounts(self._accounts)
        self.demo.show_accounts(self._accounts)
        self.accounts.refresh_link()
        self.accounts_changed.emit()

    def _take_links(self) -> None:
        self._take_accounts(self._vault.accounts)

    def _recent(self, account_id: str) -> "Sequence[Recent]":
        return recent_of(self._vault.history, account_id, self._clock.now())

    def _offer_undo(self, text: str, undo: Callable[[], None]) -> None:
        self._window.say(text, self.tr("Undo"), undo)

    def _take_joined(self, accounts: Sequence[Account]) -> None:
        self.listing.read()
        self._take_accounts(accounts)
        self.notices.tell_of_vault(self._vault.take_notices())
        self.settings.refresh()
        self._remind()

    # Adding --------------------------------------------------------------------------------------
    def _add(self, way: str) -> None:
        if way == "type":
            self.adding.open_manual()
        elif way == "sign-in":
            self.adding.open_sign_in()
        elif way == "demo":
            self.demo.start()
        elif way == "import":
            self._choose_import()
        else:
            self.adding.open_scan()

    def _show_qr(self, account_id: str) -> None:
        if self._trial:
            self._window.say(self.tr("Not in the trial: it has no password to ask for"))
        else:
            self.transfer.show_qr(account_id)

    def _choose_import(self) -> None:
        self.transfer.choose_import()

    def _open_export(self) -> None:
        self.transfer.open_export()

    def _may_take(self) -> bool:
        """Tell whether something may be dropped or pasted onto what the window shows."""
        page = self._window.page
        return page is self.place or (page in self.adding.pages and self.adding.takes_data)

    def _added(self, account_ids: tuple[str, ...]) -> None:
        if account_ids:
            # Until the server was told that the account is saved, it refused our polls.
            self.desk.watching.woke()
            self.moving.settle()
            self.place.select(account_ids[0])
            self._window.say(plural("Account added", "{n} accounts added", len(account_ids)))
        # The backup codes that came with a new link are shown by themselves, once.
        if not (account_ids and self.accounts.open_codes(account_ids[0], fresh=True)):
            self.show_accounts()

    # History -------------------------------------------------------------------------------------
    def _open_history(self, account_id: str = "") -> None:
        self.history.open(account_id)

    def _open_keeping(self) -> None:
        self.history.open_keeping()

    def _refresh_history(self) -> None:
        if self._history is not None:
            self._history.refresh()

    # Login requests ------------------------------------------------------------------------------
    def _pause(self, wanted: bool) -> None:
        if wanted:
            self.desk.watching.pause(PAUSE_SECONDS)
        else:
            self.desk.resume()

    def _show_requests(self) -> None:
        left = self.desk.watching.paused_for
        self.settings.show_paused(clock_of(moment(self._clock.now() + left)) if left else "")
        self.place.list.bell.mark(self.desk.waiting > 0)
        self._offline.setVisible(self.desk.watching.is_offline)
        self.linked.show_strip()
        self.place.show_contact()
        self.accounts.refresh_link()
