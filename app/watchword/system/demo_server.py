"""A server of our own on this computer, to try things with: a process that ends with this one.

It is told nothing and owns its temporary folder. It ends when its standard input does, so that
even an app that is killed leaves no server behind.
"""

import importlib.util
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from watchword.errors import KnownError
from watchword.plain_text import plain_text

if TYPE_CHECKING:
    import subprocess

_SECONDS_TO_START = 30.0
_SECONDS_TO_END = 5.0
_LINE_LIMIT = 1024
_NEEDED = ("watchword_server", "starlette", "sqlalchemy", "aiosqlite", "uvicorn")


class DemoNotStarted(KnownError):
    """There is no demo server; the text says why."""


@dataclass(frozen=True, slots=True)
class DemoAccess:
    """Where the demo is, and who may sign in."""

    address: str  # an origin on loopback
    user: str
    password: str


def demo_command() -> tuple[str, ...] | None:
    """Return the command that starts the server; None where it is not installed with the app."""
    if getattr(sys, "frozen", False):
        program = Path(sys.executable).with_name(
            "watchword-server.exe" if sys.platform == "win32" else "watchword-server"
        )
        return (str(program), "demo") if program.is_file() else None
    if any(importlib.util.find_spec(name) is None for name in _NEEDED):
        return None
    return (sys.executable, "-I", "-m", "watchword_server", "demo")


class DemoServer:
    """At most one process. `start` is for a worker's thread, the rest for any."""

    def __init__(self, command: Sequence[str] | None = None) -> None:
        """`command` starts another server; None: ours."""
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._access: DemoAccess | None = None
        self._lock = threading.Lock()

    @property
    def access(self) -> DemoAccess | None:
        """Where it is; None while there is none, also when it ended by itself."""
        process = self._process
        return self._access if process is not None and process.poll() is None else None

    def start(self) -> DemoAccess:
        """Start it and return where it is, once that is known. Raises DemoNotStarted."""
        import subprocess

        if (there := self.access) is not None:
            return there
        self.stop()
        command = self._command or demo_command()
        if command is None:
            raise DemoNotStarted(
                "There is no demo server here",
                "Watchword was installed without it",
                "Look around in the trial, or add an account of a service you use",
            )
        with tempfile.TemporaryFile() as errors:
            try:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
            except OSError as error:
                raise _not_started(error.strerror or "") from error
            with self._lock:
                self._process = process
            access = _access_of(process)
            if access is None:
                self.stop()
                errors.seek(0)
                raise _not_started(_last_line(errors.read(65_536)))
        self._access = access
        return access

    def stop(self) -> None:
        """End it, and wait until its folder is gone; none is no error."""
        import subprocess

        with self._lock:
            process, self._process = self._process, None
            self._access = None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        try:
            process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _access_of(process: "subprocess.Popen[bytes]") -> DemoAccess | None:
    """Return what the three lines say that the server begins with; None if they do not come."""
    watch = threading.Timer(_SECONDS_TO_START, process.kill)
    watch.daemon = True
    watch.start()
    try:
        if process.stdout is None:
            return None
        lines = [process.stdout.readline(_LINE_LIMIT).decode("utf-8", "replace") for _ in "123"]
    except (OSError, ValueError):  # stopped meanwhile
        return None
    finally:
        watch.cancel()
        watch.join()
    values = [line.partition("  ")[2].strip() for line in lines]
    return DemoAccess(*values) if all(values) else None


def _last_line(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return plain_text(lines[-1], limit=200) if lines else ""


def _not_started(why: str) -> DemoNotStarted:
    return DemoNotStarted(
        "The demo server did not start",
        why or "It ended at once, or took too long",
        "Try again. Everything else works without it",
    )
