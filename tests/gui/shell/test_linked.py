"""A linked account in detail: its server, its device, the last contact; and when that is over."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from open_session import NOW, PASSWORD, QuietServer, open_session, sample_vault
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from watchword.desktop.accounts.link_page import LinkPage, RemovedPage
from watchword.desktop.accounts.remove_page import RemovePage
from watchword.desktop.history.history_page import HistoryPage
from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.session import Session
from watchword.errors import RemoteError
from watchword.protocol.errors import KeyWithoutProof
from watchword.providers.login_request import Polled
from watchword.remote.errors import Unreachable
from watchword.vault import LockedVault, OpenVault
from watchword.vault.account import ServerLink

KALOS, BASEL = (f"a{number}".rjust(16, "0") for number in (1, 3))


class Kalos(QuietServer):
    """A server that answers, cannot be reached, or removed the device."""

    def __init__(self) -> None:
        self.failure: RemoteError | None = None
        self.revoked = False

    def poll(
        self, account_id: str, link: ServerLink, *, known: tuple[str, ...] = (), wait: float = 0.0
    ) -> Polled:
        if self.failure is not None:
            raise self.failure
        revoked = self.revoked and account_id == KALOS
        return Polled(server_time=NOW, interval=3600, revoked=revoked)


@pytest.fixture
def kalos() -> Kalos:
    return Kalos()


@pytest.fixture
def vault(tmp_path: Path) -> OpenVault:
    return sample_vault(tmp_path / "vault")


@pytest.fixture
def session(
    qtbot: QtBot, qapp: QApplication, window: MainWindow, vault: OpenVault, kalos: Kalos
) -> Iterator[Session]:
    with open_session(qapp, window, vault, kalos) as made:
        qtbot.waitUntil(lambda: made.desk.watching.contact_of(KALOS).at is not None)
        yield made


def said(page: QWidget | None) -> list[str]:
    assert page is not None
    return [label.text() for label in page.findChildren(QLabel) if label.isVisible()]


def test_a_linked_account_says_where_as_what_and_since_when(
    qtbot: QtBot, session: Session, window: MainWindow
) -> None:
    session.place.link_asked.emit(KALOS)
    page = window.page
    assert isinstance(page, LinkPage)
    qtbot.waitUntil(lambda: "In contact" in said(page))
    texts = said(page)
    assert "login.kalos.ch" in texts
    assert "Ana’s desktop" in texts
    assert "In contact" in texts
    assert any(text.startswith("Last answer today") for text in texts)
    assert any("renamed there" in text for text in texts)
    assert any("a deny is final" in text for text in texts)
    page.unlink_button.click()
    assert isinstance(window.page, RemovePage)


def test_a_server_that_cannot_be_reached_is_told_while_one_looks(
    qtbot: QtBot, session: Session, window: MainWindow, kalos: Kalos
) -> None:
    session.accounts.open_link(KALOS)
    kalos.failure = Unreachable("The server cannot be reached")
    session.desk.watching.woke()
    qtbot.waitUntil(lambda: "Not reached: The server cannot be reached" in said(window.page))
    kalos.failure = None
    session.desk.watching.woke()
    qtbot.waitUntil(lambda: "In contact" in said(window.page))
    session.desk.watching.pause(900)
    qtbot.waitUntil(lambda: "Not asked: login requests are paused" in said(window.page))


def test_a_key_without_proof_is_said_above_the_list_and_in_full_at_the_account(
    qtbot: QtBot, session: Session, window: MainWindow, kalos: Kalos, vault: OpenVault
) -> None:
    before = vault.accounts
    kalos.failure = KeyWithoutProof("The changes that the server publishes do not form a chain")
    session.desk.watching.woke()
    qtbot.waitUntil(session.linked.strip.isVisible)
    assert session.linked.strip.accessibleName() == "The key of Kalos Club changed without proof"
    session.linked.strip.click()
    page = window.page
    assert isinstance(page, LinkPage)
    assert page.notice.text().startswith("The server's key changed without proof")
    assert "Ask whoever runs the server" in page.notice.text()
    assert vault.accounts == before
    kalos.failure = None  # it keeps trying
    session.desk.watching.woke()
    qtbot.waitUntil(lambda: "In contact" in said(page))
    assert not page.notice.isVisible()
    page.bar.go_back()
    assert not session.linked.strip.isVisible()


def test_in_a_wide_window_the_last_contact_stands_with_the_account(
    qtbot: QtBot, session: Session, window: MainWindow
) -> None:
    window.resize(1000, 700)
    session.place.select(KALOS)
    qtbot.waitUntil(lambda: "Last contact" in said(session.place.detail))
    session.place.detail.link_button.click()
    assert isinstance(window.page, LinkPage)


def test_its_history_is_one_step_away(session: Session, window: MainWindow) -> None:
    session.accounts.open_link(KALOS)
    assert isinstance(window.page, LinkPage)
    window.page.history_button.click()
    assert isinstance(window.page, HistoryPage)


def test_a_device_that_the_server_removed_is_explained_and_goes_to_the_trash_on_ok(
    qtbot: QtBot, session: Session, window: MainWindow, kalos: Kalos, vault: OpenVault
) -> None:
    assert not session.linked.strip.isVisible()
    kalos.revoked = True
    session.desk.watching.woke()
    qtbot.waitUntil(session.linked.strip.isVisible)
    assert session.linked.strip.accessibleName() == "Kalos Club is no longer linked"
    row = session.place.model.row_of(KALOS)
    assert row is not None
    assert row.is_removed
    session.linked.strip.click()
    page = window.page
    assert isinstance(page, RemovedPage)
    qtbot.waitUntil(lambda: "If it was not you" in said(page))
    page.button.click()
    qtbot.waitUntil(lambda: window.page is session.place)
    assert not session.linked.strip.isVisible()
    again = LockedVault(vault.path).unlock(PASSWORD)
    (trashed,) = again.trash
    assert trashed.entry.account.id == KALOS
    assert BASEL in {account.id for account in again.accounts}
    again.lock()


def test_who_looks_at_the_link_while_it_ends_sees_that_it_ended(
    qtbot: QtBot, session: Session, window: MainWindow, kalos: Kalos
) -> None:
    session.accounts.open_link(KALOS)
    kalos.revoked = True
    session.desk.watching.woke()
    qtbot.waitUntil(lambda: isinstance(window.page, RemovedPage))


def test_what_cannot_be_moved_to_the_trash_says_why(
    qtbot: QtBot, session: Session, window: MainWindow, kalos: Kalos, vault: OpenVault
) -> None:
    kalos.revoked = True
    session.desk.watching.woke()
    qtbot.waitUntil(session.linked.strip.isVisible)
    session.linked.strip.click()
    page = window.page
    assert isinstance(page, RemovedPage)
    vault.path.with_name("vault.lock").unlink(missing_ok=True)
    vault.path.with_name("vault.lock").mkdir()
    page.button.click()
    qtbot.waitUntil(lambda: page.notice.text().startswith("Not saved"))
    assert page.button.isEnabled()
