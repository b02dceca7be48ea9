"""The app's own pages against a real watchword-server process: link, approve, deny, go offline."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from browserless import Browserless
from programs import Server, server
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from watchword.clock import SystemClock
from watchword.desktop.accounts.backup_codes_page import BackupCodesPage
from watchword.desktop.accounts.remove_page import RemovePage
from watchword.desktop.accounts.trash_page import TrashPage
from watchword.desktop.application import Desktop
from watchword.desktop.enrolment.add_pages import AddPages
from watchword.desktop.enrolment.frame_source import NoSource
from watchword.desktop.shell.session import Session
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.protocol.signing import SigningKey
from watchword.vault import CHEAPEST, LockedVault, create_vault
from watchword.vault.account import ServerLink

PASSWORD = "correct horse battery staple"
VAULT_PASSWORD = "four words or so"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Server]:
    with server(tmp_path / "server", "--name", "Kalos Club", users={"elena": PASSWORD}) as one:
        yield one


@pytest.fixture
def desktop(qapp: QApplication, tmp_path: Path) -> Iterator[Desktop]:
    path = tmp_path / "data" / "vault"
    vault, _ = create_vault(
        path, VAULT_PASSWORD, recovery_key=False, cost=CHEAPEST, clock=SystemClock()
    )
    one = Desktop(qapp, path, make_source=NoSource)
    one.start()
    one._begin(vault)
    yield one
    one.stop()
    one.window.close()
    one.window.deleteLater()


def session_of(desktop: Desktop) -> Session:
    assert desktop.session is not None
    return desktop.session


def link(qtbot: QtBot, desktop: Desktop, browser: Browserless) -> None:
    """Link the app as a person does: scan, confirm, type the short code into the browser."""
    browser.sign_in("elena", PASSWORD)
    desktop.open_text(browser.add_device(PASSWORD))
    pages = desktop.window.page
    assert isinstance(pages, AddPages)
    qtbot.waitUntil(lambda: pages.currentWidget() is pages.preview_page)
    pages.preview_page.confirm_button.click()
    linking = pages.linking_page
    qtbot.waitUntil(linking.code.isVisible, timeout=30_000)
    browser.join(linking.code.accessibleName()[:4])
    qtbot.waitUntil(linking.done_button.isVisible, timeout=30_000)
    linking.done_button.click()
    codes = desktop.window.page
    assert isinstance(codes, BackupCodesPage)
    assert len(codes.text().split()) == len(codes.cells) == 10
    codes.done_button.click()


def test_link_then_approve_and_deny(
    qtbot: QtBot, desktop: Desktop, running: Server, tmp_path: Path
) -> None:
    session = session_of(desktop)
    home = Browserless(running.origin)
    link(qtbot, desktop, home)
    home.close()
    assert desktop.window.page is session.place
    assert session.place.list.bell.isVisible()

    browser = Browserless(running.origin)
    browser.sign_in("elena", PASSWORD)
    qtbot.waitUntil(session.desk.strips.banner.isVisible, timeout=30_000)
    assert "Kalos Club" in session.desk.strips.banner.accessibleName()
    session.desk.strips.banner.click()
    page = session.desk.page
    assert desktop.window.page is page
    assert "Kalos Club" in page.heading.text()
    assert page.form is not None
    assert page.form.cells is not None
    page.form.cells.setText(browser.match_code().lower())
    qtbot.waitUntil(page.approve.isEnabled)
    page.approve.click()
    qtbot.waitUntil(page.outcome.isVisible, timeout=30_000)
    assert page.outcome.title.text() == "Approved"
    assert browser.is_let_in()
    browser.close()
    page.outcome.done_button.click()
    assert desktop.window.page is session.place

    stranger = Browserless(running.origin)
    stranger.sign_in("elena", PASSWORD)
    qtbot.waitUntil(session.desk.strips.banner.isVisible, timeout=30_000)
    session.desk.open()
    page.deny.click()
    qtbot.waitUntil(lambda: page.outcome.title.text() == "Denied", timeout=30_000)
    assert not stranger.is_let_in()
    stranger.close()
    desktop.lock()
    desktop.jobs.stop()
    kept = LockedVault(tmp_path / "data" / "vault").unlock(VAULT_PASSWORD, clock=SystemClock())
    assert [entry.result for entry in kept.history] == ["approved", "denied"]
    kept.lock()


def test_without_a_network_codes_still_work_and_it_says_offline(
    qtbot: QtBot, desktop: Desktop, running: Server
) -> None:
    session = session_of(desktop)
    browser = Browserless(running.origin)
    link(qtbot, desktop, browser)
    browser.close()
    running.stop()
    qtbot.waitUntil(session._offline.isVisible, timeout=30_000)
    row = session.place.model.row(session.place.model.index(0))
    assert row is not None
    assert len(row.plain_code) == 6


def test_removing_a_linked_account_tells_the_server_first(
    qtbot: QtBot, desktop: Desktop, running: Server
) -> None:
    session = session_of(desktop)
    browser = Browserless(running.origin)
    link(qtbot, desktop, browser)
    browser.close()
    account_id = session.place.selected_id()
    running.stop()
    session.accounts.remove(account_id)
    page = desktop.window.page
    assert isinstance(page, RemovePage)
    page.button.click()
    qtbot.waitUntil(page.here_button.isVisible, timeout=30_000)
    assert page.notice.text().startswith("The server was not told")
    assert session.place.model.count == 1
    running.start()
    page.button.click()
    qtbot.waitUntil(lambda: desktop.window.page is session.place, timeout=30_000)
    assert session.place.model.count == 0
    assert session.place.empty.trash_button.isVisible()
    # Nobody is asked for this account any more: the password alone lets in.
    browser = Browserless(running.origin)
    browser.sign_in("elena", PASSWORD)
    assert browser.is_let_in()
    browser.close()
    session.accounts.open_trash()
    trash = desktop.window.page
    assert isinstance(trash, TrashPage)
    trash.buttons()[0].click()
    qtbot.waitUntil(lambda: session.place.model.count == 1)
    row = session.place.model.row(session.place.model.index(0))
    assert row is not None
    assert row.is_removed


def private_keys() -> set[bytes]:
    """Return every private key that is alive in this process."""
    gc.collect()
    return {found.private for found in gc.get_objects() if isinstance(found, SigningKey)}


def has_keys(qtbot: QtBot, desktop: Desktop) -> bytes:
    """Wait for the hint key; return the device's own."""
    session = session_of(desktop)
    qtbot.waitUntil(lambda: session.hints.count == 1, timeout=30_000)
    (account,) = session._accounts
    assert account.link is not None
    assert account.link.device_key in private_keys()
    return account.link.device_key


