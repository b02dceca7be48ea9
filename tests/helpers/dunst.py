"""A real dunst, on a bus and a screen of the test's own: what it shows, and how it is pressed."""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mock_portal import session_bus
from programs import end

needs_dunst = pytest.mark.skipif(
    not all(map(shutil.which, ("dunst", "Xvfb", "dbus-daemon"))),
    reason="dunst, Xvfb or dbus-daemon is not installed",
)
_NAME, _PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
_OWN = "org.dunstproject.cmd0"


class Dunst:
    """What a person sees of it, and does with it."""

    def __init__(self, address: str, connection: Any) -> None:
        self.address = address
        self._connection = connection

    def _ask(
        self, member: str, signature: str = "", *body: object, properties: bool = False
    ) -> Any:
        from jeepney import DBusAddress, MessageType, new_method_call

        interface = "org.freedesktop.DBus.Properties" if properties else _OWN
        call = new_method_call(
            DBusAddress(_PATH, bus_name=_NAME, interface=interface), member, signature, body
        )
        reply = self._connection.send_and_get_reply(call, timeout=10)
        assert reply.header.message_type is MessageType.method_return, reply.body
        return reply.body

    def count(self) -> int:
        """How many are on the screen."""
        return int(self._ask("Get", "ss", _OWN, "displayedLength", properties=True)[0][1])

    def press(self) -> None:
        """Press the one that is on the screen."""
        self._ask("NotificationAction", "u", 0)

    def close(self) -> None:
        """Close all by hand."""
        self._ask("NotificationCloseAll")

    def past(self) -> list[tuple[str, str, str]]:
        """Return title, text and what was drawn of what is not on the screen any more, the latest first."""
        (found,) = self._ask("NotificationListHistory")
        return [(each["summary"][1], each["body"][1], each["message"][1]) for each in found]


@contextlib.contextmanager
def dunst(folder: Path) -> Iterator[Dunst]:
    """Run it; `folder`'s path must be short."""
    from jeepney.io.blocking import open_dbus_connection

    read, write = os.pipe()
    with session_bus(folder) as address, contextlib.ExitStack() as ends:
        screen = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "800x600x24", "-nolisten", "tcp"],
            pass_fds=(write,),
            stderr=subprocess.DEVNULL,
        )
        ends.callback(end, screen)
        os.close(write)
        with os.fdopen(read) as reader:
            display = f":{reader.readline().strip()}"
        (folder / "dunstrc").write_text(
            "[global]\nmarkup = full\nhistory_length = 50\nidle_threshold = 0\n"
        )
        daemon = subprocess.Popen(
            ["dunst", "-conf", str(folder / "dunstrc")],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(folder),
                "DISPLAY": display,
                "DBUS_SESSION_BUS_ADDRESS": address,
                "XDG_RUNTIME_DIR": str(folder),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        ends.callback(end, daemon)
        connection = ends.enter_context(open_dbus_connection(address))
        _wait_for(connection, daemon)
        yield Dunst(address, connection)


def _wait_for(connection: Any, daemon: subprocess.Popen[bytes]) -> None:
    from jeepney.bus_messages import message_bus
    from jeepney.io.blocking import Proxy

    end = time.monotonic() + 20
    while not Proxy(message_bus, connection).NameHasOwner(_NAME)[0]:
        assert daemon.poll() is None, "dunst ended"
        assert time.monotonic() < end, "dunst did not start"
        time.sleep(0.02)
