"""What a service asks for: a login at its page, its result (once), a code to be checked.

A user who does not exist, is disabled or has not allowed the service is one and the same to it.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword.protocol.encoding import sha256, to_base64url
from watchword.protocol.members import Message, identity, integer, text
from watchword.protocol.messages import NAME_LIMIT, ORIGIN_LIMIT, MatchPolicy
from watchword.protocol.version import REDEMPTION_LIFETIME
from watchword_server import challenges, second_factors
from watchword_server.activity import Happened, record
from watchword_server.devices import active_devices
from watchword_server.login_states import (
    UNFINISHED,
    listeners,
    seconds_left,
    standing,
    withdraw,
)
from watchword_server.services import Caller, Scope
from watchword_server.site import Site, new_id
from watchword_server.store.tables import allowed_services, logins, users
from watchword_server.throttling import SILENCE, requests_paused_for
from watchword_server.users import name_key

# What the service is told of a login, by what has become of it (login_states.standing).
WORDS = {"redeemed": "used", "burnt": "denied"}
_NONCE = r"[A-Za-z0-9_-]{16,64}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLogin(Message):
    """Server to service, signed by S: what became of a login at its page."""

    TYP: ClassVar[str] = "watchword/service-login"
    aud: str = identity()
    nonce: str = text(64, of=_NONCE)
    login: str = identity()
    user: str = text(NAME_LIMIT, least=1)
    result: str = text(16, of="approved|denied|expired|withdrawn")
    origin: str = text(ORIGIN_LIMIT)
    time: int = integer()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCode(Message):
    """Server to service, signed by S: whether a code was right; it is used up then."""

    TYP: ClassVar[str] = "watchword/service-code"
    aud: str = identity()
    nonce: str = text(64, of=_NONCE)
    user: str = text(NAME_LIMIT, least=1)
    result: str = text(8, of="right|wrong")
    kind: str = text(8, of="|one-time|backup")
    origin: str = text(ORIGIN_LIMIT)
    time: int = integer()


class Declined(Exception):
    """What the service asked for does not go; `word` is one of docs/services-api.md §3."""

    def __init__(self, word: str, *, retry_after: int = 0) -> None:
        """Keep what is answered."""
        super().__init__(word)
        self.word = word
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A login that was begun, or was there already for this attempt; and whom to wake."""

    login: Row[Any]
    is_new: bool
    wake: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a service says of the browser that signs in at its page."""

    user: str
    binding: str
    attempt: str
    ip: str
    user_agent: str  # for people


async def allowed_user(
    connection: AsyncConnection, caller: Caller, name: str, scope: Scope
) -> Row[Any]:
    """Return the user of that name who has allowed the service this; raise Declined."""
    query = (
        select(users, allowed_services.c.scopes)
        .join(allowed_services, allowed_services.c.user_id == users.c.id)
        .where(
            users.c.name_key == name_key(name),
            users.c.disabled == 0,
            allowed_services.c.service_id == caller.id,
        )
    )
    row = (await connection.execute(query)).first()
    if row is None or scope not in row.scopes.split():
        raise Declined("not_allowed")
    return row


def begun_by(caller: Caller, binding: str) -> str:
    """Return what stands as a login's session: no session's id, and another for each service."""
    both = f"{caller.id}\0{binding}".encode()
    return f"service:{to_base64url(sha256(both))}"


async def begin(site: Site, caller: Caller, wanted: Wanted) -> Asked:
    """Ask the devices of a user; raise Declined."""
    async with site.database.read() as connection:
        user = await allowed_user(connection, caller, wanted.user, Scope.LOGINS)
    try:
        async with site.database.write(f"user {user.id}") as connection:
            user = await allowed_user(connection, caller, wanted.user, Scope.LOGINS)
            if before := await _attempt(connection, caller, wanted, user.id):
                return Asked(login=before, is_new=False, wake=[])
            return await _begin(site, connection, caller, wanted, user)
    except IntegrityError as error:
        # The same key for two users at one moment: they do not take turns.
        raise Declined("key_reused") from error


async def _attempt(
    connection: AsyncConnection, caller: Caller, wanted: Wanted, user_id: str
) -> Row[Any] | None:
    """Return the login of this attempt, if there is one; raise Declined if it was for another."""
    query = select(logins).where(
        logins.c.service_id == caller.id, logins.c.attempt == wanted.attempt
    )
    row = (await connection.execute(query)).first()
    if row is None:
        return None
    same = (row.user_id, row.session_id, row.ip, row.user_agent) == (
        user_id,
        begun_by(caller, wanted.binding),
        wanted.ip,
        wanted.user_agent,
    )
    if not same:
        raise Declined("key_reused")
    return row


async def _begin(
    site: Site, connection: AsyncConnection, caller: Caller, wanted: Wanted, user: Row[Any]
) -> Asked:
    paused = await requests_paused_for(
        site, connection, user.id, known=False, service_id=caller.id
    )
    if paused != 0:
        raise Declined("slow_down", retry_after=paused or SILENCE)
    devices = await active_devices(connection, user.id)
    if not devices:
        raise Declined("no_device")
    session_id = begun_by(caller, wanted.binding)
    await challenges.withdraw(connection, session_id)
    now = site.now()
    added = await connection.execute(
        insert(logins)
        .values(
            id=new_id(),
            user_id=user.id,
            session_id=session_id,
            state="open",
            pushed=1,
            known=0,
            match=MatchPolicy.TYPE4.value,
            code=challenges.match_code(),
            created=now,
            expires=int(now) + site.settings.login_seconds,
            ip=wanted.ip,
            user_agent=wanted.user_agent,
            service_id=caller.id,
            service=caller.name,
            attempt=wanted.attempt,
        )
        .returning(logins)
    )
    login = added.one()
    await challenges.ask(
        site,
        connection,
        devices,
        login_id=login.id,
        user_name=user.name,
        ip="",
        user_agent=" · ".join(one for one in (wanted.user_agent, wanted.ip) if one),
        service=caller.name,
    )
    return Asked(login=login, is_new=True, wake=[f"device {one.id}" for one in devices])


async def find(connection: AsyncConnection, caller: Caller, login_id: str) -> Row[Any]:
    """Return a login of this service, with its user's name; raise Declined."""
    query = (
        select(logins, users.c.name.label("user_name"))
        .join(users, users.c.id == logins.c.user_id)
        .where(logins.c.id == login_id, logins.c.service_id == caller.id)
    )
    row = (await connection.execute(query)).first()
    if row is None:
        raise Declined("not_found")
    return row


