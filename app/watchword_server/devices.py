"""The devices of an account: listed, removed, unlinked by themselves; keys remembered for ever."""

import itertools
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword.plain_text import plain_text
from watchword.protocol.http_signing import key_id
from watchword.protocol.key_messages import Rekey
from watchword.protocol.version import DEVICE_NAME_LIMIT
from watchword_server.activity import Happened, record
from watchword_server.site import Site
from watchword_server.store.questions import Question, Reading
from watchword_server.store.tables import (
    backup_codes,
    devices,
    enrolments,
    hint_keys,
    replaced_keys,
)

SEEN_EVERY = 60  # seconds: how exactly "seen" is kept
_BY_KEYID = Question(select(devices).where(devices.c.keyid == bindparam("keyid")))
_AS_REPLACED = Question(
    select(
        *(
            column
            for column in devices.c
            if column.name not in {"keyid", "public_key", "state", "reason", "revoked_at"}
        ),
        replaced_keys.c.keyid,
        replaced_keys.c.public_key,
        replaced_keys.c.replaced.label("revoked_at"),
        literal("revoked").label("state"),
        literal("replaced").label("reason"),
    )
    .join_from(replaced_keys, devices)
    .where(replaced_keys.c.keyid == bindparam("keyid"))
)
_BY_HINT_KEYID = Question(select(hint_keys).where(hint_keys.c.keyid == bindparam("keyid")))
_ACTIVE = Question(
    select(devices)
    .where(devices.c.user_id == bindparam("user_id"), devices.c.state == "active")
    .order_by(devices.c.created)
)


async def by_keyid(reading: Reading, keyid: str) -> Row[Any] | None:
    """Return the device whose key this is, active, pending or revoked.

    A key that was given up for another is a revoked one, whatever became of its device since.
    """
    rows = await _BY_KEYID.of(reading, keyid=keyid)
    rows = rows or await _AS_REPLACED.of(reading, keyid=keyid)
    return rows[0] if rows else None


async def find(connection: AsyncConnection, device_id: str) -> Row[Any]:
    """Return the device of that id, with the key it has now."""
    return (await connection.execute(select(devices).where(devices.c.id == device_id))).one()


async def knows_key(connection: AsyncConnection, keyid: str) -> bool:
    """Whether a device has this key, had it, or is joining with it, or it is a hint key.

    A KEYID must name one key in one role.
    """
    joining = enrolments.c.keyid == keyid, enrolments.c.state.in_(["offered", "confirmed"])
    return (
        await by_keyid(connection, keyid) is not None
        or await by_hint_keyid(connection, keyid) is not None
        or await connection.scalar(select(enrolments.c.id).where(*joining)) is not None
    )


async def replacement(
    connection: AsyncConnection, device_id: str, message: bytes
) -> Row[Any] | None:
    """Return the key of this device that the message of this hash replaced."""
    query = select(replaced_keys).where(
        replaced_keys.c.device_id == device_id, replaced_keys.c.message == message
    )
    return (await connection.execute(query)).first()


async def replace_key(
    connection: AsyncConnection, device: Row[Any], message: Rekey, digest: bytes, now: float
) -> None:
    """Give an active device the key of a verified message; the old one is revoked by that.

    `digest` is the hash of the message's bytes, by which a repetition is known. The hint key,
    which whoever holds the old key may hold as well, ends too.
    """
    await end_hint_key(connection, device.id)
    name = plain_text(message.name, limit=DEVICE_NAME_LIMIT) or device.name
    await connection.execute(
        insert(replaced_keys).values(
            keyid=device.keyid,
            device_id=device.id,
            public_key=device.public_key,
            message=digest,
            replaced=now,
        )
    )
    await connection.execute(
        update(devices)
        .where(devices.c.id == device.id)
        .values(keyid=key_id(message.new_key), public_key=message.new_key, name=name)
    )
    await record(connection, device.user_id, Happened.DEVICE_MOVED, now, device=name)


async def active_devices(reading: Reading, user_id: str) -> list[Row[Any]]:
    """Return the account's devices, oldest first."""
    return await _ACTIVE.of(reading, user_id=user_id)


async def revoke(
    connection: AsyncConnection, device_id: str, user_id: str, now: float, *, reason: str
) -> bool:
    """Revoke an active device of this user; whether it was this call that did.

    Its seed goes; its key, the time and the reason stay. With the last device two-step
    sign-in goes off, and the backup codes with it.
    """
    won = await connection.execute(
        update(devices)
        .where(
            devices.c.id == device_id, devices.c.user_id == user_id, devices.c.state == "active"
        )
        .values(state="revoked", revoked_at=now, reason=reason, seed=None)
    )
    if won.rowcount != 1:
        return False
    await end_hint_key(connection, device_id)
    name = await connection.scalar(select(devices.c.name).where(devices.c.id == device_id))
    happened = Happened.DEVICE_UNLINKED if reason == "unlinked" else Happened.DEVICE_REMOVED
    await record(connection, user_id, happened, now, device=name or "")
    if not await active_devices(connection, user_id):
        await connection.execute(delete(backup_codes).where(backup_codes.c.user_id == user_id))
    return True


async def by_hint_keyid(reading: Reading, keyid: str) -> Row[Any] | None:
    """Return the hint key of that id."""
    rows = await _BY_HINT_KEYID.of(reading, keyid=keyid)
    return rows[0] if rows else None


async def end_hint_key(connection: AsyncConnection, device_id: str) -> None:
    """Let nobody ask any more what waits for this device while its vault is locked."""
    await connection.execute(delete(hint_keys).where(hint_keys.c.device_id == device_id))


async def take_hint_key(
    connection: AsyncConnection, device_id: str, keyid: str, public_key: bytes
) -> bool:
    """Replace the device's hint key; False for a key that is another's, or a device's, already."""
    known = await by_hint_keyid(connection, keyid)
    if known is not None:
        return bool(known.device_id == device_id)  # the answer was lost, and it is sent again
    if await knows_key(connection, keyid):
        return False
    await end_hint_key(connection, device_id)
    await connection.execute(
        insert(hint_keys).values(device_id=device_id, keyid=keyid, public_key=public_key)
    )
    return True


async def rename(
    connection: AsyncConnection, device_id: str, user_id: str, name: str, now: float
) -> None:
    """Give an active device of this user another name; what is not one stays as it is."""
    won = await connection.execute(
        update(devices)
        .where(
            devices.c.id == device_id,
            devices.c.user_id == user_id,
            devices.c.state == "active",
            devices.c.name != name,
        )
        .values(name=name)
    )
    if won.rowcount == 1:
        await record(connection, user_id, Happened.DEVICE_RENAMED, now, device=name)


def mark_seen(site: Site, device: Row[Any]) -> None:
    """Remember that the device was there; write_seen() writes it down, so that no poll does."""
    now = site.now()
    if now - site.seen.get(device.id, device.seen or 0) > SEEN_EVERY:
        site.seen[device.id] = now


async def write_seen(site: Site) -> None:
    """Write down which devices were there: a hundred in a transaction, nobody waits for long."""
    while site.seen:
        some = dict(itertools.islice(sorted(site.seen.items()), 100))
        async with site.database.write("seen") as connection:
            await connection.execute(
                update(devices)
                .where(devices.c.id == bindparam("device"))
                .values(seen=bindparam("at")),
                [{"device": each, "at": at} for each, at in some.items()],
            )
        for each, at in some.items():
            if site.seen.get(each) == at:
                del site.seen[each]
