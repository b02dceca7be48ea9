"""A connection to a D-Bus of this computer that only listens, and never makes anybody wait."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

BUS = "org.freedesktop.DBus"
_REPLY_SECONDS = 5.0
# What jeepney raises where there is no bus, no address of one, or it is gone, or speaks something else.
BROKEN = (OSError, EOFError, KeyError, ValueError, RuntimeError)


class Listener:
    """Hears what it asked for; whoever waits for it waits until `fileno` can be read."""

    def __init__(self, connection: Any) -> None:
        """Made by open_listener."""
        self._connection = connection
        self._bus = import_module("jeepney")

    def fileno(self) -> int:
        """Return the socket's number, to be waited for."""
        return int(self._connection.sock.fileno())

    def messages(self) -> Iterator[Any]:
        """Give what came meanwhile. Never waits. Raises ConnectionError when the bus is gone."""
        while True:
            try:
                message = self._connection.receive(timeout=0)
            except TimeoutError:
                return
            except BROKEN as error:
                raise ConnectionError("The bus is gone") from error
            yield message

    def ask(self, address: Any, member: str, signature: str = "", body: Any = ()) -> Any:
        """Call a method and wait for its answer; None where it is refused or nobody is there.

        Never on the GUI thread. Raises OSError, EOFError or ValueError when the bus is gone.
        """
        call = self._bus.new_method_call(address, member, signature or None, body)
        reply = self._connection.send_and_get_reply(call, timeout=_REPLY_SECONDS)
        if reply.header.message_type is not self._bus.MessageType.method_return:
            return None
        return reply.body

    def send(self, address: Any, member: str, signature: str, body: Any) -> int:
        """Call a method and return the number that its answer will name."""
        serial = next(self._connection.outgoing_serial)
        call = self._bus.new_method_call(address, member, signature, body)
        self._connection.send(call, serial=serial)
        return int(serial)

    def close(self) -> None:
        """Leave the bus."""
        self._connection.close()


def open_listener(bus: str, rules: Sequence[str]) -> Listener | None:
    """Join the bus ("SYSTEM" or "SESSION") and ask for what `rules` name; None without one.

    May take a moment: never on the GUI thread.
    """
    blocking, jeepney = import_module("jeepney.io.blocking"), import_module("jeepney")
    try:
        connection = blocking.open_dbus_connection(bus=bus, enable_fds=True)
    except (*BROKEN, jeepney.DBusErrorResponse):  # the latter: it has too many already
        return None
    listener = Listener(connection)
    try:
        heard = all(listener.ask(jeepney.message_bus, "AddMatch", "s", (r,)) == () for r in rules)
    except BROKEN:
        heard = False
    if not heard:
        listener.close()
        return None
    return listener
