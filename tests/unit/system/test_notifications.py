"""The bus side of notifications, where the daemon can little, is slow, or is somebody else."""

import contextlib
import select
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mock_portal import needs_bus, session_bus

from watchword.system.notifications import BusNotifications, Heard, Notice, open_notifications

pytestmark = needs_bus
_NAME, _PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
ONE = Notice("Kalos <Club> asks", "Firefox & <b>Windows</b>", "Review", 60.0)
TWO = Notice("Two ask", "Two", "Review", 60.0)


class SmallDaemon:
    """Takes calls one by one, when the test wants them taken."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def take(self) -> tuple[str, Any, Any]:
        """Return the member and the body of the next call, and the call."""
        from jeepney import HeaderFields, MessageType

        while True:
            message = self._connection.receive(timeout=10)
            if message.header.message_type is MessageType.method_call:
                return message.header.fields[HeaderFields.member], message.body, message

    def answer(self, call: Any, signature: str = "", *body: object) -> None:
        from jeepney import new_method_return

        self._connection.send(new_method_return(call, signature, body))

    def refuse(self, call: Any) -> None:
        from jeepney import new_error

        self._connection.send(new_error(call, "org.example.Refused", "s", ("No",)))

    def say(self, member: str, signature: str, *body: object, to: str = "") -> None:
        from jeepney import DBusAddress, HeaderFields, new_signal

        signal = new_signal(DBusAddress(_PATH, interface=_NAME), member, signature, body)
        if to:
            signal.header.fields[HeaderFields.destination] = to
        self._connection.send(signal)


@contextlib.contextmanager
def on_bus(address: str, name: str = _NAME) -> Iterator[SmallDaemon]:
    from jeepney.bus_messages import message_bus
    from jeepney.io.blocking import Proxy, open_dbus_connection

    with open_dbus_connection(address) as connection:
        assert Proxy(message_bus, connection).RequestName(name) == (1,)
        yield SmallDaemon(connection)


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="ww-") as folder, session_bus(Path(folder)) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address


@contextlib.contextmanager
def joined(address: str, *capabilities: str) -> Iterator[BusNotifications]:
    """Join as the app does; the daemon of the test answers afterwards as it likes."""
    from jeepney.io.blocking import open_dbus_connection

    connection = open_dbus_connection(address)
    made = BusNotifications(connection, frozenset(capabilities))
    yield made
    made.close()


def heard(notifications: BusNotifications) -> list[Heard]:
    ready, _, _ = select.select([notifications.fileno()], [], [], 10)
    assert ready, "nothing was heard"
    return notifications.read()


def take_answer(notifications: BusNotifications) -> list[Heard]:
    """Read until the answer to the call that is due was taken."""
    due, said = notifications._call, list[Heard]()
    while notifications._call == due:
        said += heard(notifications)
    return said


@pytest.mark.parametrize(
    ("capabilities", "text", "actions"),
    [
        ((), "", []),
        (("body", "actions"), "Firefox & <b>Windows</b>", ["default", "Review"]),
        (("body", "body-markup"), "Firefox &amp; &lt;b&gt;Windows&lt;/b&gt;", []),
    ],
)
def test_only_what_the_daemon_can_is_asked_of_it(
    bus: str, capabilities: tuple[str, ...], text: str, actions: list[str]
) -> None:
    with on_bus(bus) as daemon, joined(bus, *capabilities) as notifications:
        notifications.show(ONE)
        member, body, _ = daemon.take()
        assert member == "Notify"
        assert body[3:6] == (ONE.title, text, actions)
        assert body[6]["desktop-entry"] == ("s", "watchword")


def test_while_the_daemon_is_slow_only_the_newest_wish_is_kept(bus: str) -> None:
    with on_bus(bus) as daemon, joined(bus) as notifications:
        notifications.show(ONE)
        _, _, call = daemon.take()
        notifications.withdraw()
        notifications.show(ONE)
        notifications.show(TWO)
        daemon.answer(call, "u", 7)
        assert take_answer(notifications) == []
        member, body, call = daemon.take()
        assert (member, body[1], body[3]) == ("Notify", 7, "Two ask")
        notifications.withdraw()
        daemon.answer(call, "u", 7)
        take_answer(notifications)
        assert daemon.take()[:2] == ("CloseNotification", (7,))


def test_only_the_daemon_that_answered_is_believed(bus: str) -> None:
    with (
        on_bus(bus) as daemon,
        on_bus(bus, "org.example.Other") as stranger,
        joined(bus, "actions") as notifications,
    ):
        notifications.show(ONE)
        _, _, call = daemon.take()
        daemon.answer(call, "u", 7)
        name = notifications._connection.unique_name
        take_answer(notifications)
        stranger.say("ActionInvoked", "us", 7, "default", to=name)
        stranger.say("NotificationClosed", "uu", 7, 2, to=name)
        assert heard(notifications) == []
        daemon.say("ActionInvoked", "us", 8, "default", to=name)
        daemon.say("ActionInvoked", "us", 7, "approve", to=name)
        daemon.say("ActionInvoked", "u", 7, to=name)
        daemon.say("ActivationToken", "us", 7, "from-the-desktop", to=name)
        daemon.say("ActionInvoked", "us", 7, "default", to=name)
        daemon.say("NotificationClosed", "uu", 7, 2, to=name)
        said: list[Heard] = []
        while Heard.GONE not in said:
            said += heard(notifications)
        assert said == [Heard.PRESSED, Heard.GONE]
        assert notifications.activation == "from-the-desktop"


def test_a_refusal_is_no_notification(bus: str) -> None:
    with on_bus(bus) as daemon, joined(bus) as notifications:
        notifications.show(ONE)
        _, _, call = daemon.take()
        notifications.show(TWO)
        daemon.refuse(call)
        assert take_answer(notifications) == []
        notifications.show(TWO)
        assert daemon.take()[1][3] == "Two ask"


def test_without_a_bus_or_a_daemon_there_is_nothing_to_show_with(
    bus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert open_notifications() is None  # a bus, and nobody on it
    for address in ("unix:path=/nowhere/bus", "nonsense", ""):
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        assert open_notifications() is None


def test_a_bus_that_goes_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(prefix="ww-") as folder:
        with session_bus(Path(folder)) as address, joined(address) as notifications:
            pass
        from jeepney.io.blocking import open_dbus_connection

        with session_bus(Path(folder)) as address:
            notifications = BusNotifications(open_dbus_connection(address), frozenset())
        select.select([notifications.fileno()], [], [], 10)
        with pytest.raises(ConnectionError):
            notifications.read()
        with pytest.raises(ConnectionError):
            notifications.show(ONE)
        notifications.close()
