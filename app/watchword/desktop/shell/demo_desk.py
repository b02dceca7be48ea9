"""The demo: a server on this computer, its page in the browser, and a strip that says what is next.

What the strip says follows what there is: whether the server runs, whether an account is linked
to it, whether a login waits. Nothing is ticked off because a button was pressed.
"""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from watchword.approvals.inbox import Answered
from watchword.desktop.background.jobs import Jobs
from watchword.desktop.look.step import Step
from watchword.desktop.look.texts import rest_of, title_of
from watchword.desktop.shell.adding import Adding
from watchword.desktop.shell.browser import open_in_browser
from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.request_desk import RequestDesk
from watchword.desktop.shell.saving import Saves
from watchword.errors import WatchwordError
from watchword.providers.login_request import Decision, Result
from watchword.system.demo_server import DemoAccess, DemoServer
from watchword.vault import Account, OpenVault

if TYPE_CHECKING:
    from watchword.desktop.look.widgets.coach_strip import CoachStrip

SERVICE = "Watchword demo"  # what the demo server calls itself
_LOOPBACK = "http://127.0.0.1:"


def is_demo(account: Account) -> bool:
    """Tell whether an account is linked to a demo server, running or not."""
    link = account.link
    return link is not None and link.service == SERVICE and link.origin.startswith(_LOOPBACK)


