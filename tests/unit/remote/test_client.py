"""A hostile server gets an error with a text, on time, and never more than 64 KiB of our memory."""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from certificates import server_certificate
from hostile_server import Answer, HostileServer, hostile_server, reply, says

from watchword.remote.client import Client, Reply
from watchword.remote.errors import (
    AddressRefused,
    AnswerLost,
    NotOurServer,
    RemoteError,
    ServerBusy,
    ServerFailed,
    TlsRefused,
    TooLarge,
    Unreachable,
)
from watchword.remote.pins import key_pin


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def ask(answer: Answer, *, seconds: float = 5.0, tls: ssl.SSLContext | None = None) -> Reply:
    with hostile_server(answer, tls) as server:
        client = Client(server.origin, total_seconds=seconds)
        try:
            return client.send("GET", "/api/1/requests?a=1")
        finally:
            client.close()


def endless(connection: socket.socket, request: bytes) -> None:
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    while True:
        connection.sendall(chunk)  # ends when the client hangs up


def test_a_plain_answer_arrives_whole() -> None:
    got = ask(reply(b'{"a": 1}', extra="Date: Tue, 14 Nov 2023 22:13:20 GMT\r\n"))
    assert (got.status, got.json(), got.date) == (200, {"a": 1}, 1_700_000_000.0)


def test_what_is_sent() -> None:
    with hostile_server(reply(b"{}")) as server:
        client = Client(server.origin)
        client.send("POST", "/x?y=%20", headers={"Signature": "s"}, body=b"body")
        client.close()
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /x?y=%20 HTTP/1.1"
    assert f"Host: 127.0.0.1:{server.port}".encode() in lines
    assert b"Accept-Encoding: identity" in lines
    assert b"Signature: s" in lines
    assert body == b"body"
    assert not any(line.lower().startswith((b"cookie", b"authorization")) for line in lines)


def test_an_endless_body_is_not_read_to_its_end() -> None:
    with pytest.raises(TooLarge):
        ask(endless)


def test_a_body_announced_as_ten_gigabytes_is_not_read_to_its_end() -> None:
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10000000000\r\n\r\n"
    )
    with pytest.raises(TooLarge):
        ask(says(head + b" " * 200_000))


@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"]
)
def test_a_byte_now_and_then_does_not_hold_us(start: bytes) -> None:
    begun = time.monotonic()
    with hostile_server(lambda c, r: drip(c, start, server)) as server, pytest.raises(AnswerLost):
        Client(server.origin, total_seconds=0.4).send("GET", "/")
    assert time.monotonic() - begun < 4


def drip(connection: socket.socket, start: bytes, server: HostileServer) -> None:
    connection.sendall(start)
    while not server.stop.wait(0.05):
        connection.sendall(b"H" if not start else b" ")


def test_a_compressed_answer_is_not_unpacked() -> None:
    bomb = gzip.compress(b" " * 10_000_000)
    with pytest.raises(NotOurServer, match="encoding"):
        ask(reply(bomb, extra="Content-Encoding: gzip\r\n"))


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: -1\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\nzz\r\n",
        b"\x15\x03\x01\x00\x02\x02\x16",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000,
        b"",
    ],
    ids=["short", "negative", "two-lengths", "bad-chunk", "binary", "long-head", "nothing"],
)
def test_a_broken_answer_leaves_it_open_whether_it_took_effect(raw: bytes) -> None:
    with pytest.raises(AnswerLost):
        ask(says(raw))


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_redirects_are_not_followed(status: str) -> None:
    with hostile_server(reply(b"{}")) as other:
        location = f"Location: {other.origin}/\r\n"
        with pytest.raises(NotOurServer, match="follow"):
            ask(reply(b"", status, extra=location))
    assert not other.requests


def test_a_captive_portals_page_is_no_answer() -> None:
    with pytest.raises(NotOurServer, match="sign in to it"):
        ask(reply(b"<html>Welcome to our airport", kind="text/html; charset=utf-8"))


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 60_000, b'{"a": NaN}', b"1e"])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    got = ask(reply(body))
    with pytest.raises(NotOurServer):
        got.json()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Retry-After: 7\r\n", 7.0),
        ("Retry-After: 1000000000\r\n", 900.0),
        ("Retry-After: -5\r\n", None),
        ("", None),
        (
            "Date: Tue, 14 Nov 2023 22:13:20 GMT\r\nRetry-After: Tue, 14 Nov 2023 22:14:20 GMT\r\n",
            60.0,
        ),
        ("Retry-After: Tue, 14 Nov 2023 22:14:20 GMT\r\n", None),
    ],
)
@pytest.mark.parametrize("status", ["429 Too Many", "503 Busy"])
def test_a_busy_server_says_when(status: str, header: str, seconds: float | None) -> None:
    with pytest.raises(ServerBusy) as refused:
        ask(reply(b"", status, "text/plain", extra=header))
    assert refused.value.retry_after == seconds


@pytest.mark.parametrize("status", ["500 Oops", "502 Bad Gateway", "599 x"])
def test_a_failed_server_is_named_so(status: str) -> None:
    with pytest.raises(ServerFailed):
        ask(reply(b"<html>", status, "text/html"))


@pytest.mark.parametrize("status", ["400 x", "401 x", "403 x", "404 x", "409 x"])
def test_refusals_are_for_the_caller_to_judge(status: str) -> None:
    assert ask(reply(b'{"error": "x"}', status)).json() == {"error": "x"}


def test_nobody_listening_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Unreachable) as refused:
        Client(f"http://127.0.0.1:{port}").send("GET", "/")
    assert "Codes work without" in str(refused.value)


