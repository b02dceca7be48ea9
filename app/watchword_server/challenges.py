"""A login between password and second factor: asked, decided once, redeemed once.

Every step that may happen only once is one conditional UPDATE whose row count picks the winner.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword.protocol.encoding import CROCKFORD
from watchword.protocol.messages import (
    Activation,
    MatchPolicy,
    Request,
)
from watchword.protocol.request_link import HANDOFF_SIZE, RequestLink
from watchword.protocol.version import KNOWN_LIMIT, REDEMPTION_LIFETIME
from watchword_server import login_states, sessions
from watchword_server.activity import Happened, record
from watchword_server.devices import active_devices
from watchword_server.login_states import UNFINISHED
from watchword_server.site import Site, new_id
from watchword_server.store import tables
from watchword_server.store.questions import Question, Reading
from watchword_server.store.tables import devices, logins
from watchword_server.throttling import requests_paused_for

_BEGIN = insert(logins)
_ASK = insert(tables.requests)
_REDEEM = (
    update(logins)
    .where(
        logins.c.id == bindparam("login"),
        logins.c.session_id == bindparam("session"),
        logins.c.state == bindparam("before"),
        logins.c.decided_at > bindparam("since"),
    )
    .values(state="redeemed")
)
_BECAME = update(logins).where(logins.c.id == bindparam("login"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """Where a login comes from, as far as it is known."""

    ip: str
    user_agent: str  # for people
    known: bool  # it signed in to this account before


def match_code() -> str:
    """Return four uniform Crockford characters: 20 bits."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(4))


async def begin(
    site: Site,
    connection: AsyncConnection,
    *,
    user_id: str,
    user_name: str,
    session_id: str,
    browser: Browser,
) -> list[str]:
    """Begin a login of this session; return the ids of the devices that are asked now."""
    now = site.now()
    await withdraw(connection, session_id)
    paused = await requests_paused_for(site, connection, user_id, known=browser.known)
    asked = await active_devices(connection, user_id) if paused == 0 else []
    login_id = new_id()
    await connection.execute(
        _BEGIN,
        {
            "id": login_id,
            "user_id": user_id,
            "session_id": session_id,
            "state": "open",
            "pushed": int(bool(asked)),
            "known": int(browser.known),
            "match": MatchPolicy.TYPE4.value,
            "code": match_code(),
            "handoff": secrets.token_bytes(HANDOFF_SIZE),
            "created": now,
            "expires": int(now) + site.settings.login_seconds,
            "ip": browser.ip,
            "user_agent": browser.user_agent,
        },
    )
    await ask(
        site,
        connection,
        asked,
        login_id=login_id,
        user_name=user_name,
        ip=browser.ip,
        user_agent=browser.user_agent,
    )
    return [device.id for device in asked]


async def ask(
    site: Site,
    connection: AsyncConnection,
    asked: list[Row[Any]],
    *,
    login_id: str,
    user_name: str,
    ip: str,
    user_agent: str,
    service: str = "",
) -> None:
    """Put a login's request before each device; `service` is another one's name, not ours."""
    now, place = site.now(), site.places.of(ip)
    for device in asked:
        request = Request(
            id=new_id(),
            login=login_id,
            device_id=device.id,
            account=device.user_id,
            user=user_name,
            origin=site.origin,
            service=service or site.settings.name,
            ip=ip,
            place=place,
            user_agent=user_agent,
            issued=int(now),
            expires=int(now) + site.settings.login_seconds,
            match=MatchPolicy.TYPE4,
            activation=Activation.UNLOCKED,
            reported_by=service,
        )
        await connection.execute(
            _ASK,
            {
                "id": request.id,
                "login_id": login_id,
                "device_id": device.id,
                "body": request.to_bytes(),
                "expires": request.expires,
            },
        )


async def withdraw(
    connection: AsyncConnection, session_id: str, *, decided: str | None = None
) -> None:
    """End what this session still has open: it asks anew, leaves, or came in by a "code"."""
    await login_states.withdraw(connection, logins.c.session_id == session_id, decided=decided)


_NEWEST = Question(
    select(logins)
    .where(logins.c.session_id == bindparam("session"))
    .order_by(logins.c.created.desc(), logins.c.state == "withdrawn")
    .limit(1)
)
_LOGIN = Question(select(logins).where(logins.c.id == bindparam("login")))


async def of_session(reading: Reading, session_id: str) -> Row[Any] | None:
    """Return the session's newest login."""
    rows = await _NEWEST.of(reading, session=session_id)
    return rows[0] if rows else None


async def find(reading: Reading, login_id: str) -> Row[Any] | None:
    """Return a login."""
    rows = await _LOGIN.of(reading, login=login_id)
    return rows[0] if rows else None


