"""The window's side of waking up: the system's word, the network's return, and no storm of polls."""

from collections.abc import Iterator

import pytest
from fake_clock import FakeClock
from PySide6.QtNetwork import QNetworkInformation
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from watchword.desktop.shell.waking import Waking

Reachability = QNetworkInformation.Reachability


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def waking(qapp: QApplication, clock: FakeClock) -> Iterator[Waking]:
    made = Waking(clock)
    yield made
    made.stop()


def test_a_wake_up_is_told_once_it_listens(waking: Waking, clock: FakeClock) -> None:
    woken: list[None] = []
    waking.woke.connect(lambda: woken.append(None))
    waking.woke_up()
    assert not woken
    waking.start()
    waking.woke_up()
    assert len(woken) == 1


def test_without_logind_a_sleep_is_noticed_all_the_same(
    qtbot: QtBot, waking: Waking, clock: FakeClock
) -> None:
    waking.start()
    waking.start()
    waking._look.setInterval(1)
    with qtbot.waitSignal(waking.woke):
        clock.time += 3_600


def test_a_network_that_comes_back_counts_and_one_that_stays_does_not(
    qtbot: QtBot, waking: Waking, clock: FakeClock
) -> None:
    woken: list[None] = []
    waking.woke.connect(lambda: woken.append(None))
    waking.reachability_changed(Reachability.Online)
    assert not woken
    for back in range(3):
        waking.reachability_changed(Reachability.Disconnected)
        waking.reachability_changed(Reachability.Site)
        waking.reachability_changed(Reachability.Online)
        assert len(woken) == back + 1
        clock.advance(60)


def test_a_network_that_comes_and_goes_asks_the_servers_no_oftener_than_helps(
    qtbot: QtBot, waking: Waking, clock: FakeClock
) -> None:
    woken: list[None] = []
    waking.woke.connect(lambda: woken.append(None))
    for _ in range(20):
        waking.reachability_changed(Reachability.Disconnected)
        waking.reachability_changed(Reachability.Online)
    assert len(woken) == 1
    # The last return is told a moment later, and not forgotten.
    assert waking._later.isActive()
    waking._later.setInterval(1)
    qtbot.waitUntil(lambda: len(woken) == 2)
    assert not waking._later.isActive()
