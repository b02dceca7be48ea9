"""A private desktop for one test: an X server, a window manager, a session bus, accessibility.

Nothing of the person's own session is reached, and every process ends with the test.
"""

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SYSTEM_PYTHON = "/usr/bin/python3"


class NotThere(AssertionError):
    """An element did not appear (or did not go) in time."""


@dataclass
class Desktop:
    """One X screen with a bus; `environment` is what a program needs to appear on it."""

    environment: dict[str, str]
    folder: Path
    _service: subprocess.Popen[str] | None = field(default=None, repr=False)

    def start(self, *command: str | Path, **more: Any) -> subprocess.Popen[bytes]:
        environment = {**self.environment, **more.pop("environment", {})}
        return subprocess.Popen([*map(str, command)], env=environment, **more)

    # -- what an assistive program can do ------------------------------------------------
    def ask(self, do: str, **command: Any) -> Any:
        if self._service is None:
            self._service = subprocess.Popen(
                [SYSTEM_PYTHON, str(HERE / "atspi_service.py")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=self.environment,
            )
        assert self._service.stdin is not None
        assert self._service.stdout is not None
        self._service.stdin.write(
            json.dumps({"do": do, "application": "watchword", **command}) + "\n"
        )
        self._service.stdin.flush()
        answer = json.loads(self._service.stdout.readline())
        if "error" in answer:
            raise NotThere(
                f"{answer['error']}\n{self.outline()}" if do != "tree" else answer["error"]
            )
        return answer["ok"]

    def outline(self) -> str:
        """Return what is on the screen as an indented text, for a failing test's message."""
        return "\n".join(
            f"{'  ' * row['depth']}{row['role']}: {row['name'][:100]}" for row in self.ask("tree")
        )

    def unnamed(self) -> list[str]:
        """Return the roles of what a screen reader comes to and has no name for."""
        rows = self.ask("tree")
        return [row["role"] for row in rows if row["focusable"] and not row["name"].strip()]

    def press(self, name: str, role: str = "push button", **more: Any) -> None:
        """Press the control, once it can be pressed."""
        end = time.monotonic() + float(more.get("within", 10))
        while not self.ask("find", name=name, role=role, **more)["sensitive"]:
            if time.monotonic() > end:
                raise NotThere(f"{name!r} cannot be pressed\n{self.outline()}")
            time.sleep(0.05)
        self.ask("press", name=name, role=role, **more)

    def write(self, name: str, text: str, **more: Any) -> None:
        """Put `text` into the field of that name."""
        self.ask("type", name=name, role=["text", "password text"], text=text, **more)

    def see(self, name: str | None = None, **more: Any) -> dict[str, Any]:
        return self.ask("find", name=name, **more)

    # -- what hands can do ---------------------------------------------------------------
    def xdotool(self, *arguments: str) -> str:
        done = subprocess.run(
            ["xdotool", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
        return done.stdout.strip()

    def keys(self, *names: str) -> None:
        self.xdotool("key", "--clearmodifiers", *names)

    def write_by_keys(self, text: str) -> None:
        self.xdotool("type", "--clearmodifiers", "--delay", "4", text)

    def walk_to(self, name: str) -> None:
        """Press Tab until the control of that name has the focus, at most once around."""
        self.see(name)
        passed = []
        for _ in range(60):
            focused = [row["name"] for row in self.ask("tree") if row["focused"]]
            if name in focused:
                return
            passed += focused
            self.keys("Tab")
        raise NotThere(f"Tab does not come to {name!r}, only to {passed}\n{self.outline()}")

    def press_by_keys(self, name: str) -> None:
        """Walk to the control by Tab and press it by the space bar."""
        self.walk_to(name)
        self.keys("space")

    def click(self, x: int, y: int) -> None:
        self.xdotool("mousemove", str(x), str(y), "click", "1")

    def middle(self, title: str) -> tuple[int, int]:
        """Return the middle of the window of that title."""
        place = self.xdotool("getwindowgeometry", "--shell", self.window(title))
        facts = dict(line.split("=") for line in place.splitlines())
        x, y, width, height = (int(facts[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))
        return x + width // 2, y + height // 2

    def drag(self, start: tuple[int, int], to: tuple[int, int]) -> None:
        """Press the mouse at `start` and bring it to `to`, as a hand does."""
        self.xdotool("mousemove", *map(str, start), "mousedown", "1")
        for step in range(1, 21):
            x = start[0] + (to[0] - start[0]) * step // 20
            y = start[1] + (to[1] - start[1]) * step // 20
            self.xdotool("mousemove", str(x), str(y))
            time.sleep(0.02)  # a hand is no faster, and XDND asks at every step

    def window(self, title: str = "^Watchword$") -> str:
        return self.xdotool("search", "--sync", "--onlyvisible", "--name", title).split()[0]

    def activate(self) -> None:
        """Bring the window to the front, so that keys go to it."""
        self.xdotool("windowactivate", "--sync", self.window())

    def picture(self, path: Path, window: str = "root") -> Path:
        subprocess.run(
            ["import", "-window", window, str(path)], env=self.environment, timeout=30, check=True
        )
        return path

    def clipboard(self) -> str:
        """Return the clipboard's text; empty where it holds none."""
        read = ["xclip", "-selection", "clipboard", "-o", "-t"]
        kinds = subprocess.run(
            [*read, "TARGETS"], env=self.environment, capture_output=True, timeout=10, check=False
        )
        if b"UTF8_STRING" not in kinds.stdout.split():
            return ""
        return subprocess.run(
            [*read, "UTF8_STRING"],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        ).stdout


def _wait_until_it_listens(display: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 20
    while subprocess.run(
        ["xdotool", "getdisplaygeometry"],
        env={**os.environ, "DISPLAY": display},
        capture_output=True,
        check=False,
    ).returncode:
        assert process.poll() is None, "the X server ended"
        assert time.monotonic() < end, "the X server did not start"
        time.sleep(0.05)


@contextlib.contextmanager
def desktop_session(folder: Path, *, size: str = "1600x1200x24") -> Iterator[Desktop]:
    """Start a desktop whose home is `folder`; end every process that was started on it."""
    home = folder / "home"
    runtime = Path(tempfile.mkdtemp(prefix="ww-run-"))
    for place in (home, home / ".config", runtime):
        place.mkdir(parents=True, exist_ok=True)
    runtime.chmod(0o700)
    started: list[subprocess.Popen[Any]] = []
    read, write = os.pipe()
    xvfb = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp", "-noreset"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    started.append(xvfb)
    os.close(write)
    with os.fdopen(read) as reader:
        display = f":{reader.readline().strip()}"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "DISPLAY": display,
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "QT_QPA_PLATFORM": "xcb",
        "QT_ACCESSIBILITY": "1",
        "NO_AT_BRIDGE": "0",
    }
    desktop = Desktop(environment, folder)
    try:
        _wait_until_it_listens(display, xvfb)
        bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        started.append(bus)
        assert bus.stdout is not None
        environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        started.append(
            subprocess.Popen(
                ["/usr/libexec/at-spi-bus-launcher", "--launch-immediately", "--a11y=1"],
                env=environment,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        )
        started.append(
            subprocess.Popen(
                ["openbox"],
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        )
        yield desktop
    finally:
        if desktop._service is not None:
            desktop._service.terminate()
            desktop._service.communicate(timeout=10)
        for process in reversed(started):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(5)
            if process.stdout is not None:
                process.stdout.close()
        subprocess.run(["rm", "-rf", str(runtime)], check=False)
