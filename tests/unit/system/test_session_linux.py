"""What logind and the screen savers say of the session, heard on a real bus."""

import select
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from dbusmock_logind import MANAGER, PATH, Logind, logind, needs_logind
from mock_portal import needs_bus, session_bus

from watchword.system import session_linux
from watchword.system.session_signals import Ear, Said, open_session_signals

pytestmark = [needs_bus, needs_logind]


@pytest.fixture(scope="module")
def system() -> Iterator[Logind]:
    with tempfile.TemporaryDirectory(prefix="ww-") as folder, logind(Path(folder)) as running:
        yield running


@pytest.fixture
def ear(system: Logind, monkeypatch: pytest.MonkeyPatch) -> Iterator[session_linux.Logind]:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", system.address)
    monkeypatch.delenv("XDG_SESSION_ID", raising=False)
    opened = session_linux.open_logind()
    assert opened is not None
    yield opened
    opened.close()


def heard(ear: Ear, count: int) -> list[Said]:
    said: list[Said] = []
    while len(said) < count:
        ready, _, _ = select.select([ear.fileno()], [], [], 10)
        assert ready, "nothing was heard"
        said += ear.read()
    return said


def test_sleep_and_locked_screens_are_heard(system: Logind, ear: session_linux.Logind) -> None:
    system.sleep(True)
    system.sleep(False)
    system.lock()
    system.note_locked(True)
    system.note_locked(False)
    system.give_seat(False)
    system.give_seat(True)
    system.sleep(False)
    assert heard(ear, 6) == [Said.SLEEPS, Said.WOKE, *[Said.LOCKED] * 3, Said.WOKE]
    assert ear.read() == []


def test_somebody_elses_session_is_none_of_ours(system: Logind, ear: session_linux.Logind) -> None:
    system.lock(system.add_session("c7"))
    system.sleep(False)
    assert heard(ear, 1) == [Said.WOKE]


def test_who_only_looks_like_logind_is_not_believed(
    system: Logind, ear: session_linux.Logind
) -> None:
    from jeepney import DBusAddress, HeaderFields, new_signal
    from jeepney.io.blocking import open_dbus_connection

    with open_dbus_connection(system.address) as other:
        for path, interface, member, signature, body in (
            (PATH, MANAGER, "PrepareForSleep", "b", (True,)),
            (system.session, session_linux._SESSION, "Lock", None, ()),
            (
                PATH,
                "org.freedesktop.DBus",
                "NameOwnerChanged",
                "sss",
                (session_linux._NAME, "", ":1.99"),
            ),
        ):
            signal = new_signal(DBusAddress(path, interface=interface), member, signature, body)
            signal.header.fields[HeaderFields.destination] = ear._listener._connection.unique_name
            other.send(signal)
        other.bus_proxy.GetId()  # what was sent before is delivered by then
    system.sleep(False)
    assert heard(ear, 1) == [Said.WOKE]


def test_sleep_is_held_and_let_go(system: Logind, ear: session_linux.Logind) -> None:
    ear.hold_sleep()
    ear.hold_sleep()
    select.select([ear.fileno()], [], [], 10)
    assert ear.read() == []
    assert system.holds == [("sleep", "Watchword", "delay")]
    ear.let_sleep()
    ear.hold_sleep()
    ear.let_sleep()  # before the answer came
    select.select([ear.fileno()], [], [], 10)
    ear.read()
    while system.holds:
        pass


def test_a_screen_saver_that_comes_on_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    from jeepney import DBusAddress, new_signal
    from jeepney.io.blocking import open_dbus_connection

    with tempfile.TemporaryDirectory(prefix="ww-") as folder, session_bus(Path(folder)) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={folder}/nowhere")
        signals = open_session_signals()
        assert signals is not None
        (ear,) = signals.ears
        with open_dbus_connection(address) as desktop:
            for active in (False, True):
                path = DBusAddress("/ScreenSaver", interface="org.freedesktop.ScreenSaver")
                desktop.send(new_signal(path, "ActiveChanged", "b", (active,)))
            assert heard(ear, 1) == [Said.LOCKED]
            signals.hold_sleep()  # nobody is there to hold it: nothing happens
    select.select([ear.fileno()], [], [], 10)
    with pytest.raises(ConnectionError):
        ear.read()
    signals.close()


@pytest.mark.parametrize("address", ["unix:path=/nowhere/bus", "nonsense"])
def test_without_a_bus_there_is_nothing_to_hear(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    assert open_session_signals() is None


def test_one_who_does_not_speak_the_language_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
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
            assert session_linux.open_logind() is None
            thread.join()
