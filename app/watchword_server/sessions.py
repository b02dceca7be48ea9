"""Browser sessions: a random cookie whose hash is a row; a new one at every change of rights."""

import secrets
from typing import Any

from sqlalchemy import Row, bindparam, delete, false, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword.protocol.encoding import sha256, to_base64url
from watchword_server.login_states import withdraw
from watchword_server.site import Site
from watchword_server.store.questions import Question, Reading
from watchword_server.store.tables import enrolments, logins, sessions, users

WAITING_SECONDS = 600  # between password and second factor
SESSION_SECONDS = 12 * 3600
FRESH_SECONDS = 300  # how long password and factor count for step-up
_LIVE = Question(
    select(sessions, users.c.name.label("user_name"), users.c.password_hash, users.c.mail)
    .join(users, users.c.id == sessions.c.user_id)
    .where(
        sessions.c.id == bindparam("session"),
        sessions.c.expires > bindparam("now"),
        users.c.disabled == 0,
    )
)
_BEGIN = insert(sessions)
_END = delete(sessions).where(sessions.c.id == bindparam("session"))


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
    ip: str = "",
    user_agent: str = "",
) -> str:
    """Make a session and return what its cookie says."""
    cookie = to_base64url(secrets.token_bytes(32))
    now = site.now()
    await connection.execute(
        _BEGIN,
        {
            "id": session_id(cookie),
            "user_id": user_id,
            "stage": stage,
            "created": now,
            "expires": now + (SESSION_SECONDS if stage == "in" else WAITING_SECONDS),
            "password_at": password_at,
            "factor_at": factor_at,
            "ip": ip,
            "user_agent": user_agent,
        },
    )
    return cookie


async def find(site: Site, reading: Reading, cookie: str | None) -> Row[Any] | None:
    """Return the live session of a cookie, with `user_name` and the user's columns it needs."""
    if not cookie or len(cookie) > 64:
        return None
    rows = await _LIVE.of(reading, session=session_id(cookie), now=site.now())
    return rows[0] if rows else None


async def end(connection: AsyncConnection, row_id: str) -> bool:
    """End one session; whether there was one."""
    ended = await connection.execute(_END, {"session": row_id})
    return ended.rowcount == 1


async def confirm(
    connection: AsyncConnection, row_id: str, now: float, *, factor: bool
) -> str | None:
    """Note that password (and factor) were just shown; return the new cookie, None: it ended.

    The rights grow for five minutes, so the cookie changes: whoever has copied the old one
    is left behind. What belongs to the session follows it.
    """
    cookie = to_base64url(secrets.token_bytes(32))
    became = session_id(cookie)
    changed = await connection.execute(
        update(sessions)
        .where(sessions.c.id == row_id)
        .values(id=became, password_at=now, factor_at=now if factor else sessions.c.factor_at)
    )
    if changed.rowcount != 1:
        return None
    for column in (enrolments.c.session_id, logins.c.session_id, logins.c.became):
        await connection.execute(
            update(column.table).where(column == row_id).values({column: became})
        )
    return cookie


async def of_user(connection: AsyncConnection, user_id: str, now: float) -> list[Row[Any]]:
    """Return where a user is signed in, the newest first."""
    query = select(sessions).where(
        sessions.c.user_id == user_id, sessions.c.stage == "in", sessions.c.expires > now
    )
    return list(await connection.execute(query.order_by(sessions.c.created.desc())))


async def end_of_user(
    connection: AsyncConnection, user_id: str, *, but: str = "", only: str | None = None
) -> int:
    """End the sessions of a user, but one, or only one; return how many there were.

    What those in waiting were waiting for ends too: nobody could be let in any more.
    """
    which = [sessions.c.user_id == user_id, sessions.c.id != but]
    if only is not None:
        which.append(sessions.c.id == only)
    ended = list(
        (
            await connection.execute(delete(sessions).where(*which).returning(sessions.c.id))
        ).scalars()
    )
    # With all of them ends what began at another service's page, too.
    elsewhere = logins.c.service_id.is_not(None) if only is None else false()
    await withdraw(
        connection, logins.c.user_id == user_id, logins.c.session_id.in_(ended) | elsewhere
    )
    return len(ended)
