"""The vault locks by itself: nobody touched the computer, it sleeps, its screen is locked."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from dbusmock_logind import Logind, logind, needs_logind
from mock_portal import needs_bus
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from settings_steps import PASSWORD, unlock

from watchword.desktop.application import Desktop
from watchword.desktop.background.jobs import Jobs, Lane
from watchword.desktop.shell.auto_lock import AutoLock
from watchword.desktop.shell.computer import Computer
from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.preferences import Preferences
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.settings import FILE_NAME, Locking
from watchword.vault import LockedVault

MINUTE = 60_000


class Touched:
    """How long ago the computer was touched, as its system says."""

    def __init__(self) -> None:
        self.ago: float | None = None

    def __call__(self) -> float | None:
        return self.ago


@pytest.fixture
def touched() -> Touched:
    return Touched()


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(tmp_path / FILE_NAME)


@pytest.fixture
def lock(
    jobs: Jobs, window: MainWindow, preferences: Preferences, touched: Touched
) -> Iterator[AutoLock]:
    computer = Computer(jobs)
    made = AutoLock(jobs, computer, preferences, idle=touched)
    made.start(window.windowHandle())
    yield made
    made.stop()
    computer.stop()


def let_time_pass(lock: AutoLock) -> None:
    """Let the time be over at the next turn of the event loop."""
    assert lock._end.isActive()
    lock._end.start(0)


def test_it_locks_when_nothing_was_touched_for_a_while(qtbot: QtBot, lock: AutoLock) -> None:
    assert lock._end.interval() == 15 * MINUTE
    with qtbot.waitSignal(lock.lock_asked):
        let_time_pass(lock)


def test_who_works_elsewhere_on_the_computer_is_not_locked_out(
    qtbot: QtBot, lock: AutoLock, touched: Touched
) -> None:
    asked: list[None] = []
    lock.lock_asked.connect(lambda: asked.append(None))
    touched.ago = 5 * 60.0
    let_time_pass(lock)
    # It looks again when that time would be over, and not before.
    qtbot.waitUntil(lambda: lock._end.isActive() and lock._end.interval() == 10 * MINUTE)
    assert not asked
    touched.ago = 15 * 60.0
    with qtbot.waitSignal(lock.lock_asked):
        let_time_pass(lock)


def test_a_key_or_the_mouse_puts_the_lock_off(
    qtbot: QtBot, window: MainWindow, lock: AutoLock
) -> None:
    lock._end.start(5 * MINUTE)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_A)
    assert lock._end.interval() == 15 * MINUTE


def test_other_minutes_hold_at_once_and_none_means_never(
    lock: AutoLock, preferences: Preferences
) -> None:
    preferences.change(locking=Locking(idle_minutes=1))
    assert lock._end.interval() == MINUTE
    preferences.change(locking=Locking(idle_minutes=0))
    assert not lock._end.isActive()
    preferences.change(locking=Locking(idle_minutes=10**9))
    assert lock._end.interval() == 24 * 60 * MINUTE


@pytest.mark.parametrize("with_screen", [True, False])
def test_a_vault_does_not_open_behind_a_locked_screen(
    qtbot: QtBot, desktop: Desktop, key: str, with_screen: bool
) -> None:
    desktop.preferences.change(locking=Locking(with_screen=with_screen))
    desktop.start()
    page = desktop.window.page
    assert isinstance(page, UnlockPage)
    page.password.set_text(PASSWORD)
    page.button.click()
    desktop._computer.screen_locked.emit()  # while the key is computed
    tried: list[None] = []
    desktop.jobs.run(lambda: None, on_done=tried.append, lane=Lane.VAULT, page=desktop)
    qtbot.waitUntil(lambda: bool(tried))
    assert (desktop.session is None) == with_screen
    if with_screen:
        assert not page.waiting.waits
        unlock(qtbot, desktop)


# A real bus, and logind on it ------------------------------------------------------------------
@pytest.fixture(scope="module")
def system() -> Iterator[Logind]:
    with tempfile.TemporaryDirectory(prefix="ww-") as folder, logind(Path(folder)) as running:
        yield running


@pytest.fixture
def opened(
    qtbot: QtBot,
    desktop: Desktop,
    path: Path,
    key: str,
    system: Logind,
    monkeypatch: pytest.MonkeyPatch,
) -> Desktop:
    """A desktop with an open vault on a computer that speaks."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", system.address)
    unlock(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop._computer.ears == 1)
    return desktop


def change_a_note(desktop: Desktop) -> None:
    """Change what is in memory only."""
    assert desktop.session is not None
    vault = desktop.session._vault
    vault.replace(replace(vault.accounts[0], note="the last change"))


def note_on_disk(path: Path) -> str:
    vault = LockedVault(path).unlock(PASSWORD)
    note = vault.accounts[0].note
    vault.lock()
    return note


@needs_bus
@needs_logind
def test_before_it_sleeps_the_vault_is_saved_and_locked_and_sleep_waits_for_it(
    qtbot: QtBot, opened: Desktop, system: Logind, path: Path
) -> None:
    qtbot.waitUntil(lambda: system.holds == [("sleep", "Watchword", "delay")])
    change_a_note(opened)
    system.sleep(True)
    qtbot.waitUntil(lambda: system.holds == [])
    assert opened.session is None
    assert note_on_disk(path) == "the last change"
    system.sleep(False)
    unlock(qtbot, opened)
    qtbot.waitUntil(lambda: system.holds == [("sleep", "Watchword", "delay")])


@needs_bus
@needs_logind
@pytest.mark.parametrize(
    "happens",
    [
        Logind.lock,
        lambda system: system.note_locked(True),
        lambda system: system.give_seat(False),
    ],
    ids=["asked to lock", "screen locked", "another person"],
)
def test_with_the_screen_the_vault_is_locked(
    qtbot: QtBot, opened: Desktop, system: Logind, happens: Callable[[Logind], None]
) -> None:
    happens(system)
    qtbot.waitUntil(lambda: opened.session is None)
    qtbot.waitUntil(lambda: system.holds == [])


@needs_bus
@needs_logind
def test_what_is_switched_off_does_not_lock(qtbot: QtBot, opened: Desktop, system: Logind) -> None:
    opened.preferences.change(locking=Locking(with_screen=False, on_suspend=False))
    qtbot.waitUntil(lambda: system.holds == [])
    woken: list[None] = []
    opened._computer.woke.connect(lambda: woken.append(None))
    system.lock()
    system.sleep(True)
    system.sleep(False)
    qtbot.waitUntil(lambda: len(woken) == 1)
    assert opened.session is not None


@needs_bus
@needs_logind
def test_nothing_is_held_once_the_app_has_ended(
    qtbot: QtBot, opened: Desktop, system: Logind
) -> None:
    qtbot.waitUntil(lambda: len(system.holds) == 1)
    opened.stop()
    qtbot.waitUntil(lambda: system.holds == [])
