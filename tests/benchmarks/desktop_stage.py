"""A bare X screen whose picture lies in memory, and programs on it that are measured from outside."""

import mmap
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from programs import end

WIDTH, HEIGHT = 1280, 1024
_CONTENT = 24  # so many colours only text makes, with its smoothed edges
# A frame would be text on the screen before the program has drawn anything.
_BARE = """<?xml version="1.0"?><openbox_config xmlns="http://openbox.org/3.4/rc"><applications>
<application class="*"><decor>no</decor><focus>yes</focus></application>
</applications></openbox_config>"""
_STILL = 0.25  # seconds without a change


@dataclass
class Screen:
    """What is shown, and the environment of a program that is to appear there."""

    environment: dict[str, str]
    pixels: NDArray[np.uint32]

    def colours(self) -> int:
        """Return how many colours there are, of every second pixel."""
        # What stands beside red, green and blue is left to chance.
        return len(np.unique(self.pixels[::2, ::2] & 0xFFFFFF))

    def await_content(self, seconds: float = 30) -> float:
        """Return the moment at which something with text on it is shown."""
        end = time.monotonic() + seconds
        while self.colours() < _CONTENT:
            if time.monotonic() > end:
                raise TimeoutError("nothing with text on it appeared")
            time.sleep(0.001)
        return time.monotonic()

    def await_stillness(self, still: float = _STILL, seconds: float = 60) -> float:
        """Return the moment of the last change, once nothing has changed for `still` seconds."""
        end = time.monotonic() + seconds
        before, changed = self.pixels.copy(), time.monotonic()
        while (now := time.monotonic()) - changed < still:
            if not np.array_equal(before, self.pixels):
                before, changed = self.pixels.copy(), now
            if now > end:
                raise TimeoutError("the screen does not come to rest")
            time.sleep(0.004)
        return changed

    def await_other(self, before: NDArray[np.uint32], seconds: float = 60) -> None:
        """Wait until at least a twentieth of the screen is other than `before`."""
        end = time.monotonic() + seconds
        while np.count_nonzero(before != self.pixels) < WIDTH * HEIGHT / 20:
            if time.monotonic() > end:
                raise TimeoutError("the page stays as it is")
            time.sleep(0.01)

    def hands(self, *arguments: str) -> None:
        """Do what a hand does, by xdotool."""
        subprocess.run(["xdotool", *arguments], env=self.environment, check=True, timeout=120)

    def picture(self, path: Path) -> None:
        """Keep what is shown, to be looked at."""
        command = ["import", "-window", "root", str(path)]
        subprocess.run(command, env=self.environment, check=True, timeout=60)


@contextmanager
def screen() -> Iterator[Screen]:
    """Start the X server, a window manager and a session bus; end them all."""
    started: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory(prefix="ww-stage-") as name:
        folder = Path(name)
        folder.chmod(0o700)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": name,
            "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": name,
            "QT_QPA_PLATFORM": "xcb",
        }
        read, write = os.pipe()
        size = f"{WIDTH}x{HEIGHT}x24"
        xvfb = ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"]
        try:
            started.append(
                subprocess.Popen(
                    [*xvfb, "-noreset", "-nocursor", "-fbdir", name],
                    pass_fds=(write,),
                    stderr=subprocess.DEVNULL,
                )
            )
            os.close(write)
            with os.fdopen(read) as reader:
                environment["DISPLAY"] = f":{reader.readline().strip()}"
            bus = ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
            started.append(subprocess.Popen(bus, env=environment, stdout=subprocess.PIPE))
            assert started[-1].stdout is not None
            address = started[-1].stdout.readline().decode().strip()
            environment["DBUS_SESSION_BUS_ADDRESS"] = address
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            manager = folder / "openbox.xml"
            manager.write_text(_BARE)
            openbox = ["openbox", "--config-file", str(manager)]
            started.append(subprocess.Popen(openbox, env=environment, **quiet))
            one = Screen(environment, _framebuffer(folder / "Xvfb_screen0"))
            one.await_stillness()
            yield one
        finally:
            for process in reversed(started):
                end(process)
                if process.stdout is not None:
                    process.stdout.close()


def _framebuffer(path: Path) -> NDArray[np.uint32]:
    """Return the pixels of Xvfb's file, which is an XWD picture kept up to date."""
    with path.open("rb") as file:
        whole = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
    header = np.frombuffer(whole, dtype=">u4", count=25)
    colours = int(header[19])
    start = int(header[0]) + colours * 12  # the header with its window's name, then the colour map
    row = int(header[12]) // 4
    return np.frombuffer(whole, dtype=np.uint32, count=row * HEIGHT, offset=start).reshape(
        HEIGHT, row
    )[:, :WIDTH]


@dataclass(frozen=True)
class Use:
    """What a program has used of the processor so far."""

    cpu_seconds: float
    wakeups: int  # times that a thread of it began to run again


class Program:
    """A program on the screen."""

    def __init__(self, on: Screen, command: list[str], environment: dict[str, str]) -> None:
        self.screen = on
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            command,
            env=on.environment | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def use(self) -> Use:
        """Return what all of its threads have used, those that have ended too; to 10 ms."""
        process = Path(f"/proc/{self.process.pid}")
        ticks = (process / "stat").read_text().rpartition(")")[2].split()[11:13]
        wakeups = 0
        for task in (process / "task").iterdir():
            with suppress(FileNotFoundError):  # it has ended since
                wakeups += int((task / "schedstat").read_text().split()[2])
        return Use(sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"), wakeups)

    def memory_mib(self) -> float:
        """Return its resident memory, all pages counted."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (line,) = (each for each in status.splitlines() if each.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    def cost_of(self, *arguments: str) -> float:
        """Return the CPU ms it takes for what a hand does, up to where the screen is still."""
        before = self.use().cpu_seconds
        self.screen.hands(*arguments)
        self.screen.await_stillness()
        return (self.use().cpu_seconds - before) * 1000

    def end(self) -> None:
        """End it, and wait until the screen is empty."""
        end(self.process)
        last = time.monotonic() + 10
        while self.screen.colours() >= _CONTENT and time.monotonic() < last:
            time.sleep(0.01)
