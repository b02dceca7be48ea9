"""A vault that is missing, damaged or forgotten: from the copies to an open vault, or to a new start."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Signal

from watchword.clock import Clock
from watchword.desktop.background.jobs import Jobs, Lane
from watchword.desktop.shell.recent import when
from watchword.desktop.unlock.copies_page import CopiesPage, Copy
from watchword.desktop.unlock.restore_page import RestorePage
from watchword.desktop.unlock.start_over_page import StartOverPage
from watchword.errors import VaultDamaged, WatchwordError
from watchword.vault import (
    LockedVault,
    OpenVault,
    Places,
    SavedUnconfirmed,
    Trace,
    TraceKind,
    VaultMissing,
    recovery,
    traces,
)

_MOST_LISTED = 30


def tr(text: str) -> str:
    """Translate a text about copies."""
    return QCoreApplication.translate("Copies", text)


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
        count = tr("{n} accounts").format(n=trace.accounts)
        about = f"{tr('1 account') if trace.accounts == 1 else count} · {kind}"
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
    left = Signal()  # look at what is there, and show what goes with it
    started_over = Signal(object)  # the folder to which everything was moved

    def __init__(
        self, path: Path, clock: Clock, jobs: Jobs, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._path = path
        self._clock = clock
        self._jobs = jobs
        self._error: WatchwordError | None = None

    def show_copies(self, error: WatchwordError | None = None) -> None:
        """Show what can be restored; without an error the vault itself may be sound."""
        self._error = error
        page = CopiesPage(back=error is None)
        if error is not None:
            page.notice.show_error(error)
        page.show_copies(copies_of(LockedVault(self._path).traces(), self._clock.now()))
        page.copy_chosen.connect(self._show_restore)
        page.file_chosen.connect(self._show_file)
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
        page.restore_asked.connect(partial(self._restore, page, copy))
        self.page_wanted.emit(page)

    def _restore(self, page: RestorePage, copy: Copy, password: str) -> None:
        page.show_busy(True)
        self._jobs.run(
            partial(self._restored, copy, password),
            on_done=partial(self._opened, page),
            on_error=page.show_error,
            lane=Lane.VAULT,
            page=page,
        )

    def _restored(self, copy: Copy, password: str) -> OpenVault:
        now = self._clock.now()
        text = tr("The copy is in use now. The vault that was there is kept among the copies.")
        try:
            recovery.restore(Places.beside(self._path), copy.path, password, now)
        except SavedUnconfirmed as error:
            # It stands, and opens; that it might not outlast a power cut is said with it.
            text = str(error)
        vault = LockedVault(self._path).unlock(password, clock=self._clock)
        vault.notice(text)
        return vault

    def _opened(self, page: RestorePage, vault: OpenVault) -> None:
        page.password.clear()
        self.opened.emit(vault)

    def _show_start_over(self) -> None:
        page = StartOverPage(str(self._path.parent))
        page.back_pressed.connect(self._again)
        page.confirmed.connect(partial(self._start_over, page))
        self.page_wanted.emit(page)

    def _start_over(self, page: StartOverPage) -> None:
        page.show_busy(True)
        self._jobs.run(
            partial(recovery.start_over, Places.beside(self._path), self._clock.now()),
            on_done=self.started_over.emit,
            on_error=page.show_error,
            lane=Lane.VAULT,
            page=page,
        )
