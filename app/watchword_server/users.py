"""Users: who may sign in, by a name that has one spelling."""

import unicodedata
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword.plain_text import examine
from watchword_server.errors import Refused
from watchword_server.passwords import LONGEST, SHORTEST
from watchword_server.site import Site, new_id
from watchword_server.store.tables import logins, sessions, users

NAME_LIMIT = 128


def name_key(name: str) -> str:
    """Return what two spellings of one name have in common (NFKC, case folded)."""
    return unicodedata.normalize("NFKC", name.strip()).casefold()[:256]


async def add_user(site: Site, name: str, password: str) -> str:
    """Add a user and return its id. Raises Refused."""
    name = name.strip()
    plain = examine(name, limit=NAME_LIMIT)
    if not name or plain.text != name:
        raise Refused(
            "This name cannot be used",
            f"It is empty, longer than {NAME_LIMIT} characters, or holds invisible characters.",
            "Choose another name.",
        )
    user_id = new_id()
    async with site.database.write() as connection:
        try:
            await connection.execute(
                insert(users).values(
                    id=user_id,
                    name=name,
                    name_key=name_key(name),
                    password_hash=site.passwords.hash(_checked(password)),
                    created=site.now(),
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
    async with site.database.write() as connection:
        user = await _existing(connection, name)
        await connection.execute(
            update(users).where(users.c.id == user.id).values(password_hash=hashed)
        )
        await _end_sessions(connection, user.id)


async def disable_user(site: Site, name: str, *, disabled: bool) -> None:
    """Let a user in no more (or again), and end every session of it. Raises Refused."""
    async with site.database.write() as connection:
        user = await _existing(connection, name)
        await connection.execute(
            update(users).where(users.c.id == user.id).values(disabled=int(disabled))
        )
        await _end_sessions(connection, user.id)


async def all_users(site: Site) -> list[Row[Any]]:
    """Return every user, by name."""
    async with site.database.read() as connection:
        return list(await connection.execute(select(users).order_by(users.c.name_key)))


async def find_user(connection: AsyncConnection, name: str) -> Row[Any] | None:
    """Return the user of that name who may sign in, or None."""
    query = select(users).where(users.c.name_key == name_key(name), users.c.disabled == 0)
    return (await connection.execute(query)).first()


async def _end_sessions(connection: AsyncConnection, user_id: str) -> None:
    """End every session of a user, and what they wait for: nobody could be let in any more."""
    await connection.execute(delete(sessions).where(sessions.c.user_id == user_id))
    await connection.execute(
        update(logins)
        .where(logins.c.user_id == user_id, logins.c.state.in_(["open", "approved"]))
        .values(state="withdrawn", decided=None, decided_by=None)
    )


async def _existing(connection: AsyncConnection, name: str) -> Row[Any]:
    row = (
        await connection.execute(select(users).where(users.c.name_key == name_key(name)))
    ).first()
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
