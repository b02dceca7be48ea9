"""That this computer went to sleep or woke up, as systemd's logind says it on the system bus.

Source: org.freedesktop.login1(5), signal PrepareForSleep.
"""

import sys
from importlib import import_module
from typing import Any

_NAME = "org.freedesktop.login1"
_PATH = "/org/freedesktop/login1"
_INTERFACE = "org.freedesktop.login1.Manager"
_MEMBER = "PrepareForSleep"
_REPLY_SECONDS = 5.0


class SleepSignals:
    """A connection to the system bus; `read` when something can be read from `fileno`."""

    def __init__(self, connection: Any) -> None:
        """Made by open_sleep_signals."""
        self._connection = connection

    def fileno(self) -> int:
        """Return the socket's number, to be waited for."""
        return int(self._connection.sock.fileno())

    def read(self) -> list[bool]:
        """Return what was said meanwhile: True for going to sleep, False for having woken up.

        Never waits. Raises ConnectionError when the bus is gone.
        """
        said: list[bool] = []
        while True:
            try:
                message = self._connection.receive(timeout=0)
            except TimeoutError:
                return said
            except (OSError, EOFError, ValueError, KeyError) as error:
                raise ConnectionError("The system bus is gone") from error
            if _is_ours(message):
                said.append(message.body[0])

    def close(self) -> None:
        """Leave the bus."""
        self._connection.close()


def open_sleep_signals() -> SleepSignals | None:
    """Join the system bus and ask for logind's signal; None where there is no such bus.

    May take a moment: never on the GUI thread.
    """
    if sys.platform != "linux":
        return None
    blocking, bus = import_module("jeepney.io.blocking"), import_module("jeepney")
    try:
        connection = blocking.open_dbus_connection(bus="SYSTEM")
    except (OSError, EOFError, KeyError, ValueError):
        return None
    rule = f"type='signal',sender='{_NAME}',interface='{_INTERFACE}',member='{_MEMBER}',path='{_PATH}'"
    try:
        asked = bus.new_method_call(bus.message_bus, "AddMatch", "s", (rule,))
        reply = connection.send_and_get_reply(asked, timeout=_REPLY_SECONDS)
    except (OSError, EOFError, ValueError):
        connection.close()
        return None
    if reply.header.message_type is not bus.MessageType.method_return:
        connection.close()
        return None
    return SleepSignals(connection)


def _is_ours(message: Any) -> bool:
    """Tell whether it is the signal that was asked for.

    Another program may send us one that looks like it. What that can do is let us ask the servers
    once more, and whoever acts on this bounds how often.
    """
    fields = import_module("jeepney").HeaderFields
    found = message.header.fields
    return (
        found.get(fields.interface) == _INTERFACE
        and found.get(fields.member) == _MEMBER
        and len(message.body) == 1
        and type(message.body[0]) is bool
    )
