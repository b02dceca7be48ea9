"""The first schema, as it was before there were migrations."""

from alembic import op
from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

revision = "0001"
down_revision = None

metadata = MetaData()


def _id(name: str = "id") -> Column[str]:
    return Column(name, String(64), primary_key=True)


def _of(table: str, name: str) -> Column[str]:
    key = ForeignKey(f"{table}.id", ondelete="CASCADE")
    return Column(name, String(64), key, nullable=False, index=True)


Table(
    "server",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("schema", Integer, nullable=False),
    Column("signing_key", LargeBinary, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("created", Float, nullable=False),
)

Table(
    "users",
    metadata,
    _id(),
    Column("name", String(128), nullable=False),
    Column("name_key", String(256), nullable=False, unique=True),
    Column("password_hash", String(256), nullable=False),
    Column("disabled", Integer, nullable=False, server_default=text("0")),
    Column("wrong_matches", Integer, nullable=False, server_default="0"),
    Column("created", Float, nullable=False),
)

Table(
    "sessions",
    metadata,
    _id(),
    _of("users", "user_id"),
    Column("stage", String(8), nullable=False),
    Column("created", Float, nullable=False),
    Column("expires", Float, nullable=False),
    Column("password_at", Float, nullable=False),
    Column("factor_at", Float),
)

Table(
    "devices",
    metadata,
    _id(),
    _of("users", "user_id"),
    Column("keyid", String(43), nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("name", String(64), nullable=False),
    Column("platform", String(64), nullable=False),
    Column("state", String(8), nullable=False),
    Column("seed", LargeBinary),
    Column("last_step", Integer, nullable=False, server_default="0"),
    Column("created", Float, nullable=False),
    Column("seen", Float),
    Column("revoked_at", Float),
    Column("reason", String(16)),
)

Table(
    "enrolments",
    metadata,
    _id(),
    _of("users", "user_id"),
    Column("session_id", String(64), nullable=False, index=True),
    Column("state", String(10), nullable=False),
    Column("link_key", LargeBinary),
    Column("created", Float, nullable=False),
    Column("expires", Float, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("offer", LargeBinary),
    Column("nonce2", LargeBinary),
    Column("device_id", String(64)),
    Column("keyid", String(43)),
    Column("sealed", LargeBinary),
    Column("package_hash", LargeBinary),
    Column("confirmed_at", Float),
)

Table(
    "logins",
    metadata,
    _id(),
    _of("users", "user_id"),
    Column("session_id", String(64), nullable=False, index=True),
    Column("state", String(10), nullable=False),
    Column("pushed", Integer, nullable=False),
    Column("known", Integer, nullable=False),
    Column("match", String(8), nullable=False),
    Column("code", String(8), nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("created", Float, nullable=False),
    Column("expires", Float, nullable=False),
    Column("decided", String(8)),
    Column("decided_by", String(64)),
    Column("decided_at", Float),
    Column("became", String(64)),
    Column("ip", String(64), nullable=False),
    Column("user_agent", String(128), nullable=False),
    Index("logins_of_user", "user_id", "created"),
)

Table(
    "requests",
    metadata,
    _id(),
    _of("logins", "login_id"),
    _of("devices", "device_id"),
    Column("body", LargeBinary, nullable=False),
    Column("sig", LargeBinary, nullable=False),
    Column("expires", Float, nullable=False),
    Column("decision", LargeBinary),
    Column("decided", String(8)),
)

Table(
    "answers",
    metadata,
    Column("decision", LargeBinary, primary_key=True),
    _of("requests", "request_id"),
    Column("result", String(20), nullable=False),
    Column("decided", String(8), nullable=False),
    Column("decided_by", String(64), nullable=False),
    Column("tries_left", Integer, nullable=False),
)

Table(
    "nonces",
    metadata,
    Column("keyid", String(43), primary_key=True),
    Column("nonce", String(64), primary_key=True),
    Column("expires", Float, nullable=False, index=True),
)

Table(
    "backup_codes",
    metadata,
    Column("number", Integer, primary_key=True),
    _of("users", "user_id"),
    Column("hash", LargeBinary, nullable=False),
    Column("used_at", Float),
    UniqueConstraint("user_id", "hash"),
)

Table(
    "attempts",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("subject", String(200), nullable=False),
    Column("at", Float, nullable=False),
    Index("attempts_of_subject", "subject", "at"),
)

Table(
    "events",
    metadata,
    Column("number", Integer, primary_key=True),
    _of("users", "user_id"),
    Column("at", Float, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("device", String(64), nullable=False, server_default=""),
    Column("user_agent", String(128), nullable=False, server_default=""),
    Column("ip", String(64), nullable=False, server_default=""),
)


def upgrade() -> None:
    """Make the tables."""
    metadata.create_all(op.get_bind())
