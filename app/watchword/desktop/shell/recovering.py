"""A vault that is missing, damaged or forgotten: from the copies to an open vault, or to a new start."""

import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from watchword.clock import Clock
from watchword.desktop.background.jobs import Job, Jobs, Lane
from watchword.desktop.look.texts import plural, tr, whole
from watchword.desktop.shell.places import locked_vault, places_of
from watchword.desktop.shell.recent import when
from watchword.desktop.unlock.copies_page import CopiesPage, Copy
from watchword.desktop.unlock.patience import Patience
from watchword.desktop.unlock.rescue_page import RescuePage
from watchword.desktop.unlock.restore_page import RestorePage
from watchword.desktop.unlock.start_over_page import StartOverPage
from watchword.errors import VaultDamaged, WatchwordError, WrongPassword
from watchword.plain_text import plain_text
from watchword.vault import (
    Account,
    ContentsDamaged,
    KdfCost,
    OpenVault,
    SavedUnconfirmed,
    Trace,
    TraceKind,
    VaultMissing,
    recovery,
    traces,
)
from watchword.vault.errors import Cancelled

_MOST_LISTED = 30


def why_not(path: Path) -> WatchwordError | None:
    """Return why the vault at `path` cannot be opened, as far as is known without its key."""
    try:
        recovery.read_vault_file(path)
    except VaultMissing:
        return VaultMissing(
            tr("Your vault is missing"),
            tr("There is none at {path}, but there was one").format(path=path),
            tr("Restore a copy, or put the file back and look again"),
        )
    except WatchwordError as error:
        return error
    found = traces.describe(TraceKind.VAULT, path)
    if found is not None and not found.sound:
        return VaultDamaged(
            tr("Your vault is damaged"),
            tr("The file is not as it was written, so no password opens it"),
            tr("Restore a copy"),
        )
    return None


def in_words(trace: Trace, now: float) -> Copy:
    """Return a copy as the page lists it."""
    kind = {
        TraceKind.VAULT: tr("The vault that is there"),
        TraceKind.PREVIOUS: tr("The save before the last"),
        TraceKind.UNFINISHED: tr("A save that was interrupted"),
    }.get(trace.kind, tr("Backup"))
    if not trace.sound:
        return Copy(trace.path, trace.path.name, tr("damaged"), sound=False)
    about = kind
    if trace.accounts is not None:
        about = f"{plural('1 account', '{n} accounts', trace.accounts)} · {kind}"
    title = trace.path.name
    if trace.saved_at is not None:
        words = when(float(trace.saved_at), now)
        title = words[:1].upper() + words[1:]
    return Copy(trace.path, title, about, sound=True)


def copies_of(found: Sequence[Trace], now: float) -> list[Copy]:
    """Return what can be restored, newest first and each generation once, then what is damaged."""
    files = [each for each in found if each.kind not in {TraceKind.VAULT, TraceKind.MARKER}]
    sound = sorted(
        (each for each in files if each.sound),
        key=lambda each: (each.saved_at or 0, each.generation),
        reverse=True,
    )
    once: dict[object, Trace] = {}
    for each in sound:
        once.setdefault((each.vault_id, each.generation, each.saved_at), each)
    listed = [*once.values(), *(each for each in files if not each.sound)]
    return [in_words(each, now) for each in listed[:_MOST_LISTED]]


