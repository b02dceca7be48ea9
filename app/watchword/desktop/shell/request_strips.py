"""The strips above the accounts that tell of login requests: that some wait, and that none are asked for."""

from PySide6.QtCore import QObject, QTimer

from watchword.approvals.inbox import Open
from watchword.clock import Clock
from watchword.desktop.approvals.watching import Watching
from watchword.desktop.approvals.words import asked_from, banner_subtitle, clock_text, roughly
from watchword.desktop.look.widgets.banner import Banner


class RequestStrips(QObject):
    """Both count seconds while somebody can see them."""

    def __init__(self, watching: Watching, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watching = watching
        self._clock = clock
        self.banner = Banner("door", self.tr("Review"))
        self.banner.hide()
        self.pause = Banner("clock", self.tr("Resume"))
        self.pause.hide()
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self.tick)

    def show(self) -> None:
        """Say how it stands now."""
        waiting = self._watching.inbox.open
        self._show_banner(waiting)
        self._show_pause()
        self._tick_while_needed(waiting)

    def stop(self) -> None:
        """Count no more."""
        self._second.stop()

    def tick(self) -> None:
        """Show that a second has passed."""
        waiting = self._watching.inbox.open
        if self.banner.isVisible():
            self._show_banner(waiting)
        if not self.pause.isHidden():
            self._show_pause()
            self._tick_while_needed(waiting)

    def _show_banner(self, waiting: tuple[Open, ...]) -> None:
        self.banner.setVisible(bool(waiting))
        if not waiting:
            return
        newest = waiting[0]
        if self._watching.is_flood:
            self.banner.show_texts(
                self.tr("Someone may have your password"),
                self.tr("{n} login requests wait").format(n=len(waiting)),
                warning=True,
            )
            return
        title = self.tr("{service} asks: is it you?").format(service=newest.request.service)
        if len(waiting) > 1:
            title = self.tr("{n} login requests: is it you?").format(n=len(waiting))
        at = self._clock.monotonic()
        spoken = asked_from(newest)  # without how long ago: that is another each second
        self.banner.show_texts(title, banner_subtitle(newest, at), spoken=spoken)

    def _show_pause(self) -> None:
        """Say that nobody is asked, and for how long still."""
        left = self._watching.paused_for
        self.pause.setVisible(left > 0)
        if left > 0:
            self.pause.show_texts(
                self.tr("Login requests are paused"),
                self.tr("{time} left · codes still work").format(time=clock_text(left)),
                spoken=self.tr("{time} left · codes still work").format(
                    time=clock_text(roughly(left))
                ),
            )

    def _tick_while_needed(self, waiting: tuple[Open, ...]) -> None:
        needed = bool(waiting) or self._watching.paused_for > 0
        if needed and not self._second.isActive():
            self._second.start()
        elif not needed:
            self._second.stop()
