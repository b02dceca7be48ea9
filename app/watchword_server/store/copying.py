"""Moves everything from one database into another, empty one, whatever the two are."""

from sqlalchemy import Integer, Table, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword_server.errors import CannotStart
from watchword_server.store.database import Database
from watchword_server.store.tables import metadata

AT_ONCE = 500


async def copy_everything(source: Database, target: Database) -> int:
    """Copy all rows in one transaction, nobody writing meanwhile; return how many.

    Raises CannotStart if the target is not empty.
    """
    copied = 0
    async with source.write() as reading, target.write("server") as writing:
        if await writing.scalar(select(func.count()).select_from(metadata.tables["server"])):
            raise CannotStart(
                "The new database is not empty",
                "A server has used it already. Nothing was changed.",
                "Make an empty one with createdb.",
            )
        for table in metadata.sorted_tables:
            copied += await _copy(table, reading, writing)
            await _count_on(table, writing)
    return copied


async def _copy(table: Table, reading: AsyncConnection, writing: AsyncConnection) -> int:
    rows = [dict(row) for row in (await reading.execute(select(table))).mappings()]
    for start in range(0, len(rows), AT_ONCE):
        await writing.execute(insert(table), rows[start : start + AT_ONCE])
    return len(rows)


async def _count_on(table: Table, writing: AsyncConnection) -> None:
    """Let PostgreSQL number new rows after those that came with their numbers."""
    if writing.dialect.name != "postgresql" or "number" not in table.c:
        return
    number = table.c.number
    assert isinstance(number.type, Integer)  # noqa: S101 - so it is in tables.py
    await writing.execute(
        text(
            f"SELECT setval(pg_get_serial_sequence('{table.name}', 'number'), "  # noqa: S608
            f"(SELECT max(number) FROM {table.name}))"
        )
    )
