"""What the desktop is told of login requests: one notification, however many wait."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from watchword.approvals.inbox import FLOOD_ARRIVALS, FLOOD_SECONDS, Key, Open
from watchword.clock import Clock
from watchword.desktop.approvals.words import asked_from
from watchword.desktop.shell.notifications import Notifications
from watchword.desktop.shell.preferences import Preferences
from watchword.settings import Settings
from watchword.system.notifications import Notice

_WAITING_SECONDS = 120.0  # how long a request lives that is only counted
_NOTHING: frozenset[Key | str] = frozenset()
_FLOOD: frozenset[Key | str] = frozenset({"flood"})
_COUNT: frozenset[Key | str] = frozenset({"count"})


class Announcing(QObject):
    """Tells of what nobody has looked at yet, and takes it back once that is over.

    Nothing is told twice. Of a flood it is told once, and then of nothing for a while: many
    notifications are what whoever has the password wants, until the wrong button is pressed.
    """

    def __init__(
        self,
        notifications: Notifications,
        preferences: Preferences,
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._notifications = notifications
        self._settings = preferences.now.telling
        self._clock = clock
        self._open: tuple[Open, ...] = ()
        self._count = 0  # that wait while it is locked
        self._is_flood = False
        self._seen: set[Key] = set()
        self._told: frozenset[Key | str] = _NOTHING  # what the notification is about
        self._is_shown = False
        self._last: list[float] = []  # when something new was told
        self._silent_until = float("-inf")
        preferences.changed.connect(self._follow)
        notifications.gone.connect(self._gone)

    def show_requests(self, waiting: Sequence[Open], *, is_flood: bool) -> None:
        """Tell of the requests that wait, the newest first, while the vault is open."""
        self._count = 0
        self._open, self._is_flood = tuple(waiting), is_flood
        self._seen &= {entry.key for entry in waiting}
        self._tell()

    def show_count(self, count: int) -> None:
        """Tell that some wait, while it is locked: more is not known then."""
        self._open, self._is_flood = (), False
        if count > self._count:
            self._told = _NOTHING  # one more is told of anew
        self._count = count
        self._tell()

    def see(self) -> None:
        """The person looks at the requests: nothing needs to be told of these any more."""
        self._seen |= {entry.key for entry in self._open}
        self._tell()

    def _follow(self, settings: Settings) -> None:
        if settings.telling != self._settings:
            self._settings = settings.telling
            self._told = _NOTHING  # what is shown says more than it may now, or less
            self._notifications.withdraw()
            self._tell()

    def _gone(self) -> None:
        """It was closed, or its time is over: it does not come back for the same requests."""
        self._is_shown = False
        self._seen |= {entry.key for entry in self._open}
        if not self._count:
            self._told = _NOTHING

    def _tell(self) -> None:
        unseen = [entry for entry in self._open if entry.key not in self._seen]
        about: frozenset[Key | str] = frozenset(entry.key for entry in unseen)
        if self._is_flood and unseen:
            about = _FLOOD
        elif self._count:
            about = _COUNT
        if not self._settings.notifies:
            about = _NOTHING
        if about == self._told:
            return
        is_news, self._told = bool(about - self._told), about
        # What was held back stays so when less of it is left.
        self._is_shown = bool(about) and (self._may_tell() if is_news else self._is_shown)
        if not self._is_shown:
            self._notifications.withdraw()
        elif about == _FLOOD:
            self._notifications.show(self._of_flood())
        else:
            self._notifications.show(self._of_requests(unseen) if unseen else self._of_count())

    def _may_tell(self) -> bool:
        now = self._clock.monotonic()
        self._last = [each for each in self._last if now - each < FLOOD_SECONDS]
        if now < self._silent_until or len(self._last) >= FLOOD_ARRIVALS:
            return False
        self._last.append(now)
        if self._told == _FLOOD:
            self._silent_until = now + FLOOD_SECONDS
        return True

    def _of_flood(self) -> Notice:
        return Notice(
            self.tr("Someone may have your password"),
            self.tr("Many login requests wait. Deny them all, or pause them."),
            self.tr("Review"),
            _WAITING_SECONDS,
        )

    def _of_requests(self, unseen: Sequence[Open]) -> Notice:
        newest = unseen[0]
        if len(unseen) > 1:
            title = self.tr("{n} login requests: is it you?").format(n=len(unseen))
        elif self._settings.names_service:
            title = self.tr("{service} asks: is it you?").format(service=newest.request.service)
        else:
            title = self.tr("A login request: is it you?")
        text = self.tr("Open Watchword to see who asks.")
        if self._settings.names_service:
            text = asked_from(newest)
        left = newest.seconds_left(self._clock.monotonic())
        return Notice(title, text, self.tr("Review"), left)

    def _of_count(self) -> Notice:
        return Notice(
            self.tr("A login is waiting"),
            self.tr("Unlock Watchword to see who asks."),
            self.tr("Unlock"),
            _WAITING_SECONDS,
        )
