"""Mail: what changed is told to the user's address, if the operator gave one and a mail server.

What is to be told is marked in the transaction of the change itself (activity.record), so that
a stop in between loses nothing; a mail may come twice, never not at all.
"""

import asyncio
import contextlib
import logging
import smtplib
import ssl
from collections.abc import Coroutine
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from ipaddress import ip_address
from typing import Any

from sqlalchemy import Row, select, update

from watchword.plain_text import plain_text
from watchword_server import activity
from watchword_server.settings import Mail
from watchword_server.site import Site
from watchword_server.store.database import PASSING
from watchword_server.store.tables import events, users
from watchword_server.texts import Texts

TIMEOUT = 20.0
GIVE_UP = 2 * 86_400  # seconds after the event
LOOK_EVERY = 5.0
_logger = logging.getLogger(__name__)
_background: set[asyncio.Task[None]] = set()


def send(mail: Mail, to: str, subject: str, text: str) -> None:
    """Hand one mail to the mail server. Raises OSError, SMTPException."""
    message = EmailMessage(policy=SMTP)
    message["From"] = mail.sender
    message["To"] = to
    message["Subject"] = plain_text(subject, limit=200)
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain=mail.sender.rpartition("@")[2] or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    context = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(mail.host, mail.port, timeout=TIMEOUT, context=context)
        if mail.tls
        else smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT)
    ) as server:
        if not mail.tls and not _is_loopback(mail.host):
            server.starttls(context=context)
        if mail.user:
            server.login(mail.user, mail.password)
        server.send_message(message)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def in_background(sending: Coroutine[Any, Any, None]) -> None:
    """Send without anybody waiting; what fails is said in the log."""

    async def run() -> None:
        try:
            await sending
        except (OSError, smtplib.SMTPException) as error:
            _log(error)

    task = asyncio.get_running_loop().create_task(run())
    # The loop itself holds tasks only weakly.
    _background.add(task)
    task.add_done_callback(_background.discard)


async def send_due(site: Site) -> None:
    """Send what is due; what fails is tried again, later each time, for two days."""
    mail = site.settings.mail
    if mail is None:
        return
    query = (
        select(events, users.c.mail, users.c.language, users.c.name.label("user_name"))
        .join(users, users.c.id == events.c.user_id)
        .where(events.c.mail_due <= site.now())
        .order_by(events.c.number)
        .limit(50)
    )
    async with site.database.read() as connection:
        due = list(await connection.execute(query))
    for event in due:
        now = site.now()
        too_late = now - event.at > GIVE_UP or not event.mail
        again = None if too_late else now + max(60.0, now - event.at)
        if await _mark(site, event, event.mail_due, again) and not too_late:
            try:
                await asyncio.to_thread(send, mail, event.mail, *_written(site, event))
            except (OSError, smtplib.SMTPException) as error:
                _log(error)
            else:
                await _mark(site, event, again, None)


async def _mark(site: Site, event: Row[Any], was: float | None, due: float | None) -> bool:
    """Move when an event is due; False if another process was first."""
    async with site.database.write() as connection:
        moved = await connection.execute(
            update(events)
            .where(events.c.number == event.number, events.c.mail_due == was)
            .values(mail_due=due)
        )
    return moved.rowcount == 1


def _written(site: Site, event: Row[Any]) -> tuple[str, str]:
    """Return subject and text of an event's mail."""
    texts = Texts(event.language or "en")
    what = activity.said(texts, event)
    lines = [
        texts.text(
            "Your account %(user)s at %(service)s:",
            user=event.user_name,
            service=site.settings.name,
        ),
        "",
        " · ".join([what, *activity.details(texts, event)]),
        f"{texts.moment(event.at, site.now())} UTC",
        "",
        texts.text("If it wasn’t you, change your password and look at your devices:"),
        f"{site.origin}/security",
        "",
    ]
    return f"{site.settings.name}: {what}", "\n".join(lines)


async def send_now_and_then(site: Site) -> None:
    """Send what is due every few seconds, until the server stops."""
    with site.wakeups.listening("stop") as listener:
        while not site.wakeups.closed:
            # A busy database ends nothing; the next look finds the same rows.
            with contextlib.suppress(*PASSING):
                await send_due(site)
            await listener.wait(LOOK_EVERY)


def _log(error: Exception) -> None:
    # Not the message itself: mail servers repeat addresses in theirs.
    _logger.warning("A mail could not be sent (%s)", type(error).__name__)
