"""One-time codes and backup codes: each accepted once, guessing slowed down, never silenced."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword.otp.code import code_at
from watchword.otp.parameters import OtpParameters, OtpType
from watchword.protocol.encoding import CROCKFORD, normalised_code
from watchword_server.activity import Happened, record
from watchword_server.noting import noted
from watchword_server.site import Site
from watchword_server.store.tables import backup_codes, devices, users
from watchword_server.throttling import CODES, note, seconds_to_wait, subject

PERIOD = 30
DIGITS = 6
SEED_SIZE = 20
BACKUP_CODES = 10
BACKUP_LENGTH = 10  # characters of 5 bits each


def seed_purpose(device_id: str) -> str:
    """Return what a device's seed is sealed for."""
    return f"seed of {device_id}"


async def seconds_until_code(
    site: Site, connection: AsyncConnection, user_id: str, *, known: bool
) -> int:
    """Return how long no code is taken; 0: one may be tried now."""
    name = subject("code", user_id, known=known)
    return await seconds_to_wait(site, connection, name, CODES)


async def alarm_if_guessed(
    site: Site,
    connection: AsyncConnection,
    user_id: str,
    *,
    known: bool,
    browser: str,
    ip: str,
    service: str = "",
) -> bool:
    """Raise an alarm if the wrong code that was just counted is the last one that is taken."""
    if not await seconds_until_code(site, connection, user_id, known=known):
        return False
    await record(
        connection,
        user_id,
        Happened.GUESSED_CODES,
        site.now(),
        user_agent=browser,
        ip=ip,
        service=service,
    )
    return True


async def use_code(
    site: Site, connection: AsyncConnection, user_id: str, typed: str, *, known: bool
) -> bool:
    """Whether `typed` is a current one-time code of any of the user's devices; it is used up.

    The step before and after count too (RFC 6238 §5.2); a step is never accepted twice, nor
    an earlier one after a later one. A wrong code is counted.
    """
    now = site.now()
    digits = "".join(typed.split()).replace("-", "")[:16]
    query = select(devices).where(devices.c.user_id == user_id, devices.c.state == "active")
    for device in list(await connection.execute(query)):
        seed = site.seal.open(device.seed, seed_purpose(device.id))
        for step in range(int(now) // PERIOD - 1, int(now) // PERIOD + 2):
            expected = code_at(OtpParameters(type=OtpType.TOTP, secret=seed), step * PERIOD).value
            if not hmac.compare_digest(expected.encode(), digits.encode("utf-8", "replace")):
                continue
            won = await connection.execute(
                update(devices)
                .where(devices.c.id == device.id, devices.c.last_step < step)
                .values(last_step=step)
            )
            if won.rowcount == 1:
                await _another_factor_succeeded(connection, user_id)
                return True
    noted("wrong_code", user_id)
    await note(connection, subject("code", user_id, known=known), now)
    return False


async def make_backup_codes(
    site: Site, connection: AsyncConnection, user_id: str
) -> tuple[str, ...]:
    """Draw ten backup codes, replacing all the user had, and return them as they are written.

    Only their hashes stay here.
    """
    await connection.execute(delete(backup_codes).where(backup_codes.c.user_id == user_id))
    codes = [
        "".join(secrets.choice(CROCKFORD) for _ in range(BACKUP_LENGTH))
        for _ in range(BACKUP_CODES)
    ]
    await connection.execute(
        insert(backup_codes),
        [{"user_id": user_id, "hash": _backup_hash(site, user_id, code)} for code in codes],
    )
    return tuple(f"{code[:5]}-{code[5:]}" for code in codes)


async def use_backup_code(
    site: Site, connection: AsyncConnection, user_id: str, typed: str, *, known: bool
) -> bool:
    """Whether `typed` is one of the user's unused backup codes; it is used up."""
    now = site.now()
    won = await connection.execute(
        update(backup_codes)
        .where(
            backup_codes.c.user_id == user_id,
            backup_codes.c.hash == _backup_hash(site, user_id, normalised_code(typed)),
            backup_codes.c.used_at.is_(None),
        )
        .values(used_at=now)
    )
    if won.rowcount == 1:
        await _another_factor_succeeded(connection, user_id)
        return True
    noted("wrong_code", user_id)
    await note(connection, subject("code", user_id, known=known), now)
    return False


def is_backup(typed: str) -> bool:
    """Whether what was typed is longer than a one-time code, and so meant for a backup code."""
    return len(normalised_code(typed)) > DIGITS


async def use_either(
    site: Site, connection: AsyncConnection, user_id: str, typed: str, *, known: bool
) -> bool:
    """Whether `typed` is a one-time code or, being longer than one, a backup code."""
    use = use_backup_code if is_backup(typed) else use_code
    return await use(site, connection, user_id, typed, known=known)


async def renew_backup_codes(
    site: Site, connection: AsyncConnection, user_id: str, generation: str
) -> tuple[str, ...] | None:
    """Draw ten new codes in place of those of `generation`; None if these are not the last.

    A page that shows new codes and is loaded again must not draw others: the ones on paper
    would be worth nothing.
    """
    if (await backup_codes_left(connection, user_id)).generation != generation:
        return None
    codes = await make_backup_codes(site, connection, user_id)
    await record(connection, user_id, Happened.CODES_RENEWED, site.now())
    return codes


@dataclass(frozen=True, slots=True)
class BackupCodesLeft:
    """How many backup codes are unused, how many there were, and which ten these are."""

    left: int
    all: int
    generation: str  # changes whenever new ones are drawn


async def backup_codes_left(connection: AsyncConnection, user_id: str) -> BackupCodesLeft:
    """Return how many backup codes there are."""
    row = (
        await connection.execute(
            select(
                func.count().label("all"), func.count(backup_codes.c.used_at).label("used")
            ).where(backup_codes.c.user_id == user_id)
        )
    ).one()
    newest = await connection.scalar(
        select(backup_codes.c.hash)
        .where(backup_codes.c.user_id == user_id)
        .order_by(backup_codes.c.number.desc())
        .limit(1)
    )
    return BackupCodesLeft(row.all - row.used, row.all, (newest or b"")[:8].hex())


def _backup_hash(site: Site, user_id: str, code: str) -> bytes:
    # 50 random bits under a key outside the database: no slow hash is needed.
    text = f"backup code\0{user_id}\0{code}".encode("utf-8", "surrogatepass")
    return hmac.digest(site.seal.key, text, hashlib.sha256)


async def _another_factor_succeeded(connection: AsyncConnection, user_id: str) -> None:
    await connection.execute(update(users).where(users.c.id == user_id).values(wrong_matches=0))
