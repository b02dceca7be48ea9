"""The demo with the real server: from the welcome to being let in, and away again."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browserless import Browserless
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from watchword.clock import SystemClock
from watchword.desktop.accounts.backup_codes_page import BackupCodesPage
from watchword.desktop.application import Desktop
from watchword.desktop.enrolment.add_pages import AddPages
from watchword.desktop.enrolment.frame_source import NoSource
from watchword.desktop.look.step import Step
from watchword.desktop.look.widgets.choice_card import ChoiceCard
from watchword.desktop.shell.demo_desk import DemoDesk
from watchword.desktop.shell.session import Session
from watchword.desktop.unlock.create_page import CreatePage
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.desktop.unlock.welcome_page import WelcomePage
from watchword.system.demo_server import DemoNotStarted
from watchword.vault import CHEAPEST, LockedVault, create_vault

VAULT_PASSWORD = "four words or so"
PATIENCE = 30_000


class SystemBrowser(QObject):
    """Takes the addresses that the system's browser would be given."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toString(QUrl.ComponentFormattingOption.FullyEncoded))


@pytest.fixture
def system(qapp: QApplication) -> Iterator[SystemBrowser]:
    one = SystemBrowser()
    QDesktopServices.setUrlHandler("http", one, "open")
    yield one
    QDesktopServices.unsetUrlHandler("http")


@pytest.fixture
def desktop(qapp: QApplication, tmp_path: Path) -> Iterator[Desktop]:
    one = Desktop(qapp, tmp_path / "data" / "vault", cost=CHEAPEST, make_source=NoSource)
    yield one
    one.stop()
    assert one._demo.access is None
    one.window.close()
    one.window.deleteLater()


def session_of(desktop: Desktop) -> Session:
    assert desktop.session is not None
    return desktop.session


def step_of(demo: DemoDesk) -> Step:
    assert not demo.strip.isHidden()
    assert demo.strip.shown is not None
    return demo.strip.shown


def title_is(demo: DemoDesk, title: str) -> Callable[[], bool]:
    return lambda: not demo.strip.isHidden() and step_of(demo).title == title


def link_by_signing_in(qtbot: QtBot, desktop: Desktop, system: SystemBrowser) -> Browserless:
    """Do what step one asks for, and come back with the browser that is signed in."""
    demo = session_of(desktop).demo
    name, password = (chip.value for chip in demo.strip.chips[:2])
    demo.strip.buttons["sign-in"].click()
    pages = desktop.window.page
    assert isinstance(pages, AddPages)
    before = len(system.opened)
    pages.preview_page.confirm_button.click()
    qtbot.waitUntil(lambda: len(system.opened) > before, timeout=PATIENCE)
    browser = Browserless(system.opened[0])
    browser.open(system.opened[-1])
    browser.submit("/sign-in", name=name, password=password)
    browser.submit("/authorise")
    assert demo.strip.chips  # while the page in the browser asks, the name stays in sight
    linking = pages.linking_page
    qtbot.waitUntil(linking.code.isVisible, timeout=PATIENCE)
    browser.open("/security/joining")
    browser.submit("/security/joining/confirm", code=linking.code.accessibleName()[:4])
    qtbot.waitUntil(linking.done_button.isVisible, timeout=PATIENCE)
    linking.done_button.click()
    codes = desktop.window.page
    assert isinstance(codes, BackupCodesPage)
    codes.done_button.click()
    return browser


def test_who_tries_it_first_is_led_until_the_browser_is_let_in(
    qtbot: QtBot, desktop: Desktop, system: SystemBrowser
) -> None:
    desktop.start()
    welcome = desktop.window.page
    assert isinstance(welcome, WelcomePage)
    welcome.try_button.click()
    qtbot.waitUntil(lambda: desktop.session is not None, timeout=PATIENCE)
    session = session_of(desktop)
    demo, strip = session.demo, session.demo.strip
    assert step_of(demo).number == 0
    assert not system.opened  # nothing is opened over what was just asked for
    strip.buttons["start"].setFocus()
    qtbot.keyClick(strip.buttons["start"], Qt.Key.Key_Return)
    assert step_of(demo).title == "Starting the demo…"
    assert strip.close_button.hasFocus()  # what was pressed is gone, and the keyboard is not lost
    qtbot.waitUntil(title_is(demo, "Link this app to the demo"), timeout=PATIENCE)
    access = desktop._demo.access
    assert access is not None
    assert system.opened == [access.address]
    strip.chips[1].click()
    assert QGuiApplication.clipboard().text() == access.password

    browser = link_by_signing_in(qtbot, desktop, system)
    assert step_of(demo).place == "2 of 3"
    browser.submit("/sign-out")
    browser.sign_in(access.user, access.password)
    qtbot.waitUntil(title_is(demo, "Approve it"), timeout=PATIENCE)
    strip.buttons["show"].click()
    page = session.desk.page
    assert desktop.window.page is page
    assert "above" in step_of(demo).text
    assert page.form is not None
    assert page.form.cells is not None
    page.form.cells.setText(browser.match_code())
    qtbot.waitUntil(page.approve.isEnabled)
    page.approve.click()
    qtbot.waitUntil(title_is(demo, "You are in"), timeout=PATIENCE)
    assert browser.is_let_in()
    browser.close()

    assert "create" in strip.buttons
    assert session.place.model.count == 6
    strip.buttons["end"].click()
    assert desktop.window.page is session.place
    assert strip.isHidden()  # also while the server is still ending
    qtbot.waitUntil(lambda: session.place.model.count == 5, timeout=PATIENCE)
    qtbot.waitUntil(lambda: desktop._demo.access is None, timeout=PATIENCE)
    assert strip.isHidden()
    demo.create_asked.emit()
    assert isinstance(desktop.window.page, CreatePage)
    assert desktop.session is None


