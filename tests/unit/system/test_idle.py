"""For how long nobody touched the computer, asked of a real X server and a GNOME of the test's own."""

import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from mock_portal import needs_bus, session_bus

from watchword.system.idle import idle_seconds

MUTTER = "org.gnome.Mutter.IdleMonitor"


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    read, write = os.pipe()
    # Without -noreset it begins anew, as if touched, whenever the last program leaves it.
    command = ["Xvfb", "-noreset", "-displayfd", str(write), "-screen", "0", "64x64x24"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as said:
            monkeypatch.setenv("DISPLAY", f":{said.readline().strip()}")
        yield
        server.terminate()


def test_an_x_server_says_how_long_it_was_not_touched(
    screen: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = idle_seconds()
    assert before is not None
    while (idle_seconds() or 0.0) < before + 0.05:
        pass
    subprocess.run(["xdotool", "mousemove", "3", "3"], check=True)
    touched = idle_seconds()
    assert touched is not None
    assert 0.0 <= touched < 5.0
    # Under Wayland the X server hears only what its own windows are given.
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert idle_seconds() is None


def test_where_nothing_is_known_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert idle_seconds() is None
    monkeypatch.setenv("DISPLAY", ":4321")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    assert idle_seconds() is None


@needs_bus
@pytest.mark.parametrize(
    ("signature", "answer", "seconds"),
    [("t", 90_500, 90.5), ("s", "soon", None), ("", None, None)],
)
def test_gnome_says_it_too(
    monkeypatch: pytest.MonkeyPatch, signature: str, answer: object, seconds: float | None
) -> None:
    from jeepney import new_error, new_method_return
    from jeepney.io.blocking import open_dbus_connection

    with tempfile.TemporaryDirectory(prefix="ww-") as folder, session_bus(Path(folder)) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        assert idle_seconds() is None  # nobody is there to ask
        with open_dbus_connection(address) as shell:
            shell.bus_proxy.RequestName(MUTTER)

            def reply() -> None:
                while (call := shell.receive(timeout=20)).header.fields.get(3) != "GetIdletime":
                    pass
                said = (
                    new_method_return(call, signature, (answer,))
                    if signature
                    else new_error(call, "org.example.No")
                )
                shell.send(said)

            thread = threading.Thread(target=reply)
            thread.start()
            assert idle_seconds() == seconds
            thread.join()
