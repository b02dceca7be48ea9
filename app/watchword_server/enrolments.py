"""A device wants to join: one link, one offer, one confirmation, one package.

The steps and messages are those of docs/protocol.md §4; the last one is in joining.py.
"""

import hashlib
import hmac
import secrets
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword.plain_text import plain_text
from watchword.protocol import signing
from watchword.protocol.encoding import normalised_code, sha256
from watchword.protocol.enrol_link import KEY_SIZE, EnrolLink
from watchword.protocol.http_signing import key_id
from watchword.protocol.members import Envelope
from watchword.protocol.messages import (
    Activation,
    EnrolInfo,
    EnrolOffer,
    EnrolPackage,
    EnrolStateWord,
    EnrolTaken,
    MatchPolicy,
)
from watchword.protocol.version import ENROLMENT_LIFETIME, SHORT_CODE_TRIES
from watchword_server.devices import by_hint_keyid, by_keyid
from watchword_server.errors import Refused
from watchword_server.second_factors import (
    DIGITS,
    PERIOD,
    SEED_SIZE,
    make_backup_codes,
    seed_purpose,
)
from watchword_server.sessions import FRESH_SECONDS
from watchword_server.site import Site, new_id
from watchword_server.store.tables import devices, enrolments, sessions

MOST_DEVICES = 10


class EnrolmentUsed(Refused):
    """Another device has taken this enrolment."""


class EnrolmentOver(Refused):
    """The enrolment has expired, was refused or burnt."""


async def begin(site: Site, connection: AsyncConnection, session: Row[Any]) -> str:
    """Make an enrolment for this browser session and return its id; its older ones end."""
    enrolment_id = new_id()
    now = site.now()
    await connection.execute(
        update(enrolments)
        .where(enrolments.c.session_id == session.id, enrolments.c.state.in_(["open", "offered"]))
        .values(state="refused", link_key=None)
    )
    key = secrets.token_bytes(KEY_SIZE)
    await connection.execute(
        insert(enrolments).values(
            id=enrolment_id,
            user_id=session.user_id,
            session_id=session.id,
            state="open",
            link_key=site.seal.close(key, f"link key of {enrolment_id}"),
            created=now,
            expires=int(now) + ENROLMENT_LIFETIME,
        )
    )
    return enrolment_id


async def of_session(connection: AsyncConnection, session_id: str) -> Row[Any] | None:
    """Return the session's newest enrolment."""
    # Of two that were made in the same instant, the one that goes on is meant.
    goes_on = enrolments.c.state.in_(["open", "offered", "confirmed"])
    query = (
        select(enrolments)
        .where(enrolments.c.session_id == session_id)
        .order_by(enrolments.c.created.desc(), goes_on.desc())
        .limit(1)
    )
    return (await connection.execute(query)).first()


async def find(connection: AsyncConnection, enrolment_id: str) -> Row[Any] | None:
    """Return an enrolment by its id."""
    query = select(enrolments).where(enrolments.c.id == enrolment_id)
    return (await connection.execute(query)).first()


def standing(enrolment: Row[Any], now: float) -> str:
    """Return what an enrolment has come to: its state, or "expired"."""
    if enrolment.state in {"open", "offered"} and enrolment.expires <= now:
        return "expired"
    if enrolment.state == "confirmed" and enrolment.confirmed_at + ENROLMENT_LIFETIME <= now:
        return "expired"
    return str(enrolment.state)


def link_of(site: Site, enrolment: Row[Any]) -> EnrolLink:
    """Return the link of an open enrolment, to be drawn as a QR code."""
    return EnrolLink(
        origin=site.settings.origin,
        id=enrolment.id,
        key=site.seal.open(enrolment.link_key, f"link key of {enrolment.id}"),
        fingerprint=site.fingerprint,
        expires=int(enrolment.expires),
    )


def info(site: Site, enrolment: Row[Any], nonce_c: bytes) -> Envelope:
    """Return who this server is, signed; it costs no write."""
    key = site.signing_key
    return key.seal(
        EnrolInfo(
            origin=site.origin,
            e=enrolment.id,
            server_key=key.public,
            service=site.settings.name,
            nonce_c=nonce_c,
            nonce_s=_nonce_s(site, enrolment.id, nonce_c),
            time=site.time(),
            exp=int(enrolment.expires),
        )
    )


