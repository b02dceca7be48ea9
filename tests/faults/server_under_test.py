"""Real watchword-server processes on either database, and many requests to them at one moment."""

import asyncio
import contextlib
import json
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import postgres
from programs import SERVER, end, free_port
from served import Browser, Device, Served, served_at

from watchword.protocol.members import Envelope

DATABASES = ("sqlite", "postgresql")
QUICKER = 1_000  # times the usual limits: the throttle has tests of its own


@dataclass
class Processes:
    """One process on SQLite, two on PostgreSQL, all at one origin."""

    data: Path
    database: str
    ports: list[int]
    running: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    cluster: postgres.Cluster | None = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"

    def command(self, *arguments: str) -> list[str]:
        return [str(SERVER), "--data", str(self.data), "--database", self.database, *arguments]

    def start(self, port: int) -> None:
        with (self.data / f"log-{port}.txt").open("ab") as log:
            self.running[port] = subprocess.Popen(
                self.command(
                    "--port", str(port), "--origin", self.origin, "--limits-times", str(QUICKER)
                ),
                stdout=log,
                stderr=log,
            )  # fmt: skip

    def wait(self, port: int) -> None:
        """Wait until a started process answers."""
        give_up = time.monotonic() + 120
        while True:
            with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
                return
            assert self.running[port].poll() is None, self.log(port)
            assert time.monotonic() < give_up, self.log(port)
            time.sleep(0.05)

    def kill(self, port: int) -> None:
        process = self.running.pop(port)
        process.send_signal(signal.SIGKILL)
        process.wait(30)

    def log(self, port: int) -> str:
        return (self.data / f"log-{port}.txt").read_text()[-4000:]

    def complaints(self) -> str:
        """What the processes have logged besides that they started."""
        lines = [
            line
            for port in self.ports
            for line in (self.data / f"log-{port}.txt").read_text().splitlines()
        ]
        return "\n".join(line for line in lines if "(data in " not in line)


@contextlib.contextmanager
def processes(kind: str, *, own_cluster: bool = False) -> Iterator[Processes]:
    """Start them on a new database."""
    folder = Path(tempfile.mkdtemp(prefix="watchword-server-"))
    cluster, url = None, ""
    if kind == "postgresql":
        cluster = postgres.new_cluster() if own_cluster else postgres.cluster()
        url = cluster.new_database("template1")
    ports = [free_port() for _ in range(2 if url else 1)]
    one = Processes(folder / "data", url, ports, cluster=cluster)
    one.data.mkdir()
    try:
        subprocess.run(one.command("migrate"), check=True, stdout=subprocess.DEVNULL)
        for port in ports:
            one.start(port)
        for port in ports:
            one.wait(port)
        yield one
    finally:
        for process in one.running.values():
            end(process)
        if cluster is not None and own_cluster:
            cluster.stop("immediate")
            shutil.rmtree(cluster.folder)
        elif cluster is not None:
            cluster.drop(url)
        shutil.rmtree(folder)


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
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: {served.site.settings.origin.authority}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def form(browser: Browser, path: str, values: dict[str, str]) -> bytes:
    """A form of the page that the browser shows."""
    body = urlencode({"form_key": browser.form_key(), **values}).encode()
    cookies = "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())
    kind = "application/x-www-form-urlencoded"
    return post(browser.served, path, body, {"Content-Type": kind, "Cookie": cookies})


def message(served: Served, path: str, body: dict[str, str], **headers: str) -> bytes:
    raw = json.dumps(body).encode()
    return post(served, path, raw, {"Content-Type": "application/json", **headers})


def signed(device: Device, path: str, envelope: Envelope) -> bytes:
    """A device's signed message, with a nonce of its own."""
    raw = json.dumps(envelope.to_json()).encode()
    return post(device.served, path, raw, device.signed_headers("POST", path, raw))


async def at_once(ports: list[int], requests: list[bytes]) -> list[Answer]:
    """Connect for all requests, over all processes; then send them all; return the answers."""
    connections = [
        await asyncio.open_connection("127.0.0.1", ports[number % len(ports)])
        for number in range(len(requests))
    ]
    for (_, writer), raw in zip(connections, requests, strict=True):
        writer.write(raw)
    answers = await asyncio.gather(*(_answer(reader) for reader, _ in connections))
    for _, writer in connections:
        writer.close()
    return list(answers)


async def _answer(reader: asyncio.StreamReader) -> Answer:
    raw = await reader.read()
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        headers[name.lower()] = f"{headers.get(name.lower(), '')} {value}".strip()
    return Answer(int(first.split()[1]), headers, body)
