"""Devices and browsers for bench_server.py, in a process of their own: raw sockets, every answer verified.

Reads JSON commands on standard input, one a line, and answers each with a line. What it was told by the server
(who was approved, who denied) is kept, to be compared with the server's database.
"""

import asyncio
import json
import os
import random
import re
import resource
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from watchword.protocol import messages as m
from watchword.protocol import signing
from watchword.protocol.encoding import sha256
from watchword.protocol.members import Envelope

WAIT = 25
SHORT = 15.0  # seconds between polls of who does not hold them
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
FORM_KEY = re.compile(rb'name="form_key" value="([^"]+)"')
LOGIN = re.compile(rb'name="login" value="([^"]+)"')
LETTER = re.compile(rb'<span aria-hidden="true">(.)</span>')


class Wrong(Exception):
    """The server said something that it must not say."""


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    body: bytes


class Wire:
    """One connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def send(self, raw: bytes) -> Answer:
        if self.reader is None or self.writer is None or self.reader.at_eof():
            self.close()
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(raw)
        head = await self.reader.readuntil(b"\r\n\r\n")
        first, *lines = head[:-4].decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        cookies: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                cookies[key] = rest.partition(";")[0]
            else:
                headers[name.lower()] = value
        body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        return Answer(int(first.split()[1]), headers, cookies, body)

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


@dataclass
class Load:
    """Everything of one run."""

    authority: str
    ports: list[int]
    server_key: bytes
    password: str
    devices: "list[Device]" = field(default_factory=list)
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    approved: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    verified: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(20260))
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    signing_in: set[asyncio.Task[None]] = field(default_factory=set)

    def begin(self, work: Any) -> asyncio.Task[None]:
        task = asyncio.ensure_future(self.watched(work))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def watched(self, work: Any) -> None:
        try:
            await work
        except (Wrong, OSError, EOFError, TimeoutError, ValueError) as error:
            self.problems.append(repr(error))


@dataclass
class Device:
    load: Load
    number: int
    key: signing.SigningKey
    id: str
    user: str
    nonce: str = ""
    asked: "asyncio.Future[tuple[m.Request, float]] | None" = None

    def raw(
        self, method: str, path: str, query: str = "", body: bytes = b"", more: str = ""
    ) -> Any:
        request = signing.HttpRequest(
            method=method, authority=self.load.authority, path=path, query=query, body=body
        )
        headers = signing.sign_request(self.key, request, now=int(time.time()), nonce=self.nonce)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        target = f"{path}?{query}" if query else path
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        head = f"{method} {target} HTTP/1.1\r\nHost: {self.load.authority}\r\n{length}{lines}{more}\r\n"
        return head.encode() + body, signing.nonce_of(headers) if self.nonce else ""

    async def call(self, wire: Wire, kind: Any, *what: Any) -> Any:
        """Send a signed request, with a newer nonce if the server asks; return the verified answer."""
        for _ in range(2):
            raw, nonce = self.raw(*what)
            answer = await wire.send(raw)
            self.nonce = answer.headers.get("watchword-nonce", self.nonce)
            if answer.status != 401:
                break
        if answer.status not in {200, 409}:
            raise Wrong(f"{answer.status} for {what[1]}")
        envelope = Envelope.from_json(json.loads(answer.body))
        message = signing.open_envelope(envelope, self.load.server_key, kind)
        self.load.verified += 1
        return message.expect(nonce=nonce)

    async def poll(self, wire: Wire, known: list[str], more: str) -> list[str]:
        query = f"known={','.join(known)}"
        poll = await self.call(wire, m.Poll, "GET", "/api/v1/requests", query, b"", more)
        at = time.perf_counter()
        poll.expect(device_id=self.id)
        found = []
        for each in poll.requests:
            request = signing.open_envelope(each, self.load.server_key, m.Request)
            request.expect(device_id=self.id, user=self.user)
            found.append(request.id)
            if request.id not in known and self.asked is not None and not self.asked.done():
                self.asked.set_result((request, at))
        return found

    async def hold(self, delay: float) -> None:
        """Poll and be held, for ever."""
        await asyncio.sleep(delay)
        wire, known = Wire(self.load.ports[self.number % len(self.load.ports)]), []
        while True:
            known = await self.poll(wire, known, f"Prefer: wait={WAIT}\r\n")

    async def ask_now_and_then(self, delay: float) -> None:
        """Poll every 15 seconds, on a new connection each time."""
        await asyncio.sleep(delay)
        due = time.perf_counter()
        while True:
            wire = Wire(self.load.ports[self.number % len(self.load.ports)])
            started = time.perf_counter()
            await self.poll(wire, [], "")
            self.load.times["poll"].append(time.perf_counter() - started)
            wire.close()
            due += SHORT
            await asyncio.sleep(max(0.0, due - time.perf_counter()))


class Browser:
    def __init__(self, load: Load) -> None:
        self.load = load
        self.wire = Wire(load.chance.choice(load.ports))
        self.cookies: dict[str, str] = {}

    async def ask(
        self, kind: str, method: str, path: str, values: dict[str, str] | None = None
    ) -> Answer:
        body = "&".join(f"{k}={quote_plus(v)}" for k, v in (values or {}).items()).encode()
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self.load.authority}\r\nUser-Agent: {AGENT}\r\n"
        )
        if cookies:
            head += f"Cookie: {cookies}\r\n"
        if method == "POST":
            head += (
                "Content-Type: application/x-www-form-urlencoded\r\n"
                f"Content-Length: {len(body)}\r\n"
            )
        started = time.perf_counter()
        answer = await self.wire.send(head.encode() + b"\r\n" + body)
        self.load.times[kind].append(time.perf_counter() - started)
        self.cookies |= answer.cookies
        return answer


def found(pattern: re.Pattern[bytes], answer: Answer) -> str:
    if not (match := pattern.search(answer.body)):
        raise Wrong(f"{answer.status}: a page without {pattern.pattern!r}")
    return match[1].decode()


async def sign_in(load: Load, device: Device, *, deny: bool) -> None:
    """One whole login, by a browser and the user's waiting device."""
    started = time.perf_counter()
    device.asked = asyncio.get_running_loop().create_future()
    browser = Browser(load)
    page = await browser.ask("page", "GET", "/sign-in")
    values = {"form_key": found(FORM_KEY, page), "name": device.user, "password": load.password}
    answer = await browser.ask("password", "POST", "/sign-in", values)
    if answer.headers.get("location") != "/sign-in/waiting":
        raise Wrong(f"{answer.status} for a right password")
    told = time.perf_counter()
    page = await browser.ask("page", "GET", "/sign-in/waiting")
    code = b"".join(LETTER.findall(page.body))[:4].decode()
    request, at = await asyncio.wait_for(device.asked, 30)
    load.times["request to device"].append(max(0.0, at - told))
    decision = m.Decision(
        id=request.id,
        request=sha256(request.to_bytes()),
        decision=m.DecisionWord.DENY if deny else m.DecisionWord.APPROVE,
        code="" if deny else code,
        via=m.Via.NONE if deny else m.Via.TYPED,
        handoff=b"",
        reason="",
        time=int(time.time()),
    )
    envelope = device.key.seal(decision)
    body = json.dumps(envelope.to_json()).encode()
    wire = Wire(load.chance.choice(load.ports))
    before = time.perf_counter()
    result = await device.call(
        wire, m.Result, "POST", f"/api/v1/requests/{request.id}/decision", "", body
    )
    load.times["decision"].append(time.perf_counter() - before)
    wire.close()
    result.expect(id=request.id, result=m.ResultWord.DENIED if deny else m.ResultWord.APPROVED)
    if deny:
        load.denied.append(request.login)
    else:
        page = await browser.ask("page", "GET", "/sign-in/waiting")
        values = {"form_key": found(FORM_KEY, page), "login": found(LOGIN, page)}
        answer = await browser.ask("page", "POST", "/sign-in/finish", values)
        if answer.headers.get("location") != "/account":
            raise Wrong("an approved login was not let in")
        load.approved.append(request.login)
        if (await browser.ask("page", "GET", "/account")).status not in {200, 303}:
            raise Wrong("no account page")
    browser.wire.close()
    load.times["login"].append(time.perf_counter() - started)


