"""The composition root: builds everything once, passes it down, and moves between locked and open."""

import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from watchword import __version__
from watchword.clock import Clock, SystemClock
from watchword.desktop.background.jobs import Jobs
from watchword.desktop.look.brands import brand_for
from watchword.desktop.look.languages import Languages
from watchword.desktop.look.texts import said, whole
from watchword.desktop.look.theme import Theme
from watchword.desktop.shell.adding import MakeSource, default_source
from watchword.desktop.shell.appearance import AppearanceDesk
from watchword.desktop.shell.application import Application
from watchword.desktop.shell.auto_lock import AutoLock
from watchword.desktop.shell.bug_desk import BugDesk, Holds
from watchword.desktop.shell.captures import Captures
from watchword.desktop.shell.clipboard import SecretClipboard
from watchword.desktop.shell.closing import Closing
from watchword.desktop.shell.computer import Computer
from watchword.desktop.shell.faults import Faults
from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.options import read_options
from watchword.desktop.shell.places import locked_vault
from watchword.desktop.shell.preferences import Preferences
from watchword.desktop.shell.signals import QuitSignals
from watchword.desktop.shell.single_instance import SingleInstance, open_line
from watchword.desktop.shell.trial import Trial
from watchword.desktop.shell.unlocking import Unlocking
from watchword.desktop.shell.waiting_link import gives_way
from watchword.desktop.shell.window_place import WindowPlace
from watchword.desktop.unlock.patience import Patience
from watchword.errors import KnownError, WatchwordError
from watchword.plain_text import NOTE_LIMIT, plain_text
from watchword.protocol.request_link import is_request_link
from watchword.settings import FILE_NAME, Settings, SettingsNotSaved
from watchword.system.demo_server import DemoServer
from watchword.system.folders import synced_notice
from watchword.system.memory import give_back_free_memory, keep_heap_small
from watchword.system.paths import data_home, is_portable, vault_path
from watchword.system.process import harden
from watchword.vault import (
    KdfCost,
    OpenVault,
    TraceKind,
)
from watchword.vault.traces import describe

if TYPE_CHECKING:
    from watchword.desktop.shell.creating import Creating
    from watchword.desktop.shell.hinting import Hinting
    from watchword.desktop.shell.outside import Outside
    from watchword.desktop.shell.recovering import Recovering
    from watchword.desktop.shell.session import Session, SessionState
    from watchword.providers.provider import HintSource
    from watchword.vault.keyring_slot import Keyring

