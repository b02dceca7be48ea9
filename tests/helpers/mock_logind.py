"""On a bus of the test's own, a logind that says when the computer sleeps and wakes."""

import contextlib
from collections.abc import Iterator
from typing import Any

NAME = "org.freedesktop.login1"
PATH = "/org/freedesktop/login1"
INTERFACE = "org.freedesktop.login1.Manager"


class MockLogind:
    """Says what the test wants said; `say` is what the real one does."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def say(
        self,
        sleeping: object,
        *,
        member: str = "PrepareForSleep",
        signature: str = "b",
        to: str = "",
    ) -> None:
        from jeepney import DBusAddress, HeaderFields, new_signal

        signal = new_signal(DBusAddress(PATH, interface=INTERFACE), member, signature, (sleeping,))
        if to:
            signal.header.fields[HeaderFields.destination] = to
        self._connection.send(signal)


@contextlib.contextmanager
def logind(address: str, *, name: str = NAME) -> Iterator[MockLogind]:
    """Run it on the bus at `address`; under another `name` it is a program that only pretends."""
    from jeepney.bus_messages import message_bus
    from jeepney.io.blocking import Proxy, open_dbus_connection

    with open_dbus_connection(address) as connection:
        assert Proxy(message_bus, connection).RequestName(name) == (1,)
        yield MockLogind(connection)
