"""Other services that may ask for people's approval: their keys, and who has allowed them what.

A key is "wwk_ID_SECRET": its row is found by the id, and the secret's hash compared in one time.
"""

import hmac
import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword.protocol.encoding import sha256, to_base64url
from watchword.protocol.origin import parse_origin
from watchword_server.activity import Happened, record
from watchword_server.errors import Refused
from watchword_server.login_states import listeners, withdraw
from watchword_server.site import Site, new_id
from watchword_server.store.tables import allowed_services, logins, service_keys
from watchword_server.store.tables import services as table
from watchword_server.users import checked_name, name_key

LIVE_KEYS = 2  # the new one, and the one before it until everybody has the new one
_KEY = re.compile(r"wwk_([A-Za-z0-9_-]{22})_([A-Za-z0-9_-]{43})")
_NOBODY = bytes(32)


class Scope(StrEnum):
    """What a key may be used for, and what a person allows."""

    CODES = "codes"  # check one-time and backup codes
    LOGINS = "logins"  # ask the devices


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The service that a working key belongs to, and what the key may do."""

    id: str
    name: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A service as a person sees it: what it can do, and what of that was allowed."""

    id: str
    name: str
    home: str
    scopes: frozenset[str]
    allowed: frozenset[str]
    allowed_at: float | None

    @property
    def is_allowed(self) -> bool:
        """Whether all that it can do was allowed."""
        return self.allowed_at is not None and self.scopes <= self.allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A new service, and its key, which stands nowhere else."""

    id: str
    key: str = field(repr=False)


async def add_service(site: Site, name: str, scopes: set[str], *, home: str = "") -> Added:
    """Add a service and give it a key. Raises Refused, OriginRefused."""
    name = checked_name(name)
    if name_key(name) == name_key(site.settings.name):
        raise Refused(
            "This server itself has that name",
            "People could not tell which of the two asks.",
            "Choose another name.",
        )
    service_id = new_id()
    origin = str(parse_origin(home)) if home else ""
    async with site.database.write() as connection:
        try:
            await connection.execute(
                insert(table).values(
                    id=service_id,
                    name=name,
                    name_key=name_key(name),
                    home=origin,
                    created=site.now(),
                )
            )
        except IntegrityError as error:
            raise Refused(
                "There is a service of that name already",
                "Names that look alike count as the same.",
                "Choose another name, or make a key with: watchword-server service key",
            ) from error
        # In one transaction: a service is never there without a key.
        key, _ = await _new_key(site, connection, service_id, scopes)
    return Added(id=service_id, key=key)


async def add_key(
    site: Site, name: str, scopes: set[str] | None = None, *, only: bool = False
) -> tuple[str, list[str]]:
    """Draw a key; return it, and the ids of the keys that ended by that. Raises Refused.

    Without `scopes` it may do what the newest key may; if there is none, everything. It stands
    nowhere but in what is returned.
    """
    service = await _existing(site, name)
    async with site.database.write(f"service {service.id}") as connection:
        return await _new_key(site, connection, service.id, scopes, only=only)


async def _new_key(
    site: Site,
    connection: AsyncConnection,
    service_id: str,
    scopes: set[str] | None,
    *,
    only: bool = False,
) -> tuple[str, list[str]]:
    before = list(await connection.execute(_keys_of(service_id)))
    may = scopes or (set(before[0].scopes.split()) if before else set(Scope))
    ended = [one.id for one in (before if only else before[LIVE_KEYS - 1 :])]
    await connection.execute(delete(service_keys).where(service_keys.c.id.in_(ended)))
    secret = to_base64url(secrets.token_bytes(32))
    key_id = new_id()
    await connection.execute(
        insert(service_keys).values(
            id=key_id,
            service_id=service_id,
            hash=sha256(secret.encode()),
            scopes=" ".join(sorted(may)),
            created=site.now(),
        )
    )
    return f"wwk_{key_id}_{secret}", ended


def _keys_of(service_id: str) -> Any:
    query = select(service_keys).where(service_keys.c.service_id == service_id)
    return query.order_by(service_keys.c.created.desc(), service_keys.c.id)


async def disable_service(site: Site, name: str, *, disabled: bool) -> None:
    """Let a service ask no more (or again), and withdraw what it has open. Raises Refused."""
    service = await _existing(site, name)
    async with site.database.write(f"service {service.id}") as connection:
        await connection.execute(
            update(table).where(table.c.id == service.id).values(disabled=int(disabled))
        )
        if disabled:
            await withdraw(connection, logins.c.service_id == service.id)


async def all_services(site: Site) -> list[tuple[Row[Any], list[Row[Any]]]]:
    """Return every service by name, each with its keys, the newest first."""
    async with site.database.read() as connection:
        found = list(await connection.execute(select(table).order_by(table.c.name_key)))
        return [(one, list(await connection.execute(_keys_of(one.id)))) for one in found]


async def _existing(site: Site, name: str) -> Row[Any]:
    query = select(table).where(table.c.name_key == name_key(name))
    async with site.database.read() as connection:
        row = (await connection.execute(query)).first()
    if row is None:
        raise Refused(
            "There is no service of that name",
            "",
            "See them all with: watchword-server service list",
        )
    return row


async def caller_of(connection: AsyncConnection, key: str) -> Caller | None:
    """Return whose key this is; None for what is none, or does not work any more."""
    match = _KEY.fullmatch(key)
    query = (
        select(service_keys, table.c.name)
        .join(table, table.c.id == service_keys.c.service_id)
        .where(service_keys.c.id == (match[1] if match else ""), table.c.disabled == 0)
    )
    row = (await connection.execute(query)).first()
    given = sha256(match[2].encode()) if match else _NOBODY
    same = hmac.compare_digest(row.hash if row is not None else _NOBODY, given)
    if row is None or match is None or not same:
        return None
    return Caller(id=row.service_id, name=row.name, scopes=frozenset(row.scopes.split()))


async def offers(
    connection: AsyncConnection, user_id: str, service_id: str | None = None
) -> list[Offer]:
    """Return the services that a person can allow or has allowed, those allowed first."""
    mine = allowed_services.c
    query = (
        select(table, mine.scopes.label("allowed"), mine.allowed_at)
        .outerjoin(
            allowed_services,
            (mine.service_id == table.c.id) & (mine.user_id == user_id),
        )
        .where(table.c.disabled == 0)
        .order_by(mine.allowed_at.is_(None), table.c.name_key)
    )
    keys = select(service_keys)
    if service_id is not None:
        query = query.where(table.c.id == service_id)
        keys = keys.where(service_keys.c.service_id == service_id)
    can: dict[str, set[str]] = {}
    for key in await connection.execute(keys):
        can.setdefault(key.service_id, set()).update(key.scopes.split())
    return [
        Offer(
            id=row.id,
            name=row.name,
            home=row.home,
            scopes=frozenset(can.get(row.id, ())),
            allowed=frozenset((row.allowed or "").split()),
            allowed_at=row.allowed_at,
        )
        for row in await connection.execute(query)
    ]


async def allow(
    connection: AsyncConnection, offer: Offer, user_id: str, scopes: set[str], now: float
) -> None:
    """Let a service do for this user what the page said; nothing, if it can do more by now."""
    if scopes != offer.scopes:
        return
    await connection.execute(_allowed(offer.id, user_id))
    await connection.execute(
        insert(allowed_services).values(
            service_id=offer.id,
            user_id=user_id,
            scopes=" ".join(sorted(scopes)),
            allowed_at=now,
        )
    )
    await record(connection, user_id, Happened.SERVICE_ALLOWED, now, service=offer.name)


async def stop(
    connection: AsyncConnection, service_id: str, user_id: str, now: float
) -> list[str]:
    """Let a service do nothing more for this user; return whom to wake."""
    ended = await connection.execute(_allowed(service_id, user_id))
    if ended.rowcount != 1:
        return []
    name = await connection.scalar(select(table.c.name).where(table.c.id == service_id))
    await record(connection, user_id, Happened.SERVICE_STOPPED, now, service=name or "")
    mine = logins.c.service_id == service_id, logins.c.user_id == user_id
    return await listeners(connection, await withdraw(connection, *mine))


def _allowed(service_id: str, user_id: str) -> Any:
    return delete(allowed_services).where(
        allowed_services.c.service_id == service_id, allowed_services.c.user_id == user_id
    )
