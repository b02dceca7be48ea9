"""Who listens on this computer is spoken to by anything here, and answers only what it waits for."""

import socket
import threading
from collections.abc import Iterator

import pytest

from watchword.remote import loopback
from watchword.remote.loopback import Loopback

RIGHT = "/?code=right"
ON = "https://login.example/security/joining"


class Waiting:
    """A listener that waits in a thread, and what was asked of it."""

    def __init__(self, seconds: float = 30) -> None:
        self.listening = Loopback()
        self.asked: list[str] = []
        self.came: bool | None = None
        self.thread = threading.Thread(target=self._wait, args=(seconds,))
        self.thread.start()

    def _wait(self, seconds: float) -> None:
        self.came = self.listening.wait(self._take, seconds=seconds)

    def _take(self, target: str) -> str:
        self.asked.append(target)
        return ON if target == RIGHT else ""

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.listening.port), timeout=10)

    def send(self, request: bytes) -> bytes:
        with self.connect() as connection:
            connection.sendall(request)
            return answer(connection)

    def get(self, target: str) -> bytes:
        return self.send(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())

    def end(self) -> None:
        self.listening.cancel()
        self.thread.join(10)
        self.listening.close()


def answer(connection: socket.socket) -> bytes:
    found = b""
    try:
        while part := connection.recv(4096):
            found += part
    except ConnectionResetError:
        pass
    return found


@pytest.fixture
def waiting() -> Iterator[Waiting]:
    one = Waiting()
    yield one
    one.end()


def test_the_right_request_goes_on_and_is_the_last(waiting: Waiting) -> None:
    found = waiting.get(RIGHT)
    assert found.startswith(b"HTTP/1.1 303 ")
    assert f"\r\nLocation: {ON}\r\n".encode() in found
    assert b"\r\nCache-Control: no-store\r\n" in found
    assert b"\r\nReferrer-Policy: no-referrer\r\n" in found
    waiting.thread.join(10)
    assert waiting.came is True
    with pytest.raises(ConnectionError):
        waiting.connect()


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /wrong HTTP/1.1\r\n\r\n",
        b"HEAD /?code=right HTTP/1.1\r\n\r\n",
        b"POST /?code=right HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        b"get /?code=right HTTP/1.1\r\n\r\n",
        b"GET  /?code=right HTTP/1.1\r\n\r\n",
        b"GET /?code=right HTTP/2.0\r\n\r\n",
        b"GET /?code=\xc3\xa9 HTTP/1.1\r\n\r\n",
        b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
        b"GET /" + b"x" * 20_000,
        b"GET /?code=right HTTP/1.1\r\nX: " + b"y" * 20_000,
    ],
    ids=lambda one: repr(one[:24]),
)
def test_anything_else_is_not_found_and_it_goes_on_listening(
    waiting: Waiting, request_: bytes
) -> None:
    assert waiting.send(request_)[:12] in {
        b"HTTP/1.1 404",
        b"",
    }  # "": reset under what was left over
    assert RIGHT not in waiting.asked
    assert waiting.get(RIGHT).startswith(b"HTTP/1.1 303 ")


def test_a_request_may_come_byte_by_byte_and_others_go_first(waiting: Waiting) -> None:
    with waiting.connect() as slow:
        for byte in b"GET /slow HTTP/1.1\r\n\r":
            slow.send(bytes([byte]))
        assert waiting.get("/other").startswith(b"HTTP/1.1 404")
        slow.send(b"\n")
        assert answer(slow).startswith(b"HTTP/1.1 404")
    assert waiting.asked == ["/other", "/slow"]


def test_a_crowd_that_says_nothing_keeps_nobody_out(waiting: Waiting) -> None:
    crowd = [waiting.connect() for _ in range(40)]
    assert waiting.get(RIGHT).startswith(b"HTTP/1.1 303 ")
    for one in crowd:
        one.close()


def test_who_says_nothing_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loopback, "_REQUEST_SECONDS", 0.05)
    waiting = Waiting()
    with waiting.connect() as silent:
        silent.send(b"GET / HT")
        assert answer(silent) == b""
    waiting.end()


def test_nobody_came(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = Waiting(seconds=0.05)
    waiting.thread.join(10)
    assert waiting.came is False
    with pytest.raises(ConnectionError):
        waiting.connect()
    waiting.end()


def test_it_can_be_stopped_before_it_begins() -> None:
    listening = Loopback()
    listening.cancel()
    assert listening.wait(lambda _: ON, seconds=30) is False
    listening.close()
    listening.cancel()  # and afterwards


def test_it_is_reached_from_this_computer_only() -> None:
    listening = Loopback()
    assert listening._listener.getsockname()[0] == "127.0.0.1"
    listening.close()
