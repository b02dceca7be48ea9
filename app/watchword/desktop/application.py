"""The composition root: builds everything once, passes it down, and moves between locked and open."""

import shutil
import signal
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from watchword import __version__
from watchword.clock import Clock, SystemClock
from watchword.desktop.background.jobs import Jobs, Lane
from watchword.desktop.look.theme import Theme
from watchword.desktop.shell.adding import MakeSource, default_source
from watchword.desktop.shell.auto_lock import AutoLock
from watchword.desktop.shell.clipboard import SecretClipboard
from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.options import read_options
from watchword.desktop.shell.signals import QuitSignals
from watchword.desktop.shell.single_instance import SingleInstance, open_line
from watchword.desktop.shell.trial import make_trial
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.errors import VaultDamaged, WatchwordError
from watchword.system.paths import data_home, vault_path
from watchword.system.process import harden
from watchword.vault import (
    KdfCost,
    LockedVault,
    OpenVault,
    TraceKind,
    VaultMissing,
    create_vault,
)
from watchword.vault.traces import describe

if TYPE_CHECKING:
    from watchword.desktop.shell.recovering import Recovering
    from watchword.desktop.shell.session import Session

_WARM_MS = 200  # after the first page has been drawn


class Desktop(QObject):
    """The running app: one window, and either a locked vault or a session."""

    def __init__(
        self,
        application: QApplication,
        path: Path,
        *,
        clock: Clock | None = None,
        cost: KdfCost | None = None,
        make_source: MakeSource = default_source,
    ) -> None:
        """`path` is the vault's; `cost` of a new vault's key None: measured."""
        super().__init__()
        self._path = path
        self._clock = clock or SystemClock()
        self._cost = cost
        self._make_source = make_source
        self._session: Session | None = None
        self._trial: Path | None = None
        self._text_to_open = ""
        self.jobs = Jobs(self)
        self.window = MainWindow()
        self._clipboard = SecretClipboard(application.clipboard(), self)
        self._auto_lock = AutoLock(parent=self)
        self._auto_lock.idle.connect(self.lock)
        self._warm = QTimer(self)
        self._warm.setSingleShot(True)
        self._warm.setInterval(_WARM_MS)
        self._warm.timeout.connect(_session_class)
        self._recovering: Recovering | None = None
        self._unlock_page: UnlockPage | None = None
        self._page: QWidget | None = None  # a page before the session, to be dropped after it

    @property
    def session(self) -> "Session | None":
        """The open session; None while locked."""
        return self._session

    def start(self) -> None:
        """Show the window: unlock or recover where there is any trace of a vault, else the welcome."""
        self._show_first()
        self.window.show()
        # What comes after unlocking is loaded while the password is typed.
        self._warm.start()

    def open_text(self, text: str) -> None:
        """Add what `text` (a link) holds, now or after unlocking."""
        self._text_to_open = text
        self._open_waiting_text()

    def _open_waiting_text(self) -> None:
        if not self._text_to_open:
            return
        if self._session is not None and self._trial is None:
            text, self._text_to_open = self._text_to_open, ""
            self._session.open_text(text)
        elif self._session is not None:
            self.window.say(self.tr("The link waits until there is a vault to keep it in"))
        elif self._unlock_page is not None:
            self._unlock_page.show_subtitle(self.tr("Unlock to add the account of the link."))

    def stop(self) -> None:
        """Lock, let what is being saved be saved, and end all threads."""
        self._warm.stop()
        self._auto_lock.stop()
        self._end_session()
        self._clipboard.clear()
        self.jobs.stop()
        self._drop_trial()

    def _show_first(self) -> None:
        """Show what goes with the vault there is; the welcome only where there is no trace of one."""
        found = describe(TraceKind.VAULT, self._path)
        # All copies are read only when the vault itself is not as it should be.
        if found is not None and found.sound:
            self._show_unlock()
        elif LockedVault(self._path).exists():
            self._show_copies()
        else:
            self._show_welcome()

    # The pages before a session ------------------------------------------------------------------
    def _show(self, page: QWidget) -> None:
        before, self._page = self._page, page
        self.window.show_page(page)
        if before is not None:
            self.window.drop_page(before)

    def _show_welcome(self, note: str = "") -> None:
        from watchword.desktop.unlock.welcome_page import WelcomePage

        page = WelcomePage()
        page.show_note(note)
        page.create_chosen.connect(self._show_create)
        page.try_chosen.connect(self._try)
        self._show(page)

    def _show_create(self) -> None:
        from watchword.desktop.unlock.create_page import CreatePage

        page = CreatePage(self.jobs)

        def create(password: str) -> None:
            page.show_busy(True)
            self.jobs.run(
                lambda: create_vault(self._path, password, cost=self._cost, clock=self._clock),
                on_done=created,
                on_error=failed,
                lane=Lane.VAULT,
                page=page,
            )

        def failed(error: WatchwordError) -> None:
            page.show_error(error)
            # The file may stand although the system did not confirm that it will last.
            if LockedVault(self._path).exists():
                page.forget()
                self._show_unlock(error)

        def created(made: tuple[OpenVault, str | None]) -> None:
            page.forget()
            vault, key = made
            if key is None:
                self._begin(vault)
            else:
                self._show_recovery(vault, key)

        page.create_asked.connect(create)
        page.back_pressed.connect(self._show_first)
        self._show(page)

    def _show_recovery(self, vault: OpenVault, key: str) -> None:
        from watchword.desktop.unlock.recovery_page import RecoveryPage

        page = RecoveryPage(key)
        page.copy_asked.connect(self._copy_key)
        page.done.connect(lambda _: self._begin(vault))
        self._show(page)

    def _copy_key(self, key: str) -> None:
        self._clipboard.copy(key)
        self.window.say(self.tr("Copied. Cleared in 30 s"))

    def _recover(self) -> "Recovering":
        if self._recovering is None:
            from watchword.desktop.shell.recovering import Recovering

            self._recovering = Recovering(self._path, self._clock, self.jobs, self)
            self._recovering.page_wanted.connect(self._show_instead_of_unlocking)
            self._recovering.opened.connect(self._begin)
            self._recovering.left.connect(self._show_first)
            self._recovering.started_over.connect(self._started_over)
        return self._recovering

    def _show_instead_of_unlocking(self, page: QWidget) -> None:
        if self._unlock_page is not None:
            self._unlock_page.forget()
            self._unlock_page = None
        self._show(page)

    def _show_copies(self, error: WatchwordError | None = None) -> None:
        from watchword.desktop.shell.recovering import why_not

        self._recover().show_copies(error or why_not(self._path))

    def _show_other_ways(self) -> None:
        self._recover().show_copies()

    def _started_over(self, folder: Path) -> None:
        self._show_welcome(self.tr("Your old vault is kept in {folder}").format(folder=folder))

    def _show_unlock(self, error: WatchwordError | None = None) -> None:
        page = UnlockPage()
        page.unlock_asked.connect(self._unlock)
        page.other_ways_asked.connect(self._show_other_ways)
        self._unlock_page = page
        self._show(page)
        self._open_waiting_text()
        if error is not None:
            page.show_error(error)

    def _unlock(self, secret: str, by_key: bool) -> None:
        page = self._unlock_page
        if page is None:
            return
        locked = LockedVault(self._path)
        way = locked.unlock_with_recovery_key if by_key else locked.unlock
        page.show_busy(True)
        self.jobs.run(
            partial(way, secret, clock=self._clock),
            on_done=self._begin,
            on_error=self._not_unlocked,
            lane=Lane.VAULT,
            page=page,
        )

    def _not_unlocked(self, error: WatchwordError) -> None:
        if isinstance(error, VaultDamaged | VaultMissing):
            self._show_copies(error)
        elif self._unlock_page is not None:
            self._unlock_page.show_error(error)

    # A session ---------------------------------------------------------------------------------
    def _begin(self, vault: OpenVault) -> None:
        if self._unlock_page is not None:
            self._unlock_page.forget()
            self._unlock_page = None
        self._session = _session_class()(
            vault,
            clock=self._clock,
            jobs=self.jobs,
            window=self.window,
            clipboard=self._clipboard,
            make_source=self._make_source,
            trial=self._trial is not None,
        )
        self._session.lock_asked.connect(self.lock)
        self._session.start()
        if self._page is not None:
            self.window.drop_page(self._page)
            self._page = None
        handle = self.window.windowHandle()
        if handle is not None:
            self._auto_lock.start(handle)
        self._open_waiting_text()

    def lock(self) -> None:
        """Forget the keys and show the unlock page."""
        if self._session is None:
            return
        self._auto_lock.stop()
        if self._trial is not None:
            self._show_welcome()
        else:
            self._show_first()
        self._end_session()
        self._drop_trial()

    def _end_session(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    # Try it first ------------------------------------------------------------------------------
    def _try(self) -> None:
        page = self._page
        folder = Path(tempfile.mkdtemp(prefix="watchword-trial-"))
        self._trial = folder
        self.jobs.run(
            lambda: make_trial(folder / "vault", self._clock),
            on_done=self._begin,
            on_error=self._trial_failed,
            lane=Lane.VAULT,
            page=page,
        )

    def _trial_failed(self, error: WatchwordError) -> None:
        self._drop_trial()
        self.window.say(str(error))

    def _drop_trial(self) -> None:
        if self._trial is not None:
            folder, self._trial = self._trial, None
            shutil.rmtree(folder, ignore_errors=True)


def _session_class() -> "type[Session]":
    """Load what comes after unlocking."""
    from watchword.desktop.shell.session import Session

    return Session


def run(arguments: list[str]) -> int:
    """Start the app with the command line `arguments`; return its exit status."""
    # Before anything of the vault is read; programs that it starts later are not affected.
    harden()
    options = read_options(arguments[1:])
    QApplication.setApplicationName("watchword")
    QApplication.setApplicationDisplayName("Watchword")
    QApplication.setApplicationVersion(__version__)
    QApplication.setDesktopFileName("watchword")
    application = QApplication(arguments)
    try:
        home, path = data_home(), vault_path()
    except WatchwordError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    instance = SingleInstance(home)
    if not instance.is_first(options.link):
        if options.link and open_line(options.link) is None:
            sys.stderr.write(
                "The link is too long, and was not handed to the Watchword that runs.\n"
            )
            return 1
        return 0
    Theme(application)
    desktop = Desktop(application, path, make_source=options.make_source)
    instance.raise_asked.connect(desktop.window.come_forward)
    instance.open_asked.connect(desktop.window.come_forward)
    instance.open_asked.connect(desktop.open_text)
    application.aboutToQuit.connect(desktop.stop)
    # Held by this frame: without it the signals would not be heard.
    quits = QuitSignals((signal.SIGINT, signal.SIGTERM))
    quits.heard.connect(application.quit)
    desktop.start()
    if options.link:
        desktop.open_text(options.link)
    status = application.exec()
    instance.close()
    return status