async def logins(load: Load, rate: float, seconds: float) -> dict[str, Any]:
    """Begin logins at this rate, whatever becomes of them; wait for the last one."""
    holding = [each for each in load.devices if each.number % 2 == 0]
    load.chance.shuffle(holding)
    load.times.clear()
    begun = time.perf_counter()
    tasks = []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
        device = holding[number % len(holding)]
        tasks.append(load.begin(sign_in(load, device, deny=number % 10 == 9)))
    load.signing_in |= set(tasks)
    done = 0
    if tasks:
        await asyncio.wait(tasks, timeout=seconds)
        done = len(load.times["login"])
    else:
        await asyncio.sleep(seconds)
    return {
        "rate": done / (time.perf_counter() - begun),
        "times": {name: sorted(each) for name, each in load.times.items()},
    }


async def closed_loop(load: Load, connections: int, seconds: float) -> dict[str, Any]:
    """Poll as fast as it goes over some connections."""
    until = time.perf_counter() + seconds
    times: list[float] = []

    async def one(device: Device) -> None:
        wire = Wire(load.ports[device.number % len(load.ports)])
        while (started := time.perf_counter()) < until:
            await device.poll(wire, [], "")
            times.append(time.perf_counter() - started)
        wire.close()

    await asyncio.gather(*(one(each) for each in load.devices[-connections:]))
    return {"rate": len(times) / seconds, "times": {"poll": sorted(times)}}


async def connect(load: Load, seconds: float) -> dict[str, Any]:
    """Have every device begin within some seconds: half are held, half ask now and then."""
    for device in load.devices:
        if device.number % 2 == 0:
            load.begin(device.hold(load.chance.random() * seconds))
        else:
            load.begin(device.ask_now_and_then(load.chance.random() * SHORT))
    await asyncio.sleep(seconds + 2)
    return {}


async def main(said: Any) -> None:
    load = Load(
        said["authority"], said["ports"], bytes.fromhex(said["server_key"]), said["password"]
    )
    for number, (key, device_id, user) in enumerate(said["devices"]):
        load.devices.append(
            Device(load, number, signing.SigningKey(bytes.fromhex(key)), device_id, user)
        )
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        what, *values = json.loads(line)
        answer = await {"connect": connect, "logins": logins, "closed": closed_loop}[what](
            load, *values
        )
        answer["problems"] = load.problems[:10]
        answer["verified"] = load.verified
        answer["cpu"] = time.process_time()
        print(json.dumps(answer), flush=True)
    if unfinished := [task for task in load.signing_in if not task.done()]:
        await asyncio.wait(unfinished, timeout=40)
    # With the problems of those logins that end last.
    history = {"approved": load.approved, "denied": load.denied, "problems": load.problems[:10]}
    print(json.dumps(history), flush=True)
    os._exit(0)


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text())))
