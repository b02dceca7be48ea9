"""What logind says of sleep, heard on a real bus."""

import select
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from mock_logind import logind
from mock_portal import needs_bus, session_bus

from watchword.system.sleep_signals import SleepSignals, open_sleep_signals

pytestmark = needs_bus


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="ww-") as folder, session_bus(Path(folder)) as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        yield address


@pytest.fixture
def signals(bus: str) -> Iterator[SleepSignals]:
    opened = open_sleep_signals()
    assert opened is not None
    yield opened
    opened.close()


def heard(signals: SleepSignals, count: int) -> list[bool]:
    said: list[bool] = []
    while len(said) < count:
        ready, _, _ = select.select([signals.fileno()], [], [], 10)
        assert ready, "nothing was heard"
        said += signals.read()
    return said


def test_going_to_sleep_and_waking_up_are_heard(bus: str, signals: SleepSignals) -> None:
    with logind(bus) as system:
        system.say(True)
        system.say(False)
        assert heard(signals, 2) == [True, False]
        assert signals.read() == []


def test_what_only_looks_like_it_is_not_taken_for_it(bus: str, signals: SleepSignals) -> None:
    name = signals._connection.unique_name
    with logind(bus, name="org.example.Other") as other, logind(bus) as system:
        other.say(False)  # from another program to all: the bus keeps it from us
        other.say(False, member="PrepareForShutdown", to=name)
        other.say("no", signature="s", to=name)
        system.say(True)
        assert heard(signals, 1) == [True]
        assert signals.read() == []


def test_a_bus_that_goes_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(prefix="ww-") as folder:
        with session_bus(Path(folder)) as address:
            monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
            opened = open_sleep_signals()
            assert opened is not None
        select.select([opened.fileno()], [], [], 10)
        with pytest.raises(ConnectionError):
            opened.read()
        opened.close()


@pytest.mark.parametrize("address", ["unix:path=/nowhere/bus", "nonsense", ""])
def test_without_a_bus_there_is_nothing_to_hear(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    if not address and Path("/var/run/dbus/system_bus_socket").exists():
        pytest.skip("this computer has a system bus")
    assert open_sleep_signals() is None


def test_one_who_does_not_speak_the_language_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with tempfile.TemporaryDirectory(prefix="ww-") as folder:
        path = f"{folder}/bus"
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path)
            server.listen()

            def answer() -> None:
                with server.accept()[0] as caller:
                    caller.recv(100)
                    caller.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

            thread = threading.Thread(target=answer)
            thread.start()
            monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={path}")
            assert open_sleep_signals() is None
            thread.join()
