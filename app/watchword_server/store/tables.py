"""The tables. Times are Unix seconds; ids are the protocol's 22 characters; names say the rest.

A change here needs a migration in migrations/versions; a test compares the two.
"""

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

metadata = MetaData()


def _id(name: str = "id") -> Column[str]:
    return Column(name, String(64), primary_key=True)


def _of(table: str, name: str) -> Column[str]:
    key = ForeignKey(f"{table}.id", ondelete="CASCADE")
    return Column(name, String(64), key, nullable=False, index=True)


# One row: the server's own keys, sealed.
server = Table(
    "server",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("signing_key", LargeBinary, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("created", Float, nullable=False),
)

users = Table(
    "users",
    metadata,
    _id(),
    Column("name", String(128), nullable=False),
    Column("name_key", String(256), nullable=False, unique=True),  # NFKC, case folded
    Column("password_hash", String(256), nullable=False),
    Column("disabled", Integer, nullable=False, server_default=text("0")),
    Column("wrong_matches", Integer, nullable=False, server_default="0"),  # in a row
    Column("created", Float, nullable=False),
    Column("mail", String(254)),  # where changes are told, if the operator gave an address
    Column("language", String(8)),  # of the pages this user last signed in on
)

# Browser sessions; `id` is the hash of what the cookie says.
sessions = Table(
    "sessions",
    metadata,
    _id(),
    _of("users", "user_id"),
    Column("stage", String(8), nullable=False),  # "waiting" for a second factor, or "in"
    Column("created", Float, nullable=False),
    Column("expires", Float, nullable=False, index=True),
    Column("password_at", Float, nullable=False),
    Column("factor_at", Float),
    Column("ip", String(64), nullable=False, server_default=""),
    Column("user_agent", String(128), nullable=False, server_default=""),
)

devices = Table(
    "devices",
    metadata,
    _id(),
    _of("users", "user_id"),
    Column("keyid", String(43), nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("name", String(64), nullable=False),
    Column("platform", String(64), nullable=False),
    Column("state", String(8), nullable=False),  # "pending", "active" or "revoked"
    Column("seed", LargeBinary),  # sealed; none after revocation
    Column("last_step", Integer, nullable=False, server_default="0"),  # of its one-time codes
    Column("created", Float, nullable=False),
    Column("seen", Float),
    Column("revoked_at", Float),
    Column("reason", String(16)),
)

enrolments = Table(
    "enrolments",
    metadata,
    _id(),
    _of("users", "user_id"),
    Column("session_id", String(64), nullable=False, index=True),
    # "open" → "offered" → "confirmed" → "done"; or "refused" by No, "burnt" by wrong codes
    Column("state", String(10), nullable=False),
    Column("link_key", LargeBinary),  # sealed; deleted on use
    Column("created", Float, nullable=False),
    Column("expires", Float, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("offer", LargeBinary),  # T's bytes
    Column("nonce2", LargeBinary),
    Column("device_id", String(64)),
    Column("keyid", String(43)),
    Column("sealed", LargeBinary),  # the package, for the device only
    Column("package_hash", LargeBinary),
    Column("confirmed_at", Float),
)

logins = Table(
    "logins",
    metadata,
    _id(),
    _of("users", "user_id"),
    Column("session_id", String(64), nullable=False, index=True),
    # "open" → "approved", or by the link "awaiting" its browser, → "redeemed"; or "denied",
    # "burnt", "withdrawn"
    Column("state", String(10), nullable=False),
    Column("pushed", Integer, nullable=False),  # whether devices were asked
    Column("known", Integer, nullable=False),  # a browser that signed in before
    Column("match", String(8), nullable=False),
    Column("code", String(8), nullable=False),
    Column("handoff", LargeBinary),  # what the link on the waiting page carries
    Column("ticket", LargeBinary, index=True),  # what lets the browser in that is awaited
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("created", Float, nullable=False, index=True),
    Column("expires", Float, nullable=False),
    Column("decided", String(8)),  # "approve", "deny", "not_me", "code"
    Column("decided_by", String(64)),  # a device's name
    Column("decided_at", Float),
    Column("became", String(64)),  # the session it was redeemed into
    Column("ip", String(64), nullable=False),
    Column("user_agent", String(128), nullable=False),
    # Of a login at another service's page; `session_id` is then what it says its browser has.
    Column("service_id", String(64)),
    Column("service", String(128), nullable=False, server_default=""),  # its name
    Column("attempt", String(64)),  # its idempotency key
    Index("logins_of_user", "user_id", "created"),
    Index("logins_of_attempt", "service_id", "attempt", unique=True),
)

requests = Table(
    "requests",
    metadata,
    _id(),
    _of("logins", "login_id"),
    _of("devices", "device_id"),
    Column("body", LargeBinary, nullable=False),  # R's exact bytes; signed whenever they are sent
    Column("expires", Float, nullable=False),
    Column("decision", LargeBinary),  # hash of the decision that was first
    Column("decided", String(8)),
)

# Each decision that was received, so that the same bytes get the same result.
answers = Table(
    "answers",
    metadata,
    Column("decision", LargeBinary, primary_key=True),
    _of("requests", "request_id"),
    Column("result", String(20), nullable=False),
    Column("decided", String(8), nullable=False),
    Column("decided_by", String(64), nullable=False),
    Column("tries_left", Integer, nullable=False),
)

nonces = Table(
    "nonces",
    metadata,
    Column("keyid", String(43), primary_key=True),
    Column("nonce", String(64), primary_key=True),
    Column("expires", Float, nullable=False, index=True),
)

backup_codes = Table(
    "backup_codes",
    metadata,
    Column("number", Integer, primary_key=True),
    _of("users", "user_id"),
    Column("hash", LargeBinary, nullable=False),
    Column("used_at", Float),
    UniqueConstraint("user_id", "hash"),
)

# What is counted to slow an attacker down.
attempts = Table(
    "attempts",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("subject", String(200), nullable=False),
    Column("at", Float, nullable=False, index=True),
    Index("attempts_of_subject", "subject", "at"),
)

# Recent activity, as the security page tells it.
events = Table(
    "events",
    metadata,
    Column("number", Integer, primary_key=True),
    _of("users", "user_id"),
    Column("at", Float, nullable=False, index=True),
    Column("kind", String(24), nullable=False),
    Column("device", String(64), nullable=False, server_default=""),
    Column("user_agent", String(128), nullable=False, server_default=""),
    Column("ip", String(64), nullable=False, server_default=""),
    Column("seen_at", Float),  # an alarm: when its owner said so
    Column("mail_due", Float, index=True),  # when telling it by mail is tried next; none: never
    # The name of the service at whose page it was, which reported browser and address.
    Column("service", String(128), nullable=False, server_default=""),
)

# Links to a new password, sent by mail; `id` is the hash of what the link says.
resets = Table(
    "resets",
    metadata,
    _id(),
    _of("users", "user_id"),
    Column("expires", Float, nullable=False),
)

# The server's changes of its own key, docs/protocol.md §11; none is ever deleted.
key_changes = Table(
    "key_changes",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("not_before", Float, nullable=False),  # by the database's clock
    Column("signed", LargeBinary, nullable=False),
    Column("sig", LargeBinary, nullable=False),
    Column("sig_new", LargeBinary, nullable=False),
    Column("private_key", LargeBinary),  # of the new key, sealed; none once it is the server's
    Column("announced", Float, nullable=False),
    Column("announced_by", String(128), nullable=False),
)

# Keys that a device has given up for another one, docs/protocol.md §12.
replaced_keys = Table(
    "replaced_keys",
    metadata,
    Column("keyid", String(43), primary_key=True),
    _of("devices", "device_id"),
    Column("public_key", LargeBinary, nullable=False),
    Column("message", LargeBinary, nullable=False),  # hash of the message that replaced it
    Column("replaced", Float, nullable=False),
)

# Other services that may ask for people's approval. They are disabled, never deleted.
services = Table(
    "services",
    metadata,
    _id(),
    Column("name", String(128), nullable=False),
    Column("name_key", String(256), nullable=False, unique=True),  # NFKC, case folded
    Column("home", String(300), nullable=False, server_default=""),  # its origin, for a link
    Column("disabled", Integer, nullable=False, server_default=text("0")),
    Column("created", Float, nullable=False),
)

service_keys = Table(
    "service_keys",
    metadata,
    _id(),
    _of("services", "service_id"),
    Column("hash", LargeBinary, nullable=False),
    Column("scopes", String(64), nullable=False),  # "codes logins"
    Column("created", Float, nullable=False),
)

# Who has allowed which service what.
allowed_services = Table(
    "allowed_services",
    metadata,
    Column(
        "service_id", String(64), ForeignKey("services.id", ondelete="CASCADE"), primary_key=True
    ),
    Column(
        "user_id",
        String(64),
        ForeignKey("users.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    ),
    Column("scopes", String(64), nullable=False),
    Column("allowed_at", Float, nullable=False),
)

# The key by which a device asks how many requests wait, while its vault is locked.
hint_keys = Table(
    "hint_keys",
    metadata,
    Column(
        "device_id",
        String(64),
        ForeignKey("devices.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("keyid", String(43), nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
)

# Consents to "sign in from this computer"; `id` is the hash of the code that was handed out.
authorisations = Table(
    "authorisations",
    metadata,
    _id(),
    _of("enrolments", "enrolment_id"),
    Column("challenge", String(43), nullable=False),
    Column("redirect_uri", String(32), nullable=False),
    Column("device_name", String(64), nullable=False),
    Column("expires", Float, nullable=False),
    Column("uses", Integer, nullable=False, server_default="0"),
)
