"""What exists while the vault is open: the accounts, the login requests, and their wiring."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from watchword.clock import Clock
from watchword.desktop.accounts.detail_pane import Recent
from watchword.desktop.accounts.empty_page import Choice
from watchword.desktop.accounts.place import AccountsPlace
from watchword.desktop.background.jobs import Jobs, Lane
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.chip import Chip
from watchword.desktop.shell.account_desk import AccountDesk
from watchword.desktop.shell.adding import Adding, MakeSource, default_source
from watchword.desktop.shell.clipboard import KEPT_SECONDS, SecretClipboard
from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.recent import recent_of
from watchword.desktop.shell.request_desk import RequestDesk
from watchword.errors import WatchwordError
from watchword.otp.code import code_at
from watchword.otp.parameters import OtpParameters
from watchword.providers.provider import Providers
from watchword.vault import Account, OpenVault


class Session(QObject):
    """Lives from unlock to lock."""

    lock_asked = Signal()

    def __init__(
        self,
        vault: OpenVault,
        *,
        clock: Clock,
        jobs: Jobs,
        window: MainWindow,
        clipboard: SecretClipboard,
        make_source: MakeSource = default_source,
        providers: Providers | None = None,
        trial: bool = False,
    ) -> None:
        """`vault` is owned by the session from now on, and closed with it.

        `providers` None: all kinds of server; `trial`: nothing of it is kept, and it says so.
        """
        super().__init__(window)
        self._vault = vault
        self._clock = clock
        self._jobs = jobs
        self._window = window
        self._clipboard = clipboard
        self._accounts: tuple[Account, ...] = vault.accounts
        self._providers = providers or Providers(clock)
        self.place = AccountsPlace(clock, self._ways_to_add(), self._recent)
        self.accounts = AccountDesk(vault, self._providers, clock, jobs, self)
        self.desk = RequestDesk(vault, self._providers, clock, jobs, self)
        self.adding = Adding(
            vault,
            clock=clock,
            jobs=jobs,
            accounts=lambda: self._accounts,
            make_source=make_source,
            parent=self,
        )
        self._text_to_open = ""
        self._notice = Notice()
        self._offline = Chip(self.tr("Offline"))
        self._offline.setToolTip(self.tr("No server can be reached. Codes still work."))
        self._offline.hide()
        self._build(trial=trial)
        self._wire()
        self._shortcuts = self._make_shortcuts()

    def _build(self, *, trial: bool) -> None:
        self.place.list.put_above(self._notice)
        self.place.list.put_above(self.desk.banner)
        self.place.list.bar.add_first(self._offline)
        if trial:
            mark = Chip(self.tr("Trial"))
            mark.setToolTip(self.tr("A temporary vault: nothing of it is kept."))
            self.place.list.bar.add_first(mark)

    def _wire(self) -> None:
        place, desk, adding = self.place, self.desk, self.adding
        place.copy_asked.connect(self._copy)
        place.new_code_asked.connect(self._new_code)
        place.add_asked.connect(self._add)
        place.list.lock_asked.connect(self.lock_asked)
        place.empty.lock_asked.connect(self.lock_asked)
        place.list.requests_asked.connect(desk.open)
        self._wire_accounts()
        desk.page_wanted.connect(self._window.show_page)
        desk.left.connect(self.show_accounts)
        desk.said.connect(self._window.say)
        desk.trouble.connect(self._show_trouble)
        desk.answered.connect(place.show_history)
        desk.account_removed.connect(self._server_removed)
        desk.changed.connect(self._show_requests)
        adding.page_wanted.connect(self._window.show_page)
        adding.saved.connect(self._take_accounts)
        adding.closed.connect(self._added)
        adding.trouble.connect(self._show_trouble)

    def _wire_accounts(self) -> None:
        place, accounts = self.place, self.accounts
        place.edit_asked.connect(accounts.edit)
        place.favourite_asked.connect(accounts.set_favourite)
        place.codes_asked.connect(accounts.open_codes)
        place.remove_asked.connect(accounts.remove)
        place.trash_asked.connect(accounts.open_trash)
        # From the trash the same account can be restored: one way at a time.
        accounts.page_wanted.connect(self._window.take_back_offer)
        accounts.page_wanted.connect(self._window.show_page)
        accounts.page_dropped.connect(self._window.drop_page)
        accounts.left.connect(self.show_accounts)
        accounts.changed.connect(self._take_accounts)
        accounts.restored.connect(place.select)
        accounts.trouble.connect(self._show_trouble)
        accounts.said.connect(self._window.say)
        accounts.undo_offered.connect(self._offer_undo)
        accounts.copy_asked.connect(self._copy_text)

    def _make_shortcuts(self) -> list[QShortcut]:
        made = []
        for keys, slot in (
            ("Ctrl+L", self.lock_asked.emit),
            ("Ctrl+N", self._add_by_key),
            ("Ctrl+F", self._search),
            ("Ctrl+E", self._edit),
        ):
            shortcut = QShortcut(QKeySequence(keys), self._window)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(slot)
            made.append(shortcut)
        return made

    def _ways_to_add(self) -> list[Choice]:
        return [
            Choice(
                "scan",
                "qr",
                self.tr("Scan a QR code"),
                self.tr("Webcam, picture or clipboard"),
            ),
            Choice(
                "type", "keyboard", self.tr("Type it in"), self.tr("Paste a link or enter a key")
            ),
        ]

    def start(self) -> None:
        """Show the accounts and begin to ask the servers."""
        self._take_accounts(self._accounts)
        self.show_accounts()
        notices = self._vault.take_notices()
        if notices:
            self._notice.show_texts(self.tr("About your vault"), " ".join(notices), kind="warn")

    def show_accounts(self) -> None:
        """Go back to the list, or on to a link that came meanwhile."""
        self._window.show_page(self.place)
        if self._text_to_open:
            text, self._text_to_open = self._text_to_open, ""
            self.adding.open_text(text)

    def open_text(self, text: str) -> None:
        """Add what a link or a text given to the app holds.

        It waits while a question is on the screen: no other page may come up under the answer.
        """
        if self._asks:
            self._text_to_open = text
            self._window.say(self.tr("The link waits until you are done here"))
        else:
            self.adding.open_text(text)

    @property
    def _asks(self) -> bool:
        page = self._window.page
        return page in (*self.desk.pages, self.accounts.page) or self.adding.asks

    def close(self) -> None:
        """End the session: nobody is asked, no key stays, no page remains."""
        self.desk.stop()
        for shortcut in self._shortcuts:
            shortcut.setParent(None)
            shortcut.deleteLater()
        self._clipboard.clear()
        self._providers.close()
        self.adding.close()
        self._window.take_back_offer()
        pages: list[QWidget] = [self.place, *self.desk.pages, *self.adding.pages]
        if self.accounts.page is not None:
            pages.append(self.accounts.page)
        for page in pages:
            self._window.drop_page(page)
        # After whatever is still being saved: the keys go last.
        self._jobs.run(self._vault.lock, lane=Lane.VAULT)
        self.deleteLater()

    # Accounts ----------------------------------------------------------------------------------
    def _take_accounts(self, accounts: Sequence[Account]) -> None:
        self._accounts = tuple(accounts)
        self.place.show_accounts(self._accounts)
        self.place.show_trash(self.accounts.has_trash)
        self.desk.watching.use(self._accounts)
        self.place.list.bell.setVisible(any(account.link for account in self._accounts))

    def _recent(self, account_id: str) -> Sequence[Recent]:
        return recent_of(self._vault.history, account_id, self._clock.now())

    def _copy(self, account_id: str, code: str) -> None:
        self.place.show_copied(account_id)
        self._copy_text(code)

    def _copy_text(self, text: str) -> None:
        self._clipboard.copy(text)
        self._window.say(self.tr("Copied. Cleared in {n} s").format(n=KEPT_SECONDS))

    def _new_code(self, account_id: str) -> None:
        """Draw the next counter code: saved as used first, shown then."""

        def draw() -> tuple[OtpParameters, tuple[Account, ...]]:
            otp = self._vault.advance_counter(account_id)
            return otp, self._vault.accounts

        def drawn(result: tuple[OtpParameters, tuple[Account, ...]]) -> None:
            otp, accounts = result
            self._take_accounts(accounts)
            self.place.show_drawn(account_id, code_at(otp, self._clock.now()))

        self._run(draw, drawn)

    def _server_removed(self, account_id: str) -> None:
        """Note that the server removed this device: the account stays, greyed."""

        def note() -> tuple[Account, ...]:
            for account in self._vault.accounts:
                if account.id == account_id and account.link is not None:
                    link = replace(account.link, state="revoked")
                    self._vault.replace(replace(account, link=link))
                    self._vault.save()
            return self._vault.accounts

        self._run(note, self._take_accounts)

    def _run(self, work: Callable[[], object], on_done: Callable[..., None]) -> None:
        self._jobs.run(
            work, on_done=on_done, on_error=self._show_trouble, lane=Lane.VAULT, page=self
        )

    def _edit(self) -> None:
        if self._window.page is self.place and (account_id := self.place.selected_id()):
            self.accounts.edit(account_id)

    def _offer_undo(self, text: str, undo: Callable[[], None]) -> None:
        self._window.say(text, self.tr("Undo"), undo)

    # Adding --------------------------------------------------------------------------------------
    def _add(self, way: str) -> None:
        if way == "type":
            self.adding.open_manual()
        else:
            self.adding.open_scan()

    def _add_by_key(self) -> None:
        if self._window.page is self.place:
            self._add("")

    def _search(self) -> None:
        if self._window.page is self.place and self._accounts:
            self.place.list.start_search()

    def _added(self, account_id: str) -> None:
        if account_id:
            # Until the server was told that the account is saved, it refused our polls.
            self.desk.watching.woke()
            self.place.select(account_id)
            self._window.say(self.tr("Account added"))
        # The backup codes that came with a new link are shown by themselves, once.
        if not (account_id and self.accounts.open_codes(account_id, fresh=True)):
            self.show_accounts()

    # What is said ----------------------------------------------------------------------------------
    def _show_trouble(self, error: WatchwordError) -> None:
        self._notice.show_error(error)

    def _show_requests(self) -> None:
        self.place.list.bell.mark(self.desk.waiting > 0)
        self._offline.setVisible(self.desk.watching.is_offline)
