"""PostgreSQL, for several server processes.

Transactions are short. Writers about the same user take turns by an advisory lock, which ends
with the transaction; of those that race all the same, a conditional UPDATE waits for the row
and then looks at it again. Each read sees one snapshot.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from sqlalchemy import BigInteger, bindparam, text
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from watchword_server.errors import CannotStart
from watchword_server.store import migrating
from watchword_server.store.database import Unavailable
from watchword_server.store.notifying import NotifyOthers
from watchword_server.store.questions import Question

CONNECT_SECONDS = 5
LOCK_SECONDS = 5
STATEMENT_SECONDS = 15
ASKING, READING_AND_WRITING = 4, 12  # connections of a process
_TURN = text("SELECT pg_advisory_xact_lock(:turn)").bindparams(bindparam("turn", type_=BigInteger))
# SQLSTATE classes: connection, deadlock, out of resources, lock not to be had, ended by an operator
_PASSING = {"08", "40", "53", "55", "57", "58"}

_SAFE = ("fsync", "full_page_writes", "synchronous_commit")  # must not be off


class PostgresqlDatabase:
    """The database at a libpq URL."""

    def __init__(self, url: str) -> None:
        """Belong to the database; nobody is connected to yet. Raises CannotStart."""
        try:
            import asyncpg
        except ImportError as error:
            raise CannotStart(
                "PostgreSQL cannot be used",
                "The Python package asyncpg is not installed.",
                "Install it: pip install 'watchword[server,postgresql]'",
            ) from error
        self._url = url

        async def connect(**more: str) -> Any:
            return await asyncpg.connect(
                url,
                timeout=CONNECT_SECONDS,
                command_timeout=STATEMENT_SECONDS,
                server_settings={
                    "application_name": "watchword-server",
                    "lock_timeout": f"{LOCK_SECONDS}s",
                    **more,
                },
            )

        self._connect = connect
        self._engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=connect,
            hide_parameters=True,  # errors reach the log; what was written must not
            pool_size=READING_AND_WRITING,
            max_overflow=0,  # more would be opened and closed for each use, just when it is busy
        )
        self._reading = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._may_ask = asyncio.Semaphore(ASKING)
        self._asking: list[Any] = []  # connections that nobody uses
        self.name = "PostgreSQL"

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection on which one consistent state is read."""
        async with _transaction(self._reading) as connection:
            yield connection

    async def ask(self, question: Question, **values: Any) -> list[Any]:
        """Return the rows of one statement, in one way there and back."""
        import asyncpg

        text, given = question.written(self._engine.dialect, values)
        try:
            async with asyncio.timeout(STATEMENT_SECONDS), self._may_ask:
                return question.rows(await self._fetch(text, given))
        except asyncpg.PostgresError as error:
            if (error.sqlstate or "")[:2] in _PASSING:
                raise Unavailable("PostgreSQL gave up") from error
            raise
        except (
            OSError,
            TimeoutError,
            asyncpg.InterfaceError,
            asyncpg.InternalClientError,  # so it says when PostgreSQL hung up on an idle one
        ) as error:
            raise Unavailable("PostgreSQL does not answer") from error

    async def _fetch(self, text: str, given: Sequence[Any]) -> list[Any]:
        connection: Any = None
        while self._asking and (connection is None or connection.is_closed()):
            connection = self._asking.pop()
        if connection is None or connection.is_closed():
            connection = await self._connect(default_transaction_read_only="on")
        try:
            rows: list[Any] = await connection.fetch(text, *given)
        except BaseException:
            connection.terminate()
            raise
        self._asking.append(connection)
        return rows

    @asynccontextmanager
    async def write(self, *about: str) -> AsyncIterator[AsyncConnection]:
        """Give a connection in a transaction; writers about the same thing take turns."""
        async with _transaction(self._engine) as connection:
            for turn in sorted(_number(each) for each in about):
                await connection.execute(_TURN, {"turn": turn})
            yield connection

    async def ahead(self, connection: AsyncConnection, now: float) -> float:
        """Return how many seconds PostgreSQL's clock is ahead of `now`, with the way there."""
        theirs = await connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())"))
        return float(theirs) - now

    async def prepare(self) -> None:
        """See that the schema is today's. Raises CannotStart.

        It is not changed here: other processes of the version before may be running, and
        whoever runs PostgreSQL has its own way of making copies.
        """
        async with self._reached(), self.read() as connection:
            await connection.run_sync(migrating.must_be_up_to_date)

    async def migrate(self) -> str | None:
        """Bring the schema to today's; return what it was. Raises CannotStart."""
        async with self._reached(), self.write("migration") as connection:
            before = await connection.run_sync(migrating.schema_of)
            if not await connection.run_sync(migrating.is_up_to_date):
                await connection.run_sync(migrating.upgrade)
        return before

    async def examine(self) -> list[str]:
        """Return what is wrong with its settings; PostgreSQL itself sees to references.

        Raises CannotStart if the schema is another one.
        """
        async with self._reached(), self.read() as connection:
            await connection.run_sync(migrating.must_be_up_to_date)
            values = {each: await connection.scalar(text(f"SHOW {each}")) for each in _SAFE}
        return [
            f"{each} is off: what was answered may be lost when the power fails"
            for each, value in values.items()
            if value == "off"
        ]

    def notices(self, heard: Callable[[Sequence[str] | None], None]) -> NotifyOthers:
        """Return how other processes are told whom to wake."""
        return NotifyOthers(self._connect, heard)

    async def close(self) -> None:
        """Close every connection."""
        while self._asking:
            await self._asking.pop().close()
        await self._engine.dispose()

    @asynccontextmanager
    async def _reached(self) -> AsyncIterator[None]:
        try:
            yield
        except (Unavailable, DBAPIError, ValueError) as error:
            cause = error.__cause__ or error
            raise CannotStart(
                "The database cannot be used",
                f"PostgreSQL: {cause}",
                "See that it runs, and that --database (or WATCHWORD_SERVER_DATABASE) names it, "
                "with a user who may make tables: postgresql://USER@HOST/NAME",
            ) from error


@asynccontextmanager
async def _transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    import asyncpg

    try:
        connection = await engine.connect()
    except (
        OSError,
        DBAPIError,
        NoConnection,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
    ) as error:
        raise Unavailable("PostgreSQL cannot be reached") from error
    with _passing():
        try:
            async with connection.begin():
                yield connection
        finally:
            await connection.close()


@contextmanager
def _passing() -> Iterator[None]:
    """Turn errors that come and go into Unavailable; others are mistakes in the program."""
    try:
        yield
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None) or ""
        lost = error.connection_invalidated or (
            not state and isinstance(error, (InterfaceError, InternalError))
        )
        if lost or state[:2] in _PASSING:
            raise Unavailable("PostgreSQL gave up") from error
        raise
    except TimeoutError as error:
        raise Unavailable("PostgreSQL took too long") from error


def _number(about: str) -> int:
    """Return the 64 bits under which PostgreSQL knows what takes turns."""
    return int.from_bytes(hashlib.sha256(about.encode()).digest()[:8], "big", signed=True)
