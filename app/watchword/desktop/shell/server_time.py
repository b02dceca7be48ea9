"""The computer's clock beside the servers' signed time: said when it is off, and codes by the other on request."""

from PySide6.QtCore import QObject, Signal

from watchword.clock import Clock
from watchword.desktop.approvals.watching import Watching
from watchword.desktop.look.texts import tr
from watchword.desktop.look.widgets.banner import Notice

OFF_SECONDS = 30.0  # as long as most codes are valid
_RIGHT_SECONDS = 20.0  # clearly below, so that it is not said and unsaid at every poll
_UNSTEADY_SECONDS = 2.0  # what a slow network makes of the same difference


class CodeClock:
    """The clock that codes go by: the computer's, unless a person chose the servers'."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.offset = 0.0

    def now(self) -> float:
        """Return seconds since 1970-01-01 UTC."""
        return self._clock.now() + self.offset

    def monotonic(self) -> float:
        """Return seconds that never jump, from an arbitrary start."""
        return self._clock.monotonic()


class ServerTime(QObject):
    """Owns the strip that says it, until a page takes it; hidden while the clock is right."""

    said = Signal(str)
    switched = Signal()  # codes go by another clock now

    def __init__(
        self, clock: CodeClock, watching: Watching, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._watching = watching
        self._shown: tuple[int, bool] | None = None
        self.on = False
        self._goes_on = False  # with what is not known anew yet
        self.strip = Notice()
        watching.changed.connect(self._look)

    def go_on(self, offset: float) -> None:
        """Let codes go by the servers' time, as in the session before."""
        self.on = self._goes_on = True
        self._clock.offset = offset
        self._show(offset)
        self.switched.emit()

    def _look(self) -> None:
        """Show what is so now."""
        self._goes_on = self._goes_on and not self._watching.knows_clock
        if self._goes_on:
            return
        offset = self._watching.clock_offset
        far = abs(offset)
        if far < _RIGHT_SECONDS or (far < OFF_SECONDS and self._shown is None):
            self._is_right()
            return
        if self.on and abs(offset - self._clock.offset) > _UNSTEADY_SECONDS:
            self._clock.offset = offset
            self.switched.emit()
        if self._is_news(offset):
            self._show(offset)

    def _is_news(self, offset: float) -> bool:
        if self._shown is None:
            return True
        before, was_on = self._shown
        return was_on != self.on or abs(offset - before) > _UNSTEADY_SECONDS

    def _is_right(self) -> None:
        self._shown = None
        self.strip.hide()
        if self.on:
            self._switch(False)
            self.said.emit(self.tr("Your clock is right again: codes go by it"))

    def _show(self, offset: float) -> None:
        self._shown = round(offset), self.on
        difference = how_far(offset)
        if self.on:
            self.strip.show_texts(
                self.tr("Codes go by the servers’ time"),
                self.tr(
                    "This computer’s clock is {difference}. Once it is set right, codes go by it "
                    "again."
                ).format(difference=difference),
                kind="accent",
            )
            self.strip.offer(self.tr("Use this computer’s clock"), self._leave)
        else:
            self.strip.show_texts(
                self.tr("Your clock is {difference}").format(difference=difference),
                self.tr("Codes may be refused. Set this computer’s clock right."),
                kind="warn",
            )
            self.strip.offer(self.tr("Use server time for codes"), self._use)

    def _use(self) -> None:
        self._switch(True)
        self._look()

    def _leave(self) -> None:
        self._switch(False)
        self._look()

    def _switch(self, on: bool) -> None:
        self.on = on
        self._clock.offset = self._watching.clock_offset if on else 0.0
        self.switched.emit()


def how_far(offset: float) -> str:
    """Return in words how far the computer's clock is off; `offset`: the servers' lead."""
    seconds = round(abs(offset))
    if seconds < 120:
        amount = tr("{n} s").format(n=seconds)
    elif seconds < 2 * 3_600:
        amount = tr("{n} minutes").format(n=round(seconds / 60))
    elif seconds < 2 * 86_400:
        amount = tr("{n} hours").format(n=round(seconds / 3_600))
    else:
        amount = tr("{n} days").format(n=round(seconds / 86_400))
    return (tr("{amount} slow") if offset > 0 else tr("{amount} fast")).format(amount=amount)
