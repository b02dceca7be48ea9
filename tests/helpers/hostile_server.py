"""A loopback server that answers however a test wants, byte by byte."""

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Answer = Callable[[socket.socket, bytes], None]


@dataclass
class HostileServer:
    """`answer(connection, request)` is called for each request; the connection is then closed."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def hostile_server(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[HostileServer]:
    """Serve on a free port of 127.0.0.1 until the block ends; joins its threads."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = HostileServer(port=listener.getsockname()[1])
    threads: list[threading.Thread] = []

    def one(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.callback(connection.close)
            connection.settimeout(10)
            if tls:
                connection = tls.wrap_socket(connection, server_side=True)
                stack.callback(connection.close)
            request = _whole_request(connection)
            server.requests.append(request)
            if request:
                answer(connection, request)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=one, args=(connection,), daemon=True)
            threads.append(thread)
            thread.start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield server
    finally:
        server.stop.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join(10)
        for thread in threads:
            thread.join(10)


def _whole_request(connection: socket.socket) -> bytes:
    request = b""
    while b"\r\n\r\n" not in request and (part := connection.recv(65_536)):
        request += part
    head, _, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *([0-9]+)", head)
    missing = int(length[1]) - len(body) if length else 0
    while missing > 0 and (part := connection.recv(65_536)):
        request += part
        missing -= len(part)
    return request


def says(raw: bytes) -> Answer:
    """Return an answer of just these bytes."""

    def answer(connection: socket.socket, request: bytes) -> None:
        connection.sendall(raw)

    return answer


def reply(
    body: bytes, status: str = "200 OK", kind: str = "application/json", extra: str = ""
) -> Answer:
    """Return a well-formed answer."""
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    )
    return says(head.encode() + body)
