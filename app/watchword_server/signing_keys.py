"""S of docs/protocol.md: the key that signs now, and the one that is announced to follow it (§11).

A change is a row with the new key, sealed. Every process reads it well before its time and goes
over to the new key at that moment of the database's clock, without asking anybody. The first
that looks afterwards puts the new private key in the old one's place, which is gone with that.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword.protocol.encoding import sha256
from watchword.protocol.key_changes import CHANGES_LIMIT, countersign, open_countersigned
from watchword.protocol.key_messages import KeyChange
from watchword.protocol.members import Countersigned
from watchword.protocol.signing import SigningKey
from watchword_server.activity import Happened
from watchword_server.errors import Refused
from watchword_server.store.seal import Seal
from watchword_server.store.tables import devices, enrolments, events, key_changes, server, users

LOOK_EVERY = 10.0  # seconds between looks for a change
LEAST_LEAD = 60.0  # seconds from the announcement to its time: every process has looked by then
LONGEST_LEAD = 30 * 86_400.0
PURPOSE = "signing key"
NEXT_PURPOSE = "next signing key"


@dataclass(frozen=True, slots=True)
class NextKey:
    """A key that is announced."""

    key: SigningKey
    seq: int
    not_before: float  # by the database's clock


@dataclass(slots=True)
class SigningKeys:
    """What is known of the keys; `learn` brings it up to date."""

    current: SigningKey
    since: float  # 0: the first key
    following: NextKey | None = None
    ahead: float = 0.0  # seconds the database's clock is ahead of this process's

    def is_due(self, now: float) -> bool:
        """Whether the announced key's time has come."""
        return self.following is not None and now + self.ahead >= self.following.not_before

    def at(self, now: float) -> SigningKey:
        """Return the key that signs."""
        return self.following.key if self.following and self.is_due(now) else self.current

    def time_at(self, now: float) -> int:
        """Return what time an answer says it is: never before the key that signs it.

        The clocks of several processes differ a little, and an app refuses a key before its time.
        """
        since = self.following.not_before if self.following and self.is_due(now) else self.since
        return int(max(now, since))

    def learn(self, newer: "SigningKeys") -> None:
        """Take over what was read again."""
        self.current, self.since = newer.current, newer.since
        self.following, self.ahead = newer.following, newer.ahead


async def read(connection: AsyncConnection, seal: Seal, ahead: float) -> SigningKeys | None:
    """Return the keys as the database has them; None: there are none yet. Raises CannotStart."""
    row = (await connection.execute(select(server.c.signing_key))).first()
    if row is None:
        return None
    current = SigningKey(seal.open(row.signing_key, PURPOSE))
    waiting = await _waiting(connection)
    since = select(func.max(key_changes.c.not_before)).where(key_changes.c.private_key.is_(None))
    following = (
        NextKey(
            SigningKey(seal.open(waiting.private_key, NEXT_PURPOSE)),
            waiting.seq,
            waiting.not_before,
        )
        if waiting is not None
        else None
    )
    return SigningKeys(current, await connection.scalar(since) or 0.0, following, ahead)


async def _waiting(connection: AsyncConnection) -> Row[Any] | None:
    query = select(key_changes).where(key_changes.c.private_key.is_not(None))
    return (await connection.execute(query)).first()


async def announce(
    connection: AsyncConnection, seal: Seal, keys: SigningKeys, *, at: float, now: float, by: str
) -> KeyChange:
    """Make the key that follows at `at` (by the database's clock, as `now`); raise Refused."""
    if keys.following is not None:
        raise Refused(
            "Another change is announced already",
            "A server changes its key once at a time.",
            "Wait until that one has happened: watchword-server key list",
        )
    if not LEAST_LEAD <= at - now <= LONGEST_LEAD:
        raise Refused(
            "The key cannot change then",
            "Every process needs a minute to learn of it; more than 30 days ahead is refused.",
            "Choose another time.",
        )
    last = await connection.scalar(select(func.max(key_changes.c.seq))) or 0
    new = SigningKey.generate()
    change = KeyChange(
        old=keys.current.public,
        new=new.public,
        seq=last + 1,
        not_before=int(max(at, keys.since)),
    )
    twice = countersign(change, keys.current, new)
    await connection.execute(
        insert(key_changes).values(
            seq=change.seq,
            not_before=change.not_before,
            signed=twice.signed,
            sig=twice.sig,
            sig_new=twice.sig_new,
            private_key=seal.close(new.private, NEXT_PURPOSE),
            announced=now,
            announced_by=by,
        )
    )
    return change


async def take_over(
    connection: AsyncConnection, seal: Seal, keys: SigningKeys, now: float
) -> None:
    """Let the announced key, whose time has come, be the server's only one; harmless when repeated.

    Links that are out name the old key: they end. The users' activity says what happened.
    """
    following = keys.following
    if following is None:
        return
    won = await connection.execute(
        update(key_changes)
        .where(key_changes.c.seq == following.seq, key_changes.c.private_key.is_not(None))
        .values(private_key=None)
    )
    if won.rowcount != 1:
        return
    await connection.execute(
        update(server).values(signing_key=seal.close(following.key.private, PURPOSE))
    )
    changed = following.not_before - keys.ahead  # by this process's clock
    await connection.execute(
        update(enrolments)
        .where(
            enrolments.c.state.in_(["open", "offered"]),
            enrolments.c.created < changed,
        )
        .values(expires=changed)
    )
    have_devices = select(devices.c.user_id).where(devices.c.state == "active")
    told = select(users.c.id, literal(now), literal(Happened.KEY_CHANGED.value))
    await connection.execute(
        insert(events).from_select(
            ["user_id", "at", "kind"], told.where(users.c.id.in_(have_devices))
        )
    )


async def published(connection: AsyncConnection) -> list[Countersigned]:
    """Return the changes that apps may ask for, oldest first."""
    query = select(key_changes).order_by(key_changes.c.seq.desc()).limit(CHANGES_LIMIT)
    rows = list(await connection.execute(query))
    return [Countersigned(row.signed, row.sig, row.sig_new) for row in reversed(rows)]


async def all_changes(connection: AsyncConnection) -> list[Row[Any]]:
    """Return every change, oldest first."""
    return list(await connection.execute(select(key_changes).order_by(key_changes.c.seq)))


async def is_ours(connection: AsyncConnection, current: SigningKey, public: bytes) -> bool:
    """Whether this is, was or will be a key of this server, which signs with `current`."""
    changes = [KeyChange.parse(row.signed) for row in await all_changes(connection)]
    return public == current.public or any(
        public in {change.old, change.new} for change in changes
    )


def broken_link(rows: list[Row[Any]], current: SigningKey) -> str:
    """Return what is wrong with the chain that ends at the key that signs; empty: nothing."""
    before: KeyChange | None = None
    for row in rows:
        twice = Countersigned(row.signed, row.sig, row.sig_new)
        old = before.new if before else KeyChange.parse(row.signed).old
        change = open_countersigned(twice, old, KeyChange)
        if change.seq != row.seq or change.not_before != row.not_before:
            return f"change {row.seq} of the server's key says something else than its row"
        if row.private_key is not None and old != current.public:
            return f"change {row.seq} of the server's key begins at another key"
        before = change
    last = [KeyChange.parse(row.signed).new for row in rows if row.private_key is None]
    if last and last[-1] != current.public:
        return "the server's key is not the one its last change led to"
    return ""


def fingerprint_text(public: bytes) -> str:
    """Return F for people: the first 16 hexadecimal digits in groups."""
    digits = sha256(public).hex()[:16]
    return " ".join(digits[at : at + 4] for at in range(0, 16, 4))
