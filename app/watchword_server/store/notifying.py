"""Server processes of one PostgreSQL database tell each other whom to wake, by LISTEN and NOTIFY.

Sent after the commit, and by one connection: a NOTIFY inside the transactions would make
them wait for each other. What is lost with a connection is found 5 seconds later by looking.
"""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

CHANNEL = "watchword_wakeups"
LONGEST = 7000  # bytes of a payload; PostgreSQL takes 7999
MOST_UNSENT = 10_000  # keys, while PostgreSQL cannot be reached
ALIVE_SECONDS = 30.0  # how often an idle connection is tried
RETRY_SECONDS = (0.5, 1.0, 2.0, 5.0)


class NotifyOthers:
    """Sends keys to the other processes and hears theirs."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[Any]],
        heard: Callable[[Sequence[str] | None], None],
    ) -> None:
        """Use a connection of its own; `heard` gets keys, None: some may have been missed."""
        self._connect = connect
        self._heard = heard
        self._own = secrets.token_hex(8)
        self._unsent: list[str] = []
        self._some = asyncio.Event()

    def send(self, keys: Sequence[str]) -> None:
        """Tell the others, soon."""
        if len(self._unsent) < MOST_UNSENT:
            self._unsent += keys
        self._some.set()

    async def run(self) -> None:
        """Send and hear until cancelled, over as many connections as it takes."""
        import asyncpg

        failed = 0
        while True:
            try:
                connection = await self._connect()
                try:
                    connection.add_termination_listener(lambda _: self._some.set())
                    await connection.add_listener(CHANNEL, self._on_notice)
                    self._heard(None)
                    failed = 0
                    while True:
                        await self._send_to(connection)
                finally:
                    connection.terminate()
            except (
                OSError,
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
                asyncpg.InternalClientError,  # so it says when PostgreSQL hung up on an idle one
            ):
                await asyncio.sleep(RETRY_SECONDS[min(failed, len(RETRY_SECONDS) - 1)])
                failed += 1

    async def _send_to(self, connection: Any) -> None:
        try:
            async with asyncio.timeout(ALIVE_SECONDS):
                await self._some.wait()
        except TimeoutError:
            await connection.execute("SELECT 1")  # raises if nobody is there any more
            return
        self._some.clear()
        if connection.is_closed():
            raise ConnectionResetError
        keys, self._unsent = self._unsent, []
        for payload in _payloads(self._own, keys):
            await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, payload)

    def _on_notice(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        try:
            sender, *keys = json.loads(str(payload))
        except ValueError:
            return  # somebody else's
        if sender != self._own:
            self._heard([str(key) for key in keys])


def _payloads(own: str, keys: Sequence[str]) -> list[str]:
    """Return JSON lists of the sender and keys, each short enough."""
    payloads: list[str] = []
    batch: list[str] = [own]
    size = 0
    for key in dict.fromkeys(keys):
        length = len(json.dumps(key)) + 2
        if size + length > LONGEST and len(batch) > 1:
            payloads.append(json.dumps(batch))
            batch, size = [own], 0
        batch.append(key)
        size += length
    return [*payloads, json.dumps(batch)] if len(batch) > 1 else payloads
