"""What whoever runs the server does now and then: migrate, check, back up, move to PostgreSQL."""

import asyncio
import dataclasses
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword.clock import Clock
from watchword.protocol.errors import ProtocolError
from watchword_server import signing_keys
from watchword_server.errors import CannotStart, Refused
from watchword_server.second_factors import seed_purpose
from watchword_server.settings import Settings
from watchword_server.site import DATABASE_FILE, SEAL_FILE, database_of, keys_of, make_folder
from watchword_server.store import tables
from watchword_server.store.copying import copy_everything
from watchword_server.store.database import Unavailable
from watchword_server.store.migrating import newest
from watchword_server.store.seal import Seal
from watchword_server.store.sqlite import copy_file


async def migrate(settings: Settings, clock: Clock) -> str:
    """Bring the database to this version's schema; say what was done. Raises CannotStart."""
    make_folder(settings)
    database = database_of(settings)
    try:
        before = await database.migrate()
        await keys_of(settings, database, clock.now())
    finally:
        await database.close()
    if before == newest():
        return f"Nothing to do: the schema is {before} already."
    return f"The schema is {newest()} now; it was {before or 'not there'}."


async def backup(settings: Settings, to: Path) -> str:
    """Copy the SQLite database; say what else is needed. Raises Refused."""
    if settings.database:
        raise Refused(
            "PostgreSQL makes its own backups",
            "This command copies an SQLite file.",
            f"Use pg_dump, and keep a copy of {settings.data / SEAL_FILE} apart from it.",
        )
    if await asyncio.to_thread(to.exists):
        raise Refused("There is a file of that name already", f"{to}", "Choose another name.")
    try:
        await asyncio.to_thread(copy_file, settings.data / DATABASE_FILE, to)
    except (OSError, sqlite3.Error) as error:
        raise Refused(
            "The backup could not be made",
            f"{to}: {error}.",
            "See that the database is there and the disk has room.",
        ) from error
    return (
        f"Copied to {to}.\n"
        f"Not in it: {settings.data / SEAL_FILE}, which every secret in it is sealed with. Keep a "
        "copy of that too, apart from this one: each is of no use without the other."
    )


async def copy_to(settings: Settings, url: str) -> str:
    """Copy all rows of this database into an empty one; say what follows. Raises CannotStart.

    The old one stays, with this version's schema.
    """
    _must_be_there(settings)
    target = database_of(dataclasses.replace(settings, database=url))
    source = database_of(settings)
    try:
        # An older schema is brought up to date first; nothing else of the source changes.
        await source.prepare()
        await target.migrate()
        rows = await copy_everything(source, target)
    except Unavailable as error:
        raise CannotStart(
            "The database could not be copied",
            f"{error.__cause__ or error}. The new database is as empty as before.",
            "Stop the server that uses the old one, then try again.",
        ) from error
    finally:
        await source.close()
        await target.close()
    return (
        f"{rows} rows copied. Start the server with --database now, and with the same --data: "
        f"{SEAL_FILE} in it is needed as before. The old file still holds everything."
    )


@dataclass
class Found:
    """What a check found."""

    lines: list[str] = field(default_factory=list)
    sound: bool = True

    def wrong(self, line: str) -> None:
        """Note something that is not as it should be."""
        self.lines.append(f"WRONG: {line}")
        self.sound = False


async def check(settings: Settings) -> Found:
    """Look at everything and change nothing. Raises CannotStart if that cannot begin."""
    _must_be_there(settings)
    seal = Seal.from_file(settings.data / SEAL_FILE, create=False)
    database = database_of(settings)
    found = Found()
    try:
        for problem in await database.examine():
            found.wrong(problem)
        if found.sound:
            found.lines.append(f"Schema {newest()}, {database.name}: whole.")
        async with database.read() as connection:
            await _check_secrets(connection, seal, found)
    finally:
        await database.close()
    return found


def _must_be_there(settings: Settings) -> None:
    if not settings.database and not (settings.data / DATABASE_FILE).exists():
        raise CannotStart(
            "There is no database", f"{settings.data / DATABASE_FILE}", "Name its folder: --data"
        )


async def _check_secrets(connection: AsyncConnection, seal: Seal, found: Found) -> None:
    sealed: list[tuple[bytes, str]] = []
    for row in await connection.execute(select(tables.server)):
        sealed += [(row.signing_key, "signing key"), (row.secret, "secret")]
    if not sealed:
        found.wrong("the server has no keys of its own; it was never started")
    devices = tables.devices.c
    for row in await connection.execute(select(devices.id, devices.seed, devices.state)):
        if row.seed is not None:
            sealed.append((row.seed, seed_purpose(row.id)))
        elif row.state != "revoked":
            found.wrong(f"device {row.id} has no seed")
    changes = await signing_keys.all_changes(connection)
    sealed += [(row.private_key, signing_keys.NEXT_PURPOSE) for row in changes if row.private_key]
    links = tables.enrolments.c
    for row in await connection.execute(select(links.id, links.link_key)):
        if row.link_key is not None:
            sealed.append((row.link_key, f"link key of {row.id}"))
    opened = 0
    for secret, purpose in sealed:
        try:
            seal.open(secret, purpose)
            opened += 1
        except CannotStart:
            found.wrong(f"the sealing key does not open the {purpose}")
    await _check_changes(connection, seal, changes, found)
    found.lines.append(f"The sealing key opens {opened} of {len(sealed)} secrets.")


async def _check_changes(
    connection: AsyncConnection, seal: Seal, changes: list[Row[Any]], found: Found
) -> None:
    """See that apps can follow from the first key to the one that signs."""
    try:
        keys = await signing_keys.read(connection, seal, 0.0)
        wrong = signing_keys.broken_link(changes, keys.current) if keys and changes else ""
    except CannotStart:
        return  # said already
    except ProtocolError as error:
        wrong = f"a change of the server's key is not proved: {error.reason}"
    if wrong:
        found.wrong(wrong)
