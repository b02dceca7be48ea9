"""Browsers and devices for the real server: in this process through ASGI, or on a socket."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any, TypeVar

import httpx2
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fake_clock import FakeClock
from starlette.types import ASGIApp

from watchword.clock import Clock, SystemClock
from watchword.otp.code import code_at
from watchword.otp.parameters import OtpParameters, OtpType
from watchword.protocol import messages as m
from watchword.protocol import signing
from watchword.protocol.encoding import from_base64url, sha256, to_base64url
from watchword.protocol.enrol_link import EnrolLink, parse_enrol_link
from watchword.protocol.http_signing import content_digest
from watchword.protocol.members import Envelope, Message
from watchword.protocol.origin import parse_origin
from watchword.protocol.request_link import RequestLink, parse_request_link
from watchword_server import enrolments, users
from watchword_server.application import create_application
from watchword_server.settings import Mail, Settings
from watchword_server.site import Site
from watchword_server.store import tables

T = TypeVar("T")
M = TypeVar("M", bound=Message)
ORIGIN = "http://127.0.0.1:8765"
USER, PASSWORD = "ana@kalos.example", "correct horse battery"


@dataclass
class Served:
    site: Site
    app: ASGIApp | None  # None: another process serves at the origin
    clock: Clock
    portal: BlockingPortal
    clients: list[httpx2.AsyncClient] = field(default_factory=list, repr=False)

    def client(self, ip: str = "203.0.113.7", **more: Any) -> httpx2.AsyncClient:
        transport: httpx2.AsyncBaseTransport = (
            httpx2.ASGITransport(self.app, client=(ip, 5000))
            if self.app is not None
            else httpx2.AsyncHTTPTransport(verify=False)  # plain HTTP: no certificates to read
        )
        client = httpx2.AsyncClient(
            transport=transport, base_url=self.site.origin, timeout=40, **more
        )
        self.clients.append(client)
        return client

    def close(self) -> None:
        for client in self.clients:
            self.portal.call(client.aclose)
        self.portal.call(self.site.close)

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        return self.portal.call(work)

    def at_once(self, works: list[Callable[[], Awaitable[T]]]) -> list[T]:
        async def all_of_them() -> list[T]:
            return list(await asyncio.gather(*(work() for work in works)))

        return self.portal.call(all_of_them)

    def browser(self, **more: Any) -> "Browser":
        return Browser(self, **more)

    def open_link(self) -> EnrolLink:
        """Return the link of the enrolment that is open: what its QR code says."""

        async def read() -> EnrolLink:
            async with self.site.database.read() as connection:
                query = tables.enrolments.select().where(tables.enrolments.c.state == "open")
                row = (await connection.execute(query)).first()
                assert row is not None
                return enrolments.link_of(self.site, row)

        return parse_enrol_link(str(self.run(read)), now=self.clock.now())

    def rows(self, table: Any) -> list[Any]:
        async def read() -> list[Any]:
            async with self.site.database.read() as connection:
                return list(await connection.execute(tables.metadata.tables[table].select()))

        return self.run(read)


@contextmanager
def serving(
    folder: Path,
    *,
    origin: str = ORIGIN,
    database: str = "",
    mail: Mail | None = None,
    places: Path | None = None,
    limits_times: int = 1,
) -> Iterator[Served]:
    clock = FakeClock(1_763_900_000.0)
    settings = Settings(
        data=folder,
        database=database,
        name="Kalos Club",
        origin=parse_origin(origin),
        mail=mail,
        places=places,
        limits_times=limits_times,
        password_memory=1024,
        password_passes=1,
    )
    with _serving(settings, clock) as served:
        served.run(lambda: users.add_user(served.site, USER, PASSWORD))
        yield served


@contextmanager
def reopened(data: Path, database: str, clock: FakeClock) -> Iterator[Served]:
    """Serve what is there already."""
    settings = Settings(data=data, database=database, origin=parse_origin(ORIGIN))
    with _serving(settings, clock) as served:
        yield served


@contextmanager
def _serving(settings: Settings, clock: FakeClock) -> Iterator[Served]:
    with start_blocking_portal() as portal:
        site = portal.call(Site.open, settings, clock)
        served = Served(site, create_application(site), clock, portal)
        try:
            yield served
        finally:
            served.close()


@contextmanager
def served_at(origin: str, data: Path, database: str = "") -> Iterator[Served]:
    """Give browsers and devices of a server that another process runs with this data."""
    settings = Settings(
        data=data,
        database=database,
        origin=parse_origin(origin),
        password_memory=1024,  # of users that the test adds; the others' hashes say theirs
        password_passes=1,
    )
    with start_blocking_portal() as portal:
        site = portal.call(Site.open, settings, SystemClock())
        served = Served(site, None, SystemClock(), portal)
        try:
            yield served
        finally:
            served.close()


@dataclass
class Browser:
    served: Served
    agent: str = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
    ip: str = "203.0.113.7"
    client: httpx2.AsyncClient = field(init=False)
    page: httpx2.Response = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.served.client(self.ip, headers={"User-Agent": self.agent})

    def close(self) -> None:
        """End its connections, where a test needs more browsers than a process may have files."""
        self.served.clients.remove(self.client)
        self.served.run(self.client.aclose)

    async def asked(self, method: str, path: str, **more: Any) -> httpx2.Response:
        return await self.client.request(method, path, **more)

    def get(self, path: str, **more: Any) -> httpx2.Response:
        self.page = self.served.run(lambda: self.asked("GET", path, follow_redirects=True, **more))
        return self.page

    def post(
        self, path: str, values: dict[str, str] | None = None, **more: Any
    ) -> httpx2.Response:
        """Send a form of the page that is shown, with its hidden value."""
        data = {"form_key": self.form_key(), **(values or {})}
        self.page = self.served.run(
            lambda: self.asked("POST", path, data=data, follow_redirects=True, **more)
        )
        return self.page

    def form_key(self) -> str:
        found = re.search(r'name="form_key" value="([^"]+)"', self.page.text)
        return found[1] if found else ""

    def hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]+)"', self.page.text)
        assert found, name
        return found[1]

    @property
    def text(self) -> str:
        """What a person reads."""
        main = self.page.text.split("<main", 1)[-1]
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())

    def sign_in(self, name: str = USER, password: str = PASSWORD) -> httpx2.Response:
        self.get("/sign-in")
        return self.post("/sign-in", {"name": name, "password": password})

    def match_code(self) -> str:
        return "".join(re.findall(r'<span aria-hidden="true">(.)</span>', self.page.text))[:4]

    def request_link(self) -> RequestLink:
        """Return what the waiting page hands to the app on the same computer."""
        found = re.search(r'href="(watchword://[^"]+)"', self.page.text)
        assert found, self.text
        return parse_request_link(unescape(found[1]))

    def finish(self) -> httpx2.Response:
        """Do what the page's script does when it hears that the login is approved."""
        self.get("/sign-in/waiting")
        return self.post("/sign-in/finish", {"login": self.hidden("login")})

    def begin_enrolment(self) -> EnrolLink:
        self.get("/security")
        self.post("/security/devices")
        assert "Scan this in Watchword" in self.text
        return self.served.open_link()

    def enrol(self, name: str = "Ana’s desktop") -> "Device":
        """Add a device from its QR code to its acknowledgement."""
        device = Device(self.served, self.begin_enrolment(), name=name)
        device.offer()
        self.get("/security")
        self.post(
            "/security/joining/confirm",
            {"enrolment": device.link.id, "code": device.short_code[:4]},
        )
        device.fetch_package()
        assert device.acknowledge().device_id == device.package.device_id
        return device


