"""Sign in from this computer: a consent in the browser becomes an enrolment (docs/protocol.md §13)."""

import hmac
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword.plain_text import plain_text
from watchword.protocol.authorisation import Exchange, Question, check_verifier, new_secret
from watchword.protocol.encoding import sha256, to_base64url
from watchword.protocol.enrol_link import EnrolLink
from watchword.protocol.errors import BadSignature
from watchword_server import enrolments
from watchword_server.noting import noted
from watchword_server.site import Site
from watchword_server.store.tables import authorisations

CODE_SECONDS = 60


def device_name(question: Question) -> str:
    """Return what the device calls itself, fit to show."""
    return plain_text(question.device_name, limit=64) or "Watchword"


async def begin(
    site: Site, connection: AsyncConnection, session: Row[Any], question: Question
) -> str:
    """Make an enrolment for this browser session and return the code that fetches its link."""
    code = new_secret()
    await connection.execute(
        insert(authorisations).values(
            id=_id(code),
            enrolment_id=await enrolments.begin(site, connection, session),
            challenge=question.challenge,
            redirect_uri=question.redirect_uri,
            device_name=device_name(question),
            expires=site.now() + CODE_SECONDS,
        )
    )
    return code


async def enrolment_of_code(connection: AsyncConnection, code: str) -> str | None:
    """Return the id of the enrolment a code was handed out for."""
    query = select(authorisations.c.enrolment_id).where(authorisations.c.id == _id(code))
    return await connection.scalar(query)


async def exchange(site: Site, connection: AsyncConnection, asked: Exchange) -> EnrolLink | None:
    """Use a code and return its enrolment's link: once, in time, to the program that asked.

    Whatever else is tried with a code that we gave burns the enrolment: somebody has read it
    who should not have.
    """
    used = (
        await connection.execute(
            update(authorisations)
            .where(authorisations.c.id == _id(asked.code))
            .values(uses=authorisations.c.uses + 1)
            .returning(authorisations)
        )
    ).first()
    if used is None:
        return None
    enrolment = await enrolments.find(connection, used.enrolment_id)
    if (
        used.uses == 1
        and used.expires > site.now()
        and _is_the_one_that_asked(used, asked)
        and enrolment is not None
        and enrolments.standing(enrolment, site.now()) == "open"
    ):
        return enrolments.link_of(site, enrolment)
    await enrolments.close(connection, used.enrolment_id, "refused")
    noted("burnt_authorisation", enrolment.user_id if enrolment is not None else "")
    return None


def _is_the_one_that_asked(row: Row[Any], asked: Exchange) -> bool:
    try:
        check_verifier(asked.verifier, row.challenge)
    except BadSignature:
        return False
    return hmac.compare_digest(asked.redirect_uri.encode(), row.redirect_uri.encode())


async def of_enrolment(connection: AsyncConnection, enrolment_id: str) -> Row[Any] | None:
    """Return the consent an enrolment comes from; None: it was made for a QR code."""
    query = select(authorisations).where(authorisations.c.enrolment_id == enrolment_id)
    return (await connection.execute(query)).first()


def standing(enrolment: Row[Any], consent: Row[Any] | None, now: float) -> str:
    """Return what an enrolment has come to; "asked": the device has yet to come by itself."""
    word = enrolments.standing(enrolment, now)
    if consent is None or word != "open":
        return word
    return "expired" if not consent.uses and consent.expires <= now else "asked"


def _id(code: str) -> str:
    return to_base64url(sha256(code.encode("ascii")))
