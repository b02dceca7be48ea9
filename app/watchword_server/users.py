"""Users: who may sign in, by a name that has one spelling."""

import re
import unicodedata
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword.plain_text import examine
from watchword_server import devices, sessions
from watchword_server.activity import Happened, record
from watchword_server.errors import Refused
from watchword_server.passwords import LONGEST, SHORTEST
from watchword_server.site import Site, new_id
from watchword_server.store.questions import Question, Reading
from watchword_server.store.tables import devices as devices_table
from watchword_server.store.tables import resets, users

NAME_LIMIT = 128
_MAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[A-Za-z0-9.-]{1,189}")


def name_key(name: str) -> str:
    """Return what two spellings of one name have in common (NFKC, case folded)."""
    return unicodedata.normalize("NFKC", name.strip()).casefold()[:256]


def checked_name(name: str) -> str:
    """Return the name of a user or a service as it is kept; raise Refused."""
    name = name.strip()
    if not name or examine(name, limit=NAME_LIMIT).text != name:
        raise Refused(
            "This name cannot be used",
            f"It is empty, longer than {NAME_LIMIT} characters, or holds invisible characters.",
            "Choose another name.",
        )
    return name


async def add_user(site: Site, name: str, password: str, *, mail: str = "") -> str:
    """Add a user and return its id. Raises Refused."""
    name = checked_name(name)
    user_id = new_id()
    address = _checked_mail(mail) if mail else None
    # Before the transaction: nobody else can write while it lasts.
    hashed = site.passwords.hash(_checked(password))
    async with site.database.write() as connection:
        try:
            await connection.execute(
                insert(users).values(
                    id=user_id,
                    name=name,
                    name_key=name_key(name),
                    password_hash=hashed,
                    created=site.now(),
                    mail=address,
                )
            )
        except IntegrityError as error:
            raise Refused(
                "There is a user of that name already",
                "Names that look alike count as the same.",
                "Choose another name, or set the password with: watchword-server user passwd",
            ) from error
    return user_id


async def change_password(site: Site, name: str, password: str) -> None:
    """Set a user's password and end every session of it. Raises Refused."""
    hashed = site.passwords.hash(_checked(password))
    user = await _existing(site, name)
    async with site.database.write(f"user {user.id}") as connection:
        await connection.execute(
            update(users).where(users.c.id == user.id).values(password_hash=hashed)
        )
        await _end_links(connection, user.id)
        await record(connection, user.id, Happened.PASSWORD_SET, site.now())
        await sessions.end_of_user(connection, user.id)


async def disable_user(site: Site, name: str, *, disabled: bool) -> None:
    """Let a user in no more (or again), and end every session of it. Raises Refused."""
    user = await _existing(site, name)
    async with site.database.write(f"user {user.id}") as connection:
        await connection.execute(
            update(users).where(users.c.id == user.id).values(disabled=int(disabled))
        )
        await sessions.end_of_user(connection, user.id)


async def set_mail(site: Site, name: str, mail: str) -> None:
    """Set where changes are told; "" for nowhere. Raises Refused."""
    user = await _existing(site, name)
    async with site.database.write(f"user {user.id}") as connection:
        await connection.execute(
            update(users)
            .where(users.c.id == user.id)
            .values(mail=_checked_mail(mail) if mail else None)
        )
        await _end_links(connection, user.id)


async def reset_factors(site: Site, name: str, *, by: str) -> int:
    """Take a user's devices and backup codes away; return how many devices. Raises Refused.

    The rescue of somebody who lost them all. The password stays as it is; who did it, `by`,
    stands in the user's activity, and the user is told by mail.
    """
    now = site.now()
    user = await _existing(site, name)
    async with site.database.write(f"user {user.id}") as connection:
        mine = await devices.active_devices(connection, user.id)
        for one in mine:
            await devices.revoke(connection, one.id, user.id, now, reason="removed")
        await connection.execute(
            update(users).where(users.c.id == user.id).values(wrong_matches=0)
        )
        await record(connection, user.id, Happened.FACTORS_RESET, now, user_agent=by[:128])
        await sessions.end_of_user(connection, user.id)
    return len(mine)


async def all_users(site: Site) -> list[Row[Any]]:
    """Return every user by name, and of how many `devices`."""
    count = (
        select(func.count())
        .where(devices_table.c.user_id == users.c.id, devices_table.c.state == "active")
        .scalar_subquery()
    )
    query = select(users, count.label("devices")).order_by(users.c.name_key)
    async with site.database.read() as connection:
        return list(await connection.execute(query))


_SPEAKS = update(users).where(users.c.id == bindparam("user"))


async def speaks(connection: AsyncConnection, user_id: str, language: str) -> None:
    """Remember the language a user reads, for mails."""
    await connection.execute(_SPEAKS, {"user": user_id, "language": language})


async def set_own_password(
    connection: AsyncConnection, user_id: str, before: str, hashed: str, now: float
) -> bool:
    """Set a password its owner chose; False if it changed since `before` was checked."""
    won = await connection.execute(
        update(users)
        .where(users.c.id == user_id, users.c.password_hash == before, users.c.disabled == 0)
        .values(password_hash=hashed)
    )
    if won.rowcount != 1:
        return False
    await _end_links(connection, user_id)
    await record(connection, user_id, Happened.PASSWORD_CHANGED, now)
    return True


async def _end_links(connection: AsyncConnection, user_id: str) -> None:
    """Let no mailed link set another password: whoever asked for it did so before."""
    await connection.execute(delete(resets).where(resets.c.user_id == user_id))


_MAY_SIGN_IN = Question(
    select(users).where(users.c.name_key == bindparam("name_key"), users.c.disabled == 0)
)


async def find_user(reading: Reading, name: str) -> Row[Any] | None:
    """Return the user of that name who may sign in, or None."""
    rows = await _MAY_SIGN_IN.of(reading, name_key=name_key(name))
    return rows[0] if rows else None


async def _existing(site: Site, name: str) -> Row[Any]:
    query = select(users).where(users.c.name_key == name_key(name))
    async with site.database.read() as connection:
        row = (await connection.execute(query)).first()
    if row is None:
        raise Refused(
            "There is no user of that name", "", "See them all with: watchword-server user list"
        )
    return row


def _checked(password: str) -> str:
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refused(
            "This password cannot be used",
            f"It needs {SHORTEST} to {LONGEST} characters.",
            "Choose another one.",
        )
    return password


def _checked_mail(mail: str) -> str:
    if not _MAIL.fullmatch(mail) or not mail.isprintable():
        raise Refused(
            "This is no mail address",
            f"“{mail[:64]}” has not the form name@host.",
            "Mind the spelling.",
        )
    return mail