UNKNOWN = KnownError(
    "It is not known whether it is saved",
    "The last save did not end in time",
)
_WARM_MS = 200  # after the first page has been drawn
TIDY_MS = 500  # after locking: what was open is gone by then


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
        keyring: "Keyring | None" = None,
        faults: Faults | None = None,
    ) -> None:
        """`path` is the vault's; `cost` of a new vault's key None: measured; `keyring` None: none.

        `faults` hears of the bugs that are told; None: of none.
        """
        super().__init__()
        self._application = application
        self._path = path
        self._clock = clock or SystemClock()
        self._cost = cost
        self._make_source = make_source
        self._keyring = keyring
        self._session: Session | None = None
        self._text_to_open = ""
        self.jobs = Jobs(self)
        self.preferences = Preferences(path.parent / FILE_NAME, self)
        self.languages = Languages(self)  # before anything is shown
        self.languages.use(self.preferences.now.appearance.language)
        self.window = MainWindow()
        self.window.may_close = self._may_close
        for keys, do in (("F1", self._show_keys), ("Ctrl+Q", self.quit)):
            QShortcut(QKeySequence(keys), self.window).activated.connect(do)
        self._clipboard = SecretClipboard(application.clipboard(), self)
        self.preferences.changed.connect(self._follow)
        self.preferences.not_saved.connect(self._say_not_saved)
        self._faults = faults or Faults()
        self.bugs = BugDesk(self._faults, self.window, self.preferences, self._holds, self)
        self.bugs.quit_asked.connect(self.quit)
        self._window_place = WindowPlace(self.window, self.preferences, self)
        self._captures = Captures(self.window, self.preferences, self)
        self._computer = Computer(self.jobs, self)
        self._auto_lock = AutoLock(self.jobs, self._computer, self.preferences, self)
        self._auto_lock.lock_asked.connect(self.lock)
        self._warm = QTimer(self)
        self._warm.setSingleShot(True)
        self._warm.setInterval(_WARM_MS)
        self._warm.timeout.connect(self._go_on)
        self._tidy = QTimer(self)
        self._tidy.setSingleShot(True)
        self._tidy.setInterval(TIDY_MS)
        self._tidy.timeout.connect(give_back_free_memory)
        self._patience = Patience(self._clock)
        self._hinting: Hinting | None = None
        self._outside: Outside | None = None
        self._closing = Closing(self.window, self.preferences, self)
        self._closing.quit_chosen.connect(self.quit)
        self.is_quitting: Callable[[], bool] = lambda: False
        self._trial = Trial(self._clock, self.jobs, self)
        self._trial.opened.connect(self._begin)
        self._trial.failed.connect(lambda error: self.window.say(whole(error)))
        self._demo = DemoServer()
        self._unlocking = Unlocking(
            path, self._clock, self.jobs, self._patience, keyring, parent=self
        )
        self._unlocking.page_wanted.connect(self._show)
        self._unlocking.opened.connect(self._begin)
        self._unlocking.copies_wanted.connect(self._show_copies)
        self._unlocking.other_ways_asked.connect(self._show_other_ways)
        self._recovering: Recovering | None = None
        self._creating: Creating | None = None
        self.not_saved: WatchwordError | None = None  # known once the app was stopped
        self._page: QWidget | None = None  # a page before the session, to be dropped after it

    @property
    def session(self) -> "Session | None":
        """The open session; None while locked."""
        return self._session

    def _say_not_saved(self, error: SettingsNotSaved) -> None:
        self.window.say(whole(error))

    def _follow(self, settings: Settings) -> None:
        if self.languages.use(settings.appearance.language) and self._session is not None:
            self._session.speak_anew(self._begin_anew)

    def start(self, *, minimised: bool = False) -> None:
        """Show the window: unlock or recover where there is any trace of a vault, else the welcome.

        `minimised`: only the icon in the system's bar, or the window's own where there is no bar.
        """
        self._show_first()
        self._window_place.put_back()
        if not minimised:
            self.window.show()
        elif self.outside.has_icon:
            self.window.winId()  # what counts the idle time needs the system's window
        else:
            self.window.showMinimized()
        self._captures.ask()
        self._warm.start()

    @property
    def outside(self) -> "Outside":
        """The icon in the system's bar, and what else there is outside the window."""
        if self._outside is None:
            from watchword.desktop.shell.outside import Outside

            self._outside = Outside(
                self._application, self.window, self.preferences, self._clock, self.jobs, self
            )
            self._outside.quit_asked.connect(self.quit)
        return self._outside

    def quit(self) -> None:
        """Quit; what would be lost is asked about first."""
        if self._session is None or self._session.leaving.may_quit():
            self._close_anyway()
        else:
            self.window.come_forward()

    def _go_on(self) -> None:
        """Do what the first page need not wait for."""
        self.outside.start()
        self._computer.start()
        self._unlocking.begin()
        # What comes after unlocking is loaded while the password is typed.
        _session_class()
        brand_for("")  # reads the icons

    def open_text(self, text: str) -> None:
        """Add what `text` (a link) holds, or show the request it names, now or after unlocking."""
        if self._session is not None and self._may_open(text):
            self._session.open_text(text)
        elif gives_way(self._text_to_open, text):
            self._text_to_open = text
            self._open_waiting_text()

    def _may_open(self, text: str) -> bool:
        """Whether a session may: in a trial nothing is kept, but a login may be answered."""
        return self._trial.folder is None or is_request_link(text)

    def _open_waiting_text(self) -> None:
        if not self._text_to_open:
            return
        if self._session is not None and self._may_open(self._text_to_open):
            text, self._text_to_open = self._text_to_open, ""
            self._session.open_text(text)
        elif self._session is not None:
            self.window.say(self.tr("The link waits until there is a vault to keep it in"))
        elif self._unlocking.page is not None:
            self._unlocking.page.show_subtitle(
                self.tr("Unlock to see the login request.")
                if is_request_link(self._text_to_open)
                else self.tr("Unlock to add the account of the link.")
            )

    def _show_keys(self) -> None:
        from watchword.desktop.shell.key_list import show_keys

        show_keys(self.window)

    def stop(self) -> None:
        """Lock, let what is being saved be saved, and end all threads."""
        self.bugs.stop()
        self._warm.stop()
        self._tidy.stop()
        self._window_place.remember()
        self._auto_lock.stop()
        self._computer.stop()
        self._end_outside()
        if self._creating is not None:
            self._creating.cancel()
        if self._recovering is not None:
            self._recovering.cancel()
        self._unlocking.forget()
        self._end_hints()
        if self._session is not None:
            self.not_saved = UNKNOWN
        self._end_session()
        self._clipboard.clear()
        self.jobs.stop()
        self._trial.end()
        self._demo.stop()
        self.languages.stop()

    def _show_first(self) -> None:
        """Show what goes with the vault there is; the welcome only where there is no trace of one."""
        found = describe(TraceKind.VAULT, self._path)
        # All copies are read only when the vault itself is not as it should be.
        if found is not None and found.sound:
            self._show_unlock()
        elif locked_vault(self._path).exists():
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
        page.try_chosen.connect(partial(self._trial.start, page))
        self._show(page)

    def _show_create(self) -> None:
        self._create().show()

    def _create(self) -> "Creating":
        if self._creating is None:
            from watchword.desktop.shell.creating import Creating

            made = Creating(self._path, self._clock, self.jobs, self._cost, self._keyring, self)
            made.page_wanted.connect(self._show)
            made.opened.connect(self._begin)
            made.left.connect(self._show_first)
            made.stands.connect(self._show_unlock)
            made.copy_asked.connect(self._copy_key)
            self._creating = made
        return self._creating

    def _copy_key(self, key: str) -> None:
        self._clipboard.copy(key)
        self.window.say(self.tr("Copied. Cleared in 30 s"))

    def _recover(self) -> "Recovering":
        if self._recovering is None:
            from watchword.desktop.shell.recovering import Recovering

            self._recovering = Recovering(
                self._path, self._clock, self.jobs, self._patience, self._cost, self
            )
            self._recovering.page_wanted.connect(self._show_instead_of_unlocking)
            self._recovering.opened.connect(self._begin)
            self._recovering.remade.connect(self._show_key)
            self._recovering.left.connect(self._show_first)
            self._recovering.started_over.connect(self._started_over)
        return self._recovering

    def _show_instead_of_unlocking(self, page: QWidget) -> None:
        self._unlocking.forget()
        self._show(page)

    def _show_copies(self, error: WatchwordError | None = None) -> None:
        from watchword.desktop.shell.recovering import why_not

        self._recover().show_copies(error or why_not(self._path))

    def _show_key(self, vault: OpenVault, key: str) -> None:
        self._create().show_key(vault, key)

    def _show_other_ways(self) -> None:
        self._recover().show_copies()

    def _started_over(self, folder: Path) -> None:
        self._end_hints()
        self._show_welcome(self.tr("Your old vault is kept in {folder}").format(folder=folder))

    def _show_unlock(self, error: WatchwordError | None = None) -> None:
        self._unlocking.show(error)
        if self._hinting is not None:
            self._show_waiting(self._hinting.waiting)
        self._open_waiting_text()

    def _show_waiting(self, count: int) -> None:
        """Say on the unlock page that a login waits, and let the desktop say so too."""
        self.outside.show_count(count)
        if self._unlocking.page is not None:
            self._unlocking.page.show_waiting(count)
            if count:
                QApplication.alert(self.window)

    # A session ---------------------------------------------------------------------------------
    def _begin(self, vault: OpenVault, by_recovery_key: bool = False) -> None:
        self._end_hints()
        self._unlocking.forget()
        self._unlocking.never_by_itself()
        self._patience.was_right()
        if told := synced_notice(vault.path.parent):
            vault.notice(plain_text(f"{told}.", limit=NOTE_LIMIT))
        self._open_session(vault, by_recovery_key)
        if self._page is not None:
            self.window.drop_page(self._page)
            self._page = None
        self.window.winId()  # so that it has a handle, shown or not
        self._auto_lock.start(self.window.windowHandle())
        self._open_waiting_text()

    def _begin_anew(self, vault: OpenVault, state: "SessionState") -> None:
        """Go on with a vault whose session ended because the language is another one now."""
        self._open_session(vault, state.by_recovery_key).resume(state)

    def _end_outside(self) -> None:
        outside, self._outside = self._outside, None
        if outside is not None:
            outside.stop()
            outside.deleteLater()

    def _open_session(self, vault: OpenVault, by_recovery_key: bool) -> "Session":
        session = self._session = _session_class()(
            vault,
            clock=self._clock,
            jobs=self.jobs,
            window=self.window,
            clipboard=self._clipboard,
            preferences=self.preferences,
            make_source=self._make_source,
            trial=self._trial.folder is not None,
            by_recovery_key=by_recovery_key,
            cost=self._cost,
            keyring=self._keyring,
            demo=self._demo,
            faults=self._faults,
        )
        session.demo.create_asked.connect(self._leave_trial)
        session.restore_asked.connect(self._restore)
        session.lock_asked.connect(self.lock)
        session.lock_anyway_asked.connect(self._lock_anyway)
        session.quit_asked.connect(self._close_anyway)
        session.start()
        self.outside.open(session)
        self._computer.woke.connect(session.waking.woke_up)
        return session

    def lock(self) -> None:
        """Forget the keys and show the unlock page; what could not be saved is told there."""
        self._lock(dropping=False)

    def _lock_anyway(self) -> None:
        self._lock(dropping=True)

    def _restore(self, dropping: bool) -> None:
        self._lock(dropping=dropping)
        self._show_other_ways()

    def _lock(self, *, dropping: bool) -> None:
        if self._session is None:
            self._unlocking.cancel()
            return
        self._auto_lock.stop()
        self._closing.forget()
        self.outside.lock()
        keys: Sequence[HintSource] = ()
        if self._trial.folder is not None:
            self._show_welcome()  # nobody unlocks a trial again: its keys go with it
            self.jobs.run(self._demo.stop)
        else:
            keys = self._session.hints.take()
            self._show_first()
        self._end_session(dropping=dropping)
        self._trial.end()
        self._begin_hints(keys)
        self._tidy.start()

    def _leave_trial(self) -> None:
        self.lock()
        self._show_create()

    def _begin_hints(self, keys: "Sequence[HintSource]") -> None:
        """From now on ask with these keys alone whether a login waits."""
        if self._hinting is None:
            from watchword.desktop.shell.hinting import Hinting

            self._hinting = Hinting(self._clock, self.jobs, self)
            self._hinting.changed.connect(self._show_waiting)
        self._hinting.begin(keys)

    def _end_hints(self) -> None:
        if self._hinting is not None:
            self._hinting.end()

    def _end_session(self, *, dropping: bool = False) -> None:
        if self._session is not None:
            self._session.close(
                self._tell_unsaved, dropping=dropping, told_late=self._note_unsaved
            )
            self._session = None

    def _note_unsaved(self, error: WatchwordError | None) -> None:
        self.not_saved = error

    def _tell_unsaved(self, error: WatchwordError | None) -> None:
        self._auto_lock.note_saved()
        if error is not None and self._unlocking.page is not None:
            self._unlocking.page.show_warning(
                self.tr("Not everything was saved before it was locked"),
                f"{said(error.reason or error.title)}. "
                + self.tr("Your last change may be missing: look once it is unlocked."),
            )

    def _holds(self) -> Holds:
        if self._session is None:
            return Holds.LOCKED
        return Holds.UNSAVED if self._session.saves.unsaved else Holds.SAVED

    def _may_close(self) -> bool:
        if (
            not self.is_quitting()
            and self._is_of_use_closed()
            and self._closing.keeps_running(has_icon=self.outside.has_icon)
        ):
            return False
        return self._session is None or self._session.leaving.may_quit()

    def _is_of_use_closed(self) -> bool:
        """Whether there is anything to keep running for."""
        if self._trial.folder is not None:
            return False
        if self._session is not None:
            return self._session.asks_servers or self.outside.has_icon
        if self._hinting is not None and self._hinting.asks:
            return True
        return self._unlocking.page is not None and self.outside.has_icon

    def _close_anyway(self) -> None:
        self.window.may_close = lambda: True
        if self.window.isVisible():
            self.window.close()
        else:
            self.window.closing.emit()


