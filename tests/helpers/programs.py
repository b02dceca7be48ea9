"""The three installed programs, started as a person would start them."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRAMS = Path(sys.executable).parent
CLI = PROGRAMS / "watchword-cli"
APP = PROGRAMS / "watchword"
SERVER = PROGRAMS / "watchword-server"


def free_port() -> int:
    """Return a loopback port that nobody listens on at the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def end(process: subprocess.Popen[Any], number: int = signal.SIGTERM) -> int:
    """Ask a process to end, insist after ten seconds; return its exit status."""
    if process.poll() is None:
        process.send_signal(number)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
    return int(process.returncode)


def cli(
    *arguments: str, home: Path, password: str | None = None, standard_input: str = "", **more: Any
) -> subprocess.CompletedProcess[str]:
    """Run watchword-cli with its data under `home`; with a password, it is line 1 of stdin."""
    first = ["--password-stdin"] if password is not None else []
    return subprocess.run(
        [CLI, *first, *arguments],
        input=(f"{password}\n" if password is not None else "") + standard_input,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "WATCHWORD_HOME": str(home),
            "LANG": "C.UTF-8",
        },
        capture_output=True,
        text=True,
        timeout=more.pop("timeout", 90),
        check=False,
        **more,
    )


@dataclass
class Server:
    """A running watchword-server with its own data folder."""

    data: Path
    port: int
    options: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def administer(self, *arguments: str, standard_input: str = "") -> str:
        done = subprocess.run(
            [SERVER, "--data", self.data, *arguments],
            input=standard_input,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> None:
        log = (self.data / "log.txt").open("ab")
        with log:
            self.process = subprocess.Popen(
                [SERVER, "--data", self.data, "--port", str(self.port), *self.options],
                stdout=log,
                stderr=log,
            )
        give_up = time.monotonic() + 30
        while True:
            try:
                with urllib.request.urlopen(f"{self.origin}/healthz", timeout=2):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                assert self.process.poll() is None, (self.data / "log.txt").read_text()
                assert time.monotonic() < give_up, "the server did not start"
                time.sleep(0.05)

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process is not None:
            end(self.process, number)
            self.process = None


@contextlib.contextmanager
def server(data: Path, *options: str, users: dict[str, str] | None = None) -> Iterator[Server]:
    """Start a server with `users` (name: password); stop it afterwards."""
    data.mkdir(parents=True, exist_ok=True)
    running = Server(data, free_port(), options)
    for name, password in (users or {}).items():
        running.administer("user", "add", name, "--password-stdin", standard_input=f"{password}\n")
    try:
        running.start()
        yield running
    finally:
        running.stop()


def result(done: subprocess.CompletedProcess[str]) -> Any:
    """Return what a `--json` command printed, once it succeeded."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