def test_a_name_that_does_not_exist_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        Client("https://does-not-exist.invalid").send("GET", "/")


def test_a_name_that_leads_to_a_link_local_address_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(AddressRefused):
        Client("https://login.example").send("GET", "/")


def test_an_address_that_swallows_packets_does_not_hide_one_that_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with hostile_server(reply(b"{}")) as server, socket.socket() as full:
        # A listener whose queue is full answers nothing, as a black hole does.
        full.bind(("127.0.0.2", server.port))
        full.listen(0)
        with socket.create_connection(("127.0.0.2", server.port)):
            both = [
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, server.port))
                for host in ("127.0.0.2", "127.0.0.1")
            ]
            real = socket.getaddrinfo
            monkeypatch.setattr(
                socket,
                "getaddrinfo",
                lambda host, *a, **k: both if host == "127.0.0.3" else real(host, *a, **k),
            )
            client = Client(f"http://127.0.0.3:{server.port}", connect_seconds=1.0)
            assert client.send("GET", "/").status == 200
            client.close()


class TestTls:
    @pytest.fixture
    def secure(self, tmp_path: Path) -> Iterator[tuple[HostileServer, Path, bytes]]:
        context, pem, der = server_certificate(tmp_path)
        with hostile_server(reply(b"{}"), context) as server:
            yield server, pem, der

    def client(self, server: HostileServer, tls_pin: bytes = b"") -> Client:
        return Client(f"https://127.0.0.1:{server.port}", tls_pin=tls_pin, connect_seconds=2)

    def test_a_self_signed_certificate_is_refused(
        self, secure: tuple[HostileServer, Path, bytes]
    ) -> None:
        server, _, _ = secure
        with pytest.raises(TlsRefused, match="Nothing was sent"):
            self.client(server).send("GET", "/secret")
        assert not any(server.requests)

    def test_one_the_system_trusts_is_accepted(
        self, secure: tuple[HostileServer, Path, bytes], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server, pem, _ = secure
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        client = self.client(server)
        assert client.send("GET", "/").status == 200
        client.close()

    def test_a_pinned_key_is_accepted_and_only_that(
        self, secure: tuple[HostileServer, Path, bytes]
    ) -> None:
        server, _, der = secure
        client = self.client(server, tls_pin=key_pin(der))
        assert client.send("GET", "/").status == 200
        client.close()
        served = len(server.requests)
        with pytest.raises(TlsRefused, match="pinned"):
            self.client(server, tls_pin=bytes(32)).send("GET", "/secret")
        assert not any(server.requests[served:])

    @pytest.mark.parametrize("fault", ["expired", "wrong host", "old TLS"])
    @pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1 is deprecated:DeprecationWarning")
    def test_faults_are_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
    ) -> None:
        host = "login.example" if fault == "wrong host" else "127.0.0.1"
        context, pem, _ = server_certificate(tmp_path, host, expired=fault == "expired")
        if fault == "old TLS":
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        with hostile_server(reply(b"{}"), context) as server:
            with pytest.raises(TlsRefused):
                self.client(server).send("GET", "/secret")
            assert not any(server.requests)

    def test_a_server_that_wants_a_certificate_of_ours_gets_none(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        context, pem, _ = server_certificate(tmp_path)
        context.verify_mode = ssl.CERT_REQUIRED
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        with (
            hostile_server(reply(b"{}"), context) as server,
            pytest.raises(RemoteError) as refused,
        ):
            self.client(server).send("GET", "/")
        assert isinstance(refused.value, TlsRefused | AnswerLost)

    def test_plain_http_behind_https_is_refused(self) -> None:
        with hostile_server(says(b"HTTP/1.1 400 Bad\r\n\r\n")) as server:
            client = Client(f"https://127.0.0.1:{server.port}", connect_seconds=0.3)
            with pytest.raises(RemoteError):
                client.send("GET", "/secret")
        assert not any(b"secret" in request for request in server.requests)


class TestProxy:
    def test_a_proxy_that_refuses_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with hostile_server(reply(b"", "407 Proxy Authentication Required")) as proxy:
            monkeypatch.setenv("https_proxy", proxy.origin)
            with pytest.raises(Unreachable, match="proxy"):
                Client("https://login.example").send("GET", "/secret")
        assert proxy.requests[0].startswith(b"CONNECT login.example:443 ")
        assert b"secret" not in proxy.requests[0]

    def test_loopback_needs_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        assert ask(reply(b"{}")).status == 200


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
def test_closing_lets_a_held_request_go_at_once(tmp_path: Path, secure: bool) -> None:
    """What it was signed with must not outlive the lock by a long poll."""
    asked = threading.Event()
    heard: list[Exception] = []

    def silent(connection: socket.socket, request: bytes) -> None:
        asked.set()
        server.stop.wait(30)

    tls, pin = None, b""
    if secure:
        tls, _, der = server_certificate(tmp_path)
        pin = key_pin(der)

    def hold(client: Client) -> None:
        try:
            client.send("GET", "/", wait=25)
        except RemoteError as error:
            heard.append(error)

    with hostile_server(silent, tls) as server:
        origin = server.origin.replace("http:", "https:") if secure else server.origin
        client = Client(origin, tls_pin=pin)
        thread = threading.Thread(target=hold, args=(client,))
        thread.start()
        assert asked.wait(10)
        client.close()
        thread.join(10)
        assert not thread.is_alive()
        server.stop.set()
    assert [type(error) for error in heard] == [AnswerLost]
