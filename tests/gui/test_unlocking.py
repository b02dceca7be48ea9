"""Unlocking and creating in the window: progress, a truthful cancel, the keyring, pauses."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_clock import FakeClock
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from vaults import totp

from watchword.desktop.application import Desktop, system_keyring
from watchword.desktop.background.jobs import Lane
from watchword.desktop.enrolment.frame_source import NoSource
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.unlock.create_page import CreatePage
from watchword.desktop.unlock.recovery_page import RecoveryPage
from watchword.desktop.unlock.restore_page import RestorePage
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.desktop.unlock.welcome_page import WelcomePage
from watchword.vault import CHEAPEST, LockedVault, OpenVault, create_vault, keyslots, recovery
from watchword.vault.keyring_slot import KeyringUnavailable, turn_on

PASSWORD = "four words or so"
DAY = 86_400


class Memory:
    """A keyring in memory, which can refuse, or wait as for a prompt that nobody answers."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.refuses = False
        self.asked = 0
        self.answer = threading.Event()
        self.answer.set()

    def available(self) -> bool:
        """There is none that a new vault could be offered; the entries of older ones are there."""
        return False

    def store(self, name: str, secret: bytes) -> None:
        self.kept[name] = secret

    def fetch(self, name: str) -> bytes | None:
        self.asked += 1
        self.answer.wait(10)
        if self.refuses:
            raise KeyringUnavailable("The keyring refused", "It is locked", "Use the password")
        return self.kept.get(name)

    def forget(self, name: str) -> None:
        self.kept.pop(name, None)


