"""The running server as one value that is passed down: settings, clock, database, keys, wake-ups."""

import secrets
from dataclasses import dataclass, field
from typing import Self

from sqlalchemy import insert, select

from watchword.clock import Clock
from watchword.protocol.encoding import sha256, to_base64url
from watchword.protocol.signing import SigningKey
from watchword_server.errors import CannotStart
from watchword_server.metrics import Metrics
from watchword_server.passwords import Passwords
from watchword_server.settings import Settings
from watchword_server.store import tables
from watchword_server.store.database import Database, Notices
from watchword_server.store.postgresql import PostgresqlDatabase
from watchword_server.store.seal import Seal
from watchword_server.store.sqlite import SqliteDatabase
from watchword_server.wakeups import Wakeups

SEAL_FILE = "seal.key"
DATABASE_FILE = "server.sqlite3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything a page or an API answer needs."""

    settings: Settings
    clock: Clock
    database: Database
    seal: Seal
    signing_key: SigningKey  # S of docs/protocol.md
    secret: bytes = field(repr=False)  # keys nonces, cookies and forms
    passwords: Passwords
    wakeups: Wakeups = field(default_factory=Wakeups)
    metrics: Metrics = field(default_factory=Metrics)
    notices: Notices | None = None  # to other processes

    @property
    def fingerprint(self) -> bytes:
        """F of docs/protocol.md."""
        return sha256(self.signing_key.public)

    @property
    def origin(self) -> str:
        """What browsers and devices call this server."""
        return str(self.settings.origin)

    @property
    def where(self) -> str:
        """Where everything is kept, for people."""
        kept = f"data in {self.settings.data}"
        return f"{kept}, {self.database.name}" if self.settings.database else kept

    def now(self) -> float:
        """Return Unix seconds."""
        return self.clock.now()

    @classmethod
    async def open(cls, settings: Settings, clock: Clock) -> Self:
        """Open the data directory, making on first use what is missing. Raises CannotStart."""
        make_folder(settings)
        database = database_of(settings)
        try:
            await database.prepare()
            seal, signing_key, secret = await keys_of(settings, database, clock.now())
        except BaseException:
            await database.close()
            raise
        wakeups = Wakeups()
        notices = database.notices(wakeups.heard)
        if notices is not None:
            wakeups.tell_others = notices.send
        return cls(
            settings=settings,
            clock=clock,
            database=database,
            seal=seal,
            signing_key=signing_key,
            secret=secret,
            passwords=Passwords(settings.password_memory, settings.password_passes),
            wakeups=wakeups,
            notices=notices,
        )

    async def close(self) -> None:
        """Let waiters go and close the database."""
        self.wakeups.close()
        await self.database.close()


def database_of(settings: Settings) -> Database:
    """Return the database that the settings name; nothing is opened yet. Raises CannotStart."""
    if not settings.database:
        return SqliteDatabase(settings.data / DATABASE_FILE)
    if settings.database.startswith(("postgresql://", "postgres://")):
        return PostgresqlDatabase(settings.database)
    raise CannotStart(
        "The database cannot be used",
        "Its address is not one of PostgreSQL.",
        "Write --database postgresql://USER@HOST/NAME, or leave it out for SQLite.",
    )


def make_folder(settings: Settings) -> None:
    """Make the data directory if there is none. Raises CannotStart."""
    data = settings.data
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not settings.database and not (data / DATABASE_FILE).exists():
            # SQLite would make it readable for everybody. An empty file is an empty database.
            (data / DATABASE_FILE).touch(0o600)
    except OSError as error:
        raise CannotStart(
            "The data directory cannot be used",
            f"{data}: {error.strerror}.",
            "Choose another with --data, or mend its permissions.",
        ) from error


async def keys_of(
    settings: Settings, database: Database, now: float
) -> tuple[Seal, SigningKey, bytes]:
    """Return the sealing key and the server's own keys, drawn at the first start."""
    file = settings.data / SEAL_FILE
    async with database.write("server") as connection:
        row = (await connection.execute(select(tables.server))).first()
        try:
            seal = Seal.from_file(file, create=row is None)
        except OSError as error:
            raise CannotStart(
                "The sealing key cannot be made",
                f"{file}: {error.strerror}.",
                "Choose another --data, or mend its permissions.",
            ) from error
        if row is not None:
            key = SigningKey(seal.open(row.signing_key, "signing key"))
            return seal, key, seal.open(row.secret, "secret")
        key, secret = SigningKey.generate(), secrets.token_bytes(32)
        await connection.execute(
            insert(tables.server).values(
                id=1,
                signing_key=seal.close(key.private, "signing key"),
                secret=seal.close(secret, "secret"),
                created=now,
            )
        )
        return seal, key, secret


def new_id() -> str:
    """Return a fresh id of the protocol: 128 random bits, 22 characters."""
    return to_base64url(secrets.token_bytes(16))