class Answered(Exception):
    """The API answered something else than was expected."""

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__(response.status_code, response.text)
        self.response = response


@dataclass
class Device:
    """A device written from docs/protocol.md, without the app."""

    served: Served
    link: EnrolLink
    name: str = "Ana’s desktop"
    key: signing.SigningKey = field(default_factory=signing.SigningKey.generate)
    seal: signing.SealKey = field(default_factory=signing.SealKey.generate)
    server_key: bytes = b""
    nonce: str = ""
    offered: bytes = b""
    taken: m.EnrolTaken | None = None
    package: m.EnrolPackage = field(init=False)
    package_bytes: bytes = b""
    client: httpx2.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.served.client()

    @classmethod
    def kept(
        cls, served: Served, key: signing.SigningKey, server_key: bytes, package: m.EnrolPackage
    ) -> "Device":
        """A device that joined before, from what it has kept."""
        link = EnrolLink(
            origin=served.site.settings.origin,
            id=package.e,
            key=bytes(20),
            fingerprint=sha256(server_key),
            expires=0,
        )
        one = cls(served, link, key=key, server_key=server_key)
        one.package = package
        return one

    # Enrolment

    def plain_post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = self.served.run(lambda: self.client.post(path, json=body))
        if response.status_code != 200:
            raise Answered(response)
        answer: dict[str, Any] = response.json()
        return answer

    def info(self, nonce_c: bytes = bytes(16)) -> m.EnrolInfo:
        answer = self.plain_post(
            f"/api/v1/enrol/{self.link.id}/info", {"nonce_c": to_base64url(nonce_c)}
        )
        envelope = Envelope.from_json(answer)
        info = m.EnrolInfo.parse(envelope.signed)
        signing.check_server_key(info.server_key, self.link.fingerprint)
        signing.verify(info.server_key, envelope.sig, envelope.signed)
        self.server_key = info.server_key
        return info.expect(e=self.link.id, origin=str(self.link.origin), nonce_c=nonce_c)

    def make_offer(self, **changed: Any) -> dict[str, str]:
        info = self.info()
        values: dict[str, Any] = {
            "origin": str(self.link.origin),
            "e": self.link.id,
            "f": self.link.fingerprint,
            "tls_pin": b"",
            "device_key": self.key.public,
            "seal_key": self.seal.public,
            "nonce_c": info.nonce_c,
            "nonce_s": info.nonce_s,
            "name": self.name,
            "platform": "Watchword 0.1 · Debian",
            "exp": info.exp,
        }
        envelope = self.key.seal(m.EnrolOffer(**{**values, **changed}))
        self.offered = envelope.signed
        mac = signing.offer_mac(self.link.key, sha256(envelope.signed))
        return {**envelope.to_json(), "mac": to_base64url(mac)}

    def offer(self, body: dict[str, str] | None = None) -> m.EnrolTaken:
        body = body or self.make_offer()
        answer = self.plain_post(f"/api/v1/enrol/{self.link.id}/offer", body)
        taken = signing.open_envelope(
            Envelope.from_json(answer), self.server_key, m.EnrolTaken
        ).expect(e=self.link.id, offer=sha256(from_base64url(body["signed"])))
        self.taken = taken
        return taken

    @property
    def short_code(self) -> str:
        assert self.taken is not None
        return signing.short_code(sha256(self.offered), self.taken.nonce2)

    def state(self) -> m.EnrolState:
        return self.call("GET", f"/api/v1/enrol/{self.link.id}", kind=m.EnrolState)

    def fetch_package(self) -> m.EnrolPackage:
        state = self.state()
        assert state.state == "accepted"
        self.package_bytes = self.seal.open(state.sealed, sha256(self.offered))
        self.package = m.EnrolPackage.parse(self.package_bytes)
        return self.package

    def acknowledge(self) -> m.Acknowledged:
        message = m.Acknowledge(
            e=self.link.id,
            device_id=self.package.device_id,
            package=sha256(self.package_bytes),
        )
        path = f"/api/v1/enrol/{self.link.id}/acknowledge"
        return self.call("POST", path, self.key.seal(message), kind=m.Acknowledged)

    # Signed requests

    async def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        query: str = "",
        headers: dict[str, str] | None = None,
        prefer: str = "",
    ) -> tuple[httpx2.Response, str]:
        """Send a signed request once; return the answer and the nonce it has to repeat."""
        if headers is None:
            headers = self.signed_headers(method, path, body, query)
        sent = {**headers, **({"Prefer": prefer} if prefer else {})}
        url = f"{path}?{query}" if query else path
        response = await self.client.request(method, url, content=body, headers=sent)
        self.nonce = response.headers.get("watchword-nonce", self.nonce)
        return response, signing.nonce_of(headers) if len(headers) == 3 else ""

    def signed_headers(
        self, method: str, path: str, body: bytes = b"", query: str = "", *, now: int | None = None
    ) -> dict[str, str]:
        request = signing.HttpRequest(
            method=method,
            authority=self.link.origin.authority,
            path=path,
            query=query,
            body=body,
        )
        time = int(self.served.clock.now()) if now is None else now
        return signing.sign_request(self.key, request, now=time, nonce=self.nonce)

    async def calling(
        self,
        method: str,
        path: str,
        envelope: Envelope | None = None,
        query: str = "",
        *,
        kind: type[M],
        prefer: str = "",
    ) -> M:
        body = json.dumps(envelope.to_json()).encode() if envelope is not None else b""
        response, nonce = await self.send(method, path, body, query, prefer=prefer)
        if response.status_code == 401:
            response, nonce = await self.send(method, path, body, query, prefer=prefer)
        if response.status_code not in {200, 409}:
            raise Answered(response)
        answer = signing.open_envelope(Envelope.from_json(response.json()), self.server_key, kind)
        return answer.expect(nonce=nonce)

    def call(self, *arguments: Any, **more: Any) -> Any:
        return self.served.run(lambda: self.calling(*arguments, **more))

    # Login requests

    async def polling(self, known: str = "", prefer: str = "") -> list[m.Request]:
        answer = await self.calling(
            "GET", "/api/v1/requests", query=f"known={known}", kind=m.Poll, prefer=prefer
        )
        return [
            signing.open_envelope(one, self.server_key, m.Request).expect(
                device_id=self.package.device_id, account=self.package.account
            )
            for one in answer.requests
        ]

    def poll(self, known: str = "") -> list[m.Request]:
        return self.served.run(lambda: self.polling(known))

    def decision(
        self, request: m.Request, word: str, code: str = "", /, **changed: Any
    ) -> tuple[str, Envelope]:
        values: dict[str, Any] = {
            "id": request.id,
            "request": sha256(request.to_bytes()),
            "decision": m.DecisionWord(word),
            "code": code,
            "via": m.Via.TYPED if code else m.Via.NONE,
            "handoff": b"",
            "reason": "",
            "time": int(self.served.clock.now()),
        }
        message = m.Decision(**{**values, **changed})
        return f"/api/v1/requests/{request.id}/decision", self.key.seal(message)

    def decide(self, request: m.Request, word: str, code: str = "", /, **changed: Any) -> m.Result:
        path, envelope = self.decision(request, word, code, **changed)
        result: m.Result = self.call("POST", path, envelope, kind=m.Result)
        return result.expect(id=request.id, decision=sha256(envelope.signed))

    def unlink(self) -> m.Unlinked:
        message = m.Unlink(device_id=self.package.device_id, time=int(self.served.clock.now()))
        unlinked: m.Unlinked = self.call(
            "POST", "/api/v1/device/unlink", self.key.seal(message), kind=m.Unlinked
        )
        return unlinked

    def otp(self, at: float | None = None) -> str:
        parameters = OtpParameters(type=OtpType.TOTP, secret=self.package.seed)
        return code_at(parameters, self.served.clock.now() if at is None else at).value


new_portal = start_blocking_portal

__all__ = [
    "PASSWORD",
    "USER",
    "Answered",
    "Browser",
    "Device",
    "Served",
    "content_digest",
    "new_portal",
    "reopened",
    "serving",
]
