"""Connections that do not hold up the others: each request is whole in time, and there are many."""

import asyncio
import sys
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

MOST_OPEN = 65_536
LONGEST_HEAD = 32_768  # bytes


class Connection(HttpToolsProtocol):
    """Uvicorn's HTTP, but who sends a request drop by drop, or a head without end, is left.

    Uvicorn by itself waits for ever; a thousand such connections are all that an ordinary
    process may open, and nobody else would get in. Its parser keeps a head of any length.
    """

    REQUEST_SECONDS: ClassVar[float] = 30.0  # from the connection, or the answer before

    _too_late: asyncio.TimerHandle | None = None
    _in_head = True
    _left = LONGEST_HEAD  # of bytes that are no body: what is around one is not endless either

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._expect_request()

    def data_received(self, data: bytes) -> None:
        """Take what came, if it is not too much."""
        self._left -= len(data)
        super().data_received(data)
        if self._left >= 0 or self.transport.is_closing():
            return
        if self._is_answering():
            self.transport.abort()
        else:
            self.send_400_response("The head of this request is too long.")

    def on_message_begin(self) -> None:
        """Begin a head."""
        self._in_head = True
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; those after a body are nobody's."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin the answer."""
        self._in_head = False
        self._left = LONGEST_HEAD
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of a body; how much of it there may be is the application's to say."""
        self._left += len(body)
        super().on_body(body)

    def on_response_complete(self) -> None:
        """Begin to wait for the next one."""
        super().on_response_complete()
        self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        super().connection_lost(exc)
        if self._too_late is not None:
            self._too_late.cancel()

    def _expect_request(self) -> None:
        if self._too_late is not None:
            self._too_late.cancel()
        self._too_late = self.loop.call_later(self.REQUEST_SECONDS, self._leave)

    def _is_answering(self) -> bool:
        """Whether a request's head was whole, and it is not answered yet."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _leave(self) -> None:
        if not self._is_answering() or self.cycle.more_body:
            self.transport.abort()


def allow_many() -> None:
    """Raise the number of connections this process may have, as far as the system lets it."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_OPEN if hard == resource.RLIM_INFINITY else min(MOST_OPEN, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
