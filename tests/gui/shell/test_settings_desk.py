"""The settings in the window: what a change does to the vault on disk, and what is said of it."""

import re
import threading
from pathlib import Path

import pytest
from fake_clock import FakeClock
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot
from settings_steps import (
    DAY,
    NEW,
    PASSWORD,
    Memory,
    SlowKey,
    change,
    copies,
    fill,
    full_disk,
    give,
    key_on,
    kinds,
    make,
    opens,
    opens_copy,
    settings,
    shown,
    type_back,
    unconfirmed_disk,
    unlock,
)

from watchword.desktop.application import Desktop
from watchword.desktop.enrolment.frame_source import NoSource
from watchword.desktop.settings.change_password_page import ChangePasswordPage
from watchword.desktop.settings.older_backups_page import OlderBackupsPage
from watchword.desktop.settings.password_again_page import PasswordAgainPage
from watchword.desktop.settings.settings_page import SettingsPage
from watchword.desktop.shell import settings_words
from watchword.desktop.shell.recent import ago
from watchword.desktop.shell.session import Session
from watchword.desktop.shell.settings_desk import OLDER_NOT_ASKED
from watchword.desktop.unlock.copies_page import CopiesPage
from watchword.desktop.unlock.recovery_page import RecoveryPage
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.desktop.unlock.welcome_page import WelcomePage
from watchword.errors import WrongPassword
from watchword.vault import (
    CHEAPEST,
    LockedVault,
    Trace,
    TraceKind,
    create_vault,
    keyring_slot,
    recovery,
    slots,
)