class DemoDesk(QObject):
    """Owns the strip while the vault is open; the server outlives it, and a lock."""

    left = Signal()  # what is shown may belong to what was removed: show the accounts
    said = Signal(str)
    copy_asked = Signal(str)
    create_asked = Signal()  # out of the trial, to a vault of one's own

    def __init__(
        self,
        server: DemoServer,
        vault: OpenVault,
        jobs: Jobs,
        saves: Saves,
        window: MainWindow,
        adding: Adding,
        desk: RequestDesk,
        *,
        trial: bool,
        parent: QObject | None = None,
    ) -> None:
        """`trial`: the demo is offered by itself, and nothing of it need be removed."""
        super().__init__(parent)
        self._server = server
        self._vault = vault
        self._jobs = jobs
        self._saves = saves
        self._window = window
        self._adding = adding
        self._desk = desk
        self._trial = trial
        self._accounts: Sequence[Account] = ()
        self._ended = False  # by the person; until it is begun again nothing is said of it
        self._starting = self._had_one = self._stopped = False
        self._error: WatchwordError | None = None
        self._let_in = self._denied = False
        self._signs_in = False  # links by the browser, rather than by what the screen shows
        self._strip: CoachStrip | None = None
        window.page_shown.connect(self.refresh)
        adding.turned.connect(self.refresh)
        desk.changed.connect(self.refresh)
        desk.watching.settled.connect(self._settled)

    @property
    def strip(self) -> "CoachStrip":
        """The strip, made when there is something to say."""
        if self._strip is None:
            from watchword.desktop.look.widgets.coach_strip import CoachStrip

            self._strip = strip = CoachStrip(self.tr("End the demo"))
            strip.acted.connect(self._act)
            strip.copy_asked.connect(self.copy_asked)
            strip.close_asked.connect(self.end)
            self._window.put_below(strip)
            strip.hide()
        return self._strip

    def stop(self) -> None:
        """Say nothing more; the server goes on."""
        self._stopped = True
        if self._strip is not None:
            self._strip.hide()
            self._strip.deleteLater()

    def show_accounts(self, accounts: Sequence[Account]) -> None:
        """Follow these accounts."""
        self._accounts = [account for account in accounts if is_demo(account)]
        self.refresh()

    # From the person -----------------------------------------------------------------------------
    def start(self) -> None:
        """Start the server, and open its page once it answers."""
        if self._starting:
            return
        self._starting, self._error, self._ended = True, None, False
        self._jobs.run(self._server.start, on_done=self._started, on_error=self._not_started)
        self.refresh()

    def end(self) -> None:
        """End the server, and let its accounts go for good; nothing of it stays."""
        self._ended = True
        self._starting = self._had_one = self._let_in = self._denied = False
        self._error = None
        gone = [account.id for account in self._accounts]
        ended = bool(gone) or self._server.access is not None
        self._jobs.run(self._server.stop)
        if gone:
            self.left.emit()
            self._saves.run(
                partial(_remove, self._vault, gone),
                again=partial(_saved, self._vault),
                on_done=self._removed,
                page=self,
            )
        elif ended:
            self.said.emit(self.tr("The demo is over"))
        self.refresh()

    def _removed(self, accounts: Sequence[Account]) -> None:
        self._saves.joined.emit(accounts)
        self.said.emit(self.tr("The demo is over, and its account is removed"))

    def _act(self, name: str) -> None:
        access = self._server.access
        if name == "start":
            self.start()
        elif name == "end":
            self.end()
        elif name == "create":
            self.create_asked.emit()
        elif name == "show":
            self._desk.open()
        elif access is None:
            self.refresh()
        elif name == "open":
            self._open(access)
        elif name == "screen":
            self._signs_in = False
            self._adding.open_screens()
        elif name == "sign-in":
            self._signs_in = True
            self._adding.open_server(access.address)

    # From the server -----------------------------------------------------------------------------
    def _started(self, access: DemoAccess) -> None:
        if self._ended:  # meanwhile
            self._jobs.run(self._server.stop)
            return
        self._starting = False
        self._had_one = True
        self.refresh()
        self._open(access)

    def _not_started(self, error: WatchwordError) -> None:
        self._starting = False
        self._error = None if self._ended else error
        self.refresh()

    def _open(self, access: DemoAccess) -> None:
        """Open the page; a browser that does not come up says nothing, so its address is shown."""
        if not open_in_browser(access.address):
            self.said.emit(self.tr("No browser could be opened: copy the address of the page"))

    def _settled(self, entry: Answered) -> None:
        access = self._server.access
        if access is None or entry.request.origin != access.address:
            return
        approved = entry.answer.result is Result.APPROVED
        self._let_in = approved and entry.decision is Decision.APPROVE
        self._denied = entry.answer.result is Result.DENIED
        self.refresh()

    # What is next --------------------------------------------------------------------------------
    def refresh(self) -> None:
        """Say what is next now, if anything."""
        if self._stopped:
            return
        step = None if self._ended else self._step()
        if step is not None:
            self.strip.show_step(step)
            self.strip.show()
        elif self._strip is not None:
            self._strip.hide()

    def _step(self) -> Step | None:
        access = self._server.access
        if self._error is not None:
            return self._failed(self._error)
        if self._starting:
            return Step(self.tr("Starting the demo…"), self.tr("It takes a moment."))
        if access is None:
            return self._without_server()
        if not any(a.link and a.link.origin == access.address for a in self._accounts):
            return self._to_link(access)
        if self._let_in:
            return self._done()
        if any(one.request.origin == access.address for one in self._desk.watching.inbox.open):
            return self._to_approve()
        return self._to_sign_in(access)

    def _failed(self, error: WatchwordError) -> Step:
        return Step(
            title_of(error),
            rest_of(error),
            actions=(("start", self.tr("Try again")),),
        )

    def _without_server(self) -> Step | None:
        if self._accounts:
            return Step(
                self.tr("The demo is over"),
                self.tr("Its account is still here, and its server is not any more."),
                actions=(("end", self.tr("Remove the demo")),),
            )
        if self._had_one:
            return Step(
                self.tr("The demo server has ended"),
                self.tr("It ended by itself. Nothing of yours was touched."),
                actions=(("start", self.tr("Start it again")),),
            )
        if self._trial:
            return Step(
                self.tr("See a login approved, in two minutes"),
                self.tr(
                    "A server on this computer plays a service that you use. Its page opens in "
                    "your browser, and you sign in there with this app."
                ),
                actions=(("start", self.tr("Start the demo")),),
            )
        return None

    def _who(self, access: DemoAccess) -> tuple[tuple[str, str], ...]:
        return (self.tr("Name"), access.user), (self.tr("Password"), access.password)

    def _to_link(self, access: DemoAccess) -> Step:
        title, place = self.tr("Link this app to the demo"), self.tr("1 of 3")
        if self._adding.asks and self._signs_in:
            text = self.tr(
                "Go on above. In the browser, sign in with this name and password, and choose "
                "Authorise."
            )
            return Step(title, text, 1, place=place, facts=(self._who(access),))
        if self._adding.asks:
            text = self.tr("Go on above. The page in the browser asks for what is shown there.")
            return Step(title, text, 1, place=place)
        facts = self._who(access), ((self.tr("Page"), access.address),)
        if self._adding.can_read_screens:
            text = self.tr(
                "In the browser, sign in with this name and password, and choose Turn it on, then "
                "Add a device. It shows a QR code: scan it here."
            )
            actions = (
                ("screen", self.tr("Scan my screen")),
                ("sign-in", self.tr("Link by signing in")),
            )
        else:
            text = self.tr(
                "Your browser opens the demo’s page. Sign in there with this name and password, "
                "and choose Authorise."
            )
            actions = (
                ("sign-in", self.tr("Link by signing in")),
                ("open", self.tr("Open the page")),
            )
        return Step(title, text, 1, place=place, facts=facts, actions=actions)

    def _to_sign_in(self, access: DemoAccess) -> Step:
        if self._denied:
            text = self.tr(
                "You denied it, and nobody got in. Sign in once more to see what approving does."
            )
        else:
            text = self.tr(
                "In the browser choose Sign out, then sign in again with the same name and "
                "password. This time it asks you, here."
            )
        return Step(
            self.tr("Sign in with it"),
            text,
            2,
            place=self.tr("2 of 3"),
            facts=(self._who(access),),
            actions=(("open", self.tr("Open the page")),),
        )

    def _to_approve(self) -> Step:
        shown = self._desk.shows_request
        return Step(
            self.tr("Approve it"),
            self.tr("It is you who signs in: type the characters that the browser shows, above.")
            if shown
            else self.tr("The browser waits for your answer."),
            3,
            place=self.tr("3 of 3"),
            actions=() if shown else (("show", self.tr("Show the login request")),),
        )

    def _done(self) -> Step:
        remove = ("end", self.tr("Remove the demo"))
        create = ("create", self.tr("Create my vault"))
        return Step(
            self.tr("You are in"),
            self.tr(
                "The browser went on by itself. Whoever knows the password alone stays outside."
            ),
            3,
            place=self.tr("Done"),
            actions=(create, remove) if self._trial else (remove,),
        )


def _remove(vault: OpenVault, account_ids: Sequence[str]) -> tuple[Account, ...]:
    """Let accounts go for good: nobody is there any more who would know them."""
    there = {account.id for account in vault.accounts}
    gone = [account_id for account_id in account_ids if account_id in there]
    for account_id in gone:
        vault.remove(account_id)
    vault.purge(gone)
    return _saved(vault)


def _saved(vault: OpenVault) -> tuple[Account, ...]:
    vault.save()
    return vault.accounts
