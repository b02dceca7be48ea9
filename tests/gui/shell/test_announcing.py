"""What the desktop is told of login requests: never twice, never too often, never too much."""

from dataclasses import replace
from pathlib import Path

import pytest
from fake_clock import FakeClock
from login_requests import login_request
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from watchword.approvals.inbox import FLOOD_SECONDS, Open
from watchword.desktop.shell.announcing import Announcing
from watchword.desktop.shell.notifications import FromTray, Notifications
from watchword.desktop.shell.preferences import Preferences
from watchword.desktop.shell.tray import Tray, TrayState
from watchword.settings import FILE_NAME, Telling
from watchword.system.notifications import Notice


class Written(Notifications):
    """Writes down what is shown; `now` is what stands on the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.titles: list[str] = []
        self.now: Notice | None = None

    def show(self, notice: Notice) -> None:
        self.titles.append(notice.title)
        self.now = notice

    def withdraw(self) -> None:
        self.now = None

    def stop(self) -> None: ...


def waits(*numbers: int, service: str = "Kalos Club") -> list[Open]:
    """Return open requests, the newest first."""
    return [
        Open(
            request=replace(login_request(f"r{number}"), service=service),
            arrived=0.0,
            first_age=0.0,
            deadline=120.0,
        )
        for number in sorted(numbers, reverse=True)
    ]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def shown(qtbot: QtBot) -> Written:
    return Written()


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(tmp_path / FILE_NAME)


@pytest.fixture
def announcing(shown: Written, preferences: Preferences, clock: FakeClock) -> Announcing:
    return Announcing(shown, preferences, clock)


def test_each_is_told_once_and_taken_back_when_it_is_over(
    announcing: Announcing, shown: Written
) -> None:
    for _ in range(3):
        announcing.show_requests(waits(1), is_flood=False)
    announcing.show_requests(waits(1, 2), is_flood=False)
    assert shown.titles == ["Kalos Club asks: is it you?", "2 login requests: is it you?"]
    announcing.show_requests(waits(2), is_flood=False)
    assert shown.now is not None
    assert shown.now.title == "Kalos Club asks: is it you?"
    announcing.show_requests([], is_flood=False)
    assert shown.now is None


def test_what_was_looked_at_is_not_told_of_again(announcing: Announcing, shown: Written) -> None:
    announcing.show_requests(waits(1), is_flood=False)
    announcing.see()
    assert shown.now is None
    announcing.show_requests(waits(1, 2), is_flood=False)
    assert shown.titles == ["Kalos Club asks: is it you?"] * 2
    shown.gone.emit()
    announcing.show_requests(waits(1, 2), is_flood=False)
    announcing.show_requests(waits(2), is_flood=False)
    assert len(shown.titles) == 2


def test_a_flood_is_told_of_once(announcing: Announcing, shown: Written, clock: FakeClock) -> None:
    for newest in range(1, 4):
        announcing.show_requests(waits(*range(1, newest + 1)), is_flood=False)
    for newest in range(4, 100):
        announcing.show_requests(waits(*range(newest - 3, newest + 1)), is_flood=True)
        if newest % 10 == 0:
            shown.gone.emit()  # the person closes it
        if newest % 7 == 0:
            announcing.show_requests([], is_flood=True)  # and all are answered
        clock.advance(2)
    assert len(shown.titles) == 4
    assert shown.titles[-1] == "Someone may have your password"
    assert shown.now is None
    clock.advance(FLOOD_SECONDS)
    announcing.show_requests(waits(200), is_flood=False)
    assert shown.titles[-1] == "Kalos Club asks: is it you?"


def test_what_is_held_back_after_a_flood_is_not_shown_when_less_of_it_is_left(
    announcing: Announcing, shown: Written, clock: FakeClock
) -> None:
    announcing.show_requests(waits(1, 2, 3, 4), is_flood=True)
    before = list(shown.titles)
    for left in ((2, 3, 4), (3, 4), (4,)):
        clock.advance(20)
        announcing.show_requests(waits(*left), is_flood=False)
        assert shown.now is None
    assert shown.titles == before


def test_a_server_that_says_more_and_less_in_turn_is_heard_a_few_times(
    announcing: Announcing, shown: Written, clock: FakeClock
) -> None:
    for _ in range(50):
        announcing.show_count(1)
        announcing.show_count(0)
        clock.advance(3)
    assert shown.titles == ["A login is waiting"] * 5


def test_while_locked_one_more_is_told_and_one_less_is_not(
    announcing: Announcing, shown: Written
) -> None:
    announcing.show_requests(waits(1), is_flood=False)
    announcing.show_count(0)
    assert shown.now is None
    announcing.show_count(1)
    assert shown.now is not None
    assert "Kalos" not in f"{shown.now}"
    announcing.show_count(2)
    announcing.show_count(1)
    assert shown.titles[1:] == ["A login is waiting"] * 2


def test_nothing_is_told_and_nobody_is_named_where_a_person_wants_that(
    announcing: Announcing, shown: Written, preferences: Preferences
) -> None:
    announcing.show_requests(waits(1), is_flood=False)
    preferences.change(telling=Telling(names_service=False))
    assert shown.now is not None
    assert shown.now.title == "A login request: is it you?"
    assert "Kalos" not in f"{shown.now}"
    assert "Geneva" not in f"{shown.now}"
    assert "Firefox" not in f"{shown.now}"
    preferences.change(telling=Telling(notifies=False))
    assert shown.now is None
    announcing.show_requests(waits(1, 2), is_flood=False)
    announcing.show_count(3)
    assert shown.now is None


def test_no_match_code_and_no_choice_is_told(announcing: Announcing, shown: Written) -> None:
    (one,) = waits(1)
    request = replace(one.request, choices=("37", "52", "88"), account="elena")
    announcing.show_requests([replace(one, request=request)], is_flood=False)
    for secret in ("37", "52", "88", "elena", "192.0.2.7"):
        assert secret not in f"{shown.now}"


def test_where_the_tray_icon_says_it_a_press_is_heard_too(
    qtbot: QtBot, qapp: QApplication
) -> None:
    tray = Tray(qapp)
    said = FromTray(tray)
    said.show(Notice("Kalos Club asks", "", "Review", 60.0))  # no bar, and no harm done
    said.withdraw()
    with qtbot.waitSignal(said.pressed):
        tray.message_pressed.emit()
    said.stop()
    tray.stop()
    tray.stop()


class Shouting(QTranslator):
    """Translates everything into capitals."""

    def isEmpty(self) -> bool:
        return False

    def translate(
        self, context: str, source: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        return source.upper()


def test_another_language_is_in_the_menu_at_once(qtbot: QtBot, qapp: QApplication) -> None:
    tray, language = Tray(qapp), Shouting()
    tray.show_state(TrayState(locked=False, asks_servers=True, favourites=(("a1", "Kalos"),)))

    def texts() -> list[str]:
        return [each.text() for each in tray.menu.actions() if not each.isSeparator()]

    qapp.installTranslator(language)
    try:
        qtbot.waitUntil(lambda: [each.upper() for each in texts()] == texts())
    finally:
        qapp.removeTranslator(language)
    assert len(texts()) == 6
    qtbot.waitUntil(lambda: texts()[-1] == "Quit Watchword")
    tray.stop()
