"""Recent activity: what happened to an account, as its owner reads it."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword_server.store.tables import events

SHOWN = 12


class Happened(StrEnum):
    """What can have happened."""

    APPROVED = "approved"
    DENIED = "denied"
    NOT_ME = "not_me"
    WRONG_CODES = "wrong_codes"
    STOLEN_TRY = "stolen_try"
    SIGNED_IN = "signed_in"  # by password alone
    USED_CODE = "used_code"
    USED_BACKUP_CODE = "used_backup_code"
    DEVICE_ADDED = "device_added"
    DEVICE_REMOVED = "device_removed"
    DEVICE_UNLINKED = "device_unlinked"

    @property
    def is_alarm(self) -> bool:
        """Whether somebody else may have been at work."""
        return self in {Happened.NOT_ME, Happened.WRONG_CODES, Happened.STOLEN_TRY}


TEXTS = {
    Happened.APPROVED: "Sign-in approved",
    Happened.DENIED: "Sign-in denied",
    Happened.NOT_ME: "Denied: it wasn’t you",
    Happened.WRONG_CODES: "Sign-in ended after three wrong codes",
    Happened.STOLEN_TRY: "Another browser tried to use your approval",
    Happened.SIGNED_IN: "Signed in with the password only",
    Happened.USED_CODE: "Signed in with a one-time code",
    Happened.USED_BACKUP_CODE: "Signed in with a backup code",
    Happened.DEVICE_ADDED: "Device added",
    Happened.DEVICE_REMOVED: "Device removed",
    Happened.DEVICE_UNLINKED: "Device removed itself",
}


async def record(
    connection: AsyncConnection,
    user_id: str,
    happened: Happened,
    now: float,
    *,
    device: str = "",
    user_agent: str = "",
    ip: str = "",
) -> None:
    """Keep one event."""
    await connection.execute(
        insert(events).values(
            user_id=user_id,
            at=now,
            kind=happened.value,
            device=device,
            user_agent=user_agent,
            ip=ip,
        )
    )


async def recent(connection: AsyncConnection, user_id: str) -> list[Row[Any]]:
    """Return the newest events first."""
    query = select(events).where(events.c.user_id == user_id)
    return list(await connection.execute(query.order_by(events.c.number.desc()).limit(SHOWN)))
