"""What the computer says while the app runs: it sleeps, it woke up, its screen is locked."""

from functools import partial

from PySide6.QtCore import QObject, QSocketNotifier, Signal

from watchword.desktop.background.jobs import Jobs
from watchword.system.session_signals import Ear, Said, SessionSignals, open_session_signals


class Computer(QObject):
    """Listens from its start to its stop; the system may say nothing at all."""

    sleeps = Signal()
    woke = Signal()
    screen_locked = Signal()  # or another person sits before it

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._started = False
        self._holds = False
        self._signals: SessionSignals | None = None
        self._notifiers: dict[Ear, QSocketNotifier] = {}

    @property
    def ears(self) -> int:
        """How many ways there are by which the system says something."""
        return len(self._notifiers)

    def start(self) -> None:
        """Begin to listen; once is enough."""
        if not self._started:
            self._started = True
            self._jobs.run(open_session_signals, on_done=self._listen, page=self, discard=_close)

    def stop(self) -> None:
        """Listen no more, and hold nothing."""
        self._started = False
        for ear in list(self._notifiers):
            self._turn_away(ear)
        signals, self._signals = self._signals, None
        _close(signals)

    def hold_sleep(self) -> None:
        """Let the computer wait a moment when it is to sleep, until `let_sleep`."""
        self._holds = True
        if self._signals is not None:
            self._signals.hold_sleep()

    def let_sleep(self) -> None:
        """Let it sleep: what had to be done is done."""
        self._holds = False
        if self._signals is not None:
            self._signals.let_sleep()

    def _listen(self, signals: SessionSignals | None) -> None:
        if signals is None or not self._started:
            _close(signals)
            return
        self._signals = signals
        for ear in signals.ears:
            notifier = QSocketNotifier(ear.fileno(), QSocketNotifier.Type.Read, self)
            notifier.activated.connect(partial(self._hear, ear))
            self._notifiers[ear] = notifier
        signals.begin(self._tell)
        if self._holds:
            signals.hold_sleep()

    def _hear(self, ear: Ear, *_: object) -> None:
        try:
            said = ear.read()
        except ConnectionError:
            self._turn_away(ear)
            return
        for each in said:
            self._tell(each)

    def _turn_away(self, ear: Ear) -> None:
        notifier = self._notifiers.pop(ear)
        notifier.setEnabled(False)
        notifier.deleteLater()

    def _tell(self, said: Said) -> None:
        {Said.SLEEPS: self.sleeps, Said.WOKE: self.woke, Said.LOCKED: self.screen_locked}[
            said
        ].emit()


def _close(signals: SessionSignals | None) -> None:
    if signals is not None:
        signals.close()
