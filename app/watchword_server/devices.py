"""The devices of an account: listed, removed, unlinked by themselves; keys remembered for ever."""

from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword_server.activity import Happened, record
from watchword_server.store.tables import backup_codes, devices

SEEN_EVERY = 60  # seconds: how exactly "seen" is kept, so that polls do not write


async def by_keyid(connection: AsyncConnection, keyid: str) -> Row[Any] | None:
    """Return the device whose key this is, active, pending or revoked."""
    return (await connection.execute(select(devices).where(devices.c.keyid == keyid))).first()


async def active_devices(connection: AsyncConnection, user_id: str) -> list[Row[Any]]:
    """Return the account's devices, oldest first."""
    query = select(devices).where(devices.c.user_id == user_id, devices.c.state == "active")
    return list(await connection.execute(query.order_by(devices.c.created)))


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
    name = await connection.scalar(select(devices.c.name).where(devices.c.id == device_id))
    happened = Happened.DEVICE_UNLINKED if reason == "unlinked" else Happened.DEVICE_REMOVED
    await record(connection, user_id, happened, now, device=name or "")
    if not await active_devices(connection, user_id):
        await connection.execute(delete(backup_codes).where(backup_codes.c.user_id == user_id))
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


async def mark_seen(connection: AsyncConnection, device_id: str, now: float) -> None:
    """Remember that the device was there."""
    await connection.execute(update(devices).where(devices.c.id == device_id).values(seen=now))