def _nonce_s(site: Site, enrolment_id: str, nonce_c: bytes) -> bytes:
    text = b"enrol nonce\0" + enrolment_id.encode() + nonce_c
    return hmac.digest(site.secret, text, hashlib.sha256)[:16]


async def take_offer(
    site: Site, connection: AsyncConnection, enrolment: Row[Any], envelope: Envelope, mac: bytes
) -> EnrolTaken:
    """Take the one offer of an enrolment and return what the short code is made of.

    The same offer again gets the same answer. Raises ProtocolError, EnrolmentUsed,
    EnrolmentOver.
    """
    offer = EnrolOffer.parse(envelope.signed)
    signing.verify(offer.device_key, envelope.sig, envelope.signed)
    offer.expect(
        e=enrolment.id,
        origin=site.origin,
        f=site.fingerprint,
        tls_pin=b"",
        nonce_s=_nonce_s(site, enrolment.id, offer.nonce_c),
        exp=int(enrolment.expires),
    )
    digest = sha256(envelope.signed)
    if enrolment.offer is None:
        enrolment = await _take(site, connection, enrolment, offer, envelope, mac)
    if enrolment.offer != envelope.signed:
        raise EnrolmentUsed("Another device has used this code")
    return EnrolTaken(
        e=enrolment.id,
        offer=digest,
        nonce2=enrolment.nonce2,
        device_id=enrolment.device_id,
        time=site.time(),
    )


async def _take(
    site: Site,
    connection: AsyncConnection,
    enrolment: Row[Any],
    offer: EnrolOffer,
    envelope: Envelope,
    mac: bytes,
) -> Row[Any]:
    if standing(enrolment, site.now()) != "open":
        raise EnrolmentOver("This code is not valid any more")
    signing.check_offer_mac(link_of(site, enrolment).key, sha256(envelope.signed), mac)
    # A key that no package can be sealed to is found out now, not after the person confirmed.
    signing.seal_package(b"", offer.seal_key, b"")
    won = await connection.execute(
        update(enrolments)
        .where(
            enrolments.c.id == enrolment.id,
            enrolments.c.state == "open",
            enrolments.c.expires > site.now(),
        )
        .values(state="offered", offer=envelope.signed, link_key=None)
    )
    if won.rowcount == 1:
        # Drawn only now that the offer cannot change: neither side chooses the short code.
        await connection.execute(
            update(enrolments)
            .where(enrolments.c.id == enrolment.id)
            .values(
                nonce2=secrets.token_bytes(16),
                device_id=new_id(),
                keyid=key_id(offer.device_key),
            )
        )
    query = select(enrolments).where(enrolments.c.id == enrolment.id)
    return (await connection.execute(query)).one()


def short_code(enrolment: Row[Any]) -> str:
    """Return the eight characters that both screens show."""
    return signing.short_code(sha256(enrolment.offer), enrolment.nonce2)


def device_name(enrolment: Row[Any]) -> str:
    """Return what the device that wants to join calls itself, fit to show."""
    return plain_text(EnrolOffer.parse(enrolment.offer).name, limit=64)


async def confirm(
    site: Site, connection: AsyncConnection, session: Row[Any], enrolment_id: str, typed: str
) -> str:
    """Let the device join if the first four characters are right.

    Returns "confirmed", "wrong" (with tries left), "burnt", or "over".
    """
    now = site.now()
    counted = await connection.execute(
        update(enrolments)
        .where(
            enrolments.c.id == enrolment_id,
            enrolments.c.session_id == session.id,
            enrolments.c.state == "offered",
            enrolments.c.expires > now,
            enrolments.c.tries < SHORT_CODE_TRIES,
        )
        .values(tries=enrolments.c.tries + 1)
    )
    if counted.rowcount != 1:
        return "over"
    enrolment = await find(connection, enrolment_id)
    assert enrolment is not None  # noqa: S101 - it was just updated in this transaction
    if await _lacks_factor(connection, session, enrolment):
        await close(connection, enrolment_id, "refused")
        return "over"
    first_four = normalised_code(typed)[:8]
    code = short_code(enrolment)
    # Who types all eight is right as well.
    right = hmac.compare_digest(first_four.encode("utf-8", "replace"), code[:4].encode()) or (
        hmac.compare_digest(first_four.encode("utf-8", "replace"), code.encode())
    )
    if right:
        await _confirmed(site, connection, session, enrolment, now)
        return "confirmed"
    if enrolment.tries < SHORT_CODE_TRIES:
        return "wrong"
    await close(connection, enrolment_id, "burnt")
    return "burnt"


