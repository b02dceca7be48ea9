"""A wire between an app and a server that a test can cut at a chosen moment: a TCP relay on loopback."""

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Gate:
    """Relays every connection to `port`; decisions may be lost on their way, or their answers.

    While it is set, `when_sent` is called in the place of a decision that was sent whole and that the
    server never gets; `when_answered` in the place of the answer to one, which by then has its effect.
    """

    port: int
    context: ssl.SSLContext | None = None  # apps come with TLS; the server is spoken to without
    decides: bytes = b"/decision "  # what the address of a POST that decides ends with
    when_sent: Callable[[], None] | None = None
    when_answered: Callable[[], None] | None = None
    happened: threading.Event = field(default_factory=threading.Event)
    heard: bytearray = field(default_factory=bytearray)  # what apps have said
    _listener: socket.socket = field(
        default_factory=lambda: socket.create_server(("127.0.0.1", 0))
    )
    _open: list[socket.socket] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    @property
    def own_port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def origin(self) -> str:
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.own_port}"

    def start(self, work: Callable[..., None], *arguments: socket.socket) -> None:
        thread = threading.Thread(target=work, args=arguments)
        self._threads.append(thread)
        thread.start()

    def accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                app, _ = self._listener.accept()
                if self.context is not None:
                    app = self.context.wrap_socket(
                        app, server_side=True, do_handshake_on_connect=False
                    )
                self._open.append(app)
                self.start(self._relay, app)

    def _relay(self, app: socket.socket) -> None:
        """Carry what the app sends, and by a thread of its own what the server answers."""
        deciding = threading.Event()
        with app, contextlib.suppress(OSError):
            if isinstance(app, ssl.SSLSocket):
                app.do_handshake()
            with socket.create_connection(("127.0.0.1", self.port), 5) as server:
                server.settimeout(None)
                self._open.append(server)
                self.start(lambda to, back: self._answers(to, back, deciding), server, app)
                while sent := app.recv(65536):
                    if sent.startswith((b"GET ", b"POST ")):
                        deciding.clear()  # the connection goes on with another question
                    if sent.startswith(b"POST ") and self.decides in sent[:200]:
                        sent = _whole(app, sent)
                        if self.when_sent is not None:
                            self._lose(self.when_sent)
                            break
                        deciding.set()
                    self.heard += sent
                    server.sendall(sent)
                _end(server)

    def _answers(
        self, server: socket.socket, app: socket.socket, deciding: threading.Event
    ) -> None:
        with contextlib.suppress(OSError):
            while answer := server.recv(65536):
                # A 401 only brings the nonce with which the decision is sent once more.
                if deciding.is_set() and self.when_answered and b" 401 " not in answer[:16]:
                    self._lose(self.when_answered)
                    break
                app.sendall(answer)
        _end(app)

    def _lose(self, action: Callable[[], None]) -> None:
        action()
        self.happened.set()

    def mend(self) -> None:
        """Lose nothing any more."""
        self.when_sent = self.when_answered = None

    def close(self) -> None:
        for one in (self._listener, *self._open):
            _end(one)
        for thread in self._threads:
            thread.join(10)
        self._listener.close()


def _whole(app: socket.socket, sent: bytes) -> bytes:
    """Return the request of which `sent` is the beginning."""
    head, _, body = sent.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    missing = int(length[1]) - len(body) if length else 0
    while missing > 0:
        more = app.recv(missing)
        sent, missing = sent + more, missing - len(more) if more else 0
    return sent


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def gate(
    port: int, context: ssl.SSLContext | None = None, *, decides: bytes = b"/decision "
) -> Iterator[Gate]:
    """Open a gate before a port of loopback; close it afterwards."""
    one = Gate(port, context, decides)
    one.start(one.accept)
    try:
        yield one
    finally:
        one.close()