class Slow:
    """Lets key derivations wait until a test says go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = threading.Event()
        self.go = threading.Event()
        real = keyslots.crypto.stretch

        def stretch(*given: object) -> bytearray:
            self.begun.set()
            self.go.wait(10)
            return real(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(keyslots.crypto, "stretch", stretch)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "vault"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def keyring() -> Memory:
    return Memory()


@pytest.fixture
def desktop(
    qtbot: QtBot, qapp: QApplication, path: Path, clock: FakeClock, keyring: Memory
) -> Iterator[Desktop]:
    running = Desktop(
        qapp, path, clock=clock, cost=CHEAPEST, make_source=NoSource, keyring=keyring
    )
    yield running
    keyring.answer.set()
    running.stop()
    running.window.close()
    running.window.deleteLater()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[OpenVault]:
    """Collect every vault that is opened, wanted or not."""
    found: list[OpenVault] = []
    real = LockedVault._opened

    def collect(*given: object) -> OpenVault:
        found.append(real(*given))  # type: ignore[arg-type]
        return found[-1]

    monkeypatch.setattr(LockedVault, "_opened", collect)
    return found


def make(path: Path, clock: FakeClock, keyring: Memory | None = None) -> None:
    vault, _ = create_vault(path, PASSWORD, recovery_key=False, cost=CHEAPEST, clock=clock)
    vault.add([totp("Kalos Club")])
    vault.save()
    if keyring is not None:
        turn_on(vault, keyring, clock)
    keyring_asked = keyring.asked if keyring else 0
    vault.lock()
    if keyring is not None:
        keyring.asked -= keyring_asked


def page(desktop: Desktop) -> UnlockPage:
    shown = desktop.window.page
    assert isinstance(shown, UnlockPage)
    return shown


def notice(desktop: Desktop) -> str:
    found = page(desktop).findChild(Notice)
    assert found is not None
    return found.text()


def give(qtbot: QtBot, desktop: Desktop, password: str = PASSWORD) -> None:
    field = page(desktop).password
    field.clear()
    qtbot.keyClicks(field.edit, password)
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)


def escape(qtbot: QtBot, desktop: Desktop) -> None:
    qtbot.waitUntil(desktop.window.isActiveWindow)
    qtbot.keyClick(desktop.window, Qt.Key.Key_Escape)


def wiped(vault: OpenVault) -> bool:
    return vault._loaded is None


# Progress and cancel -----------------------------------------------------------------------------
@pytest.mark.parametrize("by_escape", [False, True])
def test_a_cancelled_unlocking_leaves_nothing_open(
    qtbot: QtBot,
    desktop: Desktop,
    path: Path,
    clock: FakeClock,
    opened: list[OpenVault],
    monkeypatch: pytest.MonkeyPatch,
    by_escape: bool,
) -> None:
    make(path, clock)
    desktop.start()
    slow = Slow(monkeypatch)
    give(qtbot, desktop)
    shown = page(desktop)
    assert shown.waiting.bar.isVisible()
    assert not shown.waiting.cancel.isVisible()
    assert slow.begun.wait(5)
    if by_escape:
        escape(qtbot, desktop)
    else:
        qtbot.waitUntil(shown.waiting.cancel.isVisible)
        shown.waiting.cancel.click()
    assert not shown.waiting.bar.isVisible()
    assert shown.button.isVisible()
    assert shown.password.text() == PASSWORD
    slow.go.set()
    qtbot.waitUntil(lambda: bool(opened) and wiped(opened[0]))
    assert desktop.session is None
    qtbot.keyClick(shown.password.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desktop.session is not None)


def test_quitting_while_it_is_unlocked_leaves_nothing_open(
    qtbot: QtBot,
    desktop: Desktop,
    path: Path,
    clock: FakeClock,
    opened: list[OpenVault],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make(path, clock)
    desktop.start()
    slow = Slow(monkeypatch)
    give(qtbot, desktop)
    assert slow.begun.wait(5)
    threading.Timer(0.1, slow.go.set).start()
    desktop.stop()
    assert all(map(wiped, opened))


def creating(qtbot: QtBot, desktop: Desktop) -> CreatePage:
    desktop.start()
    welcome = desktop.window.page
    assert isinstance(welcome, WelcomePage)
    welcome.create_button.click()
    create = desktop.window.page
    assert isinstance(create, CreatePage)
    create.password.set_text(PASSWORD)
    create.again.set_text(PASSWORD)
    return create


def test_a_vault_cancelled_in_time_is_not_made(
    qtbot: QtBot, desktop: Desktop, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = creating(qtbot, desktop)
    slow = Slow(monkeypatch)
    create.button.click()
    assert slow.begun.wait(5)
    escape(qtbot, desktop)
    assert create.waiting.cancel.text() == "Stopping…"
    slow.go.set()
    told = create.findChild(Notice)
    assert told is not None
    qtbot.waitUntil(lambda: told.text().startswith("No vault was made"))
    assert not LockedVault(path).exists()
    create.button.click()
    qtbot.waitUntil(lambda: isinstance(desktop.window.page, RecoveryPage))


def test_a_cancel_that_comes_too_late_is_told_as_what_is_true(
    qtbot: QtBot, desktop: Desktop, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = creating(qtbot, desktop)
    from watchword.vault.storage import VaultFile

    writing, go = threading.Event(), threading.Event()
    real = VaultFile.create

    def slowly(self: VaultFile, data: bytes) -> None:
        writing.set()
        go.wait(10)
        real(self, data)

    monkeypatch.setattr(VaultFile, "create", slowly)
    create.button.click()
    assert writing.wait(10)
    create.waiting.cancelled.emit()
    go.set()
    qtbot.waitUntil(lambda: isinstance(desktop.window.page, RecoveryPage))
    shown = desktop.window.page
    assert isinstance(shown, RecoveryPage)
    assert shown.notice.text().startswith("It was too late to cancel: your vault is made")
    assert path.exists()
    shown.later.click()
    assert desktop.session is not None


def test_a_restore_can_be_cancelled_until_it_is_written(
    qtbot: QtBot,
    desktop: Desktop,
    path: Path,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make(path, clock)
    damaged = path.read_bytes()[:-40]
    path.write_bytes(damaged)
    desktop.start()
    copies = desktop.window.page
    assert copies is not None
    copies.cards()[0].click()  # type: ignore[attr-defined]
    restore = desktop.window.page
    assert isinstance(restore, RestorePage)
    slow = Slow(monkeypatch)
    qtbot.keyClicks(restore.password.edit, PASSWORD)
    qtbot.keyClick(restore.password.edit, Qt.Key.Key_Return)
    assert slow.begun.wait(5)
    escape(qtbot, desktop)
    slow.go.set()
    qtbot.waitUntil(lambda: restore.notice.text().startswith("Nothing was changed"))
    assert path.read_bytes() == damaged
    # And once it is written, it is told that it was too late.
    real = recovery.restore

    def late(*given: object, **named: object) -> object:
        done = real(*given, **named)  # type: ignore[arg-type]
        desktop._recover().cancel()
        return done

    monkeypatch.setattr(recovery, "restore", late)
    restore.button.click()
    qtbot.waitUntil(lambda: desktop.session is not None)
    assert desktop.session is not None
    assert (
        "It was too late to cancel. The copy is in use now"
        in desktop.session.notices.notice.text()
    )


# The keyring ---------------------------------------------------------------------------------
def test_the_keyring_opens_it_by_itself_at_the_start_and_never_after_a_lock(
    qtbot: QtBot, desktop: Desktop, path: Path, clock: FakeClock, keyring: Memory
) -> None:
    make(path, clock, keyring)
    desktop.start()
    qtbot.waitUntil(lambda: desktop.session is not None)
    assert keyring.asked == 1
    desktop.lock()
    shown = page(desktop)
    qtbot.waitUntil(shown.keyring.isVisible)
    qtbot.waitUntil(lambda: not desktop._warm.isActive())
    qtbot.waitUntil(lambda: not any(lane.unfinished for lane in desktop.jobs._lanes.values()))
    assert desktop.session is None
    assert keyring.asked == 1
    shown.keyring.click()
    qtbot.waitUntil(lambda: desktop.session is not None)


def test_without_a_slot_or_in_portable_mode_no_keyring_is_offered(
    qtbot: QtBot, desktop: Desktop, path: Path, clock: FakeClock, keyring: Memory
) -> None:
    make(path, clock)
    desktop.start()
    give(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.session is not None)
    desktop.lock()
    qtbot.waitUntil(lambda: not any(lane.unfinished for lane in desktop.jobs._lanes.values()))
    assert not page(desktop).keyring.isVisible()
    assert keyring.asked == 0
    assert system_keyring() is None  # WATCHWORD_HOME is set for every test


def test_typing_before_the_keyring_is_asked_is_not_disturbed(
    qtbot: QtBot, desktop: Desktop, path: Path, clock: FakeClock, keyring: Memory
) -> None:
    make(path, clock, keyring)
    desktop.start()
    page(desktop).password.set_text("four wo")
    qtbot.waitUntil(page(desktop).keyring.isVisible)
    qtbot.waitUntil(lambda: not desktop._warm.isActive())
    assert keyring.asked == 0
    assert page(desktop).password.isEnabled()


def entry_gone(keyring: Memory, clock: FakeClock) -> None:
    keyring.kept.clear()


def refused(keyring: Memory, clock: FakeClock) -> None:
    keyring.refuses = True


def strange(keyring: Memory, clock: FakeClock) -> None:
    keyring.kept = dict.fromkeys(keyring.kept, bytes(32))


def long_ago(keyring: Memory, clock: FakeClock) -> None:
    clock.advance(15 * DAY)


@pytest.mark.parametrize(
    ("happen", "said"),
    [
        (entry_gone, "The keyring has no entry for this vault"),
        (refused, "The keyring refused"),
        (strange, "The keyring's entry does not open this vault"),
        (long_ago, "It is time for your password"),
    ],
)
def test_whatever_the_keyring_refuses_leads_to_the_password_with_the_reason(
    qtbot: QtBot,
    desktop: Desktop,
    path: Path,
    clock: FakeClock,
    keyring: Memory,
    happen: Callable[[Memory, FakeClock], None],
    said: str,
) -> None:
    make(path, clock, keyring)
    happen(keyring, clock)
    desktop.start()
    qtbot.waitUntil(lambda: notice(desktop).startswith(said))
    shown = page(desktop)
    assert not shown.waiting.bar.isVisible()
    assert shown.password.edit.hasFocus() or not desktop.window.isActiveWindow()
    assert not shown.waiting.held
    give(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.session is not None)


def test_a_prompt_that_nobody_answers_can_be_left_for_the_password(
    qtbot: QtBot,
    desktop: Desktop,
    path: Path,
    clock: FakeClock,
    keyring: Memory,
    opened: list[OpenVault],
) -> None:
    make(path, clock, keyring)
    keyring.answer.clear()
    desktop.start()
    shown = page(desktop)
    qtbot.waitUntil(lambda: keyring.asked == 1)
    assert shown.keyring.text() == "Asking the keyring…"
    qtbot.waitUntil(shown.waiting.cancel.isVisible)
    shown.waiting.cancel.click()
    assert shown.keyring.text() == "Unlock with this computer"
    give(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.session is not None)
    session = desktop.session
    keyring.answer.set()
    qtbot.waitUntil(lambda: len(opened) == 2)
    qtbot.waitUntil(lambda: wiped(opened[1]))
    assert desktop.session is session
    assert not wiped(opened[0])


# Pauses after wrong passwords ------------------------------------------------------------------
def test_the_pause_grows_to_five_seconds_and_the_file_is_untouched(
    qtbot: QtBot, desktop: Desktop, path: Path, clock: FakeClock
) -> None:
    make(path, clock)
    before = path.read_bytes()
    desktop.start()
    shown = page(desktop)
    for pause in (0, 0, 1, 2, 3, 5, 5):
        give(qtbot, desktop, "not this one")
        qtbot.waitUntil(lambda: not shown.waiting.waits)
        assert "wrong" in notice(desktop)
        if pause:
            assert shown.button.text() == f"Wait {pause} s"
            give(qtbot, desktop)  # nothing is tried meanwhile
            assert not shown.waiting.waits
            assert shown.password.isEnabled()
        clock.advance(pause)
        qtbot.waitUntil(shown.button.isEnabled)
        assert shown.button.text() == "Unlock"
    # Going away and coming back is no way around it.
    give(qtbot, desktop, "not this one")
    qtbot.waitUntil(lambda: not shown.waiting.waits)
    shown.trouble.click()
    desktop.window.page.back_pressed.emit()  # type: ignore[union-attr]
    assert page(desktop).button.text() == "Wait 5 s"
    assert path.read_bytes() == before
    clock.advance(5)
    qtbot.waitUntil(page(desktop).button.isEnabled)
    give(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.session is not None)
    desktop.lock()
    give(qtbot, desktop, "not this one")
    shown = page(desktop)
    qtbot.waitUntil(lambda: not shown.waiting.waits)
    assert shown.button.isEnabled()


def test_after_the_recovery_key_a_new_password_is_offered(
    qtbot: QtBot, desktop: Desktop, path: Path, clock: FakeClock
) -> None:
    vault, key = create_vault(path, PASSWORD, cost=CHEAPEST, clock=clock)
    vault.add([totp("Kalos Club")])
    vault.save()
    vault.lock()
    assert key is not None
    desktop.start()
    shown = page(desktop)
    shown.other_way.click()
    shown.key.set_text(key)
    shown.button.click()
    qtbot.waitUntil(lambda: desktop.session is not None)
    session = desktop.session
    assert session is not None
    assert session.by_recovery_key
    assert session.notices.reminder.isVisible()
    with qtbot.waitSignal(session.settings.place.page_wanted):
        session.notices.reminder.action.click()
    desktop.lock()
    give(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.session is not None)
    assert desktop.session is not None
    assert not desktop.session.notices.reminder.isVisible()


def test_a_wrong_password_counts_for_the_pause_although_it_was_cancelled(
    qtbot: QtBot, desktop: Desktop, path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_vault(path, PASSWORD, cost=CHEAPEST, clock=clock)[0].lock()
    desktop.start()
    shown = page(desktop)
    for number in range(3):
        with monkeypatch.context() as patch:
            slow = Slow(patch)
            shown.password.set_text(f"wrong {number}")
            shown.button.click()
            qtbot.waitUntil(slow.begun.is_set)
            qtbot.waitUntil(shown.waiting.cancel.isVisible)
            shown.waiting.cancel.click()
            slow.go.set()
            qtbot.waitUntil(lambda n=number: desktop._patience._wrong == n + 1)
    # No message comes, as for any answer that is not wanted; the third begins the pause.
    assert shown.button.text() == "Wait 1 s"
    assert not shown.button.isEnabled()
    clock.advance(1)
    qtbot.waitUntil(shown.button.isEnabled)
    give(qtbot, desktop)


def test_a_cancel_before_it_was_tried_counts_for_nothing(
    qtbot: QtBot, desktop: Desktop, path: Path, clock: FakeClock
) -> None:
    create_vault(path, PASSWORD, cost=CHEAPEST, clock=clock)[0].lock()
    desktop.start()
    shown = page(desktop)
    begun, go = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        go.wait(10)

    desktop.jobs.run(hold, lane=Lane.VAULT)
    assert begun.wait(10)
    shown.password.set_text("wrong")
    shown.button.click()
    qtbot.waitUntil(shown.waiting.cancel.isVisible)
    shown.waiting.cancel.click()
    ended: list[None] = []
    desktop.jobs.run(lambda: None, on_done=ended.append, lane=Lane.VAULT)
    go.set()
    qtbot.waitUntil(lambda: ended == [None])
    assert desktop._patience._wrong == 0
