"""A clock that is off is said, codes go by the servers' time only on request, and never for longer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_clock import FakeClock
from open_session import NOW, QuietServer, open_session, sample_vault
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.server_time import how_far
from watchword.desktop.shell.session import Session
from watchword.otp.code import code_at
from watchword.providers.login_request import Polled
from watchword.vault.account import ServerLink

GITHUB = "a2".rjust(16, "0")


class Ahead(QuietServer):
    """A server whose clock is as far ahead of ours as the test says."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.by = 0.0

    def poll(
        self, account_id: str, link: ServerLink, *, known: tuple[str, ...] = (), wait: float = 0.0
    ) -> Polled:
        return Polled(server_time=self.clock.now() + self.by, interval=3600)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(time=NOW)


@pytest.fixture
def server(clock: FakeClock) -> Ahead:
    return Ahead(clock)


@pytest.fixture
def session(
    qapp: QApplication, window: MainWindow, clock: FakeClock, server: Ahead, tmp_path: Path
) -> Iterator[Session]:
    vault = sample_vault(tmp_path / "vault", clock)
    with open_session(qapp, window, vault, server, clock) as made:
        yield made


def ask(qtbot: QtBot, session: Session, server: Ahead, by: float) -> None:
    server.by = by
    session.desk.watching.woke()
    qtbot.waitUntil(lambda: session.desk.watching.clock_offset == by)


def code(session: Session) -> str:
    row = session.place.model.row_of(GITHUB)
    assert row is not None
    return row.plain_code


def code_of(session: Session, at: float) -> str:
    row = session.place.model.row_of(GITHUB)
    assert row is not None
    assert row.account.otp is not None
    return code_at(row.account.otp, at).value


def test_a_clock_that_is_off_is_said_and_codes_stay_as_they_are(
    qtbot: QtBot, session: Session, server: Ahead
) -> None:
    ask(qtbot, session, server, 29.0)
    assert not session.server_time.strip.isVisible()
    ask(qtbot, session, server, 47.0)
    assert session.server_time.strip.text().startswith("Your clock is 47 s slow")
    assert code(session) == code_of(session, NOW)
    ask(qtbot, session, server, -47.0)
    assert session.server_time.strip.text().startswith("Your clock is 47 s fast")


def test_codes_go_by_the_servers_time_on_request_and_it_says_so(
    qtbot: QtBot, session: Session, server: Ahead
) -> None:
    ask(qtbot, session, server, 47.0)
    session.server_time.strip.action.click()
    assert code(session) == code_of(session, NOW + 47)
    assert "Codes go by the servers’ time" in session.server_time.strip.text()
    assert "47 s slow" in session.server_time.strip.text()
    ask(qtbot, session, server, 95.0)
    assert code(session) == code_of(session, NOW + 95)
    session.server_time.strip.action.click()
    assert code(session) == code_of(session, NOW)
    assert session.server_time.strip.text().startswith("Your clock is 95 s slow")


def test_it_ends_with_the_clock_that_is_right_again(
    qtbot: QtBot, session: Session, server: Ahead, clock: FakeClock, window: MainWindow
) -> None:
    ask(qtbot, session, server, 47.0)
    session.server_time.strip.action.click()
    clock.time += 47
    ask(qtbot, session, server, 0.0)
    assert not session.server_time.strip.isVisible()
    assert code(session) == code_of(session, NOW + 47)
    assert "right again" in window.said()
    # And it does not come back by itself.
    ask(qtbot, session, server, 47.0)
    assert code(session) == code_of(session, NOW + 47)


def test_it_is_not_said_and_unsaid_by_turns(qtbot: QtBot, session: Session, server: Ahead) -> None:
    ask(qtbot, session, server, 31.0)
    ask(qtbot, session, server, 29.0)
    assert session.server_time.strip.isVisible()
    ask(qtbot, session, server, 19.0)
    assert not session.server_time.strip.isVisible()
    ask(qtbot, session, server, 29.0)
    assert not session.server_time.strip.isVisible()


@pytest.mark.parametrize(
    ("offset", "said"),
    [
        (47.4, "47 s slow"),
        (-31.0, "31 s fast"),
        (3_600.0, "60 minutes slow"),
        (7_300.0, "2 hours slow"),
        (-86_400.0 * 3, "3 days fast"),
    ],
)
def test_the_difference_is_said_as_people_say_it(offset: float, said: str) -> None:
    assert how_far(offset) == said
