"""A login between password and second factor: asked, decided once, redeemed once.

Every step that may happen only once is one conditional UPDATE whose row count picks the winner.
"""

import hmac
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword.protocol.encoding import CROCKFORD, normalised_code, sha256
from watchword.protocol.messages import (
    Activation,
    Decision,
    DecisionWord,
    MatchPolicy,
    Request,
    ResultWord,
)
from watchword.protocol.version import MATCH_TRIES, REDEMPTION_LIFETIME
from watchword_server import sessions
from watchword_server.activity import Happened, record
from watchword_server.site import Site, new_id
from watchword_server.store import tables
from watchword_server.store.tables import answers, devices, logins, users
from watchword_server.throttling import requests_paused_for


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
    paused = await requests_paused_for(connection, user_id, now, known=browser.known)
    active = select(devices).where(devices.c.user_id == user_id, devices.c.state == "active")
    asked = list(await connection.execute(active)) if paused == 0 else []
    login_id = new_id()
    await connection.execute(
        insert(logins).values(
            id=login_id,
            user_id=user_id,
            session_id=session_id,
            state="open",
            pushed=int(bool(asked)),
            known=int(browser.known),
            match=MatchPolicy.TYPE4.value,
            code=match_code(),
            created=now,
            expires=int(now) + site.settings.login_seconds,
            ip=browser.ip,
            user_agent=browser.user_agent,
        )
    )
    for device in asked:
        request = Request(
            id=new_id(),
            login=login_id,
            device_id=device.id,
            account=user_id,
            user=user_name,
            origin=site.origin,
            service=site.settings.name,
            ip=browser.ip,
            place="",
            user_agent=browser.user_agent,
            issued=int(now),
            expires=int(now) + site.settings.login_seconds,
            match=MatchPolicy.TYPE4,
            activation=Activation.UNLOCKED,
        )
        envelope = site.signing_key.seal(request)
        await connection.execute(
            insert(tables.requests).values(
                id=request.id,
                login_id=login_id,
                device_id=device.id,
                body=envelope.signed,
                sig=envelope.sig,
                expires=request.expires,
            )
        )
    return [device.id for device in asked]


async def withdraw(
    connection: AsyncConnection, session_id: str, *, decided: str | None = None
) -> None:
    """End what this session still has open: it asks anew, leaves, or came in by a "code"."""
    await connection.execute(
        update(logins)
        .where(logins.c.session_id == session_id, logins.c.state.in_(["open", "approved"]))
        .values(state="withdrawn", decided=decided, decided_by=None)
    )


async def of_session(connection: AsyncConnection, session_id: str) -> Row[Any] | None:
    """Return the session's newest login."""
    query = select(logins).where(logins.c.session_id == session_id)
    return (
        await connection.execute(
            query.order_by(logins.c.created.desc(), logins.c.state == "withdrawn").limit(1)
        )
    ).first()


def standing(login: Row[Any], now: float) -> str:
    """Return what a login has come to: its state, or "expired"."""
    if login.state == "open" and login.expires <= now:
        return "expired"
    if login.state == "approved" and login.decided_at + REDEMPTION_LIFETIME <= now:
        return "expired"
    return str(login.state)


async def open_requests(connection: AsyncConnection, device_id: str, now: float) -> list[Row[Any]]:
    """Return what this device may still answer, oldest first."""
    query = (
        select(tables.requests)
        .join(logins, logins.c.id == tables.requests.c.login_id)
        .where(
            tables.requests.c.device_id == device_id,
            tables.requests.c.decision.is_(None),
            tables.requests.c.expires > now,
            logins.c.state == "open",
            logins.c.expires > now,
        )
        .order_by(logins.c.created)
        .limit(32)
    )
    return list(await connection.execute(query))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a decision came to."""

    result: ResultWord
    decided: str = ""
    decided_by: str = ""
    tries_left: int = 0
    ended_session: bool = False


async def decide(
    site: Site, connection: AsyncConnection, request: Row[Any], device: Row[Any], raw: bytes
) -> Outcome:
    """Take a device's decision about one of its requests; `raw` is the verified message."""
    message = Decision.parse(raw)
    digest = sha256(raw)
    before = (
        await connection.execute(
            select(answers).where(answers.c.decision == digest, answers.c.request_id == request.id)
        )
    ).first()
    if before is not None:
        return Outcome(
            result=ResultWord(before.result),
            decided=before.decided,
            decided_by=before.decided_by,
            tries_left=before.tries_left,
        )
    if message.decision is DecisionWord.APPROVE:
        outcome = await _approve(site, connection, request, device, message)
    else:
        outcome = await _deny(site, connection, request, device, message)
    if outcome.result not in {ResultWord.EXPIRED, ResultWord.ANSWERED_ELSEWHERE}:
        await connection.execute(
            insert(answers).values(
                decision=digest,
                request_id=request.id,
                result=outcome.result.value,
                decided=outcome.decided,
                decided_by=outcome.decided_by,
                tries_left=outcome.tries_left,
            )
        )
    if outcome.result in {ResultWord.APPROVED, ResultWord.DENIED}:
        await connection.execute(
            update(tables.requests)
            .where(tables.requests.c.id == request.id, tables.requests.c.decision.is_(None))
            .values(decision=digest, decided=message.decision.value)
        )
    return outcome


