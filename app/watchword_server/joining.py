"""A device has joined once it has saved its package: it says so, or simply begins to poll."""

from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword.protocol.errors import NotForUs
from watchword.protocol.messages import Acknowledge
from watchword.protocol.version import ENROLMENT_LIFETIME
from watchword_server.activity import Happened, record
from watchword_server.enrolments import EnrolmentOver
from watchword_server.site import Site
from watchword_server.store.tables import devices, enrolments


async def acknowledge(
    site: Site, connection: AsyncConnection, enrolment: Row[Any], message: Acknowledge
) -> None:
    """Make the device active: it has saved its package. Harmless when repeated.

    Raises NotForUs, EnrolmentOver.
    """
    message.expect(e=enrolment.id, device_id=enrolment.device_id)
    if message.package != enrolment.package_hash:
        raise NotForUs("Its member package is not the one that was sent")
    if enrolment.state == "done":
        return
    if await join(connection, enrolment.device_id, site.now()) is None:
        raise EnrolmentOver("This enrolment is over")


async def join(connection: AsyncConnection, device_id: str, now: float) -> str | None:
    """Make a confirmed device active; return its enrolment's id, or None if it is too late.

    A device whose acknowledgement was lost with the network, or that was stopped between saving
    and acknowledging, comes back with a poll: it has its keys, so it has saved.
    """
    enrolment = await connection.scalar(
        select(enrolments.c.id).where(enrolments.c.device_id == device_id)
    )
    won = await connection.execute(
        update(enrolments)
        .where(
            enrolments.c.id == enrolment,
            enrolments.c.state == "confirmed",
            enrolments.c.confirmed_at > now - ENROLMENT_LIFETIME,
        )
        .values(state="done", sealed=None)
    )
    if won.rowcount != 1:
        return None
    await connection.execute(
        update(devices)
        .where(devices.c.id == device_id, devices.c.state == "pending")
        .values(state="active", seen=now)
    )
    device = (await connection.execute(select(devices).where(devices.c.id == device_id))).one()
    await record(connection, device.user_id, Happened.DEVICE_ADDED, now, device=device.name)
    return str(enrolment)


async def forget_old(connection: AsyncConnection, now: float) -> None:
    """Delete devices that never joined, and enrolments nobody will ask for again."""
    too_old = now - ENROLMENT_LIFETIME
    await connection.execute(
        delete(devices).where(devices.c.state == "pending", devices.c.created < too_old)
    )
    await connection.execute(
        delete(enrolments).where(enrolments.c.created < now - 6 * ENROLMENT_LIFETIME)
    )
