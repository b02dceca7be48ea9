"""A session bus of the test's own, and on it a portal that gives the picture the test wants."""

import contextlib
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

needs_bus = pytest.mark.skipif(
    shutil.which("dbus-daemon") is None, reason="dbus-daemon is not installed"
)
_NAME = "org.freedesktop.portal.Desktop"
_REQUEST = "org.freedesktop.portal.Request"
# Without the system's services: no real portal is ever started by a test.
_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy></busconfig>
"""


@contextlib.contextmanager
def session_bus(folder: Path) -> Iterator[str]:
    """Run a bus and give its address; `folder`'s path must be short."""
    socket = folder / "bus"
    configuration = folder / "bus.conf"
    configuration.write_text(_CONFIGURATION.format(socket=socket))
    with subprocess.Popen(
        ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address=1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as daemon:
        assert daemon.stdout is not None
        yield daemon.stdout.readline().strip()
        daemon.terminate()


@dataclass
class MockPortal:
    """Answers as a desktop would. `answer` is what comes of the asking, made when asked."""

    address: str
    answer: Callable[[], tuple[int, dict[str, Any]] | None] = lambda: None
    has_screenshots: bool = True
    forged: tuple[int, dict[str, Any]] | None = None  # said by another program first
    asked: list[dict[str, Any]] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)

    @contextlib.contextmanager
    def running(self) -> Iterator["MockPortal"]:
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection

        with open_dbus_connection(self.address) as connection:
            assert Proxy(message_bus, connection).RequestName(_NAME) == (1,)
            thread = threading.Thread(target=self._serve, args=(connection,))
            thread.start()
            try:
                yield self
            finally:
                self._ended.set()
                thread.join()

    def _serve(self, connection: Any) -> None:
        from jeepney import MessageType

        while not self._ended.is_set():
            with contextlib.suppress(TimeoutError):
                message = connection.receive(timeout=0.05)
                if message.header.message_type is MessageType.method_call:
                    self._reply(connection, message)

    def _reply(self, connection: Any, call: Any) -> None:
        from jeepney import HeaderFields, new_error, new_method_return
        from jeepney.io.blocking import open_dbus_connection

        fields = call.header.fields
        if not self.has_screenshots:
            error = "org.freedesktop.DBus.Error.UnknownMethod"
            connection.send(new_error(call, error, "s", ("No such interface",)))
            return
        assert fields[HeaderFields.member] == "Screenshot"
        assert fields[HeaderFields.interface] == "org.freedesktop.portal.Screenshot"
        _, options = call.body
        self.asked.append({name: value for name, (_, value) in options.items()})
        sender = fields[HeaderFields.sender]
        handle = (
            f"/org/freedesktop/portal/desktop/request/{sender[1:].replace('.', '_')}"
            f"/{options['handle_token'][1]}"
        )
        connection.send(new_method_return(call, "o", (handle,)))
        if self.forged is not None:
            with open_dbus_connection(self.address) as stranger:
                stranger.send(_response(handle, sender, *self.forged))
        if (answer := self.answer()) is not None:
            connection.send(_response(handle, sender, *answer))


def _response(handle: str, to: str, code: int, results: dict[str, Any]) -> Any:
    from jeepney import DBusAddress, HeaderFields, new_signal

    signal = new_signal(
        DBusAddress(handle, interface=_REQUEST), "Response", "ua{sv}", (code, results)
    )
    signal.header.fields[HeaderFields.destination] = to
    return signal


def gives(path: Path) -> tuple[int, dict[str, Any]]:
    """Return the answer of a desktop that put the picture at `path`."""
    return 0, {"uri": ("s", path.as_uri())}
