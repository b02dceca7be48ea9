"""The app as a whole: real vault, real pages, in one process."""

import errno
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sample_accounts import sample_accounts
from shiboken6 import isValid

from watchword.clock import SystemClock
from watchword.desktop.application import Desktop
from watchword.desktop.background.jobs import Lane
from watchword.desktop.enrolment.add_pages import AddPages
from watchword.desktop.enrolment.frame_source import NoSource
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.look.widgets.buttons import LinkButton
from watchword.desktop.settings.change_password_page import ChangePasswordPage
from watchword.desktop.settings.older_backups_page import OlderBackupsPage
from watchword.desktop.unlock.create_page import CreatePage
from watchword.desktop.unlock.recovery_page import RecoveryPage
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.desktop.unlock.welcome_page import WelcomePage
from watchword.errors import WrongPassword
from watchword.vault import CHEAPEST, LockedVault, create_vault, durable

PASSWORD = "four words or so"
LINK = "otpauth://totp/Nextcloud:ana@cloud.example?secret=NBSWY3DPEB3W64TMMQ&issuer=Nextcloud"
ROUTER = "a5".rjust(16, "0")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "vault"


@pytest.fixture
def desktop(qtbot: QtBot, qapp: QApplication, path: Path) -> Iterator[Desktop]:
    running = Desktop(qapp, path, cost=CHEAPEST, make_source=NoSource)
    yield running
    running.stop()
    running.window.close()
    running.window.deleteLater()


def make_vault(path: Path) -> str:
    vault, key = create_vault(path, PASSWORD, cost=CHEAPEST, clock=SystemClock())
    vault.add(
        replace(account, id=f"{account.id:0>16}")
        for account in sample_accounts()
        if account.link is None
    )
    vault.save()
    vault.lock()
    assert key is not None
    return key


def unlock(qtbot: QtBot, desktop: Desktop, secret: str = PASSWORD) -> None:
    page = desktop.window.page
    assert isinstance(page, UnlockPage)
    page.password.set_text(secret)
    qtbot.keyClick(page.password.edit, Qt.Key.Key_Return)


