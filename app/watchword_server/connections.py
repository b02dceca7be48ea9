"""Connections that do not hold up the others: each request is whole in time, and there are many."""

import asyncio
import sys
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_OPEN = 65_536


class Connection(H11Protocol):
    """Uvicorn's HTTP, but who sends a request drop by drop is left after half a minute.

    Uvicorn by itself waits for ever; a thousand such connections are all that an ordinary
    process may open, and nobody else would get in.
    """

    REQUEST_SECONDS: ClassVar[float] = 30.0  # from the connection, or the answer before

    _too_late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for the first request."""
        if isinstance(transport, asyncio.Transport):  # as every connected socket's is
            super().connection_made(transport)
            self._expect_request()

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

    def _leave(self) -> None:
        if self.conn.their_state in {h11.IDLE, h11.SEND_BODY}:
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
