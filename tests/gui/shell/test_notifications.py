"""What a real notification daemon shows of login requests, and what becomes of a press."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path

import pytest
from dunst import Dunst, dunst, needs_dunst
from fake_clock import FakeClock
from login_requests import login_request
from open_session import NOW, QuietServer, open_session, sample_vault
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.outside import Outside
from watchword.desktop.shell.preferences import Preferences
from watchword.desktop.shell.session import Session
from watchword.providers.login_request import LoginRequest, Polled
from watchword.settings import FILE_NAME
from watchword.vault.account import ServerLink

pytestmark = needs_dunst


@dataclass
class Asking(QuietServer):
    """It lists what waits."""

    waiting: list[LoginRequest] = field(default_factory=list)

    def poll(
        self, account_id: str, link: ServerLink, *, known: tuple[str, ...] = (), wait: float = 0.0
    ) -> Polled:
        mine = [each for each in self.waiting if each.account_id == account_id]
        return Polled(requests=tuple(mine), server_time=NOW, interval=3600)


@pytest.fixture(scope="module")
def one_dunst() -> Iterator[Dunst]:
    with tempfile.TemporaryDirectory(prefix="ww-") as folder, dunst(Path(folder)) as running:
        yield running


@pytest.fixture
def daemon(one_dunst: Dunst, monkeypatch: pytest.MonkeyPatch) -> Dunst:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", one_dunst.address)
    one_dunst.close()
    return one_dunst


@pytest.fixture
def server() -> Asking:
    return Asking()


@pytest.fixture
def session(
    qapp: QApplication, window: MainWindow, tmp_path: Path, server: Asking
) -> Iterator[Session]:
    vault = sample_vault(tmp_path / "vault")
    with open_session(qapp, window, vault, server, FakeClock(time=NOW)) as running:
        yield running


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(tmp_path / FILE_NAME)


@pytest.fixture
def outside(
    qapp: QApplication,
    window: MainWindow,
    session: Session,
    preferences: Preferences,
    jobs: Jobs,
    daemon: Dunst,
) -> Iterator[Outside]:
    made = Outside(qapp, window, preferences, session._clock, jobs)
    made.open(session)
    yield made
    made.stop()


def asked(session: Session, number: int = 1, **facts: object) -> LoginRequest:
    account = session.known_accounts[0]
    assert account.link is not None
    request = login_request(f"r{number}", account_id=account.id, origin=account.link.origin)
    return replace(request, **facts)


def arrive(session: Session, server: Asking, *requests: LoginRequest) -> None:
    server.waiting = list(requests)
    session.desk.watching.woke()


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_a_press_opens_the_request(
    qtbot: QtBot, outside: Outside, session: Session, server: Asking, daemon: Dunst,
    window: MainWindow,
) -> None:  # fmt: skip
    window.hide()
    arrive(session, server, asked(session))
    qtbot.waitUntil(lambda: daemon.count() == 1)
    assert window.page is session.place
    daemon.press()
    qtbot.waitUntil(lambda: window.page is session.desk.page)
    assert window.isVisible()
    assert daemon.count() == 0
    assert daemon.past()[0][:2] == ("Kalos Club asks: is it you?", "Firefox on Windows · Geneva")


def test_what_a_server_says_is_shown_as_it_stands(
    qtbot: QtBot, outside: Outside, session: Session, server: Asking, daemon: Dunst
) -> None:
    evil = "<b>&lt;x&gt;</b> %n %s <img src=file:///etc/passwd>"
    arrive(session, server, asked(session, 2, service=evil, place=evil, user_agent=""))
    qtbot.waitUntil(lambda: daemon.count() == 1)
    daemon.close()
    title, _, drawn = daemon.past()[0]
    assert title == f"{evil} asks: is it you?"
    # This dunst draws markup. What it draws is the text as it stands, in title and text alike.
    assert drawn.count(escape(evil, quote=False)) == 2, drawn


def test_it_goes_with_the_request_and_with_the_lock(
    qtbot: QtBot, outside: Outside, session: Session, server: Asking, daemon: Dunst
) -> None:
    arrive(session, server, asked(session, 3))
    qtbot.waitUntil(lambda: daemon.count() == 1)
    arrive(session, server)
    qtbot.waitUntil(lambda: daemon.count() == 0)
    arrive(session, server, asked(session, 4))
    qtbot.waitUntil(lambda: daemon.count() == 1)
    outside.lock()
    qtbot.waitUntil(lambda: daemon.count() == 0)
    outside.show_count(1)
    qtbot.waitUntil(lambda: daemon.count() == 1)
    daemon.close()
    assert daemon.past()[0][:2] == ("A login is waiting", "Unlock Watchword to see who asks.")


def test_another_request_takes_its_place(
    qtbot: QtBot, outside: Outside, session: Session, server: Asking, daemon: Dunst
) -> None:
    arrive(session, server, asked(session, 5))
    qtbot.waitUntil(lambda: daemon.count() == 1)
    arrive(session, server, asked(session, 5), asked(session, 6))
    qtbot.waitUntil(lambda: session.desk.waiting == 2)
    qtbot.waitUntil(lambda: not outside.notifications._bus._call)
    assert daemon.count() == 1
    daemon.close()
    assert daemon.past()[0][0] == "2 login requests: is it you?"


def test_closed_by_hand_it_does_not_come_back(
    qtbot: QtBot, outside: Outside, session: Session, server: Asking, daemon: Dunst
) -> None:
    arrive(session, server, asked(session, 7), asked(session, 8))
    qtbot.waitUntil(lambda: daemon.count() == 1)
    with qtbot.waitSignal(outside.notifications.gone):
        daemon.close()
    arrive(session, server, asked(session, 8))
    qtbot.waitUntil(lambda: session.desk.waiting == 1)
    assert daemon.count() == 0


def test_a_daemon_that_is_not_there_costs_nothing_but_the_notification(
    qtbot: QtBot, outside: Outside, session: Session, server: Asking,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    arrive(session, server, asked(session, 9))
    qtbot.waitUntil(lambda: session.desk.waiting == 1)
    qtbot.waitUntil(lambda: not outside.notifications._opening)
    assert session.desk.strips.banner.isVisible()


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_what_a_person_is_at_is_not_taken_away(
    qtbot: QtBot, outside: Outside, session: Session, server: Asking, window: MainWindow
) -> None:
    session.accounts.edit(session.known_accounts[0].id)
    editing = window.page
    arrive(session, server, asked(session, 10))
    qtbot.waitUntil(lambda: session.desk.waiting == 1)
    outside.tray.requests_asked.emit()
    assert window.page is editing
    assert "once you are done" in window.said()
    session.show_accounts()
    outside.tray.requests_asked.emit()
    assert window.page is session.desk.page
    # Another that comes takes no place from the one that is being answered.
    arrive(session, server, asked(session, 10), asked(session, 11))
    qtbot.waitUntil(lambda: session.desk.waiting == 2)
    shown = session.desk._shown
    outside.tray.requests_asked.emit()
    assert session.desk._shown == shown
