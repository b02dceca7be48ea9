"""The keys by which a locked Watchword learns that a login waits: when there are any, and when none."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fake_clock import FakeClock
from open_session import NOW, QuietServer, open_session, sample_vault
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from watchword.desktop.application import Desktop
from watchword.desktop.background.jobs import Jobs
from watchword.desktop.settings.settings_page import SettingsPage
from watchword.desktop.shell.hinting import HINTS, Hinting
from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.session import Session
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.desktop.unlock.welcome_page import WelcomePage
from watchword.errors import RemoteError
from watchword.providers.errors import NotAccepted
from watchword.providers.login_request import Polled
from watchword.providers.provider import Hinted
from watchword.remote.errors import Unreachable
from watchword.vault import OpenVault
from watchword.vault.account import ServerLink


@dataclass
class Source:
    number: int = 0
    closed: bool = False

    def waiting(self, known: int | None, wait: float) -> Hinted:
        return Hinted(waiting=self.number, held=False)

    def close(self) -> None:
        self.closed = True


@dataclass
class Telling(QuietServer):
    """A server that takes hint keys, or fails as it is told."""

    failure: RemoteError | None = None
    tries: int = 0
    given: list[Source] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    polls: int = 0

    def poll(
        self, account_id: str, link: ServerLink, *, known: tuple[str, ...] = (), wait: float = 0.0
    ) -> Polled:
        self.polls += 1
        return super().poll(account_id, link, known=known, wait=wait)

    def begin_hints(self, link: ServerLink) -> Source:
        self.tries += 1
        if self.failure is not None:
            raise self.failure
        self.given.append(Source())
        return self.given[-1]

    def end_hints(self, link: ServerLink) -> None:
        self.ended.append(link.device_id)


@pytest.fixture
def telling() -> Telling:
    return Telling()


@pytest.fixture
def vault(tmp_path: Path, clock: FakeClock) -> OpenVault:
    clock.time = NOW
    return sample_vault(tmp_path / "data" / "vault", clock)


@pytest.fixture
def session(
    qapp: QApplication, window: MainWindow, vault: OpenVault, telling: Telling, clock: FakeClock
) -> Iterator[Session]:
    with open_session(qapp, window, vault, telling, clock) as made:
        yield made


def polled(session: Session, clock: FakeClock) -> None:
    clock.advance(1)
    session.desk.watching.woke()


def test_each_linked_device_has_one_until_it_is_locked(
    qtbot: QtBot, session: Session, telling: Telling
) -> None:
    qtbot.waitUntil(lambda: session.hints.count == 2)
    session.close()
    assert [source.closed for source in telling.given] == [True, True]
    assert session.hints.take() == ()


def test_given_away_they_outlive_the_session(
    qtbot: QtBot, session: Session, telling: Telling
) -> None:
    qtbot.waitUntil(lambda: session.hints.count == 2)
    assert len(session.hints.take()) == 2
    session.close()
    assert not any(source.closed for source in telling.given)


def test_switched_off_there_is_none_and_the_server_is_told(
    qtbot: QtBot, session: Session, telling: Telling, vault: OpenVault, clock: FakeClock
) -> None:
    qtbot.waitUntil(lambda: session.hints.count == 2)
    session.open_settings()
    page = session.settings.place.settings
    assert isinstance(page, SettingsPage)
    assert page.hinting.isChecked()
    page.hinting.click()
    qtbot.waitUntil(lambda: len(telling.ended) == 2)
    assert not page.hinting.isChecked()
    assert all(source.closed for source in telling.given)
    assert vault.setting(HINTS) is False
    assert not vault.dirty
    polled(session, clock)
    assert session.hints.take() == ()
    assert telling.tries == 2


def test_where_it_is_off_no_key_is_made(
    qtbot: QtBot,
    qapp: QApplication,
    window: MainWindow,
    vault: OpenVault,
    telling: Telling,
    clock: FakeClock,
) -> None:
    vault.set_setting(HINTS, False)
    with open_session(qapp, window, vault, telling, clock) as session:
        qtbot.waitUntil(
            lambda: all(
                session.desk.watching.contact_of(a.id).at is not None
                for a in vault.accounts
                if a.link is not None
            )
        )
        assert telling.tries == 0
        session.open_settings()
        page = session.settings.place.settings
        assert isinstance(page, SettingsPage)
        assert not page.hinting.isChecked()
        page.hinting.click()
        qtbot.waitUntil(lambda: session.hints.count == 2)


@pytest.mark.parametrize(
    ("failure", "count"),
    [(Unreachable("The server cannot be reached"), 2), (NotAccepted("No", "", "", status=404), 0)],
    ids=["away", "knows none"],
)
def test_a_server_that_did_not_take_it(
    qtbot: QtBot,
    qapp: QApplication,
    window: MainWindow,
    vault: OpenVault,
    telling: Telling,
    clock: FakeClock,
    failure: RemoteError,
    count: int,
) -> None:
    telling.failure = failure
    with open_session(qapp, window, vault, telling, clock) as session:
        qtbot.waitUntil(lambda: telling.tries == 2 and not session.hints._asked)
        telling.failure = None
        polls = telling.polls
        polled(session, clock)
        qtbot.waitUntil(lambda: telling.polls == polls + 2 and session.hints.count == count)
        assert telling.tries == 2 + count


def test_what_is_told_while_locked(
    qtbot: QtBot, window: MainWindow, jobs: Jobs, clock: FakeClock
) -> None:
    page = UnlockPage()
    window.show_page(page)
    hinting = Hinting(clock, jobs)
    hinting.changed.connect(page.show_waiting)
    one, two = Source(number=1), Source()
    hinting.begin([one, two])
    qtbot.waitUntil(page.login_waits.isVisible)
    assert page.login_waits.text().startswith("A login is waiting Unlock to see who asks")
    two.number = 2
    clock.advance(60)
    hinting._go()
    qtbot.waitUntil(lambda: page.login_waits.text().startswith("3 logins are waiting"))
    one.number = two.number = 0
    clock.advance(60)
    hinting._go()
    qtbot.waitUntil(page.login_waits.isHidden)
    hinting.end()
    assert (one.closed, two.closed, hinting.waiting) == (True, True, 0)


def test_with_a_trial_its_keys_are_gone(qtbot: QtBot, desktop: Desktop) -> None:
    desktop.start()
    welcome = desktop.window.page
    assert isinstance(welcome, WelcomePage)
    welcome.try_button.click()
    qtbot.waitUntil(lambda: desktop.session is not None)
    assert desktop.session is not None
    source = Source()
    desktop.session.hints._sources["a1"] = source
    desktop.lock()
    assert isinstance(desktop.window.page, WelcomePage)
    assert source.closed


def test_with_a_vault_that_was_put_aside_its_keys_are_gone(
    desktop: Desktop, tmp_path: Path
) -> None:
    source = Source()
    desktop._begin_hints([source])
    desktop._recover().started_over.emit(tmp_path)
    assert isinstance(desktop.window.page, WelcomePage)
    assert source.closed
