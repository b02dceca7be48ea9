"""Which schema a database has, and how it gets today's: by Alembic, all in one transaction."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from watchword_server.errors import CannotStart

FOLDER = Path(__file__).parent / "migrations"
FIRST = "0001"  # what databases have that were made before there were migrations


def newest() -> str:
    """Return the schema this program works with."""
    return str(ScriptDirectory(str(FOLDER)).get_current_head())


def schema_of(connection: Connection) -> str | None:
    """Return which schema the database has; None: it is empty."""
    schema = MigrationContext.configure(connection).get_current_revision()
    if schema is None and inspect(connection).has_table("server"):
        return FIRST
    return schema


def is_up_to_date(connection: Connection) -> bool:
    """Whether nothing need be done; raise CannotStart if a newer program has been here."""
    schema = schema_of(connection)
    known = [script.revision for script in ScriptDirectory(str(FOLDER)).walk_revisions()]
    if schema is not None and schema not in known:
        raise CannotStart(
            "The database belongs to a newer version",
            f"Its schema is {schema}; this program knows schemas up to {newest()}.",
            "Start the version of watchword-server that wrote it, or a newer one.",
        )
    return schema == newest()


def must_be_up_to_date(connection: Connection) -> None:
    """Raise CannotStart unless the schema is today's."""
    if is_up_to_date(connection):
        return
    schema = schema_of(connection)
    raise CannotStart(
        "The database is not prepared for this version",
        f"Its schema is {schema}; this program works with {newest()}."
        if schema
        else "It is empty.",
        "Stop all server processes, make a backup, then run: watchword-server migrate "
        "(with the same --data and --database)",
    )


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the database to a schema, in the transaction that the connection is in."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    if schema_of(connection) == FIRST:
        command.stamp(config, FIRST)
    command.upgrade(config, to)
