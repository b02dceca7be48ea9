"""The icon in the system's bar, and its menu: what can be done without the window."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from watchword.desktop.look.texts import plural
from watchword.desktop.look.theme import colours_in
from watchword.desktop.look.tray_icon import tray_icon
from watchword.desktop.look.widgets.menu import Menu

_WIDEST = 280  # of a name in the menu, in pixels
_WATCHER = "org.kde.StatusNotifierWatcher"
_FIRST_LOOK_MS, _LAST_LOOK_MS = 1000, 128_000


@dataclass(frozen=True, slots=True)
class TrayState:
    """What the icon and its menu say."""

    locked: bool = True
    waiting: int = 0  # login requests
    asks_servers: bool = False  # there is something to pause
    paused: bool = False
    favourites: tuple[tuple[str, str], ...] = ()  # account id and name


class _Menu(Menu):
    language_changed = Signal()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.language_changed.emit()


class Tray(QObject):
    """Shows itself where the system has a place for it, also one that comes later.

    The menu names accounts and holds no code: whoever draws the bar reads the menu, and so can
    every other program on the same bus.
    """

    show_asked = Signal()
    requests_asked = Signal()
    copy_asked = Signal(str)  # the id of an account whose code is wanted
    pause_asked = Signal(bool)  # pause, or go on
    lock_asked = Signal()
    quit_asked = Signal()
    message_pressed = Signal()

    def __init__(self, application: QApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._state = TrayState()
        self.menu = _Menu(lasting=True)  # shown by the bar, and no child of the window
        self.menu.language_changed.connect(self._say_all)
        self._icon: QSystemTrayIcon | None = None
        self._over_bus = False  # the bar reads the menu over D-Bus, and draws it itself
        self._pause_before_look = _FIRST_LOOK_MS
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._look.timeout.connect(self._look_again)
        self._requests = self._add(self.requests_asked.emit)
        self._codes = Menu(self.menu, lasting=True)
        self._codes.triggered.connect(self._copy)
        self._codes_entry = self.menu.addMenu(self._codes)
        self.menu.addSeparator()
        self._pause = self._add(self._ask_to_pause)
        self._lock = self._add(self.lock_asked.emit)
        self.menu.addSeparator()
        self._show = self._add(self.show_asked.emit)
        self._quit = self._add(self.quit_asked.emit)
        application.styleHints().colorSchemeChanged.connect(self._draw)
        self._say_all()

    @property
    def has_place(self) -> bool:
        """Whether the system shows the icon."""
        if self._icon is None and QSystemTrayIcon.isSystemTrayAvailable():
            self._show_icon()
        return self._icon is not None

    def start(self) -> None:
        """Show the icon, now or once there is a place for it."""
        if not self.has_place:
            self._look.start(self._pause_before_look)

    def say(self, title: str, text: str, seconds: float) -> None:
        """Show a message beside the icon."""
        if self._icon is not None:
            self._icon.showMessage(title, text, self._icon.icon(), int(seconds * 1000))

    def stop(self) -> None:
        """Take it away."""
        self._look.stop()
        if self._icon is not None:
            self._icon.hide()

    def _look_again(self) -> None:
        """Bars begin when they like, some seconds after a login; after minutes none comes."""
        self._pause_before_look *= 2
        if not self.has_place and self._pause_before_look <= _LAST_LOOK_MS:
            self._look.start(self._pause_before_look)

    def _show_icon(self) -> None:
        # Qt decides at the making which kind of bar an icon is for: it is made when there is one.
        self._over_bus = _has_watcher()
        self._icon = QSystemTrayIcon(self)
        self._icon.setContextMenu(self.menu)
        self._icon.activated.connect(self._activated)
        self._icon.messageClicked.connect(self.message_pressed)
        self._list_favourites(self._state.favourites)
        self._say_all()
        self._icon.show()

    def show_state(self, state: TrayState) -> None:
        """Say how it stands now."""
        if state != self._state:
            before, self._state = self._state, state
            if state.favourites != before.favourites:
                self._list_favourites(state.favourites)
            self._say_all()

    def _say_all(self) -> None:
        state = self._state
        self._requests.setText(self._of_requests(state))
        self._requests.setEnabled(state.waiting > 0)
        self._codes.setTitle(self.tr("Copy a code"))
        self._lock.setText(self.tr("Lock"))
        self._show.setText(self.tr("Show Watchword"))
        self._quit.setText(self.tr("Quit Watchword"))
        self._codes_entry.setVisible(bool(state.favourites))
        self._pause.setText(
            self.tr("Resume login requests")
            if state.paused
            else self.tr("Pause login requests for 15 minutes")
        )
        self._pause.setVisible(state.asks_servers)
        self._lock.setVisible(not state.locked)
        if self._icon is not None:
            self._icon.setToolTip(self._tool_tip(state))
        self._draw()

    def _add(self, act: Callable[[], None]) -> QAction:
        action = QAction(self.menu)
        action.triggered.connect(act)
        self.menu.addAction(action)
        return action

    def _draw(self) -> None:
        if self._icon is not None:
            colours, state = colours_in(self._application.palette()), self._state
            icon = tray_icon(colours, locked=state.locked, waiting=state.waiting)
            self._icon.setIcon(icon)

    def _list_favourites(self, favourites: Sequence[tuple[str, str]]) -> None:
        self._codes.clear()
        metrics = QFontMetrics(self.menu.font())
        for account_id, name in favourites:
            short = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, _WIDEST)
            action = self._codes.addAction(self._as_it_stands(short))
            action.setData(account_id)

    def _as_it_stands(self, text: str) -> str:
        """Return a text so that the menu shows it whole, & and _ too.

        Qt makes an underscore of the first & for a menu on the bus, whatever follows it, and
        doubles none that is there: so the first letter gets a & of its own.
        """
        return "&" + text.replace("_", "__") if self._over_bus else text.replace("&", "&&")

    def _of_requests(self, state: TrayState) -> str:
        if state.waiting and state.locked:
            return self.tr("A login is waiting: unlock")
        if state.waiting:
            return plural("1 login request waits", "{n} login requests wait", state.waiting)
        return self.tr("No login request waits")

    def _tool_tip(self, state: TrayState) -> str:
        if state.waiting:
            return self.tr("Watchword: {text}").format(text=self._of_requests(state))
        if state.locked:
            return self.tr("Watchword is locked")
        if state.paused:
            return self.tr("Watchword: login requests are paused")
        return "Watchword"

    def _ask_to_pause(self) -> None:
        self.pause_asked.emit(not self._state.paused)

    def _copy(self, action: QAction) -> None:
        self.copy_asked.emit(str(action.data()))

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason != QSystemTrayIcon.ActivationReason.Trigger:
            return
        if self._state.waiting:
            self.requests_asked.emit()
        else:
            self.show_asked.emit()


def _has_watcher() -> bool:
    """Tell whether Qt hands the icon to a bar on the session bus, as it decides itself."""
    if sys.platform != "linux":
        return False
    from PySide6.QtDBus import QDBusConnection

    return bool(QDBusConnection.sessionBus().interface().isServiceRegistered(_WATCHER).value())
