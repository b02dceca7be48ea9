"""Real watchword-server processes on either database, and many requests to them at one moment."""

import contextlib
import itertools
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import postgres
from programs import SERVER, free_port
from served import Browser, Device, Served, served_at

from watchword.protocol.members import Countersigned, Envelope

DATABASES = ("sqlite", "postgresql")
QUICKER = 1_000  # times the usual limits: the throttle has tests of its own


@dataclass
class Processes:
    """One process on SQLite, two on PostgreSQL, all at one origin."""

    data: Path
    database: str
    ports: list[int]
    warm: subprocess.Popen[str]  # which starts them
    running: dict[int, int] = field(default_factory=dict)  # their ids
    cluster: postgres.Cluster | None = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"

    def start(self, port: int) -> None:
        arguments = [
            "--data", str(self.data), "--database", self.database, "--port", str(port),
            "--origin", self.origin, "--limits-times", str(QUICKER),
        ]  # fmt: skip
        assert self.warm.stdin is not None
        assert self.warm.stdout is not None
        self.warm.stdin.write(json.dumps([arguments, str(self.data / f"log-{port}.txt")]) + "\n")
        self.warm.stdin.flush()
        self.running[port] = int(self.warm.stdout.readline())

    def wait(self, port: int) -> None:
        """Wait until a started process answers."""
        give_up = time.monotonic() + 120
        while True:
            with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
                return
            assert Path(f"/proc/{self.running[port]}").exists(), self.log(port)
            assert time.monotonic() < give_up, self.log(port)
            time.sleep(0.01)

    def kill(self, port: int, sign: signal.Signals = signal.SIGKILL) -> None:
        """Send the signal and return when the process is gone."""
        process = os.pidfd_open(self.running.pop(port))
        try:
            signal.pidfd_send_signal(process, sign)
            ended = select.poll()  # select() knows no more than 1,024 files
            ended.register(process, select.POLLIN)
            assert ended.poll(30_000), f"{port} does not end"
        finally:
            os.close(process)

    def end(self) -> None:
        for port in list(self.running):
            self.kill(port, signal.SIGTERM)

    def log(self, port: int) -> str:
        return (self.data / f"log-{port}.txt").read_text()[-4000:]

    def complaints(self) -> str:
        """What the processes have logged besides that they started."""
        lines = [
            line
            for port in self.ports
            for line in (self.data / f"log-{port}.txt").read_text().splitlines()
        ]
        return "\n".join(
            line for line in lines if "(data in " not in line and " info " not in line
        )


@contextlib.contextmanager
def processes(
    kind: str, *, own_cluster: bool = False, durable: bool = False, count: int = 0
) -> Iterator[Processes]:
    """Start them on a new database, `durable` for measuring; else fsync is off on PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="watchword-server-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        with contextlib.ExitStack() as stack:
            cluster, url = None, ""
            if kind == "postgresql":
                cluster, url = stack.enter_context(new_database(own=own_cluster, durable=durable))
            command = [str(SERVER), "--data", str(data), "--database", url, "migrate"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            ports = [free_port() for _ in range(count or (2 if url else 1))]
            one = Processes(data, url, ports, stack.enter_context(warm_server()), cluster=cluster)
            stack.callback(one.end)
            for port in ports:
                one.start(port)
            for port in ports:
                one.wait(port)
            yield one


@contextlib.contextmanager
def new_database(*, own: bool, durable: bool) -> Iterator[tuple[postgres.Cluster, str]]:
    """Give a new PostgreSQL database's URL, in a cluster that may be stopped if it is an own one."""
    cluster = postgres.new_cluster(durable=durable) if own else postgres.cluster()
    url = cluster.new_database("template1")
    try:
        yield cluster, url
    finally:
        if own:
            cluster.stop("immediate")
            shutil.rmtree(cluster.folder)
        else:
            cluster.drop(url)


@contextlib.contextmanager
def warm_server() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("warm_server.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as warm:
        yield warm  # at the end its standard input is closed, and it ends


@contextlib.contextmanager
def people_of(one: Processes) -> Iterator[Served]:
    with served_at(one.origin, one.data, one.database) as served:
        yield served


# Requests as bytes, to be sent all at one moment


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def post(served: Served, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    return raw(served, f"POST {path}", body, {"Content-Length": str(len(body)), **headers})


def raw(served: Served, what: str, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [
        f"{what} HTTP/1.1",
        f"Host: {served.site.settings.origin.authority}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def get(browser: Browser, path: str) -> bytes:
    """An address that the browser opens."""
    return raw(browser.served, f"GET {path}", b"", {"Cookie": cookies(browser)})


def cookies(browser: Browser) -> str:
    return "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())


def form(browser: Browser, path: str, values: dict[str, str]) -> bytes:
    """A form of the page that the browser shows."""
    body = urlencode({"form_key": browser.form_key(), **values}).encode()
    kind = "application/x-www-form-urlencoded"
    return post(browser.served, path, body, {"Content-Type": kind, "Cookie": cookies(browser)})


def message(served: Served, path: str, body: dict[str, str], **headers: str) -> bytes:
    raw = json.dumps(body).encode()
    return post(served, path, raw, {"Content-Type": "application/json", **headers})


def signed(device: Device, path: str, envelope: Envelope | Countersigned) -> bytes:
    """A device's signed message, with a nonce of its own."""
    raw = json.dumps(envelope.to_json()).encode()
    return post(device.served, path, raw, device.signed_headers("POST", path, raw))


def at_once(ports: list[int], requests: list[bytes]) -> list[Answer]:
    """Connect for all requests, over all processes; then send them all; return the answers."""
    with contextlib.ExitStack() as stack:
        connections = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
            for port, _ in zip(itertools.cycle(ports), requests, strict=False)
        ]
        for connection, raw in zip(connections, requests, strict=True):
            connection.sendall(raw)
        return [_answer(connection) for connection in connections]


def _answer(connection: socket.socket) -> Answer:
    raw = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        headers[name.lower()] = f"{headers.get(name.lower(), '')} {value}".strip()
    return Answer(int(first.split()[1]), headers, body)
