"""What there is of the app outside its window: the icon in the bar, the notification, the number."""

import os

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from watchword.approvals.polling import Presence
from watchword.approvals.watch import PAUSE_SECONDS
from watchword.clock import Clock
from watchword.desktop.background.jobs import Jobs
from watchword.desktop.shell.announcing import Announcing
from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.notifications import notifications
from watchword.desktop.shell.preferences import Preferences
from watchword.desktop.shell.session import Session
from watchword.desktop.shell.tray import Tray, TrayState
from watchword.otp.parameters import OtpType

_MOST_FAVOURITES = 20  # in a menu that is read, not searched


class Outside(QObject):
    """Follows the session while there is one, and the count of what waits while it is locked."""

    quit_asked = Signal()

    def __init__(
        self,
        application: QApplication,
        window: MainWindow,
        preferences: Preferences,
        clock: Clock,
        jobs: Jobs,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._application = application
        self._window = window
        self._session: Session | None = None
        self._badge = 0
        self._favourites: tuple[tuple[str, str], ...] = ()
        self.tray = Tray(application, self)
        self.notifications = notifications(jobs, self.tray, self)
        self.announcing = Announcing(self.notifications, preferences, clock, self)
        self.notifications.pressed.connect(self._open)
        self.tray.requests_asked.connect(self._open)
        self.tray.show_asked.connect(window.come_forward)
        self.tray.lock_asked.connect(self._lock)
        self.tray.quit_asked.connect(self.quit_asked)
        self.tray.pause_asked.connect(self._pause)
        self.tray.copy_asked.connect(self._copy)
        window.shown.connect(self._follow_window)

    def start(self) -> None:
        """Show the icon; once is enough."""
        self.tray.start()

    @property
    def has_icon(self) -> bool:
        """Whether the system's bar shows the icon."""
        return self.tray.has_place

    def open(self, session: Session) -> None:
        """The vault was opened: follow this session until `lock`."""
        self._session = session
        session.desk.changed.connect(self._show)
        session.desk.page_wanted.connect(self.announcing.see)
        session.accounts_changed.connect(self._take_accounts)
        self._follow_window(self._window.isVisible())
        self._take_accounts()

    def lock(self) -> None:
        """The vault is locked: nothing of it stays to be read."""
        self._session = None
        self._favourites = ()
        self.show_count(0)

    def show_count(self, count: int) -> None:
        """Say how many login requests wait, while it is locked."""
        self.announcing.show_count(count)
        self._show_state(TrayState(waiting=count))

    def stop(self) -> None:
        """Leave nothing behind."""
        self._session = None
        self._show_badge(0)
        self.notifications.stop()
        self.tray.stop()

    def _take_accounts(self) -> None:
        if self._session is not None:
            self._favourites = _favourites(self._session)
            self._show()

    def _show(self) -> None:
        session = self._session
        if session is None:
            return
        watching = session.desk.watching
        self.announcing.show_requests(watching.inbox.open, is_flood=watching.is_flood)
        self._show_state(
            TrayState(
                locked=False,
                waiting=session.desk.waiting,
                asks_servers=session.asks_servers,
                paused=watching.paused_for > 0,
                favourites=self._favourites,
            )
        )

    def _show_state(self, state: TrayState) -> None:
        self.tray.show_state(state)
        self._show_badge(state.waiting)

    def _show_badge(self, number: int) -> None:
        """Show the number on the program's own icon, where the desktop does that."""
        if number != self._badge:
            self._badge = number
            self._application.setBadgeNumber(number)

    def _follow_window(self, shown: bool) -> None:
        """Ask the servers less often while nobody looks."""
        if self._session is not None:
            presence = Presence.WINDOW if shown else Presence.TRAY
            self._session.desk.watching.set_presence(presence)

    def _open(self, activation: str = "") -> None:
        if activation:
            # Wayland brings a window to the front only for who was pressed; Qt looks here.
            os.environ["XDG_ACTIVATION_TOKEN"] = activation
        self._window.come_forward()
        if self._session is not None:
            self._session.open_requests()

    def _lock(self) -> None:
        if self._session is not None:
            self._session.leaving.ask_to_lock()

    def _pause(self, wanted: bool) -> None:
        if self._session is None:
            return
        if wanted:
            self._session.desk.watching.pause(PAUSE_SECONDS)
        else:
            self._session.desk.resume()

    def _copy(self, account_id: str) -> None:
        if self._session is not None:
            self._session.copying.copy_code(account_id)


def _favourites(session: Session) -> tuple[tuple[str, str], ...]:
    """Return id and name of each whose code can be copied; a counter's code is drawn in the list."""
    return tuple(
        (account.id, " · ".join(filter(None, (account.issuer, account.account))))
        for account in session.known_accounts
        if account.favourite and account.otp is not None and account.otp.type is not OtpType.HOTP
    )[:_MOST_FAVOURITES]