def own_vault(desktop: Desktop, path: Path) -> Session:
    vault, _ = create_vault(
        path, VAULT_PASSWORD, recovery_key=False, cost=CHEAPEST, clock=SystemClock()
    )
    desktop.start()
    desktop._begin(vault)
    return session_of(desktop)


def test_in_a_vault_of_ones_own_it_outlives_a_lock_and_goes_without_a_trace(
    qtbot: QtBot, desktop: Desktop, system: SystemBrowser, tmp_path: Path
) -> None:
    path = tmp_path / "data" / "vault"
    session = own_vault(desktop, path)
    assert session.demo.strip.isHidden()
    session.place.empty.chosen.emit("demo")
    qtbot.waitUntil(title_is(session.demo, "Link this app to the demo"), timeout=PATIENCE)
    link_by_signing_in(qtbot, desktop, system).close()
    assert session.place.model.count == 1

    desktop.lock()
    unlock = desktop.window.page
    assert isinstance(unlock, UnlockPage)
    unlock.password.set_text(VAULT_PASSWORD)
    unlock.button.click()
    qtbot.waitUntil(lambda: desktop.session is not None, timeout=PATIENCE)
    session = session_of(desktop)
    assert step_of(session.demo).place == "2 of 3"

    # The server ends by itself: what is left is told, and goes with one click.
    desktop._demo.stop()
    session.demo.refresh()
    assert step_of(session.demo).title == "The demo is over"
    session.demo.strip.buttons["end"].click()
    qtbot.waitUntil(lambda: session.place.model.count == 0, timeout=PATIENCE)
    assert session.demo.strip.isHidden()
    desktop.lock()
    desktop.jobs.stop()
    kept = LockedVault(path).unlock(VAULT_PASSWORD, clock=SystemClock())
    assert not kept.accounts
    assert not kept.trash
    kept.lock()


@pytest.mark.qt_log_ignore("does not support QPlatformServices::openUrl")
def test_without_a_browser_the_address_is_shown_and_a_server_that_fails_says_why(
    qtbot: QtBot, desktop: Desktop, tmp_path: Path
) -> None:
    session = own_vault(desktop, tmp_path / "data" / "vault")
    demo = session.demo
    desktop._demo._command = ["/no/such/program"]
    demo.start()
    qtbot.waitUntil(title_is(demo, "The demo server did not start"), timeout=PATIENCE)
    assert "No such file" in step_of(demo).text
    said = "print('Demo server  http://127.0.0.1:9\\nUser  demo\\nPassword  p', flush=True)"
    desktop._demo._command = [
        *("/usr/bin/env", "python3", "-I", "-c"),
        f"{said}; import sys; sys.stdin.read()",
    ]
    demo.strip.buttons["start"].click()
    qtbot.waitUntil(title_is(demo, "Link this app to the demo"), timeout=PATIENCE)
    assert [chip.value for chip in demo.strip.chips][2] == "http://127.0.0.1:9"
    assert desktop.window.said().startswith("No browser could be opened")
    demo.strip.close_button.click()
    assert demo.strip.isHidden()
    assert desktop.window.said() == "The demo is over"
    qtbot.waitUntil(lambda: desktop._demo.access is None, timeout=PATIENCE)
    # Whoever ends it while it starts is not told that it did not, and it does not stay.
    demo._not_started(DemoNotStarted("Ended"))
    assert demo.strip.isHidden()
    demo._started(desktop._demo.start())
    assert demo.strip.isHidden()
    qtbot.waitUntil(lambda: desktop._demo.access is None, timeout=PATIENCE)


def test_where_there_is_no_server_no_demo_is_offered(
    qapp: QApplication, desktop: Desktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watchword.desktop.shell.adding.demo_command", lambda: None)
    session = own_vault(desktop, tmp_path / "data" / "vault")
    cards = session.place.empty.findChildren(ChoiceCard)
    offered = [card.property("choice") for card in cards]
    assert "demo" not in offered
    assert "scan" in offered