def state_of(login: Row[Any], now: float) -> tuple[str, int]:
    """Return what a login has come to, and for how many seconds that may stay so."""
    word = standing(login, now)
    return WORDS.get(word, word), seconds_left(login, now)


async def result(
    site: Site, caller: Caller, login_id: str, *, binding: str, nonce: str
) -> tuple[ServiceLogin, list[str]]:
    """Return what became of a login, approved once only, and whom to wake; raise Declined.

    Only the browser that began it may: for any other one it is denied, with an alarm.
    """
    now = site.now()
    async with site.database.read() as connection:
        user_id = (await find(connection, caller, login_id)).user_id
    async with site.database.write(f"user {user_id}") as connection:
        login = await find(connection, caller, login_id)
        state, _ = state_of(login, now)
        wake: list[str] = []
        if login.session_id != begun_by(caller, binding):
            if login.state in UNFINISHED and state != "expired":
                await challenges.stolen(connection, login, now)
                wake = await listeners(connection, [login.id])
            state = "denied"
        if state in {"open", "used"}:
            raise Declined(state)
        if state == "approved":
            await _use(connection, login, now)
            wake = [f"login {login.id}"]
    message = ServiceLogin(
        aud=caller.id,
        nonce=nonce,
        login=login.id,
        user=login.user_name,
        result=state,
        origin=site.origin,
        time=site.time(),
    )
    return message, wake


async def _use(connection: AsyncConnection, login: Row[Any], now: float) -> None:
    """Use an approval up; raise Declined if somebody else did."""
    won = await connection.execute(
        update(logins)
        .where(
            logins.c.id == login.id,
            logins.c.state == "approved",
            logins.c.decided_at > now - REDEMPTION_LIFETIME,
        )
        .values(state="redeemed")
    )
    if won.rowcount != 1:
        raise Declined("used")
    await record(
        connection,
        login.user_id,
        Happened.APPROVED,
        now,
        device=login.decided_by or "",
        user_agent=login.user_agent,
        ip=login.ip,
        service=login.service,
    )


async def cancel(site: Site, caller: Caller, login_id: str) -> list[str]:
    """Withdraw a login if it is open still; return whom to wake; raise Declined."""
    async with site.database.read() as connection:
        user_id = (await find(connection, caller, login_id)).user_id
    async with site.database.write(f"user {user_id}") as connection:
        ended = await withdraw(connection, logins.c.id == login_id)
        return await listeners(connection, ended)


async def check_code(
    site: Site, caller: Caller, *, user: str, code: str, nonce: str
) -> ServiceCode:
    """Say whether a code is right, using it up; raise Declined.

    Wrong ones count with those that strangers type on our own page.
    """
    async with site.database.read() as connection:
        user_id = (await allowed_user(connection, caller, user, Scope.CODES)).id
    async with site.database.write(f"user {user_id}") as connection:
        row = await allowed_user(connection, caller, user, Scope.CODES)
        if not await active_devices(connection, user_id):
            raise Declined("no_device")
        wait = await second_factors.seconds_until_code(site, connection, user_id, known=False)
        if wait:
            raise Declined("slow_down", retry_after=wait)
        right = await second_factors.use_either(site, connection, user_id, code, known=False)
        is_backup = second_factors.is_backup(code)
        if right:
            happened = Happened.USED_BACKUP_CODE if is_backup else Happened.USED_CODE
            await record(connection, user_id, happened, site.now(), service=caller.name)
        else:
            await second_factors.alarm_if_guessed(
                site, connection, user_id, known=False, browser="", ip="", service=caller.name
            )
    kind = "backup" if is_backup else "one-time"
    return ServiceCode(
        aud=caller.id,
        nonce=nonce,
        user=row.name,
        result="right" if right else "wrong",
        kind=kind if right else "",
        origin=site.origin,
        time=site.time(),
    )
