"""The one door through which the window changes the vault: what lies on disk may be another's by then.

Most saves are done and told. Where another process changed the password, or something else lies in
the vault's place, a person is asked on a page, and then every change that waited is made again.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from watchword.clock import Clock
from watchword.desktop.background.jobs import Job, Jobs, Lane
from watchword.desktop.look.texts import plural, said
from watchword.desktop.shell.recent import when
from watchword.desktop.unlock.patience import Patience
from watchword.errors import VaultDamaged, VaultError, WatchwordError, WrongPassword
from watchword.vault import (
    NotSaved,
    OpenVault,
    SavedUnconfirmed,
    Trace,
    TraceKind,
    VaultKeyChanged,
    VaultReplaced,
    traces,
)

if TYPE_CHECKING:
    from watchword.desktop.unlock.rejoin_page import RejoinPage
    from watchword.desktop.unlock.replaced_page import ReplacedPage

T = TypeVar("T")


@dataclass(eq=False)
class _Edit:
    """A change on its way to the disk."""

    work: Callable[[], Any]
    again: Callable[[], Any]  # what is done when it is tried once more
    on_done: Callable[[Any], None] | None
    on_error: Callable[[WatchwordError], None] | None
    page: QObject | None
    quiet: bool
    error: WatchwordError | None = None
    notices: tuple[str, ...] = ()

    def perform(self, vault: OpenVault) -> Any:
        self.error = None
        try:
            return self.work()
        except WatchwordError as error:
            self.error = error
            raise
        finally:
            # Here, and not where they are shown: whoever holds the vault may hold it for long.
            self.notices = vault.take_notices()

    @property
    def heard(self) -> bool:
        return self.page is None or isValid(self.page)


class Saves(QObject):
    """Owns the page that asks; whoever owns this shows it."""

    page_wanted = Signal(object)
    left = Signal()  # show again what was there before the question
    page_dropped = Signal(object)
    trouble = Signal(object, object)  # a WatchwordError, and what tries again (or None)
    noticed = Signal(object)  # texts: what a save that stands has to tell, as a backup that failed
    joined = Signal(object)  # all accounts: what another process wrote is among them
    disk_chosen = Signal()  # give up what is open here

    def __init__(
        self, vault: OpenVault, clock: Clock, jobs: Jobs, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._vault = vault
        self._clock = clock
        self._jobs = jobs
        self._patience = Patience(clock)
        self._under_way: list[_Edit] = []
        self._waiting: list[_Edit] = []
        self._page: RejoinPage | ReplacedPage | None = None
        self._job: Job | None = None

    @property
    def page(self) -> QWidget | None:
        """The question that is on the screen; None while there is none."""
        return self._page

    @property
    def unsaved(self) -> bool:
        """Whether something is in memory only, or on its way to the disk."""
        return bool(self._under_way or self._waiting) or self._vault.dirty

    @property
    def waits_because(self) -> WatchwordError | None:
        """Why changes wait for an answer; None when none do."""
        return self._waiting[0].error if self._waiting else None

    def run(
        self,
        work: Callable[[], T],
        *,
        on_done: Callable[[T], None] | None = None,
        on_error: Callable[[WatchwordError], None] | None = None,
        again: Callable[[], T] | None = None,
        page: QObject | None = None,
        quiet: bool = False,
    ) -> None:
        """Change the vault and save it, after all that was asked before.

        `work` leaves nothing in memory when it raises NotSaved, else `again` says what is done to
        try once more. Without `on_error` it is told as `trouble`. `quiet`: nobody asked for it
        just now, so no page comes up by itself.
        """
        self._begin(_Edit(work, again or work, on_done, on_error, page, quiet))

    def save(
        self,
        on_done: Callable[[None], None] | None = None,
        on_error: Callable[[WatchwordError], None] | None = None,
    ) -> None:
        """Save what is in memory. With `on_error` no question is asked."""
        self.run(self._vault.save, on_done=on_done, on_error=on_error, quiet=on_error is not None)

    def end(
        self, *, dropping: bool, last_change: Callable[[], None] | None = None
    ) -> WatchwordError | None:
        """Save what is left, unless it is to be dropped, and wipe the keys. For a worker's thread.

        `last_change` is one that nobody made knowingly: it is saved as well where that is possible.
        Returns why something else is not on disk.
        """
        error: WatchwordError | None = None
        try:
            if not dropping:
                edits = [*self._under_way, *self._waiting]
                error = next((e.error for e in edits if isinstance(e.error, NotSaved)), None)
                try:
                    if self._vault.dirty:
                        self._vault.save()
                except VaultError as failed:
                    error = failed
                if last_change is not None and error is None:
                    with suppress(VaultError):
                        last_change()
                        self._vault.save()
        finally:
            self._vault.lock()  # whatever failed, no key stays
        return error

    def _begin(self, edit: _Edit) -> None:
        self._under_way.append(edit)
        self._jobs.run(
            partial(edit.perform, self._vault),
            on_done=partial(self._done, edit),
            on_error=partial(self._failed, edit),
            lane=Lane.VAULT,
            page=self,
        )

    def _done(self, edit: _Edit, value: Any) -> None:
        self._under_way.remove(edit)
        self.noticed.emit(edit.notices)
        if edit.on_done is not None and edit.heard:
            edit.on_done(value)

    def _failed(self, edit: _Edit, error: WatchwordError) -> None:
        self._under_way.remove(edit)
        edit.error = error
        self.noticed.emit(edit.notices)
        if isinstance(error, VaultKeyChanged | VaultReplaced) and not edit.quiet:
            self._waiting.append(edit)
            self._ask(error)
        else:
            self._tell(edit, error)

    def _tell(self, edit: _Edit, error: WatchwordError) -> None:
        if edit.on_error is not None:
            if edit.heard:
                edit.on_error(error)
        elif isinstance(error, SavedUnconfirmed):
            self.trouble.emit(error, self.save)
        elif isinstance(error, NotSaved):
            self.trouble.emit(error, partial(self._once_more, edit))
        else:
            self.trouble.emit(error, None)

    def _once_more(self, edit: _Edit) -> None:
        edit.work, edit.quiet = edit.again, False
        self._begin(edit)

    # Asking --------------------------------------------------------------------------------------
    def _ask(self, error: WatchwordError) -> None:
        if self._page is not None:
            return
        if isinstance(error, VaultKeyChanged):
            self._ask_password()
        else:
            self._look(error)

    def _ask_password(self) -> None:
        from watchword.desktop.unlock.rejoin_page import RejoinPage

        page = RejoinPage()
        page.given.connect(partial(self._rejoin, page))
        page.cancelled.connect(partial(self._stop_rejoining, page))
        page.back_pressed.connect(self.put_off)
        self._show(page)
        if self._patience.left() > 0:
            page.hold(self._patience.left)

    def _rejoin(self, page: "RejoinPage", password: str) -> None:
        page.show_busy(True)
        self._job = self._jobs.run(
            partial(self._vault.rejoin, password),
            on_done=lambda _: self._resolved(),
            on_error=partial(self._not_rejoined, page),
            lane=Lane.VAULT,
            page=page,
            on_late_error=partial(self._patience.heard_late, page),
        )

    def _stop_rejoining(self, page: "RejoinPage") -> None:
        # Should the password be right all the same, only memory changes: the next save finds it.
        if self._job is not None:
            self._job.cancel()
        self._patience.hold(page)

    def _not_rejoined(self, page: "RejoinPage", error: WatchwordError) -> None:
        if isinstance(error, VaultReplaced | VaultDamaged):
            self._look(error)
            return
        page.show_error(error)
        if isinstance(error, WrongPassword):
            self._patience.was_wrong()
            page.hold(self._patience.left)

    def _look(self, error: WatchwordError) -> None:
        """See what lies on disk, and ask which of the two is to stay."""
        self._jobs.run(
            partial(traces.describe, TraceKind.VAULT, self._vault.path),
            on_done=partial(self._ask_which, error),
            lane=Lane.VAULT,
            page=self,
        )

    def _ask_which(self, error: WatchwordError, found: Trace | None) -> None:
        from watchword.desktop.unlock.replaced_page import ReplacedPage

        page = ReplacedPage(
            said(error.reason),
            here=self.tr("{accounts}, with your latest changes").format(
                accounts=self._count(len(self._vault.accounts))
            ),
            on_disk=self._in_words(found),
            is_there=found is not None,
        )
        page.keep_chosen.connect(partial(self._keep, page))
        page.disk_chosen.connect(self.disk_chosen)
        page.back_pressed.connect(self.put_off)
        self._show(page)

    def _in_words(self, found: Trace | None) -> str:
        if found is None:
            return self.tr("No vault is there")
        if not found.sound:
            return self.tr("Damaged: no password opens it")
        words = []
        if found.accounts is not None:
            words.append(self._count(found.accounts))
        if found.saved_at is not None:
            at = when(float(found.saved_at), self._clock.now())
            words.append(self.tr("saved {when}").format(when=at))
        return " · ".join(words) or self.tr("A vault that does not say what it holds")

    def _count(self, accounts: int) -> str:
        return plural("1 account", "{n} accounts", accounts)

    def _keep(self, page: "ReplacedPage") -> None:
        page.show_busy(True)
        self._jobs.run(
            partial(self._vault.save, replacing=True),
            on_done=lambda _: self._resolved(),
            on_error=partial(self._not_kept, page),
            lane=Lane.VAULT,
            page=page,
        )

    def _not_kept(self, page: "ReplacedPage", error: WatchwordError) -> None:
        if isinstance(error, VaultKeyChanged):
            self._ask_password()
        elif isinstance(error, SavedUnconfirmed):
            self._resolved()
            self.trouble.emit(error, self.save)
        else:
            page.show_error(error)

    def _resolved(self) -> None:
        """Go back, and make every change that waited."""
        self._patience.was_right()
        self._leave()
        self.joined.emit(self._vault.accounts)
        waiting, self._waiting = self._waiting, []
        for edit in waiting:
            edit.work = edit.again
            self._begin(edit)
        if not waiting:
            self.save()

    def put_off(self) -> None:
        """Leave the question; what waited is told as not saved, and can be tried again."""
        self._leave()
        waiting, self._waiting = self._waiting, []
        for edit in waiting:
            if edit.error is not None:
                self._tell(edit, edit.error)

    def _show(self, page: "RejoinPage | ReplacedPage") -> None:
        before, self._page = self._page, page
        self.page_wanted.emit(page)
        if before is not None:
            self.page_dropped.emit(before)

    def _leave(self) -> None:
        page, self._page = self._page, None
        self.left.emit()
        if page is not None:
            self.page_dropped.emit(page)
