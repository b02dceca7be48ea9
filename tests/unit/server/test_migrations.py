"""Older databases become today's, on both kinds; what cannot is refused, with nothing changed."""

import hashlib
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from fake_clock import FakeClock
from postgres import cluster
from programs import SERVER
from served import Device, Served, new_portal, reopened
from sqlalchemy import Connection, MetaData, create_engine

from watchword.protocol import messages as m
from watchword.protocol import signing
from watchword.protocol.encoding import from_base64url
from watchword_server.store import migrating
from watchword_server.store.postgresql import PostgresqlDatabase
from watchword_server.store.sqlite import SqliteDatabase
from watchword_server.store.tables import metadata

SAMPLE = Path(__file__).parents[2] / "samples" / "server-1"
KNOWN: dict[str, Any] = json.loads((SAMPLE / "expected.json").read_text("utf-8"))


def rows_of(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of a SQLite file, whatever its schema."""
    engine = create_engine(f"sqlite:///{path}")
    found = MetaData()
    with engine.connect() as connection:
        found.reflect(connection)
        rows = {
            table.name: [dict(row) for row in connection.execute(table.select()).mappings()]
            for table in found.sorted_tables
        }
    engine.dispose()
    return rows


def put_rows(connection: Connection, rows: dict[str, list[dict[str, Any]]]) -> None:
    found = MetaData()
    found.reflect(connection)
    for name, some in rows.items():
        if some:
            connection.execute(found.tables[name].insert(), some)
    for name in ("backup_codes", "attempts", "events"):
        connection.exec_driver_sql(
            f"SELECT setval('{name}_number_seq', (SELECT max(number) FROM {name}))"
        )


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """The first version's data, in a folder or in PostgreSQL: (data, --database)."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(SAMPLE / "seal.key", data)
    if request.param == "sqlite":
        shutil.copy(SAMPLE / "server.sqlite3", data)
        yield data, ""
        return
    url = cluster().new_database("template1")

    async def fill() -> None:
        database = PostgresqlDatabase(url)
        async with database.write() as connection:
            await connection.run_sync(migrating.upgrade, migrating.FIRST)
            await connection.run_sync(put_rows, rows_of(SAMPLE / "server.sqlite3"))
        await database.close()

    with new_portal() as portal:
        portal.call(fill)
    yield data, url
    cluster().drop(url)


def migrate(data: Path, database: str) -> subprocess.CompletedProcess[str]:
    return run(data, database, "migrate")


def run(data: Path, database: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SERVER, "--data", data, "--database", database, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def the_device(served: Served) -> Device:
    """The device that was enrolled then, from what it has kept."""
    package = m.EnrolPackage(
        e="A" * 22,
        device_id=KNOWN["device_id"],
        account=KNOWN["account"],
        user=KNOWN["user"],
        service="Kalos Club",
        seed=from_base64url(KNOWN["seed"]),
        algorithm="SHA1",
        digits=6,
        period=30,
        backup_codes=(),
        match=m.MatchPolicy.TYPE4,
        activation=m.Activation.UNLOCKED,
    )
    key = signing.SigningKey(from_base64url(KNOWN["device_key"]))
    return Device.kept(served, key, from_base64url(KNOWN["server_key"]), package)


def test_the_sample_is_the_one_that_was_written_then() -> None:
    digest = hashlib.sha256((SAMPLE / "server.sqlite3").read_bytes()).hexdigest()
    assert digest == "61dce2a3c584b283e760f7a5d08a3531c723a6000032abaa22bb06649c4e1946"


def test_everything_of_the_first_version_goes_on(old: tuple[Path, str]) -> None:
    data, database = old
    done = migrate(data, database)
    assert done.stdout == f"The schema is {migrating.newest()} now; it was 0001.\n", done.stderr
    assert migrate(data, database).stdout.startswith("Nothing to do")
    assert "The sealing key opens 3 of 3 secrets." in run(data, database, "check").stdout
    clock = FakeClock(KNOWN["now"] + 5)
    with reopened(data, database, clock) as served:
        for name, count in KNOWN["rows"].items():
            assert len(served.rows(name)) == count
        # The login that was open then is approved by the device that was enrolled then.
        device = the_device(served)
        (request,) = device.poll()
        assert request.id == KNOWN["open_request"]
        browser = served.browser()
        browser.client.cookies.set("watchword-session", KNOWN["waiting_session"])
        assert device.decide(request, "approve", KNOWN["match_code"]).result == "approved"
        browser.finish()
        assert "You are inside" in browser.text
        # Whoever was in is in, and new rows find room after the old ones.
        other = served.browser()
        other.client.cookies.set("watchword-session", KNOWN["signed_in_session"])
        other.get("/security")
        assert "Ana’s desktop" in other.text
        for code, inside in (
            (KNOWN["used_backup_code"], False),
            (KNOWN["backup_codes"][1], True),
            (device.otp(clock.now() + 30), True),
        ):
            browser = served.browser()
            browser.sign_in(KNOWN["user"], KNOWN["password"])
            kind = "backup-code" if "-" in code else "code"
            browser.post(f"/sign-in/{kind}", {"code": code})
            assert ("You are inside" in browser.text) is inside


def test_sqlite_keeps_a_copy_of_what_was_before(tmp_path: Path) -> None:
    shutil.copytree(SAMPLE, tmp_path / "data")
    assert run(tmp_path / "data", "", "user", "list").stdout.startswith(KNOWN["user"])
    (copy,) = (tmp_path / "data").glob("server-before-*")
    assert copy.name == f"server-before-{migrating.newest()}-was-0001.sqlite3"
    assert rows_of(copy) == rows_of(SAMPLE / "server.sqlite3")
    assert copy.stat().st_mode & 0o777 == 0o600
    assert not list((tmp_path / "data").glob("*.unfinished"))


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    shutil.copytree(SAMPLE, tmp_path / "data")
    path = tmp_path / "data" / "server.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        # An index of that name stands in the way of the second migration's last step but one.
        connection.execute("CREATE INDEX ix_attempts_at ON attempts (at)")
    before = rows_of(path)
    done = run(tmp_path / "data", "")
    assert done.returncode == 1
    assert "The database cannot be opened" in done.stderr
    assert rows_of(path) == before


def test_postgresql_that_was_not_migrated_is_refused(tmp_path: Path) -> None:
    url = cluster().new_database("template1")
    done = run(tmp_path / "data", url)
    assert (done.returncode, "run: watchword-server migrate" in done.stderr) == (1, True)
    assert run(tmp_path / "data", url, "migrate").returncode == 0
    assert run(tmp_path / "data", url, "user", "list").returncode == 0
    cluster().drop(url)


@pytest.mark.parametrize(
    "url", ["postgresql://nobody@127.0.0.1:1/x", "mysql://x", "postgresql://"]
)
def test_a_database_that_is_not_there_is_said(tmp_path: Path, url: str) -> None:
    done = run(tmp_path / "data", url)
    assert done.returncode == 1
    assert "database" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_newer_schema_is_refused(database: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert migrate(data, database).returncode == 0
    if database:
        name = database.partition("@/")[2].partition("?")[0]
        cluster().execute("UPDATE alembic_version SET version_num = '9999'", name)
    else:
        with closing(sqlite3.connect(data / "server.sqlite3")) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
            connection.commit()
    for arguments in ((), ("migrate",), ("check",)):
        done = run(data, database, *arguments)
        assert (done.returncode, "newer version" in done.stderr) == (1, True)


def test_the_migrations_make_what_tables_py_says(database: str, tmp_path: Path) -> None:
    def differences(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async def compare() -> list[Any]:
        one = PostgresqlDatabase(database) if database else SqliteDatabase(tmp_path / "one")
        await one.migrate()
        async with one.read() as connection:
            found = await connection.run_sync(differences)
        await one.close()
        return found

    with new_portal() as portal:
        assert portal.call(compare) == []
