"""A real PostgreSQL for the tests: a cluster of our own in a temporary folder, one per process."""

import asyncio
import atexit
import functools
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from watchword_server.store.postgresql import PostgresqlDatabase

UNPRIVILEGED = ("postgres", "nobody")
TEMPLATE = "empty_server"


def programs() -> Path | None:
    """Where initdb is; Debian keeps it off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@dataclass
class Cluster:
    folder: Path
    bin: Path
    user: str | None  # whom it runs as: initdb refuses root
    durable: bool = False  # against a power cut, which no test makes
    numbers: Any = field(default_factory=itertools.count)

    def run(self, program: str, *arguments: str) -> None:
        with (self.folder / "output").open("ab") as output:  # postgres would keep a pipe open
            done = subprocess.run(
                [self.bin / program, *arguments],
                user=self.user,
                extra_groups=[] if self.user else None,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        assert done.returncode == 0, (self.folder / "output").read_text()[-4000:]

    def start(self) -> None:
        options = (
            f"-k {self.folder} -c listen_addresses= -c max_connections=120 "
            f"-c fsync={'on' if self.durable else 'off'} "
            "-c shared_buffers=32MB -c log_min_messages=fatal"
        )
        self.run(
            "pg_ctl", "-D", str(self.folder / "data"), "-w", "-t", "60",
            "-l", str(self.folder / "log"), "-o", options, "start",
        )  # fmt: skip

    def stop(self, mode: str = "fast") -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", mode, "stop")

    def url(self, name: str) -> str:
        return f"postgresql://watchword@/{name}?host={self.folder}"

    def new_database(self, template: str = TEMPLATE) -> str:
        """Return the URL of a new database, with today's schema unless another template is named."""
        name = f"server_{next(self.numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return self.url(name)

    def drop(self, url: str) -> None:
        name = url.partition("@/")[2].partition("?")[0]
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str, name: str = "postgres") -> None:
        async def work() -> None:
            connection = await asyncpg.connect(self.url(name))
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        asyncio.run(work())

    def make_template(self) -> None:
        self.execute(f"CREATE DATABASE {TEMPLATE}")

        async def work() -> None:
            database = PostgresqlDatabase(self.url(TEMPLATE))
            await database.migrate()
            await database.close()

        asyncio.run(work())


def new_cluster(*, durable: bool = False) -> Cluster:
    """Make and start a cluster; whoever asks must stop it."""
    where = programs()
    assert where is not None
    folder = Path(tempfile.mkdtemp(prefix="watchword-pg-"))
    user = None
    if os.geteuid() == 0:
        names = {entry.pw_name for entry in pwd.getpwall()}
        user = next(name for name in UNPRIVILEGED if name in names)
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    one = Cluster(folder, where, user, durable)
    one.run(
        "initdb", "-D", str(folder / "data"), "-U", "watchword", "-A", "trust", "-E", "UTF8",
        "--locale=C", "--no-sync", "--no-instructions",
    )  # fmt: skip
    one.start()
    return one


@functools.cache
def cluster() -> Cluster:
    """The cluster of this test process, started when first asked for; or skip, saying why."""
    if programs() is None:
        reason = "PostgreSQL is not installed: apt-get install postgresql"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    one = new_cluster()

    def stop() -> None:
        one.stop("immediate")
        shutil.rmtree(one.folder)

    atexit.register(stop)
    one.make_template()
    return one
