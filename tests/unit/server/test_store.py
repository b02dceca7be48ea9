"""Writers: each alone with its error, all told the truth about their commit, on both databases."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from postgres import cluster
from served import new_portal
from sqlalchemy import event, insert, select, text
from sqlalchemy.exc import DBAPIError

from watchword_server.store.database import Database, Unavailable
from watchword_server.store.group_commit import LARGEST
from watchword_server.store.notifying import LONGEST, NotifyOthers, _payloads
from watchword_server.store.postgresql import PostgresqlDatabase
from watchword_server.store.sqlite import SqliteDatabase
from watchword_server.store.tables import attempts
from watchword_server.wakeups import Wakeups

Work = Callable[[Database], Awaitable[None]]


@pytest.fixture
def run(database: str, tmp_path: Path) -> Iterator[Callable[[Work], None]]:
    """Run a test's coroutine with an open database."""

    async def opened(work: Work) -> None:
        one = PostgresqlDatabase(database) if database else SqliteDatabase(tmp_path / "one")
        await one.migrate()
        try:
            await work(one)
        finally:
            await one.close()

    with new_portal() as portal:
        yield lambda work: portal.call(opened, work)


async def put(database: Database, name: str) -> None:
    async with database.write(name) as connection:
        await connection.execute(insert(attempts).values(subject=name, at=1.0))


async def names(database: Database) -> set[str]:
    async with database.read() as connection:
        return set(await connection.scalars(select(attempts.c.subject)))


def test_an_error_undoes_its_own_writer_only(run: Callable[[Work], None]) -> None:
    async def failing(database: Database) -> None:
        async with database.write() as connection:
            await connection.execute(insert(attempts).values(subject="undone", at=1.0))
            raise ValueError

    async def work(database: Database) -> None:
        done = await asyncio.gather(
            *(put(database, f"n{number}") for number in range(10)),
            failing(database),
            *(put(database, f"n{number}") for number in range(10, 20)),
            return_exceptions=True,
        )
        assert [type(one) for one in done if one] == [ValueError]
        assert await names(database) == {f"n{number}" for number in range(20)}

    run(work)


def test_a_cancelled_writer_leaves_everybody_with_the_truth(run: Callable[[Work], None]) -> None:
    async def work(database: Database) -> None:
        tasks = [asyncio.create_task(put(database, f"n{number}")) for number in range(40)]
        for number, task in enumerate(tasks):
            if number % 7 == 3:
                await asyncio.sleep(0)
                task.cancel()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        there = await names(database)
        for number, outcome in enumerate(done):
            if outcome is None:
                assert f"n{number}" in there
            else:
                assert isinstance(outcome, (asyncio.CancelledError, Unavailable))
        await put(database, "after")  # and nobody stands in the way of the next one
        assert "after" in await names(database)

    run(work)


def test_writers_of_sqlite_share_commits(tmp_path: Path) -> None:
    async def work() -> None:
        database = SqliteDatabase(tmp_path / "one")
        await database.migrate()
        commits = []
        engine = database._engine.sync_engine
        event.listen(engine, "commit", commits.append)
        await asyncio.gather(*(put(database, f"n{number}") for number in range(3 * LARGEST)))
        assert len(commits) == 3
        await put(database, "alone")
        assert len(commits) == 4
        await database.close()

    with new_portal() as portal:
        portal.call(work)


def test_a_full_disk_tells_each_writer_the_truth(tmp_path: Path) -> None:
    """SQLite undoes a whole transaction by itself when there is no room."""

    async def filling(database: Database) -> None:
        async with database.write() as connection:
            pages = await connection.scalar(text("PRAGMA page_count"))
            await connection.execute(text(f"PRAGMA max_page_count = {pages}"))
            for number in range(2000):
                await connection.execute(insert(attempts).values(subject="x" * 190, at=number))

    async def work() -> None:
        database = SqliteDatabase(tmp_path / "one")
        await database.migrate()
        done = await asyncio.gather(
            *(put(database, f"n{number}") for number in range(5)),
            filling(database),
            *(put(database, f"n{number}") for number in range(5, 10)),
            return_exceptions=True,
        )
        assert isinstance(done.pop(5), (DBAPIError, Unavailable))
        there = await names(database)
        for number, outcome in enumerate(done):
            assert (f"n{number}" in there) is (outcome is None), outcome
        await database.close()

    with new_portal() as portal:
        portal.call(work)


HANG_UP = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'watchword-server'"""


@asynccontextmanager
async def listening_twice() -> AsyncIterator[tuple[Wakeups, Wakeups, list[NotifyOthers]]]:
    """Two processes' wake-ups, with nothing but PostgreSQL between them."""
    url = await asyncio.to_thread(lambda: cluster().new_database())
    both, ways, tasks, databases = [], [], [], []
    for _ in range(2):
        database, wakeups = PostgresqlDatabase(url), Wakeups()
        heard = asyncio.Event()

        def on_heard(keys, wakeups=wakeups, heard=heard):
            heard.set()
            wakeups.heard(keys)

        way = database.notices(on_heard)
        wakeups.tell_others = way.send
        tasks.append(asyncio.create_task(way.run()))
        await heard.wait()  # said once, when it listens
        both.append(wakeups)
        ways.append(way)
        databases.append(database)
    try:
        yield both[0], both[1], ways
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        for database in databases:
            await database.close()
        await asyncio.to_thread(cluster().drop, url)


def test_another_process_is_woken() -> None:
    async def work() -> None:
        async with listening_twice() as (one, other, _):
            with other.listening("device A") as waiter, other.listening("device C") as not_meant:
                one.wake("device B", "device A")
                assert await waiter.wait(60)
                assert not not_meant.event.is_set()
            with one.listening("login \0 ü\n") as waiter:
                other.wake("login \0 ü\n", *(f"{number}" * 40 for number in range(500)))
                assert await waiter.wait(60)

    with new_portal() as portal:
        portal.call(work)


def test_a_lost_connection_is_made_anew_and_everybody_looks() -> None:
    async def work() -> None:
        async with listening_twice() as (one, other, _):
            with other.listening("device A") as waiter:
                await asyncio.to_thread(cluster().execute, HANG_UP)
                one.wake("device B")  # it finds out that nobody is there
                other.wake("device D")
                assert await waiter.wait(60)
                one.wake("device A")
                assert await waiter.wait(60)

    with new_portal() as portal:
        portal.call(work)


def test_no_notice_is_too_long_for_postgresql() -> None:
    payloads = _payloads("me", ["ü" * 74] * 3 + [f"device {number:0>60}" for number in range(500)])
    assert max(len(one.encode()) for one in payloads) < LONGEST + 500 < 8000
    assert len(payloads) > 1
