"""One SQLite file, for one server process: readers see the last commit, every commit is on the disk.

WAL mode with synchronous=FULL; writers share commits (group_commit.py). A command such as
`watchword-server user add` may write beside the server.
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from watchword_server.errors import CannotStart
from watchword_server.store import migrating
from watchword_server.store.database import Unavailable
from watchword_server.store.direct_sqlite import WRITES, connecting
from watchword_server.store.group_commit import GroupCommit
from watchword_server.store.questions import Question

BUSY_SECONDS = 5.0


class SqliteDatabase:
    """The open file."""

    def __init__(self, path: Path) -> None:
        """Belong to the file; nothing is opened yet."""
        self.name = str(path)
        self._path = path
        engine = create_async_engine(
            f"sqlite+aiosqlite:///{path}",
            async_creator=connecting(path, BUSY_SECONDS),
            hide_parameters=True,  # errors reach the log; what was written must not
            pool_size=16,
            max_overflow=0,  # more would be opened and closed for each use, just when it is busy
        )
        _set_up(engine.sync_engine)
        self._engine = engine
        self._writers = GroupCommit(engine.execution_options(watchword_writes=True))
        self._asking: sqlite3.Connection | None = None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection on which one consistent state is read."""
        connection = await self._engine.connect()
        # Closed here, not by `async with`: that does it in a task of its own, and with thousands of
        # readers in one turn of the loop each would keep a connection until the next.
        try:
            async with connection.begin():
                yield connection
        finally:
            await connection.close()

    async def ask(self, question: Question, **values: Any) -> list[Any]:
        """Return the rows of one statement, asked in the event loop (direct_sqlite.py)."""
        try:
            if self._asking is None:
                self._asking = sqlite3.connect(
                    self._path, BUSY_SECONDS, isolation_level=None, check_same_thread=False
                )
                self._asking.execute("PRAGMA query_only=1")
            text, given = question.written(self._engine.dialect, values)
            return question.rows(self._asking.execute(text, given).fetchall())
        except sqlite3.OperationalError as error:
            raise Unavailable("SQLite does not answer") from error

    @asynccontextmanager
    async def write(self, *about: str) -> AsyncIterator[AsyncConnection]:  # noqa: ARG002
        """Give a connection in a transaction; only one writes at a time, whatever it is about."""
        async with self._writers.write() as connection:
            yield connection

    async def prepare(self) -> None:
        """Bring the schema to today's, with a copy of the file first. Raises CannotStart."""
        await self.migrate()

    async def ahead(self, connection: AsyncConnection, now: float) -> float:  # noqa: ARG002
        """Return 0: the file has no clock but this computer's."""
        return 0.0

    async def migrate(self) -> str | None:
        """Bring the schema to today's; return what it was. Raises CannotStart."""
        return await asyncio.to_thread(_migrate, self._path)

    async def examine(self) -> list[str]:
        """Return what is wrong with file and references. Raises CannotStart for another schema."""
        wrong = []
        async with self.read() as connection:
            await connection.run_sync(migrating.must_be_up_to_date)
            damage = await connection.exec_driver_sql("PRAGMA integrity_check")
            wrong += [f"the file is damaged: {one}" for one in damage.scalars() if one != "ok"]
            orphans = await connection.exec_driver_sql("PRAGMA foreign_key_check")
            wrong += [
                f"row {row['rowid']} of {row['table']} belongs to a row of {row['parent']} "
                "that is not there"
                for row in orphans.mappings()
            ]
        return wrong

    def notices(self, heard: Callable[[Sequence[str] | None], None]) -> None:  # noqa: ARG002
        """Return nobody: there is one process."""
        return

    async def close(self) -> None:
        """Close every connection, after the last commit."""
        await self._writers.close()
        if self._asking is not None:
            self._asking.close()
        await self._engine.dispose()


def copy_file(path: Path, to: Path) -> None:
    """Make a consistent copy of a database that may be in use; `to` is there whole, or not at all.

    Raises OSError or sqlite3.Error.
    """
    unfinished = to.with_name(f"{to.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        # Opened read-only, so that no missing file is made by looking for it.
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(unfinished)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a -wal beside it
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.replace(to)
    finally:
        unfinished.unlink(missing_ok=True)


def _migrate(path: Path) -> str | None:
    # Migrations may rebuild tables, which would delete what refers to them: SQLite's own
    # advice is to do it with foreign keys off, and to check them before the commit.
    # The driver must not open transactions of its own: _on_begin says which kind it is.
    arguments = {"timeout": BUSY_SECONDS, "isolation_level": None}
    engine = create_engine(f"sqlite:///{path}", connect_args=arguments)
    _set_up(engine, foreign_keys=False)
    try:
        with engine.connect() as connection:
            if migrating.is_up_to_date(connection):
                return migrating.newest()
        with engine.execution_options(watchword_writes=True).begin() as connection:
            before = migrating.schema_of(connection)
            if migrating.is_up_to_date(connection):  # another process was first
                return before
            if before is not None:
                _keep_copy(path, before)
            migrating.upgrade(connection)
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise CannotStart(
                    "The database cannot be brought up to date",
                    "Some of its rows belong to others that are not there. Nothing was changed.",
                    "Put database and sealing key back from a backup.",
                )
            return before
    except DBAPIError as error:
        raise CannotStart(
            "The database cannot be opened",
            f"{path}: {error.orig}.",
            "See that it is a database of watchword-server, that it may be read and written, "
            "and that the disk is not full.",
        ) from error
    finally:
        engine.dispose()


def _keep_copy(path: Path, schema: str) -> None:
    to = path.with_name(f"{path.stem}-before-{migrating.newest()}-was-{schema}{path.suffix}")
    try:
        copy_file(path, to)
    except (OSError, sqlite3.Error) as error:
        raise CannotStart(
            "The database cannot be copied before it is brought up to date",
            f"{to}: {error}. Nothing was changed.",
            "Make room on the disk, then start again.",
        ) from error


def _set_up(engine: Engine, *, foreign_keys: bool = True) -> None:
    def on_connect(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
        cursor.close()

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", _on_begin)


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("watchword_writes", False)
    connection.exec_driver_sql(WRITES if writes else "BEGIN")
