"""A vault that was on another computer: the question, its two answers, and leaving it for later."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from open_session import NOW, PASSWORD, QuietServer, open_session, sample_vault
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from watchword.approvals.moving import NotDecided
from watchword.desktop.accounts.link_page import CopiedPage
from watchword.desktop.enrolment.add_pages import AddPages
from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.session import Session
from watchword.desktop.unlock.moved_page import MovedPage
from watchword.providers.login_request import Polled
from watchword.vault import LockedVault, OpenVault, Places
from watchword.vault.account import ServerLink

KALOS, BASEL = (f"a{number}".rjust(16, "0") for number in (1, 3))


class Asked(QuietServer):
    """Remembers by which link it was asked."""

    def __init__(self) -> None:
        self.links: list[ServerLink] = []

    def poll(
        self, account_id: str, link: ServerLink, *, known: tuple[str, ...] = (), wait: float = 0.0
    ) -> Polled:
        self.links.append(link)
        return Polled(server_time=NOW, interval=3600)


@pytest.fixture
def server() -> Asked:
    return Asked()


@pytest.fixture
def vault(tmp_path: Path) -> OpenVault:
    made = sample_vault(tmp_path / "vault")
    made.set_setting("installation", "another computer's")
    made.save()
    return made


@pytest.fixture
def session(
    qapp: QApplication, window: MainWindow, vault: OpenVault, server: Asked
) -> Iterator[Session]:
    with open_session(qapp, window, vault, server) as made:
        yield made


def asking(window: MainWindow) -> MovedPage:
    page = window.page
    assert isinstance(page, MovedPage)
    return page


def states(vault: OpenVault) -> dict[str, str]:
    again = LockedVault(vault.path, places=vault.places).unlock(PASSWORD)
    found = {a.id: a.link.state for a in again.accounts if a.link}
    again.lock()
    return found


def test_it_asks_and_shows_which_accounts_and_nobody_is_polled_until_then(
    qtbot: QtBot, session: Session, window: MainWindow, server: Asked, vault: OpenVault
) -> None:
    page = asking(window)
    texts = [label.text() for label in page.findChildren(QLabel)]
    assert "Kalos Club · ana@kalos.ch" in texts
    assert "login.kalos.ch, as “Ana’s desktop”" in texts
    # Nothing is chosen by a key pressed in passing.
    QTest.keyClick(page, Qt.Key.Key_Return)
    assert window.page is page
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert window.page is session.place
    assert session.moving.strip.isVisible()
    session.desk.watching.woke()
    assert not server.links
    with pytest.raises(NotDecided):
        session.adding._link("watchword://enrol/1?…", "Laptop")
    session.adding.open_sign_in()
    pages = window.page
    assert isinstance(pages, AddPages)
    pages.address_page.address.set_text("login.kalos.ch")
    pages.address_page.button.click()
    pages.preview_page.confirm_button.click()
    assert pages.currentWidget() is pages.preview_page  # and no browser was opened in vain
    assert "another computer" in pages.preview_page.notice.text()
    session.show_accounts()
    session.moving.strip.click()
    assert states(vault) == {KALOS: "active", BASEL: "active"}
    asking(window)


def test_moved_here_polls_with_a_key_on_its_way(
    qtbot: QtBot, session: Session, window: MainWindow, server: Asked, vault: OpenVault
) -> None:
    page = asking(window)
    page.moved.setFocus()
    QTest.keyClick(page.moved, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.page is session.place)
    assert not session.moving.strip.isVisible()
    qtbot.waitUntil(lambda: len(server.links) >= 2)
    assert all(link.next_key and link.next_message for link in server.links)
    assert states(vault) == {KALOS: "active", BASEL: "active"}


def test_copied_shows_codes_only_and_the_way_to_link_again(
    qtbot: QtBot, session: Session, window: MainWindow, server: Asked, vault: OpenVault
) -> None:
    asking(window).copied.click()
    qtbot.waitUntil(lambda: window.page is session.place)
    assert states(vault) == {KALOS: "copied", BASEL: "copied"}
    session.desk.watching.woke()
    assert not server.links
    row = session.place.model.row_of(KALOS)
    assert row is not None
    assert (row.takes_requests, row.is_removed, bool(row.code)) == (False, False, True)
    assert not session.linked.strip.isVisible()
    session.place.link_asked.emit(KALOS)
    page = window.page
    assert isinstance(page, CopiedPage)
    page.remove_button.click()  # no server is told: the device is not ours
    qtbot.waitUntil(lambda: window.page is session.place)
    assert states(vault) == {BASEL: "copied"}
    session.place.link_asked.emit(BASEL)
    again = window.page
    assert isinstance(again, CopiedPage)
    again.button.click()
    assert isinstance(window.page, AddPages)


def test_what_cannot_be_saved_is_said_and_stays_a_question(
    qtbot: QtBot, session: Session, window: MainWindow, vault: OpenVault
) -> None:
    places: Places = vault.places
    places.lock.unlink(missing_ok=True)
    places.lock.mkdir()
    page = asking(window)
    page.moved.click()
    qtbot.waitUntil(lambda: page.notice.text().startswith("Not saved"))
    assert page.moved.isEnabled()
    places.lock.rmdir()
    page.moved.click()
    qtbot.waitUntil(lambda: window.page is session.place)


def test_at_home_nothing_is_asked_and_the_computer_remembers(
    qtbot: QtBot, qapp: QApplication, window: MainWindow, server: Asked, tmp_path: Path
) -> None:
    vault = sample_vault(tmp_path / "other")
    vault.set_setting("installation", "")  # written before there was this
    vault.save()
    vault.places.installation_note.unlink()
    with open_session(qapp, window, vault, server) as made:
        assert window.page is made.place
        qtbot.waitUntil(vault.places.installation_note.exists)
        qtbot.waitUntil(lambda: bool(vault.setting("installation")) and not vault.dirty)
        assert not made.moving.undecided


def test_a_link_that_a_worker_changed_is_what_is_asked_with_next(
    qtbot: QtBot, qapp: QApplication, window: MainWindow, server: Asked, tmp_path: Path
) -> None:
    vault = sample_vault(tmp_path / "other")
    with open_session(qapp, window, vault, server) as made:
        qtbot.waitUntil(lambda: len(server.links) >= 2)

        def work() -> None:
            vault.relink(lambda link: replace(link, key_seq=7))
            made._links_changed.emit()

        worker = threading.Thread(target=work)
        worker.start()
        worker.join(10)
        server.links.clear()

        def asked_anew() -> bool:
            made.desk.watching.woke()
            return bool(server.links) and server.links[-1].key_seq == 7

        qtbot.waitUntil(asked_anew)
