"""A link to a new password, by mail: for half an hour, once, and for the password only."""

import asyncio
import secrets
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword.protocol.encoding import sha256, to_base64url
from watchword_server import mailing
from watchword_server.site import Site
from watchword_server.store.tables import resets, users
from watchword_server.texts import Texts
from watchword_server.users import find_user

LIFETIME = 1800


class Letter(NamedTuple):
    """A mail to be sent once its link is in the database."""

    to: str
    subject: str
    text: str


async def begin(
    site: Site, connection: AsyncConnection, name: str, language: str
) -> Letter | None:
    """Make a link for the user of that name; return its letter, None for who has no address."""
    user = await find_user(connection, name)
    if user is None or not user.mail:
        return None
    link = to_base64url(secrets.token_bytes(32))
    await connection.execute(delete(resets).where(resets.c.user_id == user.id))
    await connection.execute(
        insert(resets).values(id=_id(link), user_id=user.id, expires=site.now() + LIFETIME)
    )
    address = f"{site.origin}/new-password/{link}"
    texts = Texts(user.language or language)
    return Letter(
        user.mail,
        texts.text("%(service)s: a new password", service=site.settings.name),
        texts.text(
            "Somebody, probably you, asked for a new password for %(user)s.\n\n"
            "Choose it here, within half an hour:\n%(link)s\n\n"
            "Your devices and backup codes stay as they are. If it wasn’t you, do nothing.",
            user=user.name,
            link=address,
        ),
    )


def send(site: Site, letter: Letter) -> None:
    """Let a letter go its way: how long the answer takes says nothing about the user."""
    if site.settings.mail is not None:
        mailing.in_background(asyncio.to_thread(mailing.send, site.settings.mail, *letter))


async def user_of(site: Site, connection: AsyncConnection, link: str) -> Row[Any] | None:
    """Return the user a link is for, while it works."""
    query = (
        select(users)
        .join(resets, resets.c.user_id == users.c.id)
        .where(resets.c.id == _id(link), resets.c.expires > site.now(), users.c.disabled == 0)
    )
    return (await connection.execute(query)).first()


async def use(site: Site, connection: AsyncConnection, link: str) -> bool:
    """Use a link up; whether it still worked."""
    used = await connection.execute(
        delete(resets).where(resets.c.id == _id(link), resets.c.expires > site.now())
    )
    return used.rowcount == 1


def _id(link: str) -> str:
    return to_base64url(sha256(link.encode("utf-8", "surrogatepass")))
