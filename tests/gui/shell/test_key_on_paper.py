"""A recovery key that nobody wrote down is no way back: the vault remembers it, and says so."""

from pathlib import Path

import pytest
from fake_clock import FakeClock
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from settings_steps import (
    PASSWORD,
    Memory,
    full_disk,
    give,
    key_on,
    settings,
    shown,
    type_back,
    unlock,
)

from watchword.desktop.application import Desktop
from watchword.desktop.shell.session import Session
from watchword.desktop.unlock.create_page import CreatePage
from watchword.desktop.unlock.recovery_page import RecoveryPage
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.desktop.unlock.welcome_page import WelcomePage
from watchword.vault import CHEAPEST, LockedVault, create_vault, slots

ASKS = "Recovery key not written down?"


def reminder(session: Session) -> str:
    """Return the standing reminder; empty while there is none."""
    banner = session.notices.no_key
    return "" if banner.isHidden() else banner.accessibleName()


def is_known(path: Path) -> bool:
    """Tell whether the vault on disk takes its recovery key for written down."""
    vault = LockedVault(path).unlock(PASSWORD, clock=FakeClock())
    assert any(slot.kind == "recovery" for slot in vault.slots)
    known = not slots.unconfirmed_recovery_key(vault)
    vault.lock()
    return known


def first_run(qtbot: QtBot, desktop: Desktop) -> RecoveryPage:
    """Make a vault where there is no keyring that could be asked about after the key."""
    assert isinstance(desktop._keyring, Memory)
    desktop._keyring.there = False
    desktop.start()
    welcome = desktop.window.page
    assert isinstance(welcome, WelcomePage)
    welcome.create_button.click()
    page = shown(qtbot, desktop, CreatePage)
    page.password.set_text(PASSWORD)
    page.again.set_text(PASSWORD)
    page.button.click()
    return shown(qtbot, desktop, RecoveryPage)


def test_a_key_typed_back_at_the_first_start_is_not_asked_about(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    page = first_run(qtbot, desktop)
    assert not is_known(path)
    type_back(qtbot, page, key_on(page))
    session = desktop.session
    assert session is not None
    assert reminder(session) == ""
    qtbot.waitUntil(lambda: is_known(path))


def test_later_is_allowed_and_the_reminder_stands_until_a_key_is_typed_back(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    first_run(qtbot, desktop).later.click()
    session = desktop.session
    assert session is not None
    # Nothing is in the vault yet: it is shown there too.
    assert session.place.empty.isVisible()
    assert reminder(session) == ASKS
    assert session.notices.no_key.isVisible()
    desktop.lock()
    session = unlock(qtbot, desktop)
    assert reminder(session) == ASKS
    session.notices.no_key.click()
    give(qtbot, desktop)
    page = shown(qtbot, desktop, RecoveryPage)
    type_back(qtbot, page, key_on(page))
    qtbot.waitUntil(lambda: reminder(session) == "")
    assert is_known(path)


def test_quitting_while_the_first_key_is_shown_is_remembered(
    qtbot: QtBot, qapp: QApplication, desktop: Desktop, path: Path
) -> None:
    first_run(qtbot, desktop)
    desktop.stop()
    again = Desktop(qapp, path, cost=CHEAPEST)
    assert reminder(unlock(qtbot, again)) == ASKS
    again.stop()
    again.window.close()
    again.window.deleteLater()


def test_a_lock_while_a_new_key_is_shown_is_remembered_and_the_settings_say_so(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path
) -> None:
    settings(qtbot, desktop).make_key.click()
    give(qtbot, desktop)
    shown(qtbot, desktop, RecoveryPage)
    desktop._auto_lock.lock_asked.emit()
    shown(qtbot, desktop, UnlockPage)
    assert not is_known(path)
    page = settings(qtbot, desktop)
    assert page.texts()["recovery key"] == (
        "Made today. Nobody confirmed that it was written down: if it is not on paper, make a "
        "new one."
    )
    session = desktop.session
    assert session is not None
    assert reminder(session) == ASKS
    page.remove_key.click()
    give(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.window.page is page)
    assert reminder(session) == "You have no recovery key"


def test_a_key_that_opens_the_vault_is_on_paper(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path
) -> None:
    assert not is_known(path)
    desktop.start()
    page = desktop.window.page
    assert isinstance(page, UnlockPage)
    page.other_way.click()
    page.key.set_text(key)
    page.button.click()
    qtbot.waitUntil(lambda: desktop.session is not None)
    session = desktop.session
    assert session is not None
    assert reminder(session) == ""
    qtbot.waitUntil(lambda: is_known(path))


def test_a_new_key_that_is_not_saved_leaves_what_is_known_of_the_old_one(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path
) -> None:
    vault = LockedVault(path).unlock(PASSWORD, clock=FakeClock())
    slots.confirm_recovery_key(vault, slots.unconfirmed_recovery_key(vault))
    vault.save()
    vault.lock()
    settings(qtbot, desktop).make_key.click()
    with pytest.MonkeyPatch.context() as patch:
        full_disk(patch)
        asked = give(qtbot, desktop)
        qtbot.waitUntil(lambda: "The disk is full" in asked.notice.text())
    session = desktop.session
    assert session is not None
    session._vault.save()
    assert reminder(session) == ""
    assert is_known(path)


def test_that_it_was_typed_back_is_told_as_not_saved_where_the_disk_is_full(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path
) -> None:
    page = settings(qtbot, desktop)
    page.make_key.click()
    give(qtbot, desktop)
    made = shown(qtbot, desktop, RecoveryPage)
    new = key_on(made)
    with pytest.MonkeyPatch.context() as patch:
        full_disk(patch)
        type_back(qtbot, made, new)
        qtbot.waitUntil(lambda: "It is not saved yet that you wrote" in page.notice.text())
        assert not is_known(path)
    desktop.lock()
    qtbot.waitUntil(lambda: is_known(path))
    LockedVault(path).unlock_with_recovery_key(new).lock()


def test_a_vault_without_a_recovery_key_remembers_none(tmp_path: Path) -> None:
    vault, _ = create_vault(
        tmp_path / "v", PASSWORD, recovery_key=False, cost=CHEAPEST, clock=FakeClock()
    )
    assert slots.unconfirmed_recovery_key(vault) == ""
    assert vault.setting(slots.KEY_UNCONFIRMED) is None
    vault.lock()