def test_a_newcomer_makes_a_vault_and_sees_the_ways_to_a_first_account(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    desktop.start()
    welcome = desktop.window.page
    assert isinstance(welcome, WelcomePage)
    welcome.create_button.click()
    create = desktop.window.page
    assert isinstance(create, CreatePage)
    create.password.set_text(PASSWORD)
    create.again.set_text(PASSWORD)
    create.button.click()
    qtbot.waitUntil(lambda: isinstance(desktop.window.page, RecoveryPage))
    assert path.exists()
    recovery = desktop.window.page
    assert isinstance(recovery, RecoveryPage)
    recovery.later.click()
    session = desktop.session
    assert session is not None
    assert desktop.window.page is session.place
    assert session.place.empty.isVisible()


def test_unlock_copy_lock_and_unlock_again(
    qtbot: QtBot, qapp: QApplication, desktop: Desktop, path: Path
) -> None:
    make_vault(path)
    desktop.start()
    unlock(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.session is not None)
    session = desktop.session
    assert session is not None
    row = session.place.model.row(session.place.model.index(0))
    assert row is not None
    session.place.list.view.take(row)
    assert qapp.clipboard().text() == row.plain_code
    assert desktop.window.said() == "Copied. Cleared in 30 s"
    qtbot.keyClick(desktop.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(desktop.window.page, UnlockPage)
    assert desktop.session is None
    assert qapp.clipboard().text() == ""
    unlock(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.session is not None)


def test_a_wrong_password_says_wrong_password(qtbot: QtBot, desktop: Desktop, path: Path) -> None:
    make_vault(path)
    desktop.start()
    unlock(qtbot, desktop, "not this one")
    page = desktop.window.page
    assert isinstance(page, UnlockPage)
    notice = page.findChild(Notice)
    assert notice is not None
    qtbot.waitUntil(notice.isVisible)
    assert "password" in notice.text().lower()
    assert "damaged" not in notice.text().lower().split(".")[0]


def test_the_recovery_key_opens_too(qtbot: QtBot, desktop: Desktop, path: Path) -> None:
    key = make_vault(path)
    desktop.start()
    page = desktop.window.page
    assert isinstance(page, UnlockPage)
    page.other_way.click()
    page.key.set_text(key.lower().replace("-", " "))
    page.button.click()
    qtbot.waitUntil(lambda: desktop.session is not None)


def opened_by_key(qtbot: QtBot, desktop: Desktop, path: Path) -> ChangePasswordPage:
    """Open with the recovery key, and go where a new password is chosen."""
    key = make_vault(path)
    desktop.start()
    page = desktop.window.page
    assert isinstance(page, UnlockPage)
    page.other_way.click()
    page.key.set_text(key)
    page.button.click()
    qtbot.waitUntil(lambda: desktop.session is not None)
    buttons = [
        each
        for each in desktop.window.page.findChildren(LinkButton)
        if each.text() == "Choose a new password"
    ]
    (button,) = buttons
    button.click()
    chosen = desktop.window.page
    assert isinstance(chosen, ChangePasswordPage)
    assert chosen.old is None
    return chosen


def test_after_the_recovery_key_a_forgotten_password_is_replaced(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    page = opened_by_key(qtbot, desktop, path)
    page.new.password.set_text("seven new words here")
    page.new.again.set_text("seven new words here")
    page.button.click()
    qtbot.waitUntil(lambda: isinstance(desktop.window.page, OlderBackupsPage))
    older = desktop.window.page
    assert isinstance(older, OlderBackupsPage)
    # Without the old password they cannot be re-encrypted.
    assert not older.reseal.isVisible()
    older.keep.click()
    qtbot.waitUntil(lambda: desktop.window.said() == "The password is changed")
    LockedVault(path).unlock("seven new words here").lock()
    with pytest.raises(WrongPassword):
        LockedVault(path).unlock(PASSWORD)


def test_locking_drops_the_page_of_the_new_password(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    page = opened_by_key(qtbot, desktop, path)
    page.new.password.set_text("seven new words here")
    desktop.lock()
    qtbot.waitUntil(lambda: not isValid(page))
    assert isinstance(desktop.window.page, UnlockPage)


def test_the_offer_of_a_new_password_stands_where_there_are_no_accounts_too(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    vault, key = create_vault(path, PASSWORD, cost=CHEAPEST, clock=SystemClock())
    vault.lock()
    assert key is not None
    desktop.start()
    page = desktop.window.page
    assert isinstance(page, UnlockPage)
    page.other_way.click()
    page.key.set_text(key)
    page.button.click()
    qtbot.waitUntil(lambda: desktop.session is not None)
    session = desktop.session
    assert session is not None
    assert session.place.empty.isVisible()
    assert session.place.empty.isAncestorOf(session.notices.reminder)
    assert session.notices.reminder.isVisible()
    session.open_text(LINK)
    pages = desktop.window.page
    assert isinstance(pages, AddPages)
    pages.preview_page.confirm_button.click()
    qtbot.waitUntil(lambda: desktop.window.page is session.place)
    # With the first account the list takes its place, and the strip.
    assert session.place.list.isAncestorOf(session.notices.reminder)
    assert session.notices.reminder.isVisible()


def test_going_back_leaves_the_password_as_it_was(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    page = opened_by_key(qtbot, desktop, path)
    page.back_pressed.emit()
    assert desktop.session is not None
    assert desktop.window.page is desktop.session.place
    LockedVault(path).unlock(PASSWORD).lock()


def test_a_counter_code_is_saved_before_it_is_shown(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    make_vault(path)
    desktop.start()
    unlock(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.session is not None)
    session = desktop.session
    assert session is not None

    def shown() -> str:
        row = session.place.model.row_of(ROUTER)
        return row.plain_code if row else ""

    session.place.new_code_asked.emit(ROUTER)
    qtbot.waitUntil(lambda: shown() == "755224")  # RFC 4226 appendix D
    saved = LockedVault(path).unlock(PASSWORD, clock=SystemClock())
    otp = next(account.otp for account in saved.accounts if account.id == ROUTER)
    assert otp is not None
    assert otp.counter == 1
    saved.lock()


def test_trying_first_leaves_nothing(qtbot: QtBot, desktop: Desktop, path: Path) -> None:
    desktop.start()
    welcome = desktop.window.page
    assert isinstance(welcome, WelcomePage)
    welcome.try_button.click()
    qtbot.waitUntil(lambda: desktop.session is not None)
    session = desktop.session
    assert session is not None
    assert session.place.model.rowCount() == 5
    folder = desktop._trial.folder
    assert folder is not None
    assert folder.exists()
    desktop.lock()
    assert isinstance(desktop.window.page, WelcomePage)
    assert not folder.exists()
    assert not path.exists()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give temporary folders a place of their own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_trying_pressed_twice_makes_one_vault_and_leaves_nothing(
    qtbot: QtBot, desktop: Desktop, temporary: Path
) -> None:
    desktop.start()
    welcome = desktop.window.page
    assert isinstance(welcome, WelcomePage)
    welcome.try_button.click()
    welcome.try_button.click()
    qtbot.waitUntil(lambda: desktop.session is not None)
    session = desktop.session
    desktop.jobs.run(lambda: None, lane=Lane.VAULT)
    qtbot.waitUntil(lambda: not isValid(welcome))
    assert desktop.session is session
    assert len(list(temporary.iterdir())) == 1
    desktop.lock()
    qtbot.waitUntil(lambda: not list(temporary.iterdir()))


def test_a_real_vault_made_after_trying_was_pressed_is_kept(
    qtbot: QtBot, desktop: Desktop, temporary: Path, path: Path
) -> None:
    desktop.start()
    welcome = desktop.window.page
    assert isinstance(welcome, WelcomePage)
    begun, go = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        assert go.wait(20)

    desktop.jobs.run(hold, lane=Lane.VAULT)
    assert begun.wait(20)
    welcome.try_button.click()
    welcome.create_button.click()
    qtbot.waitUntil(lambda: not isValid(welcome))
    go.set()
    create = desktop.window.page
    assert isinstance(create, CreatePage)
    create.password.set_text(PASSWORD)
    create.again.set_text(PASSWORD)
    create.button.click()
    qtbot.waitUntil(lambda: isinstance(desktop.window.page, RecoveryPage))
    recovery = desktop.window.page
    assert isinstance(recovery, RecoveryPage)
    recovery.later.click()
    assert desktop.session is not None
    assert not desktop.session._trial
    assert list(temporary.iterdir()) == []
    desktop.lock()
    assert isinstance(desktop.window.page, UnlockPage)


def test_no_room_for_trying_is_said_and_leaves_nothing(
    qtbot: QtBot, desktop: Desktop, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    desktop.start()
    welcome = desktop.window.page
    assert isinstance(welcome, WelcomePage)
    with monkeypatch.context() as patch:
        patch.setattr(durable, "settle_file", fail)
        welcome.try_button.click()
        qtbot.waitUntil(lambda: "The disk is full" in desktop.window.said())
    assert list(temporary.iterdir()) == []
    welcome.try_button.click()
    qtbot.waitUntil(lambda: desktop.session is not None)


def preview_shown(desktop: Desktop) -> str:
    """Return the question of the preview; empty while something else is on the screen."""
    page = desktop.window.page
    if isinstance(page, AddPages) and page.currentWidget() is page.preview_page:
        return page.preview_page.heading()
    return ""


def test_a_link_waits_for_the_vault_to_be_unlocked(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    make_vault(path)
    desktop.start()
    desktop.open_text(LINK)
    page = desktop.window.page
    assert isinstance(page, UnlockPage)
    assert page.subtitle() == "Unlock to add the account of the link."
    unlock(qtbot, desktop)
    qtbot.waitUntil(lambda: preview_shown(desktop) == "Add Nextcloud?")
    desktop.lock()
    # It was shown once; it does not come back with every unlocking.
    page = desktop.window.page
    assert isinstance(page, UnlockPage)
    assert page.subtitle() == "Your accounts are locked."
    unlock(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.session is not None)
    assert desktop.session is not None
    assert desktop.window.page is desktop.session.place


def test_a_link_never_comes_up_under_another_question(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    make_vault(path)
    desktop.start()
    unlock(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.session is not None)
    desktop.open_text(LINK)
    assert preview_shown(desktop) == "Add Nextcloud?"
    desktop.open_text(LINK.replace("Nextcloud", "Gitea"))
    assert preview_shown(desktop) == "Add Nextcloud?"
    assert desktop.window.said() == "The link waits until you are done here"
    pages = desktop.window.page
    assert isinstance(pages, AddPages)
    pages.preview_page.confirm_button.click()
    qtbot.waitUntil(lambda: preview_shown(desktop) == "Add Gitea?")


def test_a_link_is_not_added_to_the_vault_for_trying(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    desktop.start()
    desktop.open_text(LINK)
    welcome = desktop.window.page
    assert isinstance(welcome, WelcomePage)
    welcome.try_button.click()
    qtbot.waitUntil(lambda: desktop.session is not None)
    assert desktop.session is not None
    assert desktop.window.page is desktop.session.place
    assert desktop.window.said() == "The link waits until there is a vault to keep it in"


REQUEST_LINK = f"watchword://request/1?o=https://login.kalos.ch&r={'A' * 22}&h={'A' * 22}"


def test_a_link_to_a_login_request_waits_for_the_vault_to_be_unlocked(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    make_vault(path)
    desktop.start()
    desktop.open_text(REQUEST_LINK)
    page = desktop.window.page
    assert isinstance(page, UnlockPage)
    assert page.subtitle() == "Unlock to see the login request."
    unlock(qtbot, desktop)
    qtbot.waitUntil(lambda: "No such login request" in desktop.window.said())
    assert desktop.session is not None
    assert desktop.window.page is desktop.session.place


def test_a_link_to_a_login_request_takes_no_place_from_an_account_to_add(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    make_vault(path)
    desktop.start()
    desktop.open_text(LINK)
    desktop.open_text(REQUEST_LINK)  # any page of the web can do that
    page = desktop.window.page
    assert isinstance(page, UnlockPage)
    assert page.subtitle() == "Unlock to add the account of the link."
    unlock(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.session is not None)
    assert preview_shown(desktop) == "Add Nextcloud?"
    desktop.open_text(REQUEST_LINK)
    desktop.open_text(LINK.replace("Nextcloud", "Gitea"))  # waits in the place of the request
    desktop.open_text(REQUEST_LINK)
    assert "Another link waits already" in desktop.window.said()
    pages = desktop.window.page
    assert isinstance(pages, AddPages)
    pages.preview_page.confirm_button.click()
    qtbot.waitUntil(lambda: preview_shown(desktop) == "Add Gitea?")
