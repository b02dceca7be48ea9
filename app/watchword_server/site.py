"""The running server as one value that is passed down: settings, clock, database, keys, wake-ups."""

import logging
import secrets
from dataclasses import dataclass, field
from typing import Self

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword.clock import Clock
from watchword.protocol.encoding import sha256, to_base64url
from watchword.protocol.signing import SigningKey
from watchword_server import signing_keys
from watchword_server.errors import CannotStart
from watchword_server.metrics import Metrics
from watchword_server.passwords import Passwords
from watchword_server.places import Places
from watchword_server.settings import Settings
from watchword_server.signing_keys import SigningKeys
from watchword_server.store import tables
from watchword_server.store.database import Database, Notices
from watchword_server.store.postgresql import PostgresqlDatabase
from watchword_server.store.seal import Seal
from watchword_server.store.sqlite import SqliteDatabase
from watchword_server.wakeups import Wakeups

_logger = logging.getLogger(__name__)
SEAL_FILE = "seal.key"
DATABASE_FILE = "server.sqlite3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything a page or an API answer needs."""

    settings: Settings
    clock: Clock
    database: Database
    seal: Seal
    keys: SigningKeys  # S of docs/protocol.md, and what follows it
    secret: bytes = field(repr=False)  # keys nonces, cookies and forms
    passwords: Passwords
    places: Places
    wakeups: Wakeups = field(default_factory=Wakeups)
    metrics: Metrics = field(default_factory=Metrics)
    notices: Notices | None = None  # to other processes
    seen: dict[str, float] = field(default_factory=dict)  # devices, not written down yet

    @property
    def signing_key(self) -> SigningKey:
        """The key that signs at this moment."""
        return self.keys.at(self.now())

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

    def time(self) -> int:
        """Return the time that a signed answer says it is."""
        return self.keys.time_at(self.now())

    async def look_for_keys(self) -> None:
        """See whether a change of the key is announced, and carry out one whose time has come."""
        async with self.database.read() as connection:
            await self._read_keys(connection)
        if self.keys.is_due(self.now()):
            async with self.database.write("server") as connection:
                await signing_keys.take_over(connection, self.seal, self.keys, self.now())
                await self._read_keys(connection)
            _logger.warning(
                "signs with the key %s", signing_keys.fingerprint_text(self.signing_key.public)
            )

    async def _read_keys(self, connection: AsyncConnection) -> None:
        ahead = await self.database.ahead(connection, self.now())
        found = await signing_keys.read(connection, self.seal, ahead)
        if found is not None:
            self.keys.learn(found)

    @classmethod
    async def open(cls, settings: Settings, clock: Clock) -> Self:
        """Open the data directory, making on first use what is missing. Raises CannotStart."""
        make_folder(settings)
        places = Places(settings.places)
        database = database_of(settings)
        try:
            await database.prepare()
            seal, keys, secret = await keys_of(settings, database, clock.now())
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
            keys=keys,
            secret=secret,
            passwords=Passwords(settings.password_memory, settings.password_passes),
            places=places,
            wakeups=wakeups,
            notices=notices,
        )

    async def close(self) -> None:
        """Let waiters go and close the database."""
        self.wakeups.close()
        self.places.close()
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
) -> tuple[Seal, SigningKeys, bytes]:
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
            ahead = await database.ahead(connection, now)
            keys = await signing_keys.read(connection, seal, ahead)
            assert keys is not None  # noqa: S101 - there is a row
            return seal, keys, seal.open(row.secret, "secret")
        key, secret = SigningKey.generate(), secrets.token_bytes(32)
        await connection.execute(
            insert(tables.server).values(
                id=1,
                signing_key=seal.close(key.private, signing_keys.PURPOSE),
                secret=seal.close(secret, "secret"),
                created=now,
            )
        )
        return seal, SigningKeys(key, 0.0), secret


def new_id() -> str:
    """Return a fresh id of the protocol: 128 random bits, 22 characters."""
    return to_base64url(secrets.token_bytes(16))
