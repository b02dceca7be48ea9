"""The address on this computer to which a browser comes back (RFC 8252 §7.3).

Any program here and any page in the browser can send something to it: what is not the one right
request gets 404, nobody can hold the others up, and everything is bounded.
"""

import contextlib
import re
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

_HOST: Final = "127.0.0.1"
_REQUEST_BYTES: Final = 16 * 1024
_REQUEST_SECONDS: Final = 5.0  # for one request to arrive whole, however slowly it drips
_MOST: Final = 32  # connections at once; the oldest makes room
_REQUEST = re.compile(rb"GET ([\x21-\x7e]+) HTTP/1\.[01]\r\n")
_NOT_FOUND: Final = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_GO_ON: Final = (
    "HTTP/1.1 303 See Other\r\nLocation: {address}\r\nContent-Length: 0\r\n"
    "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n"
)

# Given the path and query of a request, returns where its sender goes on; "" for a wrong one.
Take = Callable[[str], str]


@dataclass(slots=True)
class _Arriving:
    """A request of which there is a part."""

    until: float
    head: bytearray = field(default_factory=bytearray)


class Loopback:
    """Listens on 127.0.0.1 at a port that the system chose, from the start to one right request."""

    def __init__(self) -> None:
        """Listen; what arrives before wait() waits. Raises OSError."""
        self._listener = socket.create_server((_HOST, 0), backlog=_MOST)
        self._listener.settimeout(0)
        self.port: int = self._listener.getsockname()[1]
        self._stopping, self._stop = socket.socketpair()
        self._arriving: dict[socket.socket, _Arriving] = {}

    def wait(self, take: Take, *, seconds: float) -> bool:
        """Answer until `take` finds the right request; whether it came in time.

        Nobody is listening any more when that one is answered. Ends early after cancel().
        """
        until = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector, contextlib.ExitStack() as after:
            after.callback(self._close_all)
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._stopping, selectors.EVENT_READ)
            while (now := time.monotonic()) < until:
                due = min([until, *(one.until for one in self._arriving.values())])
                for key, _ in selector.select(max(0.0, due - now)):
                    there = key.fileobj
                    assert isinstance(there, socket.socket)  # noqa: S101 - nothing else is registered
                    if there is self._stopping:
                        return False
                    if there is self._listener:
                        self._accept(selector)
                    elif there in self._arriving and self._read(selector, there, take):
                        return True
                self._drop_slow(selector)
        return False

    def cancel(self) -> None:
        """Have wait() return, now or when it is called; from any thread."""
        with contextlib.suppress(OSError):
            self._stop.send(b"\0")

    def close(self) -> None:
        """Listen no more; not while wait() is under way."""
        self._close_all()
        self._stopping.close()
        self._stop.close()

    def _close_all(self) -> None:
        self._listener.close()
        for connection in self._arriving:
            connection.close()
        self._arriving.clear()

    def _accept(self, selector: selectors.BaseSelector) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:  # it is gone again, or there are too many open files
            return
        if len(self._arriving) >= _MOST:
            self._drop(selector, next(iter(self._arriving)))
        connection.settimeout(0)
        self._arriving[connection] = _Arriving(time.monotonic() + _REQUEST_SECONDS)
        selector.register(connection, selectors.EVENT_READ)

    def _read(self, selector: selectors.BaseSelector, there: socket.socket, take: Take) -> bool:
        """Read what has arrived and answer a whole request; whether it was the right one."""
        head = self._arriving[there].head
        try:
            part = there.recv(4096)
        except BlockingIOError:
            return False
        except OSError:
            part = b""
        head += part
        whole = b"\r\n\r\n" in head
        if part and not whole and len(head) <= _REQUEST_BYTES:
            return False
        request = _REQUEST.match(head) if whole else None
        address = take(request[1].decode("ascii")) if request is not None else ""
        if address:
            self._listener.close()
        _answer(there, _GO_ON.format(address=address).encode("ascii") if address else _NOT_FOUND)
        self._drop(selector, there)
        return bool(address)

    def _drop_slow(self, selector: selectors.BaseSelector) -> None:
        now = time.monotonic()
        for connection in [c for c, one in self._arriving.items() if one.until <= now]:
            self._drop(selector, connection)

    def _drop(self, selector: selectors.BaseSelector, connection: socket.socket) -> None:
        selector.unregister(connection)
        del self._arriving[connection]
        connection.close()


def _answer(connection: socket.socket, answer: bytes) -> None:
    # A few hundred bytes always fit what the system keeps for a connection.
    with contextlib.suppress(OSError):
        connection.send(answer)
        connection.shutdown(socket.SHUT_WR)
