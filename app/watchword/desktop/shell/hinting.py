"""While the vault is locked: "a login is waiting", and the keys by which that is learnt.

A hint key is made at each unlocking for each device, and lives in memory alone. It can ask how
many requests wait. The vault's keys and the devices' are gone while it is used.
"""

import math
from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from watchword.approvals.hinting import HintWatch, Question
from watchword.clock import Clock
from watchword.desktop.approvals.watching import Watching, as_remote
from watchword.desktop.background.jobs import Jobs
from watchword.errors import WatchwordError
from watchword.providers.errors import NotAccepted
from watchword.providers.provider import Hinted, Hints, HintSource, Providers
from watchword.vault import Account, OpenVault
from watchword.vault.account import ServerLink

HINTS = "hints_while_locked"  # the setting: true where it was not switched off
_LONGEST_SLEEP_SECONDS = 60.0


class HintKeys(QObject):
    """Has a hint key taken for each linked device, while the vault is open."""

    def __init__(
        self,
        vault: OpenVault,
        providers: Providers,
        jobs: Jobs,
        watching: Watching,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._providers = providers
        self._jobs = jobs
        self._watching = watching
        self._on = vault.setting(HINTS) is not False
        self._links: dict[str, ServerLink] = {}  # by account id, like all that follow
        self._sources: dict[str, HintSource] = {}
        self._tried: dict[str, float] = {}  # when the server was last heard of before the try
        self._asked: set[str] = set()  # whose key is on its way
        self._stopped = False

    @property
    def count(self) -> int:
        """How many devices have one."""
        return len(self._sources)

    def use(self, accounts: Iterable[Account]) -> None:
        """Have keys for just the linked, not revoked ones of these accounts."""
        links = {
            account.id: account.link
            for account in accounts
            if account.link is not None and account.link.state == "active"
        }
        for account_id, link in self._links.items():
            now = links.get(account_id)
            if now is None or now.device_id != link.device_id:
                self._forget(account_id)
        self._links = links

    def _forget(self, account_id: str) -> bool:
        self._tried.pop(account_id, None)
        source = self._sources.pop(account_id, None)
        if source is not None:
            source.close()
        return source is not None

    def look(self) -> None:
        """Have a key taken where there is none yet, once the server has answered."""
        if self._stopped or not self._on:
            return
        for account_id, link in self._links.items():
            if account_id in self._sources or account_id in self._asked:
                continue
            contact = self._watching.contact_of(account_id)
            heard = contact.at if contact.failure is None else None
            if heard is None or heard <= self._tried.get(account_id, -math.inf):
                continue
            hints = self._providers.hints_of(link)
            if hints is not None:
                self._tried[account_id] = heard
                self._begin(hints, account_id, link)

    def _begin(self, hints: Hints, account_id: str, link: ServerLink) -> None:
        self._asked.add(account_id)
        self._jobs.run(
            partial(hints.begin_hints, link),
            on_done=partial(self._taken, account_id, link.device_id),
            on_error=partial(self._refused, account_id),
            page=self,
            discard=_close,
        )

    def _taken(self, account_id: str, device_id: str, source: HintSource) -> None:
        self._asked.discard(account_id)
        link = self._links.get(account_id)
        if self._stopped or link is None or link.device_id != device_id:
            source.close()
            return
        self._sources[account_id] = source
        if not self._on:  # it was switched off meanwhile
            self.switch(False)

    def _refused(self, account_id: str, error: WatchwordError) -> None:
        self._asked.discard(account_id)
        if isinstance(error, NotAccepted):
            self._tried[account_id] = math.inf  # it knows no hint keys: it is not asked again

    def switch(self, on: bool) -> None:
        """Have keys from now on, or none: the servers are told so as well."""
        self._on = on
        if on:
            self.look()
            return
        for account_id, link in self._links.items():
            hints = self._providers.hints_of(link)
            if self._forget(account_id) and hints is not None:
                self._jobs.run(partial(hints.end_hints, link), page=self)

    def take(self) -> tuple[HintSource, ...]:
        """Give the keys away, to whoever asks while the vault is locked."""
        self._stopped = True
        sources, self._sources = tuple(self._sources.values()), {}
        return sources

    def stop(self) -> None:
        """Forget the keys that nobody has taken, and have no other."""
        for source in self.take():
            source.close()


class Hinting(QObject):
    """Asks with those keys from lock to unlock."""

    changed = Signal(int)  # how many login requests wait

    def __init__(self, clock: Clock, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._jobs = jobs
        self._watch: HintWatch | None = None
        self._said = 0
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._go)

    @property
    def waiting(self) -> int:
        """How many login requests wait, as far as is known."""
        return self._watch.waiting if self._watch is not None else 0

    @property
    def asks(self) -> bool:
        """Whether there is anybody to ask."""
        return self._watch is not None and self._watch.next_at() is not None

    def begin(self, sources: Iterable[HintSource]) -> None:
        """The vault is locked: ask with these, and close them at the end."""
        self.end()
        self._watch = HintWatch(sources, self._clock)
        self._go()

    def end(self) -> None:
        """Ask nobody any more; the keys are gone."""
        self._next.stop()
        watch, self._watch = self._watch, None
        self._said = 0
        if watch is not None:
            watch.close()

    def _go(self) -> None:
        watch = self._watch
        if watch is None:
            return
        for question in watch.due():
            self._jobs.run(
                question.run,
                on_done=partial(self._told, watch, question),
                on_error=partial(self._failed, watch, question),
                page=self,
            )
        if watch.waiting != self._said:
            self._said = watch.waiting
            self.changed.emit(self._said)
        when = watch.next_at()
        if when is not None:
            seconds = min(max(0.0, when - self._clock.monotonic()), _LONGEST_SLEEP_SECONDS)
            self._next.start(math.ceil(seconds * 1000))

    def _told(self, watch: HintWatch, question: Question, hinted: Hinted) -> None:
        if watch is self._watch:
            watch.told(question, hinted)
            self._go()

    def _failed(self, watch: HintWatch, question: Question, error: WatchwordError) -> None:
        if watch is self._watch:
            watch.failed(question, as_remote(error))
            self._go()


def _close(source: HintSource) -> None:
    source.close()
