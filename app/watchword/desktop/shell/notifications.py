"""The one notification of the desktop, on the GUI thread: over D-Bus, or from the tray icon."""

import sys

from PySide6.QtCore import QObject, QSocketNotifier, Signal

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.shell.tray import Tray
from watchword.system.notifications import BusNotifications, Heard, Notice, open_notifications


class Notifications(QObject):
    """Shows a notice until another takes its place or it is withdrawn."""

    pressed = Signal(str)  # the person wants to see it; what lets a window come to the front
    gone = Signal()  # it ran out of time, or the person closed it

    def show(self, notice: Notice) -> None:
        """Show it; where the desktop cannot, nothing happens."""
        raise NotImplementedError

    def withdraw(self) -> None:
        """Take back what is shown."""
        raise NotImplementedError

    def stop(self) -> None:
        """Take it back, and hear nothing any more."""
        raise NotImplementedError


class OverBus(Notifications):
    """The bus is joined when there is something to show, and again if it was lost."""

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._bus: BusNotifications | None = None
        self._notifier: QSocketNotifier | None = None
        self._wanted: Notice | None = None
        self._opening = False
        self._stopped = False

    def show(self, notice: Notice) -> None:
        self._wanted = notice
        if self._bus is not None:
            try:
                self._bus.show(notice)
            except ConnectionError:
                self._leave()
                self._open()
        else:
            self._open()

    def withdraw(self) -> None:
        self._wanted = None
        if self._bus is not None:
            try:
                self._bus.withdraw()
            except ConnectionError:
                self._leave()

    def stop(self) -> None:
        self._stopped = True
        self._leave()

    def _open(self) -> None:
        if not self._opening and not self._stopped:
            self._opening = True
            self._jobs.run(open_notifications, on_done=self._joined, page=self, discard=_close)

    def _joined(self, bus: BusNotifications | None) -> None:
        self._opening = False
        if bus is None:
            return
        if self._stopped:
            bus.close()
            return
        self._bus = bus
        self._notifier = QSocketNotifier(bus.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._hear)
        if self._wanted is not None:
            self.show(self._wanted)

    def _hear(self) -> None:
        bus = self._bus
        if bus is None:
            return
        try:
            heard = bus.read()
        except ConnectionError:
            self._leave()
            return
        for each in heard:
            if each is Heard.PRESSED:
                self.pressed.emit(bus.activation)
            else:
                self._wanted = None
                self.gone.emit()

    def _leave(self) -> None:
        notifier, self._notifier = self._notifier, None
        bus, self._bus = self._bus, None
        if notifier is not None:
            notifier.setEnabled(False)
            notifier.deleteLater()
        if bus is not None:
            bus.close()


class FromTray(Notifications):
    """What Windows and macOS show by Qt's tray icon: it can be pressed, and not be taken back."""

    def __init__(self, tray: Tray, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tray = tray
        tray.message_pressed.connect(self._pressed)

    def show(self, notice: Notice) -> None:
        self._tray.say(notice.title, notice.text, notice.seconds)

    def withdraw(self) -> None:
        """Leave it: the system lets it go by itself."""

    def stop(self) -> None:
        """Nothing is held."""

    def _pressed(self) -> None:
        self.pressed.emit("")


def notifications(jobs: Jobs, tray: Tray, parent: QObject) -> Notifications:
    """Return what shows notices on this system."""
    has_bus = sys.platform == "linux"
    return OverBus(jobs, parent) if has_bus else FromTray(tray, parent)


def _close(bus: BusNotifications | None) -> None:
    if bus is not None:
        bus.close()