class Recovering(QObject):
    """Owns the three pages, one at a time."""

    page_wanted = Signal(object)  # show this page, and destroy it after the next
    opened = Signal(object)  # an OpenVault
    remade = Signal(object, str)  # an OpenVault, and its recovery key, to be shown
    left = Signal()  # look at what is there, and show what goes with it
    started_over = Signal(object)  # the folder to which everything was moved

    def __init__(
        self,
        path: Path,
        clock: Clock,
        jobs: Jobs,
        patience: Patience,
        cost: KdfCost | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`cost` of a rescued vault's new key None: measured."""
        super().__init__(parent)
        self._path = path
        self._clock = clock
        self._jobs = jobs
        self._patience = patience
        self._cost = cost
        self._unwanted = threading.Event()
        self._error: WatchwordError | None = None

    def show_copies(self, error: WatchwordError | None = None) -> None:
        """Show what can be restored; without an error the vault itself may be sound."""
        self._error = error
        page = CopiesPage(back=error is None)
        if error is not None:
            page.notice.show_error(error)
        if isinstance(error, ContentsDamaged):
            page.offer_rescue()
        page.show_copies(copies_of(locked_vault(self._path).traces(), self._clock.now()))
        page.copy_chosen.connect(self._show_restore)
        page.file_chosen.connect(self._show_file)
        page.rescue_asked.connect(self._show_rescue)
        page.look_again_asked.connect(self.left)
        page.back_pressed.connect(self.left)
        page.start_over_asked.connect(self._show_start_over)
        self.page_wanted.emit(page)

    def _again(self) -> None:
        self.show_copies(self._error)

    def _show_file(self, name: str) -> None:
        path = Path(name)
        found = traces.describe(TraceKind.BACKUP, path)
        copy = Copy(path, path.name, str(path.parent), sound=True)
        if found is not None and found.sound:
            copy = in_words(found, self._clock.now())
        self._show_restore(copy)

    def _show_restore(self, copy: Copy) -> None:
        page = RestorePage(copy)
        page.back_pressed.connect(self._again)
        page.given.connect(partial(self._restore, page, copy))
        page.cancelled.connect(self.cancel)
        if self._patience.left() > 0:
            page.hold(self._patience.left)
        self.page_wanted.emit(page)

    def cancel(self) -> None:
        """Change nothing, if it is not changed yet; what came of it is told when it is known."""
        self._unwanted.set()

    def _restore(self, page: RestorePage, copy: Copy, password: str) -> None:
        page.show_busy(True)
        self._unwanted = threading.Event()
        self._jobs.run(
            partial(self._restored, copy, password, self._unwanted),
            on_done=partial(self._opened, page),
            on_error=partial(self._not_restored, page),
            lane=Lane.VAULT,
            page=page,
            discard=OpenVault.lock,
        )

    def _not_restored(self, page: RestorePage | RescuePage, error: WatchwordError) -> None:
        if isinstance(error, Cancelled):
            page.show_cancelled()
            return
        page.show_error(error)
        if isinstance(error, WrongPassword):
            self._patience.was_wrong()
            page.hold(self._patience.left)

    def _restored(self, copy: Copy, password: str, unwanted: threading.Event) -> OpenVault:
        now = self._clock.now()
        text = tr("The copy is in use now. The vault that was there is kept among the copies.")
        try:
            recovery.restore(
                places_of(self._path),
                copy.path,
                password,
                now,
                still_wanted=lambda: not unwanted.is_set(),
            )
        except SavedUnconfirmed as error:
            # It stands, and opens; that it might not outlast a power cut is said with it.
            text = whole(error)
        vault = locked_vault(self._path).unlock(password, clock=self._clock)
        if unwanted.is_set():
            text = f"{tr('It was too late to cancel.')} {text}"
        vault.notice(text)
        return vault

    def _opened(self, page: RestorePage, vault: OpenVault) -> None:
        page.password.clear()
        self.opened.emit(vault)

    # Rescue ----------------------------------------------------------------------------------
    def _show_rescue(self) -> None:
        page = RescuePage()
        page.back_pressed.connect(self._again)
        page.given.connect(partial(self._look, page))
        if self._patience.left() > 0:
            page.hold(self._patience.left)
        self.page_wanted.emit(page)

    def _look(self, page: RescuePage, password: str) -> None:
        page.show_busy(True)
        job = self._jobs.run(
            partial(recovery.rescue, self._path, password),
            on_done=partial(self._show_rescued, page, password),
            on_error=partial(self._not_restored, page),
            lane=Lane.VAULT,
            page=page,
            on_late_error=partial(self._patience.heard_late, page),
        )
        page.cancelled.connect(partial(self._cancel_looking, page, job))

    def _cancel_looking(self, page: RescuePage, job: Job) -> None:
        if not job.cancelled:
            job.cancel()
            page.show_cancelled()
            self._patience.hold(page)

    def _show_rescued(self, page: RescuePage, password: str, rescued: recovery.Rescued) -> None:
        page.cancelled.disconnect()
        page.cancelled.connect(self.cancel)
        page.make_asked.connect(partial(self._make, page, password, rescued))
        names = [_name(account) for account in rescued.accounts]
        page.show_found(names, [plain_text(text, limit=120) for text in rescued.problems])

    def _make(self, page: RescuePage, password: str, rescued: recovery.Rescued) -> None:
        page.show_busy(True)
        self._unwanted = unwanted = threading.Event()

        def work() -> tuple[OpenVault, str]:
            vault, key = recovery.rebuild(
                places_of(self._path),
                rescued.accounts,
                password,
                clock=self._clock,
                cost=self._cost,
                still_wanted=lambda: not unwanted.is_set(),
            )
            vault.notice(tr("This is the new vault. The damaged one is kept among the copies."))
            if unwanted.is_set():
                vault.notice(tr("It was too late to cancel."))
            return vault, key

        def done(made: tuple[OpenVault, str]) -> None:
            page.password.clear()
            self.remade.emit(*made)

        self._jobs.run(
            work,
            on_done=done,
            on_error=partial(self._not_restored, page),
            lane=Lane.VAULT,
            page=page,
            discard=lambda made: made[0].lock(),
        )

    def _show_start_over(self) -> None:
        page = StartOverPage(str(self._path.parent))
        page.back_pressed.connect(self._again)
        page.confirmed.connect(partial(self._start_over, page))
        self.page_wanted.emit(page)

    def _start_over(self, page: StartOverPage) -> None:
        page.show_busy(True)
        self._jobs.run(
            partial(recovery.start_over, places_of(self._path), self._clock.now()),
            on_done=self.started_over.emit,
            on_error=page.show_error,
            lane=Lane.VAULT,
            page=page,
        )


def _name(account: Account) -> str:
    return plain_text(account.issuer or account.account, limit=40)
