"""What is said of a change that came out otherwise than hoped: too late, put off, not confirmed."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_clock import FakeClock
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from settings_steps import (
    PASSWORD,
    Memory,
    fill,
    give,
    key_on,
    kinds,
    make,
    opens,
    settings,
    shown,
    unconfirmed_disk,
    unlock,
)

from watchword.desktop.application import Desktop
from watchword.desktop.settings.change_password_page import ChangePasswordPage
from watchword.desktop.settings.older_backups_page import OlderBackupsPage
from watchword.desktop.settings.settings_page import SettingsPage
from watchword.desktop.unlock.recovery_page import RecoveryPage
from watchword.vault import LockedVault, keyring_slot, storage


def test_a_cancel_that_comes_too_late_is_told(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(qtbot, desktop).change_password.click()
    page = shown(qtbot, desktop, ChangePasswordPage)
    begun, go = threading.Event(), threading.Event()
    original = storage.VaultFile.replace

    def slow(*given: object, **more: object) -> None:
        begun.set()
        assert go.wait(20)
        original(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(storage.VaultFile, "replace", slow)
    fill(page)
    qtbot.waitUntil(begun.is_set)
    qtbot.waitUntil(page.waiting.cancel.isVisible)
    page.waiting.cancel.click()
    go.set()
    qtbot.waitUntil(lambda: desktop.window.said() == "It was too late to cancel")
    shown(qtbot, desktop, OlderBackupsPage)
    assert not opens(path, PASSWORD)


def test_a_key_put_off_from_the_reminder_is_warned_of_above_the_accounts(
    qtbot: QtBot, desktop: Desktop, path: Path, clock: FakeClock
) -> None:
    make(path, clock, with_key=False)
    session = unlock(qtbot, desktop)
    session.notices.no_key.click()
    give(qtbot, desktop)
    page = shown(qtbot, desktop, RecoveryPage)
    new = key_on(page)
    page.later.click()
    assert desktop.window.page is session.place
    assert session.notices.notice.isVisible()
    assert "is saved, and you did not type it back" in session.notices.notice.text()
    assert session.notices.no_key.accessibleName() == "Recovery key not written down?"
    assert session.notices.no_key.isVisible()
    LockedVault(path).unlock_with_recovery_key(new).lock()


def saved_again(qtbot: QtBot, desktop: Desktop, page: SettingsPage, title: str) -> None:
    """See that it is told as not confirmed, and is saved again by the word below it."""
    qtbot.waitUntil(lambda: page.notice.text().startswith(title))
    assert "the disk did not confirm it" in page.notice.text()
    session = desktop.session
    assert session is not None
    assert session.saves.unsaved


def hide(qtbot: QtBot, desktop: Desktop, page: SettingsPage) -> None:
    page.hiding.click()


def turn_on(qtbot: QtBot, desktop: Desktop, page: SettingsPage) -> None:
    page.keyring.click()
    give(qtbot, desktop)


def remove(qtbot: QtBot, desktop: Desktop, page: SettingsPage) -> None:
    page.remove_key.click()
    give(qtbot, desktop)


@pytest.mark.parametrize(
    ("change", "title"),
    [
        (hide, "Hidden, and not confirmed"),
        (turn_on, "This computer’s keyring opens the vault now"),
        (remove, "The recovery key is removed"),
    ],
)
def test_what_stands_and_is_not_confirmed_is_shown_as_it_is_and_saved_again(
    qtbot: QtBot,
    desktop: Desktop,
    key: str,
    path: Path,
    keyring: Memory,
    change: Callable[[QtBot, Desktop, SettingsPage], None],
    title: str,
) -> None:
    page = settings(qtbot, desktop)
    qtbot.waitUntil(page.keyring.isEnabled)
    with pytest.MonkeyPatch.context() as patch:
        unconfirmed_disk(patch)
        change(qtbot, desktop, page)
        saved_again(qtbot, desktop, page, title)
        # It stands: what is shown is what is on disk.
        if change is hide:
            assert page.hiding.isChecked()
            assert LockedVault(path).header().accounts is None
        elif change is turn_on:
            qtbot.waitUntil(page.keyring.isChecked)
            keyring_slot.unlock(LockedVault(path), keyring, FakeClock(desktop._clock.now())).lock()
        else:
            assert kinds(path) == ["password"]
            assert page.remove_key.isHidden()
        page.notice.action.click()
        qtbot.waitUntil(page.notice.action.isVisible)
        saved_again(qtbot, desktop, page, title)
    page.notice.action.setFocus()
    qtbot.keyClick(page.notice.action, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.notice.text() == "Saved")
    session = desktop.session
    assert session is not None
    qtbot.waitUntil(lambda: not session.saves.unsaved)
