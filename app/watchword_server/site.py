"""The running server as one value that is passed down: settings, clock, database, keys, wake-ups."""

import secrets
from dataclasses import dataclass, field
from typing import Self

from sqlalchemy import insert, select

from watchword.clock import Clock
from watchword.protocol.encoding import sha256, to_base64url
from watchword.protocol.signing import SigningKey
from watchword_server.errors import CannotStart
from watchword_server.passwords import Passwords
from watchword_server.settings import Settings
from watchword_server.store import tables
from watchword_server.store.database import Database
from watchword_server.store.seal import Seal
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

    @property
    def fingerprint(self) -> bytes:
        """F of docs/protocol.md."""
        return sha256(self.signing_key.public)

    @property
    def origin(self) -> str:
        """What browsers and devices call this server."""
        return str(self.settings.origin)

    def now(self) -> float:
        """Return Unix seconds."""
        return self.clock.now()

    @classmethod
    async def open(cls, settings: Settings, clock: Clock) -> Self:
        """Open the data directory, making on first use what is missing. Raises CannotStart."""
        data = settings.data
        try:
            data.mkdir(mode=0o700, parents=True, exist_ok=True)
            is_new = not (data / DATABASE_FILE).exists()
            seal = Seal.from_file(data / SEAL_FILE, create=is_new)
        except OSError as error:
            raise CannotStart(
                "The data directory cannot be used",
                f"{data}: {error.strerror}.",
                "Choose another with --data, or mend its permissions.",
            ) from error
        database = Database(data / DATABASE_FILE)
        await database.create()
        (data / DATABASE_FILE).chmod(0o600)
        signing_key, secret = await _keys(database, seal, clock.now())
        return cls(
            settings=settings,
            clock=clock,
            database=database,
            seal=seal,
            signing_key=signing_key,
            secret=secret,
            passwords=Passwords(settings.password_memory, settings.password_passes),
        )

    async def close(self) -> None:
        """Let waiters go and close the database."""
        self.wakeups.close()
        await self.database.close()


async def _keys(database: Database, seal: Seal, now: float) -> tuple[SigningKey, bytes]:
    """Return the server's own keys, drawn at the first start."""
    async with database.write() as connection:
        row = (await connection.execute(select(tables.server))).first()
        if row is not None:
            return (
                SigningKey(seal.open(row.signing_key, "signing key")),
                seal.open(row.secret, "secret"),
            )
        key, secret = SigningKey.generate(), secrets.token_bytes(32)
        await connection.execute(
            insert(tables.server).values(
                id=1,
                schema=tables.SCHEMA,
                signing_key=seal.close(key.private, "signing key"),
                secret=seal.close(secret, "secret"),
                created=now,
            )
        )
        return key, secret


def new_id() -> str:
    """Return a fresh id of the protocol: 128 random bits, 22 characters."""
    return to_base64url(secrets.token_bytes(16))
