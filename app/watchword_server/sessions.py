"""Browser sessions: a random cookie whose hash is a row; a new one at every change of rights."""

import secrets
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword.protocol.encoding import sha256, to_base64url
from watchword_server.site import Site
from watchword_server.store.tables import sessions, users

WAITING_SECONDS = 600  # between password and second factor
SESSION_SECONDS = 12 * 3600
FRESH_SECONDS = 300  # how long password and factor count for step-up


def session_id(cookie: str) -> str:
    """Return the row's id of a cookie's value."""
    return to_base64url(sha256(cookie.encode("utf-8", "surrogatepass")))


async def begin(
    site: Site,
    connection: AsyncConnection,
    user_id: str,
    *,
    stage: str,
    password_at: float,
    factor_at: float | None = None,
) -> str:
    """Make a session and return what its cookie says."""
    cookie = to_base64url(secrets.token_bytes(32))
    now = site.now()
    await connection.execute(
        insert(sessions).values(
            id=session_id(cookie),
            user_id=user_id,
            stage=stage,
            created=now,
            expires=now + (SESSION_SECONDS if stage == "in" else WAITING_SECONDS),
            password_at=password_at,
            factor_at=factor_at,
        )
    )
    return cookie


async def find(site: Site, connection: AsyncConnection, cookie: str | None) -> Row[Any] | None:
    """Return the live session of a cookie, with `user_name` and the user's columns it needs."""
    if not cookie or len(cookie) > 64:
        return None
    query = (
        select(sessions, users.c.name.label("user_name"), users.c.password_hash)
        .join(users, users.c.id == sessions.c.user_id)
        .where(
            sessions.c.id == session_id(cookie),
            sessions.c.expires > site.now(),
            users.c.disabled == 0,
        )
    )
    return (await connection.execute(query)).first()


async def end(connection: AsyncConnection, row_id: str) -> bool:
    """End one session; whether there was one."""
    ended = await connection.execute(delete(sessions).where(sessions.c.id == row_id))
    return ended.rowcount == 1
