"""When the computer wakes up or its network comes back, the servers are asked at once."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from watchword.approvals.waking import Gaps
from watchword.clock import Clock

if TYPE_CHECKING:
    from PySide6.QtNetwork import QNetworkInformation

LOOK_SECONDS = 10.0
_LEAST_PAUSE_SECONDS = 2.0  # networks come and go in bursts, and any program can pretend a wake-up


class Waking(QObject):
    """Hears of the network's reachability and of sleep, and looks at the clocks itself."""

    woke = Signal()

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._gaps = Gaps(clock, LOOK_SECONDS)
        self._last = float("-inf")
        self._network: QNetworkInformation | None = None
        self._was_online = True
        self._started = False
        self._look = QTimer(self)
        self._look.setInterval(int(LOOK_SECONDS * 1000))
        self._look.timeout.connect(self._check)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._tell)

    def start(self) -> None:
        """Begin to listen; once is enough."""
        if self._started:
            return
        self._started = True
        self._gaps = Gaps(self._clock, LOOK_SECONDS)
        self._look.start()
        # Only who is linked to a server needs that part of Qt.
        from PySide6.QtNetwork import QNetworkInformation

        if QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Reachability):
            self._network = QNetworkInformation.instance()
            self._was_online = _is_online(self._network.reachability())
            self._network.reachabilityChanged.connect(self.reachability_changed)

    def stop(self) -> None:
        """Listen no more."""
        self._started = False
        self._look.stop()
        self._later.stop()
        if self._network is not None:
            self._network.reachabilityChanged.disconnect(self.reachability_changed)
            self._network = None

    def woke_up(self) -> None:
        """Take in that the system says it woke up; its session may have no linked account."""
        if self._started:
            self._wake()

    def _check(self) -> None:
        if self._gaps.noticed():
            self._wake()

    def reachability_changed(self, reachability: "QNetworkInformation.Reachability") -> None:
        """Take in what the system says of its network."""
        is_online = _is_online(reachability)
        came_back, self._was_online = is_online and not self._was_online, is_online
        if came_back:
            self._wake()

    def _wake(self) -> None:
        """Tell it now, or in a moment if it was told just before: never twice, never not at all."""
        pause = self._last + _LEAST_PAUSE_SECONDS - self._clock.monotonic()
        if pause <= 0:
            self._tell()
        elif not self._later.isActive():
            self._later.start(int(pause * 1000) + 1)

    def _tell(self) -> None:
        self._last = self._clock.monotonic()
        self.woke.emit()


def _is_online(reachability: "QNetworkInformation.Reachability") -> bool:
    return reachability.name == "Online"
