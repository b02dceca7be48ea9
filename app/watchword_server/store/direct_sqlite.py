"""SQLite without a thread for each connection: what takes microseconds is done where it is asked.

A statement that finds its pages in memory takes 10 to 50 µs, and handing it to a thread and
back ten times as much. Only what waits for others or for the disk goes to a thread: opening,
the turn to write (BEGIN IMMEDIATE), its commit, closing. To SQLAlchemy this looks like
aiosqlite, whose dialect it uses.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

WRITES = "BEGIN IMMEDIATE"


class Connection:
    """One connection, used by one task at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Hold an open connection of which transactions are begun by statements alone."""
        self._connection = connection
        self.writes = False

    def cursor(self) -> "Cursor":
        """Return a cursor."""
        return Cursor(self, self._connection.cursor())

    async def create_function(self, *arguments: Any, **more: Any) -> None:
        """Teach SQLite a function; SQLAlchemy has one for every connection."""
        self._connection.create_function(*arguments, **more)

    async def commit(self) -> None:
        """Commit; return when what was written is on the disk."""
        if self.writes:
            await _in_a_thread(self._connection.commit)
            self.writes = False
        else:
            self._connection.commit()

    async def rollback(self) -> None:
        """Undo."""
        self._connection.rollback()
        self.writes = False

    async def close(self) -> None:
        """Close; the last one moves what is in the -wal into the file."""
        await _in_a_thread(self._connection.close)

    def stop(self) -> None:
        """Close at once."""
        self._connection.close()


class Cursor:
    """One statement and its rows."""

    def __init__(self, owner: Connection, cursor: sqlite3.Cursor) -> None:
        """Belong to a connection."""
        self._owner = owner
        self._cursor = cursor

    async def __aenter__(self) -> Self:
        """Be ready at once."""
        return self

    @property
    def description(self) -> Any:
        """What columns the rows have; None: it is no query."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        """The number of the row that was inserted."""
        return self._cursor.lastrowid

    async def execute(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Run one statement."""
        if statement == WRITES:
            self._owner.writes = True
            if not self._begin_at_once():
                # Another process is writing: SQLite waits for it.
                await _in_a_thread(lambda: self._cursor.execute(statement))
        else:
            self._cursor.execute(statement, values)

    def _begin_at_once(self) -> bool:
        """Take the turn to write if nobody has it."""
        (patience,) = self._cursor.execute("PRAGMA busy_timeout").fetchone()
        self._cursor.execute("PRAGMA busy_timeout=0")
        try:
            self._cursor.execute(WRITES)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            return False
        finally:
            self._cursor.execute(f"PRAGMA busy_timeout={patience}")
        return True

    async def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each row."""
        self._cursor.executemany(statement, rows)

    async def fetchall(self) -> list[Any]:
        """Return the rows."""
        return self._cursor.fetchall()

    async def close(self) -> None:
        """Be done."""
        self._cursor.close()


async def _in_a_thread(work: Callable[[], object]) -> None:
    """Wait for a thread to do it, to the end also when cancelled: one at a time may use SQLite."""
    done = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        await asyncio.shield(done)
    except asyncio.CancelledError:
        while not done.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([done])
        raise


def connecting(path: Path, seconds: float) -> Callable[[], Any]:
    """Return what opens a connection to the file; it waits so long for other processes."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(path, seconds, isolation_level=None, check_same_thread=False)

    async def opened() -> Connection:
        return Connection(await asyncio.to_thread(connect))

    return opened