_OPEN = Question(
    select(tables.requests)
    .join(logins, logins.c.id == tables.requests.c.login_id)
    .where(
        tables.requests.c.device_id == bindparam("device"),
        tables.requests.c.decision.is_(None),
        tables.requests.c.expires > bindparam("now"),
        logins.c.state == "open",
        logins.c.expires > bindparam("now"),
    )
    .order_by(logins.c.created)
    .limit(KNOWN_LIMIT)
)


# The same with the device that asks, and whatever its state: all that a poll reads.
_ASKED = (
    tables.requests.c.device_id == devices.c.id,
    tables.requests.c.decision.is_(None),
    tables.requests.c.expires > bindparam("now"),
)
_OF_A_POLL = Question(
    select(
        devices.c.id,
        devices.c.user_id,
        devices.c.keyid,
        devices.c.public_key,
        devices.c.state,
        devices.c.seen,
        devices.c.reason,
        devices.c.revoked_at,
        tables.requests.c.id.label("request_id"),
        tables.requests.c.body,
        logins.c.created.label("asked_at"),
    )
    .select_from(devices)
    .outerjoin(tables.requests, and_(*_ASKED))
    .outerjoin(
        logins,
        and_(
            logins.c.id == tables.requests.c.login_id,
            logins.c.state == "open",
            logins.c.expires > bindparam("now"),
        ),
    )
    .where(devices.c.keyid == bindparam("keyid"))
    .order_by(logins.c.created)
)


async def of_a_poll(site: Site, keyid: str) -> tuple[Any, list[Any]]:
    """Return the device whose key this is, None: nobody's, and what it may still answer."""
    rows = await site.database.ask(_OF_A_POLL, keyid=keyid, now=site.now())
    found = [row for row in rows if row.asked_at is not None]
    return rows[0] if rows else None, found[:KNOWN_LIMIT]


async def open_requests(reading: Reading, device_id: str, now: float) -> list[Row[Any]]:
    """Return what this device may still answer, oldest first."""
    return await _OPEN.of(reading, device=device_id, now=now)


def link_of(site: Site, login: Row[Any]) -> RequestLink | None:
    """Return the link that names this login to an app on the same computer."""
    if login.handoff is None:
        return None
    return RequestLink(
        origin=site.settings.origin, login=str(login.id), handoff=bytes(login.handoff)
    )


async def of_ticket(connection: AsyncConnection, ticket: bytes) -> Row[Any] | None:
    """Return the login whose browser this ticket lets in, whatever has become of it."""
    query = select(logins).where(logins.c.ticket == ticket)
    return (await connection.execute(query)).first()


async def redeem(
    site: Site,
    connection: AsyncConnection,
    *,
    login_id: str,
    session: Row[Any] | None,
    ticket: bytes | None = None,
) -> str | None:
    """Turn an approved login into a signed-in session; return its cookie, or None.

    Only the session that began the login may, and one that awaits its browser only with its
    `ticket`; any other session denies it and leaves an alarm.
    """
    now = site.now()
    login = await find(connection, login_id)
    if login is None:
        return None
    if session is None or login.session_id != session.id:
        if login.state in UNFINISHED:
            await stolen(connection, login, now)
        return None
    if ticket is not None and login.ticket != ticket:
        return None
    won = await connection.execute(
        _REDEEM,
        {
            "login": login_id,
            "session": session.id,
            "before": "approved" if ticket is None else "awaiting",
            "since": now - REDEMPTION_LIFETIME,
        },
    )
    if won.rowcount != 1:
        return None
    cookie = await let_in(site, connection, session, now)
    if cookie is None:
        return None
    became = sessions.session_id(cookie)
    await connection.execute(_BECAME, {"login": login_id, "became": became})
    await record(
        connection,
        login.user_id,
        Happened.APPROVED,
        now,
        device=login.decided_by or "",
        user_agent=login.user_agent,
        ip=login.ip,
    )
    return cookie


async def stolen(connection: AsyncConnection, login: Row[Any], now: float) -> None:
    """End a login that another browser wanted to use, with an alarm."""
    won = await connection.execute(
        update(logins)
        .where(logins.c.id == login.id, logins.c.state.in_(UNFINISHED))
        .values(state="denied", decided=None, decided_by=None, decided_at=now)
    )
    if won.rowcount != 1:
        return
    await record(
        connection,
        login.user_id,
        Happened.STOLEN_TRY,
        now,
        user_agent=login.user_agent,
        ip=login.ip,
        service=login.service,
    )


async def let_in(
    site: Site, connection: AsyncConnection, session: Row[Any], now: float
) -> str | None:
    """Replace the waiting session by one that is in; return its cookie.

    None: it ended since it was looked up (another tab, a new password), and nobody is let in.
    """
    if not await sessions.end(connection, session.id):
        return None
    return await sessions.begin(
        site,
        connection,
        session.user_id,
        stage="in",
        password_at=session.password_at,
        factor_at=now,
        ip=session.ip,
        user_agent=session.user_agent,
    )
