"""One database: readers see the last commit, one writer at a time, every commit on the disk.

SQLite in WAL mode with synchronous=FULL. Effects happen in `write()` transactions, which begin
IMMEDIATE, and each one-use thing is one conditional UPDATE inside one of them.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from watchword_server.errors import CannotStart
from watchword_server.store import tables

BUSY_SECONDS = 5.0


class Database:
    """The open database."""

    def __init__(self, path: Path) -> None:
        """Open the SQLite file; nothing is read yet."""
        self._engine = create_async_engine(
            f"sqlite+aiosqlite:///{path}",
            connect_args={"timeout": BUSY_SECONDS},
            hide_parameters=True,  # errors reach the log; what was written must not
            pool_size=8,
            max_overflow=8,
        )
        event.listen(self._engine.sync_engine, "connect", _on_connect)
        event.listen(self._engine.sync_engine, "begin", _on_begin)
        self._writing = asyncio.Lock()

    async def create(self) -> None:
        """Make the tables if there are none; raise CannotStart for a newer schema."""
        async with self.write() as connection:
            await connection.run_sync(tables.metadata.create_all)
            schema = await connection.scalar(select(tables.server.c.schema))
        if schema is not None and schema != tables.SCHEMA:
            raise CannotStart(
                "The database belongs to another version",
                f"Its schema is {schema}; this program knows {tables.SCHEMA}.",
                "Start the version of watchword-server that wrote it.",
            )

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection on which one consistent state is read."""
        async with self._engine.connect() as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection in a transaction that is committed at the end, or undone by an error.

        Writers of this process wait for each other here, those of others in SQLite.
        """
        async with self._writing, self._engine.connect() as connection:
            await connection.execution_options(watchword_writes=True)
            async with connection.begin():
                yield connection

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


def _on_connect(connection: Any, _record: object) -> None:
    # The driver must not open transactions of its own: _on_begin says which kind it is.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("watchword_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