# The way there --------------------------------------------------------------------------------
def test_ctrl_comma_opens_the_settings_and_escape_leaves_them(
    qtbot: QtBot, desktop: Desktop, key: str
) -> None:
    session = unlock(qtbot, desktop)
    desktop.window.activateWindow()
    qtbot.waitUntil(desktop.window.isActiveWindow)
    qtbot.keyClick(desktop.window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    page = shown(qtbot, desktop, SettingsPage)
    assert page.focusWidget() is page.change_password
    assert page.texts()["password"] == "Last changed 2 days ago."
    assert page.texts()["recovery key"].startswith("Made 2 days ago.")
    qtbot.waitUntil(lambda: page.texts()["copies"].startswith("2 backups. Newest: yesterday"))
    assert page.texts()["copies"].endswith(", 2 accounts.")
    qtbot.waitUntil(page.keyring.isEnabled)
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert desktop.window.page is session.place


def test_the_empty_page_leads_there_too(
    qtbot: QtBot, desktop: Desktop, path: Path, clock: FakeClock
) -> None:
    create_vault(path, PASSWORD, cost=CHEAPEST, clock=clock)[0].lock()
    unlock(qtbot, desktop).place.empty.settings_button.click()
    shown(qtbot, desktop, SettingsPage)


def test_the_trial_has_no_settings_and_no_reminder(qtbot: QtBot, desktop: Desktop) -> None:
    desktop.start()
    shown(qtbot, desktop, WelcomePage).try_button.click()
    qtbot.waitUntil(lambda: desktop.session is not None)
    session = desktop.session
    assert session is not None
    assert not session.place.list.settings_button.isVisible()
    assert not session.notices.no_key.isVisible()
    desktop.window.activateWindow()
    qtbot.waitUntil(desktop.window.isActiveWindow)
    qtbot.keyClick(desktop.window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    assert desktop.window.page is session.place
    assert desktop.window.said() == "The trial has no settings"


def test_a_link_waits_while_the_settings_are_shown(
    qtbot: QtBot, desktop: Desktop, key: str
) -> None:
    page = settings(qtbot, desktop)
    desktop.open_text("otpauth://totp/A:b?secret=NBSWY3DPEB3W64TMMQ&issuer=A")
    assert desktop.window.page is page
    page.back_pressed.emit()
    assert desktop.window.page is not page


# Password -------------------------------------------------------------------------------------
def test_a_wrong_old_password_changes_nothing_and_a_pause_follows(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path, clock: FakeClock
) -> None:
    before = path.read_bytes()
    settings(qtbot, desktop).change_password.click()
    page = shown(qtbot, desktop, ChangePasswordPage)
    for pause in (0, 0, 1):
        fill(page, old="not the old one")
        qtbot.waitUntil(lambda: "wrong" in page.notice.text())
        clock.advance(pause)
        qtbot.waitUntil(page.button.isEnabled)
    assert path.read_bytes() == before
    fill(page)
    shown(qtbot, desktop, OlderBackupsPage)
    assert opens(path, NEW)
    assert not opens(path, PASSWORD)


def test_older_backups_are_encrypted_again_and_open_with_the_new_password(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path
) -> None:
    page = settings(qtbot, desktop)
    older = change(qtbot, desktop, page)
    older.reseal.click()
    qtbot.waitUntil(lambda: desktop.window.page is page)
    assert page.notice.text() == "The password is changed 3 older backups were re-encrypted."
    assert page.texts()["password"] == "Last changed today."
    for copy in copies(path):
        assert slots.open_with_password(copy.read_bytes(), NEW)
        with pytest.raises(WrongPassword):
            slots.open_with_password(copy.read_bytes(), PASSWORD)
    # The recovery key goes on opening the vault.
    LockedVault(path).unlock_with_recovery_key(key).lock()


def test_older_backups_are_deleted_and_the_vault_stays(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path
) -> None:
    page = settings(qtbot, desktop)
    change(qtbot, desktop, page).delete.click()
    qtbot.waitUntil(lambda: desktop.window.page is page)
    assert page.notice.text() == "The password is changed 3 older backups were deleted."
    qtbot.waitUntil(lambda: page.texts()["copies"].startswith("1 backup."))
    assert opens(path, NEW)


@pytest.mark.parametrize("by_escape", [True, False])
def test_older_backups_are_kept_by_choice_or_by_going_back(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path, by_escape: bool
) -> None:
    page = settings(qtbot, desktop)
    older = change(qtbot, desktop, page)
    if by_escape:
        qtbot.keyClick(older, Qt.Key.Key_Escape)
    else:
        older.keep.click()
    assert desktop.window.page is page
    assert "3 older backups still open with the old password." in page.notice.text()
    assert sum(opens_copy(copy, PASSWORD) for copy in copies(path)) == 3


def test_encrypting_again_can_be_stopped_and_what_was_done_is_told(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = settings(qtbot, desktop)
    older = change(qtbot, desktop, page)
    begun, go = threading.Event(), threading.Event()
    original = recovery.read_vault_file

    def slow(copy: Path) -> bytes:
        begun.set()
        assert go.wait(20)
        return original(copy)

    monkeypatch.setattr(recovery, "read_vault_file", slow)
    older.reseal.click()
    qtbot.waitUntil(begun.is_set)
    qtbot.waitUntil(lambda: older.progress() == "Re-encrypting 1 of 3…")
    qtbot.waitUntil(older.waiting.cancel.isVisible)
    older.waiting.cancel.click()
    go.set()
    qtbot.waitUntil(lambda: desktop.window.page is page)
    assert "1 older backup was re-encrypted." in page.notice.text()
    assert "You stopped there; 2 still open with the old password." in page.notice.text()
    assert sum(opens_copy(copy, PASSWORD) for copy in copies(path)) == 2


def test_a_full_disk_leaves_the_password_as_it_was_and_what_was_typed(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path
) -> None:
    settings(qtbot, desktop).change_password.click()
    page = shown(qtbot, desktop, ChangePasswordPage)
    before = path.read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        full_disk(patch)
        fill(page)
        qtbot.waitUntil(lambda: "The disk is full" in page.notice.text())
    assert path.read_bytes() == before
    assert opens(path, PASSWORD)
    assert page.new.text() == NEW
    page.button.click()
    shown(qtbot, desktop, OlderBackupsPage)
    assert opens(path, NEW)


def test_a_change_that_the_disk_does_not_confirm_is_told_and_saved_again(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path
) -> None:
    page = settings(qtbot, desktop)
    page.change_password.click()
    with pytest.MonkeyPatch.context() as patch:
        unconfirmed_disk(patch)
        fill(shown(qtbot, desktop, ChangePasswordPage))
        qtbot.waitUntil(lambda: desktop.window.page is page)
        assert "The password is changed, and not confirmed" in page.notice.text()
        assert opens(path, NEW)
        page.notice.action.click()
        qtbot.waitUntil(page.notice.action.isVisible)
    page.notice.action.click()
    # Only now, with a vault that lasts, is it asked what becomes of the older copies.
    shown(qtbot, desktop, OlderBackupsPage)
    session = desktop.session
    assert session is not None
    assert not session.saves.unsaved


def unconfirmed_by_key(
    qtbot: QtBot, desktop: Desktop, key: str, patch: pytest.MonkeyPatch
) -> Session:
    """Change the password from the reminder, with no settings open, on a disk that is unsure."""
    desktop.start()
    page = shown(qtbot, desktop, UnlockPage)
    page.other_way.click()
    page.key.set_text(key)
    page.button.click()
    qtbot.waitUntil(lambda: desktop.session is not None)
    session = desktop.session
    assert session is not None
    qtbot.waitUntil(lambda: not session.saves.unsaved)
    session.notices.reminder.action.click()
    unconfirmed_disk(patch)
    fill(shown(qtbot, desktop, ChangePasswordPage))
    qtbot.waitUntil(lambda: desktop.window.page is session.place)
    assert "not confirmed" in session.notices.notice.text()
    return session


def test_older_backups_are_asked_about_after_the_reminder_too_once_it_is_confirmed(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        session = unconfirmed_by_key(qtbot, desktop, key, patch)
        session.notices.notice.action.click()
        qtbot.waitUntil(session.notices.notice.action.isVisible)
        assert desktop.window.page is session.place
    session.notices.notice.action.click()
    # It waits while the person does something else.
    session.adding.open_manual()
    elsewhere = desktop.window.page
    qtbot.waitUntil(lambda: not session.saves.unsaved)
    assert desktop.window.page is elsewhere
    session.show_accounts()
    shown(qtbot, desktop, OlderBackupsPage).keep.click()
    assert desktop.window.page is session.place
    qtbot.waitUntil(lambda: not session.saves.unsaved)
    desktop.lock()
    session = unlock(qtbot, desktop, NEW)
    session.saves.save()
    qtbot.waitUntil(lambda: not session.saves.unsaved)
    assert desktop.window.page is session.place


def test_older_backups_are_asked_about_when_unlocked_next(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        unconfirmed_by_key(qtbot, desktop, key, patch)
    desktop.lock()
    session = unlock(qtbot, desktop, NEW)
    older = shown(qtbot, desktop, OlderBackupsPage)
    assert not older.reseal.isVisible()
    older.delete.click()
    qtbot.waitUntil(lambda: desktop.window.page is session.place)
    qtbot.waitUntil(lambda: not session.saves.unsaved)
    assert session._vault.setting(OLDER_NOT_ASKED) is False
    assert sum(opens_copy(copy, PASSWORD) for copy in copies(path) if copy.exists()) == 0


def test_a_cancelled_change_writes_nothing(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(qtbot, desktop).change_password.click()
    page = shown(qtbot, desktop, ChangePasswordPage)
    before = path.read_bytes()
    slow = SlowKey(monkeypatch)
    fill(page)
    qtbot.waitUntil(slow.begun.is_set)
    qtbot.waitUntil(page.waiting.cancel.isVisible)
    page.waiting.cancel.click()
    assert page.waiting.cancel.text() == "Stopping…"
    slow.go.set()
    qtbot.waitUntil(lambda: "The password is as it was" in page.notice.text())
    assert path.read_bytes() == before


def test_locking_while_a_key_is_derived_writes_nothing(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(qtbot, desktop).make_key.click()
    before = path.read_bytes()
    slow = SlowKey(monkeypatch)
    give(qtbot, desktop)
    qtbot.waitUntil(slow.begun.is_set)
    desktop.lock()
    slow.go.set()
    desktop.jobs.stop()
    # A new key that nobody was shown must not take the place of the one on paper.
    assert path.read_bytes() == before
    LockedVault(path).unlock_with_recovery_key(key).lock()


# Recovery key ---------------------------------------------------------------------------------
def test_a_new_recovery_key_opens_the_vault_and_the_old_one_is_dead(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path
) -> None:
    page = settings(qtbot, desktop)
    page.make_key.click()
    asked = give(qtbot, desktop, "not the password")
    qtbot.waitUntil(lambda: "wrong" in asked.notice.text())
    give(qtbot, desktop)
    made = shown(qtbot, desktop, RecoveryPage)
    assert "The one before opens the vault no more" in made.notice.text()
    new = key_on(made)
    type_back(qtbot, made, new)
    assert desktop.window.page is page
    qtbot.waitUntil(lambda: page.notice.text() == "The recovery key is saved")
    assert page.texts()["recovery key"] == (
        "Made today. It opens the vault if you forget the password."
    )
    LockedVault(path).unlock_with_recovery_key(new).lock()
    with pytest.raises(WrongPassword):
        LockedVault(path).unlock_with_recovery_key(key)


def test_a_new_key_that_is_not_typed_back_is_saved_all_the_same_and_that_is_said(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path
) -> None:
    page = settings(qtbot, desktop)
    page.make_key.click()
    give(qtbot, desktop)
    made = shown(qtbot, desktop, RecoveryPage)
    new = key_on(made)
    made.later.click()
    assert "is saved, and you did not type it back" in page.notice.text()
    assert "make a new one" in page.notice.text()
    LockedVault(path).unlock_with_recovery_key(new).lock()


def test_a_key_that_is_not_saved_leaves_the_old_one(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path
) -> None:
    settings(qtbot, desktop).make_key.click()
    with pytest.MonkeyPatch.context() as patch:
        full_disk(patch)
        asked = give(qtbot, desktop)
        qtbot.waitUntil(lambda: "The disk is full" in asked.notice.text())
    LockedVault(path).unlock_with_recovery_key(key).lock()


def test_a_key_that_the_disk_does_not_confirm_is_shown_all_the_same(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path
) -> None:
    page = settings(qtbot, desktop)
    page.make_key.click()
    with pytest.MonkeyPatch.context() as patch:
        unconfirmed_disk(patch)
        give(qtbot, desktop)
        made = shown(qtbot, desktop, RecoveryPage)
        assert "Saved, but not confirmed" in made.notice.text()
        new = key_on(made)
        LockedVault(path).unlock_with_recovery_key(new).lock()
        type_back(qtbot, made, new)
        qtbot.waitUntil(lambda: "not confirmed" in page.notice.text())
    page.notice.action.click()
    qtbot.waitUntil(lambda: page.notice.text() == "Saved")
    LockedVault(path).unlock_with_recovery_key(new).lock()


def test_the_recovery_key_is_removed_and_the_reminder_comes(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path
) -> None:
    page = settings(qtbot, desktop)
    session = desktop.session
    assert session is not None
    page.remove_key.click()
    give(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.window.page is page)
    assert page.notice.text() == "The recovery key is removed"
    assert kinds(path) == ["password"]
    page.back_pressed.emit()
    assert session.notices.no_key.isVisible()
    assert session.notices.no_key.accessibleName() == "You have no recovery key"


def test_the_reminder_leads_to_a_key_and_goes(
    qtbot: QtBot, desktop: Desktop, path: Path, clock: FakeClock
) -> None:
    make(path, clock, with_key=False)
    session = unlock(qtbot, desktop)
    assert session.notices.no_key.isVisible()
    session.notices.no_key.click()
    give(qtbot, desktop)
    made = shown(qtbot, desktop, RecoveryPage)
    assert made.notice.text() == ""
    type_back(qtbot, made, key_on(made))
    assert desktop.window.page is session.place
    qtbot.waitUntil(lambda: desktop.window.said() == "The recovery key is saved")
    assert not session.notices.no_key.isVisible()
    assert kinds(path) == ["password", "recovery"]


# Keyring --------------------------------------------------------------------------------------
def test_the_keyring_is_switched_on_and_off_after_the_password(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path, keyring: Memory, clock: FakeClock
) -> None:
    page = settings(qtbot, desktop)
    assert "other programs of yours can open it too" in page.texts()["keyring"]
    assert "every 14 days" in page.texts()["keyring"]
    page.keyring.click()
    shown(qtbot, desktop, PasswordAgainPage)
    assert not page.keyring.isChecked()
    give(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.window.page is page)
    qtbot.waitUntil(page.keyring.isChecked)
    assert page.notice.text() == "This computer’s keyring opens the vault now"
    keyring_slot.unlock(LockedVault(path), keyring, clock).lock()
    qtbot.waitUntil(page.keyring.isEnabled)
    page.keyring.click()
    give(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.window.page is page)
    qtbot.waitUntil(lambda: not page.keyring.isChecked())
    assert kinds(path) == ["password", "recovery"]
    assert keyring.kept == {}


def test_without_a_keyring_the_switch_says_why_not(
    qtbot: QtBot, desktop: Desktop, key: str, keyring: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WATCHWORD_HOME")
    keyring.there = False
    page = settings(qtbot, desktop)
    assert not page.keyring.isEnabled()
    assert page.texts()["keyring"] == (
        "Not possible here: this computer has no keyring that is safe to use."
    )


def test_a_portable_watchword_uses_no_keyring_and_can_switch_off_one_from_before(
    qtbot: QtBot, qapp: QApplication, key: str, path: Path, clock: FakeClock
) -> None:
    vault = LockedVault(path).unlock(PASSWORD, clock=clock)
    keyring_slot.turn_on(vault, Memory(), clock)
    vault.lock()
    portable = Desktop(qapp, path, clock=clock, cost=CHEAPEST, make_source=NoSource)
    page = settings(qtbot, portable)
    assert "a portable Watchword leaves nothing on the computer" in page.texts()["keyring"]
    assert page.keyring.isChecked()
    page.keyring.click()
    give(qtbot, portable)
    qtbot.waitUntil(lambda: not page.keyring.isChecked())
    assert not page.keyring.isEnabled()
    assert kinds(path) == ["password", "recovery"]
    portable.stop()
    portable.window.close()
    portable.window.deleteLater()


def test_a_keyring_that_is_not_saved_in_the_vault_keeps_nothing(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path, keyring: Memory
) -> None:
    page = settings(qtbot, desktop)
    page.keyring.click()
    with pytest.MonkeyPatch.context() as patch:
        full_disk(patch)
        asked = give(qtbot, desktop)
        qtbot.waitUntil(lambda: "The disk is full" in asked.notice.text())
    asked.back_pressed.emit()
    assert not page.keyring.isChecked()
    assert keyring.kept == {}


def test_a_prompt_of_the_keyring_that_nobody_answers_holds_up_no_save(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path, keyring: Memory
) -> None:
    page = settings(qtbot, desktop)
    session = desktop.session
    assert session is not None
    keyring.prompt = threading.Event()
    page.keyring.click()
    asked = give(qtbot, desktop)
    qtbot.waitUntil(asked.waiting.cancel.isVisible)
    saved: list[None] = []
    session.saves.save(on_done=saved.append)
    qtbot.waitUntil(lambda: saved == [None])
    asked.waiting.cancel.click()
    assert "Nothing was changed" in asked.notice.text()
    keyring.prompt.set()
    assert kinds(path) == ["password", "recovery"]


# Backups --------------------------------------------------------------------------------------
def save_copy(qtbot: QtBot, page: SettingsPage, target: Path) -> None:
    page.save_copy.click()
    dialog = page.findChild(QFileDialog, "copy dialog")
    assert dialog is not None
    field = dialog.findChild(QLineEdit)
    assert field is not None
    assert re.fullmatch(r"watchword-\d{4}-\d\d-\d\d-\d{4}\.backup", field.text())
    field.setText(str(target))
    dialog.accept()


def test_a_copy_is_saved_where_the_person_says_and_never_over_another(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path, tmp_path: Path
) -> None:
    page = settings(qtbot, desktop)
    target = tmp_path / "stick.backup"
    save_copy(qtbot, page, target)
    qtbot.waitUntil(lambda: page.notice.text().startswith("The copy is saved"))
    assert target.read_bytes() == path.read_bytes()
    assert str(target) in page.notice.text()
    target.write_bytes(b"an older copy")
    page.notice.hide()
    save_copy(qtbot, page, target)
    qtbot.waitUntil(lambda: page.notice.text().startswith("The copy was not saved"))
    assert "is there already" in page.notice.text()
    assert "Choose a name that is not taken." in page.notice.text()
    assert target.read_bytes() == b"an older copy"


def test_what_the_header_says_is_hidden_and_shown_again_only_with_the_password(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path
) -> None:
    page = settings(qtbot, desktop)
    page.hiding.click()
    qtbot.waitUntil(page.hiding.isChecked)
    header = LockedVault(path).header()
    assert (header.accounts, header.saved_at) == (None, None)
    page.hiding.click()
    assert page.hiding.isChecked()
    give(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.window.page is page)
    assert not page.hiding.isChecked()
    assert LockedVault(path).header().accounts == 2


def test_what_cannot_be_hidden_stays_shown(
    qtbot: QtBot, desktop: Desktop, key: str, path: Path
) -> None:
    page = settings(qtbot, desktop)
    with pytest.MonkeyPatch.context() as patch:
        full_disk(patch)
        page.hiding.click()
        qtbot.waitUntil(lambda: "The disk is full" in page.notice.text())
    assert not page.hiding.isChecked()
    assert page.hiding.isEnabled()
    session = desktop.session
    assert session is not None
    session._vault.save()
    assert LockedVault(path).header().accounts == 2


def test_restoring_locks_first_and_leads_to_the_copies(
    qtbot: QtBot, desktop: Desktop, key: str
) -> None:
    settings(qtbot, desktop).restore.click()
    page = shown(qtbot, desktop, CopiesPage)
    assert desktop.session is None
    assert page.cards()
    page.back_pressed.emit()
    shown(qtbot, desktop, UnlockPage)


# Words ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-3, "today"),
        (0, "today"),
        (1, "yesterday"),
        (61, "61 days ago"),
        (62, "2 months ago"),
        (95, "3 months ago"),
        (729, "24 months ago"),
        (730, "2 years ago"),
    ],
)
def test_how_long_ago_is_said_roughly(days: int, words: str) -> None:
    now = 1_700_000_000.0
    assert ago(now - days * DAY, now) == words


def trace(generation: int, *, sound: bool = True, accounts: int | None = 1) -> Trace:
    saved = None if accounts is None else 1_700_000_000
    kind = TraceKind.BACKUP
    return Trace(kind, Path("x"), sound, "v" if sound else "", generation, accounts, saved)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ([], r"None yet\. .*"),
        ([trace(1, accounts=9), trace(2)], r"2 backups\. Newest: today .*, 1 account\."),
        ([trace(1, accounts=None)], r"1 backup\. The newest does not say when .*"),
        ([trace(1), trace(0, sound=False)], r"1 backup\. .* 1 file is damaged\."),
    ],
)
def test_backups_are_told_as_they_are(found: list[Trace], words: str) -> None:
    assert re.fullmatch(words, settings_words.backups_of(found, "v", 1_700_000_000.0))