async def _approve(
    site: Site,
    connection: AsyncConnection,
    request: Row[Any],
    device: Row[Any],
    message: Decision,
) -> Outcome:
    now = site.now()
    login = await _login(connection, request.login_id)
    still_open = (
        logins.c.id == login.id,
        logins.c.state == "open",
        logins.c.expires > now,
        logins.c.tries < MATCH_TRIES,
    )
    typed = normalised_code(message.code).encode("utf-8", "surrogatepass")
    if not hmac.compare_digest(typed, login.code.encode()):
        counted = await connection.execute(
            update(logins).where(*still_open).values(tries=logins.c.tries + 1)
        )
        if counted.rowcount == 1:
            return await _wrong(connection, login, device, now)
        return await _too_late(connection, login.id)
    won = await connection.execute(
        update(logins)
        .where(*still_open)
        .values(state="approved", decided="approve", decided_by=device.name, decided_at=now)
    )
    if won.rowcount != 1:
        return await _too_late(connection, login.id)
    await connection.execute(
        update(users).where(users.c.id == login.user_id).values(wrong_matches=0)
    )
    return Outcome(
        result=ResultWord.APPROVED,
        decided="approve",
        decided_by=device.name,
        tries_left=MATCH_TRIES - login.tries,
    )


async def _wrong(
    connection: AsyncConnection, login: Row[Any], device: Row[Any], now: float
) -> Outcome:
    await connection.execute(
        update(users)
        .where(users.c.id == login.user_id)
        .values(wrong_matches=users.c.wrong_matches + 1)
    )
    left = MATCH_TRIES - login.tries - 1
    if left:
        return Outcome(result=ResultWord.WRONG_CODE, tries_left=left)
    await connection.execute(
        update(logins).where(logins.c.id == login.id).values(state="burnt", decided_at=now)
    )
    await record(
        connection,
        login.user_id,
        Happened.WRONG_CODES,
        now,
        device=device.name,
        user_agent=login.user_agent,
        ip=login.ip,
    )
    return Outcome(result=ResultWord.DENIED)


async def _deny(
    site: Site,
    connection: AsyncConnection,
    request: Row[Any],
    device: Row[Any],
    message: Decision,
) -> Outcome:
    now = site.now()
    login = await _login(connection, request.login_id)
    not_me = message.decision is DecisionWord.NOT_ME
    states = ["open", "approved", "redeemed"] if not_me else ["open", "approved"]
    if request.decision is not None or standing(login, now) not in states:
        return await _too_late(connection, login.id)
    won = await connection.execute(
        update(logins)
        .where(logins.c.id == login.id, logins.c.state.in_(states))
        .values(
            state="denied", decided=message.decision.value, decided_by=device.name, decided_at=now
        )
    )
    if won.rowcount != 1:
        return await _too_late(connection, login.id)
    if login.became:
        await sessions.end(connection, login.became)
    await record(
        connection,
        login.user_id,
        Happened.NOT_ME if not_me else Happened.DENIED,
        now,
        device=device.name,
        user_agent=login.user_agent,
        ip=login.ip,
    )
    return Outcome(
        result=ResultWord.DENIED,
        decided=message.decision.value,
        decided_by=device.name,
        ended_session=bool(login.became),
    )


async def _too_late(connection: AsyncConnection, login_id: str) -> Outcome:
    """Say truthfully what was first: this device's own answer, another one, or the time."""
    login = await _login(connection, login_id)
    if login.decided:
        return Outcome(
            result=ResultWord.ANSWERED_ELSEWHERE,
            decided=login.decided,
            decided_by=login.decided_by or "",
        )
    if login.state == "burnt":
        return Outcome(result=ResultWord.ANSWERED_ELSEWHERE)
    return Outcome(result=ResultWord.EXPIRED)


async def _login(connection: AsyncConnection, login_id: str) -> Row[Any]:
    return (await connection.execute(select(logins).where(logins.c.id == login_id))).one()


async def redeem(
    site: Site, connection: AsyncConnection, *, login_id: str, session: Row[Any]
) -> str | None:
    """Turn an approved login into a signed-in session; return its cookie, or None.

    Only the session that began the login may; any other one denies it and leaves an alarm.
    """
    now = site.now()
    won = await connection.execute(
        update(logins)
        .where(
            logins.c.id == login_id,
            logins.c.session_id == session.id,
            logins.c.state == "approved",
            logins.c.decided_at > now - REDEMPTION_LIFETIME,
        )
        .values(state="redeemed")
    )
    login = (await connection.execute(select(logins).where(logins.c.id == login_id))).first()
    if login is None:
        return None
    if won.rowcount != 1:
        if login.session_id != session.id and login.state in {"open", "approved"}:
            await _stolen(connection, login, now)
        return None
    cookie = await let_in(site, connection, session, now)
    became = sessions.session_id(cookie)
    await connection.execute(update(logins).where(logins.c.id == login_id).values(became=became))
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


async def _stolen(connection: AsyncConnection, login: Row[Any], now: float) -> None:
    await connection.execute(
        update(logins)
        .where(logins.c.id == login.id, logins.c.state.in_(["open", "approved"]))
        .values(state="denied", decided=None, decided_by=None, decided_at=now)
    )
    await record(
        connection,
        login.user_id,
        Happened.STOLEN_TRY,
        now,
        user_agent=login.user_agent,
        ip=login.ip,
    )


async def let_in(site: Site, connection: AsyncConnection, session: Row[Any], now: float) -> str:
    """Replace the waiting session by one that is in; return its cookie."""
    await sessions.end(connection, session.id)
    return await sessions.begin(
        site,
        connection,
        session.user_id,
        stage="in",
        password_at=session.password_at,
        factor_at=now,
    )
