"""Recent activity: what happened to an account, as its owner reads it; and its alarms."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Row, bindparam, case, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watchword_server.noting import noted
from watchword_server.store.questions import Question, Reading
from watchword_server.store.tables import events, users
from watchword_server.texts import N_, Texts

SHOWN = 5  # on the security page
PAGE = 20  # on its own


class Happened(StrEnum):
    """What can have happened."""

    APPROVED = "approved"
    DENIED = "denied"
    NOT_ME = "not_me"
    WRONG_CODES = "wrong_codes"
    GUESSED_CODES = "guessed_codes"
    STOLEN_TRY = "stolen_try"
    SIGNED_IN = "signed_in"  # by password alone
    USED_CODE = "used_code"
    USED_BACKUP_CODE = "used_backup_code"
    DEVICE_ADDED = "device_added"
    DEVICE_RENAMED = "device_renamed"
    DEVICE_REMOVED = "device_removed"
    DEVICE_UNLINKED = "device_unlinked"
    CODES_RENEWED = "codes_renewed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a name
    PASSWORD_SET = "password_set"  # noqa: S105 - by whoever runs the server
    FACTORS_RESET = "factors_reset"  # likewise
    SESSIONS_ENDED = "sessions_ended"
    DEVICE_MOVED = "device_moved"  # its vault, to another computer: it has another key
    KEY_CHANGED = "key_changed"  # the server's own
    SERVICE_ALLOWED = "service_allowed"
    SERVICE_STOPPED = "service_stopped"

    @property
    def is_alarm(self) -> bool:
        """Whether somebody else may have been at work."""
        return self in _ALARMS

    @property
    def is_told(self) -> bool:
        """Whether it is told by mail, too: alarms, and what changes who can get in."""
        return self in _TOLD


_ALARMS = {Happened.NOT_ME, Happened.WRONG_CODES, Happened.GUESSED_CODES, Happened.STOLEN_TRY}
_TOLD = _ALARMS | {
    Happened.USED_BACKUP_CODE,
    Happened.DEVICE_ADDED,
    Happened.DEVICE_REMOVED,
    Happened.DEVICE_UNLINKED,
    Happened.DEVICE_MOVED,
    Happened.CODES_RENEWED,
    Happened.PASSWORD_CHANGED,
    Happened.PASSWORD_SET,
    Happened.FACTORS_RESET,
    Happened.SERVICE_ALLOWED,
}

TEXTS = {
    Happened.APPROVED: N_("Sign-in approved"),
    Happened.DENIED: N_("Sign-in denied"),
    Happened.NOT_ME: N_("Denied: it wasn’t you"),
    Happened.WRONG_CODES: N_("Sign-in ended after three wrong codes"),
    Happened.GUESSED_CODES: N_("Many wrong codes, with the right password"),
    Happened.STOLEN_TRY: N_("Another browser tried to use your approval"),
    Happened.SIGNED_IN: N_("Signed in with the password only"),
    Happened.USED_CODE: N_("Signed in with a one-time code"),
    Happened.USED_BACKUP_CODE: N_("Signed in with a backup code"),
    Happened.DEVICE_ADDED: N_("Device added"),
    Happened.DEVICE_RENAMED: N_("Device renamed"),
    Happened.DEVICE_REMOVED: N_("Device removed"),
    Happened.DEVICE_UNLINKED: N_("Device removed itself"),
    Happened.CODES_RENEWED: N_("New backup codes made"),
    Happened.PASSWORD_CHANGED: N_("Password changed"),
    Happened.PASSWORD_SET: N_("Password set by whoever runs this server"),
    Happened.FACTORS_RESET: N_("Two-step sign-in reset by whoever runs this server"),
    Happened.SESSIONS_ENDED: N_("Signed out elsewhere"),
    Happened.DEVICE_MOVED: N_("Device moved to another computer"),
    Happened.KEY_CHANGED: N_("This server’s signing key changed"),
}
# The same at another service's page, and what concerns services only.
AT_SERVICE = {
    Happened.APPROVED: N_("Sign-in to %(service)s approved"),
    Happened.DENIED: N_("Sign-in to %(service)s denied"),
    Happened.NOT_ME: N_("Denied at %(service)s: it wasn’t you"),
    Happened.WRONG_CODES: N_("Sign-in to %(service)s ended after three wrong codes"),
    Happened.GUESSED_CODES: N_("Many wrong codes at %(service)s"),
    Happened.STOLEN_TRY: N_("Another browser tried to use your approval for %(service)s"),
    Happened.USED_CODE: N_("One-time code used at %(service)s"),
    Happened.USED_BACKUP_CODE: N_("Backup code used at %(service)s"),
    Happened.SERVICE_ALLOWED: N_("%(service)s was allowed to ask you"),
    Happened.SERVICE_STOPPED: N_("%(service)s may not ask you any more"),
}


def said(texts: Texts, event: Row[Any]) -> str:
    """Return what happened, for people."""
    happened = Happened(event.kind)
    if event.service:
        return texts.text(AT_SERVICE[happened], service=event.service)
    return texts.text(TEXTS[happened])


def details(texts: Texts, event: Row[Any]) -> list[str]:
    """Return where it happened, each as far as it is known; a service's word is marked as one."""
    browser = texts.browser(event.user_agent)
    if not event.service:
        return [one for one in (browser, event.device, event.ip) if one]
    reported = " · ".join(one for one in (browser, event.ip) if one)
    return [
        *([event.device] if event.device else []),
        *([texts.text("reported: %(what)s", what=reported)] if reported else []),
    ]


_RECORD = insert(events)


async def record(
    connection: AsyncConnection,
    user_id: str,
    happened: Happened,
    now: float,
    *,
    device: str = "",
    user_agent: str = "",
    ip: str = "",
    service: str = "",
) -> None:
    """Keep one event; with what the user is told by mail it becomes due in the same moment."""
    noted(happened.value, user_id)
    values = {
        "user_id": user_id,
        "at": now,
        "kind": happened.value,
        "device": device,
        "user_agent": user_agent,
        "ip": ip,
        "service": service,
    }
    if not happened.is_told:
        await connection.execute(_RECORD, values)
        return
    due = select(case((users.c.mail.is_not(None), now), else_=None)).where(users.c.id == user_id)
    await connection.execute(insert(events).values(**values, mail_due=due.scalar_subquery()))


async def recent(
    connection: AsyncConnection, user_id: str, *, most: int = SHOWN, before: int | None = None
) -> list[Row[Any]]:
    """Return the newest events first; `before` is the number of the last one seen."""
    query = select(events).where(events.c.user_id == user_id)
    if before is not None:
        query = query.where(events.c.number < before)
    return list(await connection.execute(query.order_by(events.c.number.desc()).limit(most)))


_UNSEEN = Question(
    select(events)
    .where(
        events.c.user_id == bindparam("user_id"),
        events.c.seen_at.is_(None),
        or_(*(events.c.kind == one.value for one in _ALARMS)),
    )
    .order_by(events.c.number.desc())
)


async def alarms(reading: Reading, user_id: str) -> list[Row[Any]]:
    """Return the alarms nobody has seen yet, the newest first."""
    return await _UNSEEN.of(reading, user_id=user_id)


async def seen(connection: AsyncConnection, user_id: str, last: int, now: float) -> None:
    """Remember that the user has seen the alarms up to the number `last`."""
    await connection.execute(
        update(events)
        .where(events.c.user_id == user_id, events.c.number <= last, events.c.seen_at.is_(None))
        .values(seen_at=now)
    )
