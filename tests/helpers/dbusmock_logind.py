"""On a bus of the test's own, python-dbusmock's logind: sessions that lock, sleep that is held."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mock_portal import session_bus

NAME = "org.freedesktop.login1"
PATH = "/org/freedesktop/login1"
MANAGER = f"{NAME}.Manager"
SESSION = f"{NAME}.Session"
_MOCK = "org.freedesktop.DBus.Mock"
_PYTHON = "/usr/bin/python3"  # the system's, which Debian's python3-dbusmock belongs to

needs_logind = pytest.mark.skipif(
    not Path("/usr/lib/python3/dist-packages/dbusmock").exists(),
    reason="python3-dbusmock is not installed",
)


class Logind:
    """Does what a system does to its sessions."""

    def __init__(self, connection: Any, address: str) -> None:
        self._connection = connection
        self.address = address
        self.session = self._mock("AddSession", "ssusb", "auto", "seat0", 1000, "ana", True)

    def add_session(self, name: str) -> str:
        """Return the path of somebody else's session."""
        return str(self._mock("AddSession", "ssusb", name, "seat0", 1001, "bob", True))

    def sleep(self, sleeping: bool) -> None:
        """Say that the computer is about to sleep, or that it woke up."""
        self._signal(PATH, MANAGER, "PrepareForSleep", "b", sleeping)

    def lock(self, session: str = "") -> None:
        """Ask for the session to be locked, as `loginctl lock-session` does."""
        self.call(session or self.session, SESSION, "Lock")

    def note_locked(self, locked: bool) -> None:
        """Say that the screen is locked, as desktops do when they lock it themselves."""
        self.call(self.session, SESSION, "SetLockedHint", "b", locked)

    def give_seat(self, ours: bool) -> None:
        """Let somebody else sit before the computer, or us again."""
        properties = {"Active": ("b", ours)}
        self.call(self.session, _MOCK, "UpdateProperties", "sa{sv}", SESSION, properties)

    @property
    def holds(self) -> list[tuple[str, str, str]]:
        """What holds sleep: what, who and how."""
        (found,) = self.call(PATH, MANAGER, "ListInhibitors")
        return [(what, who, mode) for what, who, _why, mode, _user, _pid in found]

    def _mock(self, member: str, signature: str, *body: object) -> Any:
        return self.call(PATH, _MOCK, member, signature, *body)[0]

    def _signal(
        self, path: str, interface: str, member: str, signature: str, *body: object
    ) -> None:
        values = list(zip(signature, body, strict=True))
        self.call(path, _MOCK, "EmitSignal", "sssav", interface, member, signature, values)

    def call(
        self, path: str, interface: str, member: str, signature: str = "", *body: object
    ) -> Any:
        from jeepney import DBusAddress, MessageType, new_method_call

        to = DBusAddress(path, NAME, interface)
        call = new_method_call(to, member, signature or None, body)
        reply = self._connection.send_and_get_reply(call, timeout=20)
        assert reply.header.message_type is MessageType.method_return, reply.body
        return reply.body


@contextlib.contextmanager
def logind(folder: Path) -> Iterator[Logind]:
    """Run a bus in `folder`, whose path must be short, and logind on it."""
    from jeepney import MatchRule
    from jeepney.bus_messages import message_bus
    from jeepney.io.blocking import Proxy, open_dbus_connection

    with session_bus(folder) as address, open_dbus_connection(address) as connection:
        rule = MatchRule(type="signal", sender="org.freedesktop.DBus", member="NameOwnerChanged")
        rule.add_arg_condition(0, NAME)
        Proxy(message_bus, connection).AddMatch(rule)
        with connection.filter(rule) as came:
            running = subprocess.Popen(
                [_PYTHON, "-m", "dbusmock", "--system", "--template", "logind"],
                env={"PATH": os.environ["PATH"], "DBUS_SYSTEM_BUS_ADDRESS": address},
                stdout=subprocess.DEVNULL,
            )
            try:
                connection.recv_until_filtered(came, timeout=30)
                yield Logind(connection, address)
            finally:
                running.terminate()
                running.wait()
