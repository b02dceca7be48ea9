"""The window's side of waking up: logind on a real bus, the network's return, and no storm of polls."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_clock import FakeClock
from mock_logind import logind
from mock_portal import needs_bus, session_bus
from PySide6.QtNetwork import QNetworkInformation
from pytestqt.qtbot import QtBot

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.shell.waking import Waking

Reachability = QNetworkInformation.Reachability


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def waking(jobs: Jobs, clock: FakeClock) -> Iterator[Waking]:
    made = Waking(clock, jobs)
    yield made
    made.stop()


@needs_bus
def test_logind_says_that_the_computer_woke_up(
    qtbot: QtBot, waking: Waking, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[None] = []
    waking.woke.connect(lambda: woken.append(None))
    with tempfile.TemporaryDirectory(prefix="ww-") as folder:
        with session_bus(Path(folder)) as address:
            monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
            waking.start()
            qtbot.waitUntil(lambda: waking.hears_logind)
            with logind(address) as system:
                system.say(True)
                system.say(False)
                qtbot.waitUntil(lambda: len(woken) == 1)
                clock.advance(600)
                system.say(True)
                system.say(False)
                qtbot.waitUntil(lambda: len(woken) == 2)
        # The bus is gone: heard, left, and the look at the clocks goes on.
        qtbot.waitUntil(lambda: not waking.hears_logind)
        clock.advance(3_600)
        waking._look.setInterval(1)
        qtbot.waitUntil(lambda: len(woken) == 3)


def test_without_logind_a_sleep_is_noticed_all_the_same(
    qtbot: QtBot, waking: Waking, clock: FakeClock
) -> None:
    waking.start()
    waking.start()
    waking._look.setInterval(1)
    with qtbot.waitSignal(waking.woke):
        clock.time += 3_600
    assert not waking.hears_logind


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
