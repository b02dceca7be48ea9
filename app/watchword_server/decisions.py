"""A device's decision: what it does to a login, and what the device is told it came to.

The first answer stands; of any number that race, one conditional UPDATE picks the one that counts.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword.protocol.encoding import normalised_code, sha256
from watchword.protocol.messages import Decision, DecisionWord, ResultWord, Via
from watchword.protocol.version import MATCH_TRIES
from watchword_server import sessions
from watchword_server.activity import Happened, record
from watchword_server.challenges import find
from watchword_server.login_states import UNFINISHED, standing
from watchword_server.noting import noted
from watchword_server.site import Site
from watchword_server.store import tables
from watchword_server.store.questions import Question
from watchword_server.store.tables import answers, logins, users

TICKET_SIZE = 16
_BEFORE = Question(
    select(answers).where(
        answers.c.decision == bindparam("digest"), answers.c.request_id == bindparam("request")
    )
)
_ANSWER = insert(answers)
_DECIDED = update(tables.requests).where(
    tables.requests.c.id == bindparam("request"), tables.requests.c.decision.is_(None)
)
_STILL_OPEN = update(logins).where(
    logins.c.id == bindparam("login"),
    logins.c.state == "open",
    logins.c.expires > bindparam("now"),
    logins.c.tries < MATCH_TRIES,
)
_MATCHED = update(users).where(users.c.id == bindparam("user")).values(wrong_matches=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a decision came to."""

    result: ResultWord
    decided: str = ""
    decided_by: str = ""
    tries_left: int = 0
    ended_session: bool = False
    ticket: bytes = field(default=b"", repr=False)  # for the browser, after an answer by the link


async def decide(
    site: Site, connection: AsyncConnection, request: Row[Any], device: Row[Any], raw: bytes
) -> Outcome:
    """Take a device's decision about one of its requests; `raw` is the verified message."""
    message = Decision.parse(raw)
    digest = sha256(raw)
    for before in await _BEFORE.of(connection, digest=digest, request=request.id):
        return Outcome(
            result=ResultWord(before.result),
            decided=before.decided,
            decided_by=before.decided_by,
            tries_left=before.tries_left,
            ticket=await _ticket_again(connection, request, message, before.result),
        )
    if message.decision is DecisionWord.APPROVE:
        outcome = await _approve(site, connection, request, device, message)
    else:
        outcome = await _deny(site, connection, request, device, message)
    if outcome.result not in {ResultWord.EXPIRED, ResultWord.ANSWERED_ELSEWHERE}:
        await connection.execute(
            _ANSWER,
            {
                "decision": digest,
                "request_id": request.id,
                "result": outcome.result.value,
                "decided": outcome.decided,
                "decided_by": outcome.decided_by,
                "tries_left": outcome.tries_left,
            },
        )
    if outcome.result in {ResultWord.APPROVED, ResultWord.DENIED}:
        await connection.execute(
            _DECIDED,
            {"request": request.id, "decision": digest, "decided": message.decision.value},
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
    still_open = {"login": login.id, "now": now}
    if not _fits(message, login):
        counted = await connection.execute(
            _STILL_OPEN.values(tries=logins.c.tries + 1), still_open
        )
        if counted.rowcount == 1:
            return await _wrong(connection, login, device, now)
        return await _too_late(connection, login.id)
    by_link = message.via is Via.LINK
    ticket = secrets.token_bytes(TICKET_SIZE) if by_link else None
    won = await connection.execute(
        _STILL_OPEN,
        {
            **still_open,
            "state": "awaiting" if by_link else "approved",
            "ticket": ticket,
            "decided": "approve",
            "decided_by": device.name,
            "decided_at": now,
        },
    )
    if won.rowcount != 1:
        return await _too_late(connection, login.id)
    await connection.execute(_MATCHED, {"user": login.user_id})
    return Outcome(
        result=ResultWord.APPROVED,
        decided="approve",
        decided_by=device.name,
        tries_left=MATCH_TRIES - login.tries,
        ticket=ticket or b"",
    )


def _fits(message: Decision, login: Row[Any]) -> bool:
    """Whether the answer comes from whoever sees the waiting page, or has its link."""
    if message.via is Via.LINK:
        return login.handoff is not None and hmac.compare_digest(message.handoff, login.handoff)
    typed = normalised_code(message.code).encode("utf-8", "surrogatepass")
    return hmac.compare_digest(typed, login.code.encode())


async def _ticket_again(
    connection: AsyncConnection, request: Row[Any], message: Decision, result: str
) -> bytes:
    """Return the ticket that this very decision got before."""
    if message.via is not Via.LINK or result != ResultWord.APPROVED:
        return b""
    return bytes((await _login(connection, request.login_id)).ticket)


async def _wrong(
    connection: AsyncConnection, login: Row[Any], device: Row[Any], now: float
) -> Outcome:
    await connection.execute(
        update(users)
        .where(users.c.id == login.user_id)
        .values(wrong_matches=users.c.wrong_matches + 1)
    )
    noted("wrong_match_code", login.user_id)
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
        service=login.service,
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
    states = [*UNFINISHED, "redeemed"] if not_me else UNFINISHED
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
        service=login.service,
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
    login = await find(connection, login_id)
    assert login is not None  # noqa: S101 - its request refers to it
    return login
