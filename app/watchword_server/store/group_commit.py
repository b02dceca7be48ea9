"""Writers of SQLite take turns in one transaction, and are told after its commit is on the disk.

A commit costs a wait for the disk, whatever is in it. Those who write while the disk is busy
go together into the next one, each behind a savepoint, so that an error undoes one writer only.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction

from watchword_server.store.database import Unavailable

LARGEST = 20  # writers in a commit; more gain little and make the first one wait


@dataclass
class _Group:
    """The writers of one transaction."""

    connection: AsyncConnection
    transaction: AsyncTransaction
    writers: int = 0
    whole: bool = True  # false while a savepoint is open, and for ever if one could not be left
    committed: asyncio.Future[Exception | None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class GroupCommit:
    """The one who writes: a queue of writers, one at a time."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Write by connections of `engine`, which begin as its events say."""
        self._engine = engine
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._group: _Group | None = None
        self._committing: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Give the connection to one writer; return (or raise what it raised) after the commit.

        Raises Unavailable if the commit failed: then nothing of the whole group is there.
        """
        group = await self._enter()
        try:
            async with _savepoint(group):
                yield group.connection
        except Exception:
            # It may have been refused for what another one of this group did: that must be
            # true before it is told.
            self._leave(group)
            await _committed(group)
            raise
        except BaseException:
            self._leave(group)
            raise
        self._leave(group)
        await _committed(group)

    async def close(self) -> None:
        """Wait for who writes now."""
        async with self._turn:
            pass

    async def _enter(self) -> _Group:
        self._waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1
        try:
            if self._group is None:
                self._group = await self._begin()
        except BaseException:
            self._turn.release()
            raise
        self._group.writers += 1
        return self._group

    async def _begin(self) -> _Group:
        connection = await self._engine.connect()
        try:
            return _Group(connection, await connection.begin())
        except BaseException:
            await connection.close()
            raise

    def _leave(self, group: _Group) -> None:
        """Let the next one write, or commit if there is none or the group is full."""
        if group.whole and self._waiting and group.writers < LARGEST:
            self._turn.release()
            return
        self._group = None
        # A task of its own: whoever is cancelled while it waits must not stop the others' commit.
        self._committing = asyncio.create_task(self._commit(group))

    async def _commit(self, group: _Group) -> None:
        error: Exception | None = None
        try:
            try:
                if group.whole:
                    await group.transaction.commit()
                else:
                    error = Unavailable("A writer left the transaction broken")
            finally:
                await group.connection.close()
        except Exception as problem:  # noqa: BLE001 - whatever it is, each writer hears of it
            error = problem
        finally:
            self._turn.release()
            group.committed.set_result(error)


@asynccontextmanager
async def _savepoint(group: _Group) -> AsyncIterator[None]:
    """Undo only this writer after an error.

    SQLite undoes the whole transaction by itself when the disk is full: then the savepoint is
    gone, leaving it fails, and the group stays marked as broken.
    """
    group.whole = False
    savepoint = await group.connection.begin_nested()
    try:
        yield
    except BaseException:
        await savepoint.rollback()
        group.whole = not group.connection.invalidated
        raise
    await savepoint.commit()
    group.whole = True


async def _committed(group: _Group) -> None:
    if error := await asyncio.shield(group.committed):
        raise Unavailable("The commit failed") from error
