"""What a login has come to, and how it ends before anybody has answered it."""

from typing import Any

from sqlalchemy import ColumnElement, Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword.protocol.version import REDEMPTION_LIFETIME
from watchword_server.store.tables import logins, requests

# A device said yes, and the browser has not come for it yet. An answer by the link leaves a login
# "awaiting" the browser that the app opens; any other leaves it "approved".
APPROVED = ("approved", "awaiting")
UNFINISHED = ("open", *APPROVED)


def standing(login: Row[Any], now: float) -> str:
    """Return what a login has come to: its state, or "expired"."""
    return "expired" if login.state in UNFINISHED and _until(login) <= now else str(login.state)


def seconds_left(login: Row[Any], now: float) -> int:
    """Return for how many seconds that may stay so; 0: for ever."""
    return max(0, int(_until(login) - now)) if login.state in UNFINISHED else 0


def _until(login: Row[Any]) -> float:
    if login.state in APPROVED:
        return float(login.decided_at + REDEMPTION_LIFETIME)
    return float(login.expires)


async def withdraw(
    connection: AsyncConnection, *which: ColumnElement[bool], decided: str | None = None
) -> list[str]:
    """End the logins of these that nobody has been let in by yet; return their ids."""
    ended = await connection.execute(
        update(logins)
        .where(*which, logins.c.state.in_(UNFINISHED))
        .values(state="withdrawn", decided=decided, decided_by=None)
        .returning(logins.c.id)
    )
    return list(ended.scalars())


async def listeners(connection: AsyncConnection, login_ids: list[str]) -> list[str]:
    """Return whom to wake when something happened to these: who waits for them, and devices."""
    asked = await connection.execute(
        select(requests.c.device_id).where(requests.c.login_id.in_(login_ids)).distinct()
    )
    return [*(f"login {one}" for one in login_ids), *(f"device {one}" for one in asked.scalars())]