def test_while_locked_it_says_that_a_login_waits_and_knows_no_more(
    qtbot: QtBot, desktop: Desktop, running: Server
) -> None:
    of_other_tests = private_keys()
    browser = Browserless(running.origin)
    link(qtbot, desktop, browser)
    browser.submit("/sign-out")
    device_key = has_keys(qtbot, desktop)
    desktop.lock()
    page = desktop.window.page
    assert isinstance(page, UnlockPage)
    browser.sign_in("elena", PASSWORD)
    qtbot.waitUntil(page.login_waits.isVisible, timeout=30_000)
    assert "A login is waiting" in page.login_waits.text()
    qtbot.waitUntil(lambda: device_key not in private_keys(), timeout=30_000)
    assert len(private_keys() - of_other_tests) == 1  # that of the hints
    links = [found for found in gc.get_objects() if isinstance(found, ServerLink)]
    assert running.origin not in {found.origin for found in links}
    # Withdrawn, it does not wait any more.
    browser.submit("/sign-out")
    qtbot.waitUntil(page.login_waits.isHidden, timeout=30_000)
    browser.sign_in("elena", PASSWORD)
    qtbot.waitUntil(page.login_waits.isVisible, timeout=30_000)
    hints = private_keys() - of_other_tests
    page.password.set_text(VAULT_PASSWORD)
    page.button.click()
    qtbot.waitUntil(lambda: desktop.session is not None, timeout=30_000)
    qtbot.waitUntil(lambda: session_of(desktop).desk.waiting == 1, timeout=30_000)
    assert has_keys(qtbot, desktop) == device_key
    assert not hints & private_keys()  # another one at each unlocking
    browser.close()
    desktop.stop()
    qtbot.waitUntil(lambda: not private_keys() - of_other_tests, timeout=30_000)