async def _lacks_factor(
    connection: AsyncConnection, session: Row[Any], enrolment: Row[Any]
) -> bool:
    """Whether another device has joined since a link was made with the password alone.

    Else whoever knows the password could make links beforehand, and add a device of their own
    just after the owner's first one.
    """
    others = await connection.execute(
        select(devices.c.id).where(
            devices.c.user_id == enrolment.user_id, devices.c.state == "active"
        )
    )
    shown = session.factor_at or 0
    return others.first() is not None and shown < enrolment.created - FRESH_SECONDS


async def refuse(connection: AsyncConnection, session: Row[Any], enrolment_id: str) -> None:
    """Burn the enrolment: the person said No, or wants no device any more."""
    await connection.execute(
        update(enrolments)
        .where(
            enrolments.c.id == enrolment_id,
            enrolments.c.session_id == session.id,
            enrolments.c.state.in_(["open", "offered"]),
        )
        .values(state="refused", link_key=None)
    )


async def close(connection: AsyncConnection, enrolment_id: str, state: str) -> None:
    """End an enrolment that nobody confirmed yet."""
    await connection.execute(
        update(enrolments)
        .where(enrolments.c.id == enrolment_id, enrolments.c.state.in_(["open", "offered"]))
        .values(state=state, link_key=None)
    )


async def _confirmed(
    site: Site,
    connection: AsyncConnection,
    session: Row[Any],
    enrolment: Row[Any],
    now: float,
) -> None:
    offer = EnrolOffer.parse(enrolment.offer)
    seed = secrets.token_bytes(SEED_SIZE)
    others = await connection.execute(
        select(devices.c.id).where(
            devices.c.user_id == enrolment.user_id, devices.c.state == "active"
        )
    )
    is_first = others.first() is None
    codes: tuple[str, ...] = ()
    if is_first:
        codes = await make_backup_codes(site, connection, enrolment.user_id)
        # Typing what the device shows proves it is at hand: this session need not show it again.
        await connection.execute(
            update(sessions).where(sessions.c.id == session.id).values(factor_at=now)
        )
    package = EnrolPackage(
        e=enrolment.id,
        device_id=enrolment.device_id,
        account=enrolment.user_id,
        user=session.user_name,
        service=site.settings.name,
        seed=seed,
        algorithm="SHA1",
        digits=DIGITS,
        period=PERIOD,
        backup_codes=codes,
        match=MatchPolicy.TYPE4,
        activation=Activation.UNLOCKED,
    ).to_bytes()
    taken = await by_keyid(connection, enrolment.keyid)
    if taken is not None or await by_hint_keyid(connection, enrolment.keyid) is not None:
        raise Refused("This device's key is in use already")
    try:
        await connection.execute(
            insert(devices).values(
                id=enrolment.device_id,
                user_id=enrolment.user_id,
                keyid=enrolment.keyid,
                public_key=offer.device_key,
                name=plain_text(offer.name, limit=64) or "Unnamed device",
                platform=plain_text(offer.platform, limit=64),
                state="pending",
                seed=site.seal.close(seed, seed_purpose(enrolment.device_id)),
                created=now,
            )
        )
    except IntegrityError as error:
        raise Refused("This device's key is in use already") from error
    await connection.execute(
        update(enrolments)
        .where(enrolments.c.id == enrolment.id, enrolments.c.state == "offered")
        .values(
            state="confirmed",
            confirmed_at=now,
            sealed=signing.seal_package(package, offer.seal_key, sha256(enrolment.offer)),
            package_hash=sha256(package),
        )
    )


def state_for_device(enrolment: Row[Any], now: float) -> tuple[EnrolStateWord, bytes]:
    """Return what the device is told, and the sealed package if it may have it."""
    state = standing(enrolment, now)
    if state == "offered":
        return EnrolStateWord.WAITING, b""
    if state in {"confirmed", "done"}:
        return EnrolStateWord.ACCEPTED, enrolment.sealed or b""
    if state == "expired":
        return EnrolStateWord.EXPIRED, b""
    return EnrolStateWord.REFUSED, b""
