"""Closing the window: asked once, remembered, and never in the way of quitting."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_clock import FakeClock
from open_session import NOW, PASSWORD, sample_vault
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from watchword.desktop.application import Desktop
from watchword.desktop.enrolment.frame_source import NoSource
from watchword.desktop.settings.closing_page import ClosingPage
from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.options import read_options
from watchword.desktop.shell.session import Session
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.desktop.unlock.welcome_page import WelcomePage
from watchword.settings import FILE_NAME, Running, read_settings
from watchword.vault import CHEAPEST


@pytest.fixture
def desktop(qtbot: QtBot, qapp: QApplication, path: Path) -> Iterator[Desktop]:
    running = Desktop(qapp, path, clock=FakeClock(time=NOW), cost=CHEAPEST, make_source=NoSource)
    yield running
    running.stop()
    running.window.close()
    running.window.deleteLater()


@pytest.fixture
def session(qtbot: QtBot, desktop: Desktop, path: Path) -> Session:
    """Open a vault with linked accounts."""
    path.parent.mkdir()
    sample_vault(path).lock()
    desktop.start()
    page = desktop.window.page
    assert isinstance(page, UnlockPage)
    page.password.set_text(PASSWORD)
    qtbot.keyClick(page.password.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desktop.session is not None)
    assert desktop.session is not None
    return desktop.session


def question(desktop: Desktop) -> ClosingPage:
    page = desktop.window.page
    assert isinstance(page, ClosingPage)
    return page


def test_the_first_closing_asks_and_what_is_answered_is_remembered(
    qtbot: QtBot, desktop: Desktop, session: Session, path: Path
) -> None:
    desktop.window.close()
    assert desktop.window.isVisible()
    question(desktop).bar.back_pressed.emit()
    assert desktop.window.page is session.place
    desktop.window.close()
    desktop.window.close()  # asked once more, it is the same question
    question(desktop).keep.click()
    assert not desktop.window.isVisible()
    assert desktop.session is session
    assert read_settings(path.parent / FILE_NAME).running == Running(keeps_running=True)
    desktop.window.show()
    assert desktop.window.page is session.place
    desktop.window.close()
    assert not desktop.window.isVisible()


def test_quit_quits_and_is_not_asked_again(
    qtbot: QtBot, desktop: Desktop, session: Session
) -> None:
    desktop.window.close()
    with qtbot.waitSignal(desktop.window.closing):
        question(desktop).quit.click()
    assert desktop.preferences.now.running.keeps_running is False


def test_hidden_it_can_be_quit(qtbot: QtBot, desktop: Desktop, session: Session) -> None:
    desktop.preferences.change(running=Running(keeps_running=True))
    desktop.window.close()
    with qtbot.waitSignal(desktop.window.closing):
        desktop.quit()


def test_the_end_of_the_session_and_cmd_q_quit_without_a_question(
    qtbot: QtBot, desktop: Desktop, session: Session
) -> None:
    desktop.is_quitting = lambda: True
    for keeps in (None, True):
        desktop.preferences.change(running=Running(keeps_running=keeps))
        desktop.window.show()
        with qtbot.waitSignal(desktop.window.closing):
            desktop.window.close()


def test_it_is_known_that_all_of_it_is_to_end(qapp: QApplication, window: MainWindow) -> None:
    said: list[bool] = []

    def stay() -> bool:
        said.append(qapp.is_quitting)
        return False  # as for what is not saved: so the tests' own application goes on

    window.may_close = stay
    QApplication.sendEvent(qapp, QEvent(QEvent.Type.Quit))
    window.close()
    assert said == [True, False]
    window.may_close = lambda: True


def test_locked_meanwhile_the_question_is_gone(
    qtbot: QtBot, desktop: Desktop, session: Session
) -> None:
    desktop.window.close()
    asked = question(desktop)
    with qtbot.waitSignal(asked.destroyed):
        desktop.lock()
    assert isinstance(desktop.window.page, UnlockPage)


def test_where_nothing_is_told_of_closing_quits(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    desktop.start()
    assert isinstance(desktop.window.page, WelcomePage)
    with qtbot.waitSignal(desktop.window.closing):
        desktop.window.close()


def test_the_trial_quits(qtbot: QtBot, desktop: Desktop) -> None:
    desktop.start()
    page = desktop.window.page
    assert isinstance(page, WelcomePage)
    page.try_button.click()
    qtbot.waitUntil(lambda: desktop.session is not None)
    with qtbot.waitSignal(desktop.window.closing):
        desktop.window.close()


def test_hidden_the_servers_are_asked_less_often(
    qtbot: QtBot, desktop: Desktop, session: Session
) -> None:
    watch = session.desk.watching._watch
    assert watch._presence == "window"
    desktop.preferences.change(running=Running(keeps_running=True))
    desktop.window.close()
    assert watch._presence == "tray"
    desktop.window.show()
    assert watch._presence == "window"


def test_without_a_bar_it_starts_as_a_minimised_window(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    assert read_options(["--minimised"]).minimised
    assert not read_options(["otpauth://totp/x"]).minimised
    desktop.start(minimised=True)
    assert desktop.window.isMinimized()
