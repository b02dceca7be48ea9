"""A mail server on loopback that keeps what it is given."""

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from programs import free_port

from watchword_server.settings import Mail


@dataclass
class PostOffice:
    """A mail server on loopback that keeps what it is given."""

    port: int = field(default_factory=free_port)
    mails: list[EmailMessage] = field(default_factory=list)
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    @property
    def mail(self) -> Mail:
        return Mail(host="127.0.0.1", port=self.port, tls=False, sender="login@kalos.example")

    @contextmanager
    def open(self) -> Iterator[None]:
        office = self

        class Counter(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"220 here\r\n")
                while line := self.rfile.readline():
                    word = line[:4].upper().strip()
                    if word == b"DATA":
                        self.wfile.write(b"354 go on\r\n")
                        self._take()
                    self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                    if word == b"QUIT":
                        return

            def _take(self) -> None:
                lines = []
                while (line := self.rfile.readline()) not in {b".\r\n", b""}:
                    lines.append(line)
                text = b"".join(lines)
                message = email.message_from_bytes(text, policy=email.policy.default)
                assert isinstance(message, EmailMessage)
                office.mails.append(message)
                office.arrived.release()

        class Office(socketserver.ThreadingTCPServer):
            allow_reuse_address = True  # opened again: a connection from before may linger

        with Office(("127.0.0.1", self.port), Counter) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            try:
                yield
            finally:
                server.shutdown()

    def take(self) -> tuple[str, str, str]:
        """Wait for a mail; return receiver, subject and text."""
        assert self.arrived.acquire(timeout=20)
        message = self.mails.pop(0)
        return message["To"], message["Subject"], message.get_content()