def _session_class() -> "type[Session]":
    """Load what comes after unlocking."""
    from watchword.desktop.shell.session import Session

    return Session


def system_keyring() -> "Keyring | None":
    """Return this computer's keyring; None in portable mode, which leaves nothing behind on it."""
    if is_portable():
        return None
    from watchword.system.keyring import SystemKeyring
    from watchword.vault.keyring_slot import KeyringUnavailable

    return SystemKeyring(KeyringUnavailable)


def run(arguments: list[str]) -> int:
    """Start the app with the command line `arguments`; return its exit status."""
    # Before anything of the vault is read; programs that it starts later are not affected.
    harden()
    keep_heap_small()
    faults = Faults()
    faults.install()
    options = read_options(arguments[1:])
    QApplication.setApplicationName("watchword")
    QApplication.setApplicationDisplayName("Watchword")
    QApplication.setApplicationVersion(__version__)
    QApplication.setDesktopFileName("watchword")
    application = Application(arguments)
    try:
        home, path = data_home(), vault_path()
    except WatchwordError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    instance = SingleInstance(home)
    if not instance.is_first(options.link, raises=not options.minimised):
        if options.link and open_line(options.link) is None:
            sys.stderr.write(
                "The link is too long, and was not handed to the Watchword that runs.\n"
            )
            return 1
        return 0
    theme = Theme(application)
    desktop = Desktop(
        application,
        path,
        make_source=options.make_source,
        keyring=system_keyring(),
        faults=faults,
    )
    AppearanceDesk(application, theme, desktop.preferences, desktop.jobs)
    instance.raise_asked.connect(desktop.window.come_forward)
    instance.open_asked.connect(desktop.window.come_forward)
    instance.open_asked.connect(desktop.open_text)
    if sys.platform == "darwin":
        from watchword.desktop.shell.opened_links import OpenedLinks

        OpenedLinks(application, desktop).opened.connect(desktop.open_text)
    application.aboutToQuit.connect(desktop.stop)
    # Held by this frame: without it the signals would not be heard.
    quits = QuitSignals((signal.SIGINT, signal.SIGTERM))
    # Not `quit`, which a window may refuse: who sends a signal is not there to answer.
    quits.heard.connect(application.exit)
    # A hidden window is no reason to quit, and closing a dialog then is none either.
    application.setQuitOnLastWindowClosed(False)
    desktop.window.closing.connect(application.exit)
    desktop.is_quitting = lambda: application.is_quitting
    desktop.start(minimised=options.minimised)
    if options.link:
        desktop.open_text(options.link)
    status = application.exec()
    instance.close()
    if desktop.not_saved is not None:
        # No window is left to say it in, and nothing to try again with.
        lost = desktop.not_saved
        told = KnownError(lost.title, lost.reason, "Look once the vault is unlocked")
        sys.stderr.write(f"Watchword ended, and its last change: {told}\n")
        return status or 1
    return status
