"""How often is too often. Owner and stranger are counted apart.

Browsers that signed in to the account before ("known") have their own count, so that a
stranger who has the password cannot silence the owner. One-time and backup codes are throttled,
never silenced.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, delete, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword_server.login_states import APPROVED
from watchword_server.noting import noted
from watchword_server.site import Site
from watchword_server.store.questions import Question, Reading
from watchword_server.store.tables import attempts, enrolments, logins, users

Limits = Sequence[tuple[int, int]]  # (how many, in how many seconds)

PASSWORDS_PER_NAME = ((10, 900),)
PASSWORDS_PER_SOURCE = ((60, 900),)
CODES = ((5, 300), (20, 3600))
REQUESTS = ((3, 600), (10, 3600))
ENROLMENTS = (20, 600)
RESETS_PER_NAME = ((3, 3600),)
RESETS_PER_SOURCE = ((10, 3600),)
SILENCE = 900  # seconds, after two denies or one "not me"
DENIES = 2
WRONG_MATCHES = 10  # in a row, over logins
_ATTEMPT = Question(
    select(attempts.c.at)
    .where(attempts.c.subject == bindparam("name"), attempts.c.at > bindparam("since"))
    .order_by(attempts.c.at.desc())
    .offset(bindparam("before"))
    .limit(1)
)
_COUNT = insert(attempts)
_FORGIVE = delete(attempts).where(attempts.c.number == bindparam("attempt"))
_COUNTED = _COUNT.returning(attempts.c.number)
_MINE = (
    logins.c.user_id == bindparam("user_id"),
    logins.c.known == bindparam("known"),
    logins.c.service_id.is_not_distinct_from(bindparam("service_id")),
)


def _request(number: int) -> ColumnElement[float]:
    """Return when the oldest of as many requests as are allowed was made, if that is in the time."""
    return (
        select(logins.c.created)
        .where(
            *_MINE,
            logins.c.pushed == 1,
            *(logins.c.state != one for one in (*APPROVED, "redeemed")),
            logins.c.created > bindparam(f"since{number}"),
        )
        .order_by(logins.c.created.desc())
        .offset(bindparam(f"before{number}"))
        .limit(1)
        .scalar_subquery()
    )


_DENIED = (
    *_MINE,
    or_(logins.c.decided == "deny", logins.c.decided == "not_me"),
    logins.c.decided_at > bindparam("denied_since"),
)
_WEIGHT = func.sum(case((logins.c.decided == "not_me", DENIES), else_=1))
# All that says whether devices are asked, in one statement.
_PAUSES = Question(
    select(
        users.c.wrong_matches,
        *(_request(number).label(f"oldest{number}") for number in range(len(REQUESTS))),
        select(_WEIGHT).where(*_DENIED).scalar_subquery().label("weight"),
        select(func.max(logins.c.decided_at)).where(*_DENIED).scalar_subquery().label("denied"),
    ).where(users.c.id == bindparam("user_id"))
)


def subject(kind: str, who: str, *, known: bool) -> str:
    """Return the name under which attempts are counted."""
    return f"{kind}/{'known' if known else 'stranger'}/{who}"[:200]


def network_of(ip: str) -> str:
    """Return what counts as one source: an IPv4 address, or the /64 that one IPv6 line has."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    if isinstance(address, ipaddress.IPv4Address):
        return ip
    return str(ipaddress.ip_network((int(address), 64), strict=False))


async def begin_attempt(
    site: Site, connection: AsyncConnection, limits: Mapping[str, Limits]
) -> tuple[int, list[int]]:
    """Count an attempt before it is judged, so that many at once are no more than one by one.

    Returns for how many seconds none is taken (0: this one is), and the attempt for forgive().
    """
    waits = [await seconds_to_wait(site, connection, name, limits[name]) for name in limits]
    if wait := max(waits):
        noted("throttled")
        return wait, []
    counted = []
    for name in limits:
        made = await connection.execute(_COUNTED, {"subject": name, "at": site.now()})
        counted.append(made.scalar_one())
    return 0, counted


async def forgive(connection: AsyncConnection, attempt: Sequence[int]) -> None:
    """Count an attempt no longer: it was right."""
    for number in attempt:
        await connection.execute(_FORGIVE, {"attempt": number})


async def note(connection: AsyncConnection, name: str, now: float) -> None:
    """Count one attempt."""
    await connection.execute(_COUNT, {"subject": name, "at": now})


async def seconds_to_wait(
    site: Site, connection: AsyncConnection, name: str, limits: Limits
) -> int:
    """Return how long no further attempt is taken; 0: one may be made now."""
    now = site.now()
    longest = 0.0
    for most, seconds in limits:
        before = most * site.settings.limits_times - 1
        oldest = await _ATTEMPT.of(connection, name=name, since=now - seconds, before=before)
        if oldest:
            longest = max(longest, oldest[0].at + seconds - now)
    return ceil(longest)


async def too_many_enrolments(site: Site, connection: AsyncConnection, user_id: str) -> bool:
    """Whether this account has made more links lately than anybody scans."""
    most, seconds = ENROLMENTS
    query = (
        select(func.count())
        .select_from(enrolments)
        .where(enrolments.c.user_id == user_id, enrolments.c.created > site.now() - seconds)
    )
    return (await connection.scalar(query) or 0) >= most * site.settings.limits_times


async def requests_paused_for(
    site: Site,
    reading: Reading,
    user_id: str,
    *,
    known: bool,
    service_id: str | None = None,
) -> int | None:
    """Return for how many seconds devices are not asked; 0: ask; None: until a code is used.

    Each service is counted by itself, and none with our own pages.
    Logins that were approved or withdrawn by the person count for nothing.
    """
    now, times = site.now(), site.settings.limits_times
    values: dict[str, Any] = {"denied_since": now - SILENCE}
    for number, (most, seconds) in enumerate(REQUESTS):
        values |= {f"since{number}": now - seconds, f"before{number}": most * times - 1}
    found = await _PAUSES.of(
        reading, user_id=user_id, known=int(known), service_id=service_id, **values
    )
    if not found:
        return 0
    (row,) = found
    if row.wrong_matches >= WRONG_MATCHES * times:
        return None
    longest = 0.0
    for oldest, (_, seconds) in zip(row[1:], REQUESTS, strict=False):
        if oldest is not None:
            longest = max(longest, oldest + seconds - now)
    if (row.weight or 0) >= DENIES * times:
        longest = max(longest, row.denied + SILENCE - now)
    return ceil(longest)
