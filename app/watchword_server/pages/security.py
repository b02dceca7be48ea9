"""The account and its security page: devices, where one is signed in, activity, alarms."""

from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from watchword.protocol.version import SHORT_CODE_TRIES
from watchword_server import (
    activity,
    authorising,
    devices,
    enrolments,
    second_factors,
    services,
    sessions,
)
from watchword_server.activity import Happened, record
from watchword_server.pages import guard, qr
from watchword_server.pages.drawing import go_to, page, texts_of
from watchword_server.site import Site
from watchword_server.texts import Texts

WELCOMED = 120  # seconds for which a device that joined is announced


async def home(request: Request) -> Response:
    """Lead to the account, or to signing in."""
    await guard.signed_in(request)
    return go_to("/account")


async def account(request: Request) -> Response:
    """Draw the page behind the door."""
    site: Site = request.app.state.site
    session = await guard.signed_in(request)
    mine = await devices.active_devices(site.database, session.user_id)
    alarms = await activity.alarms(site.database, session.user_id)
    return page(request, "account", session=session, two_steps=bool(mine), alarms=bool(alarms))


async def show(request: Request) -> Response:
    """Draw the security page."""
    session = await guard.signed_in(request)
    return await security_page(request, session)


async def security_page(
    request: Request, session: Row[Any], *, error: str = "", status: int = 200
) -> Response:
    """Draw the security page, with what went wrong on it."""
    site: Site = request.app.state.site
    now = site.now()
    async with site.database.read() as connection:
        mine = await devices.active_devices(connection, session.user_id)
        events = await activity.recent(connection, session.user_id, most=activity.SHOWN + 1)
        alarms = await activity.alarms(connection, session.user_id)
        codes = await second_factors.backup_codes_left(connection, session.user_id)
        places = await sessions.of_user(connection, session.user_id, now)
        enrolment, consent = await _newest(connection, session)
        offers = await services.offers(connection, session.user_id)
    texts = texts_of(request)
    return page(
        request,
        "security",
        session=session,
        status=status,
        devices=mine,
        events=lines(texts, events[: activity.SHOWN]),
        more_events=len(events) > activity.SHOWN,
        alarms=lines(texts, alarms[:3]),
        last_alarm=alarms[0].number if alarms else 0,
        more_alarms=max(0, len(alarms) - 3),
        codes=codes,
        places=sorted(places, key=lambda place: place.id != session.id),  # this one first
        here_id=session.id,
        offers=[one for one in offers if one.scopes],
        mail=(session.mail or "") if site.settings.mail is not None else "",
        error=error,
        **_joining(site, texts, enrolment, consent),
    )


async def joining_page(
    request: Request, session: Row[Any], *, error: str = "", status: int = 200
) -> Response:
    """Draw the page on which a device joins that asked by way of this browser."""
    site: Site = request.app.state.site
    async with site.database.read() as connection:
        enrolment, consent = await _newest(connection, session)
    return page(
        request,
        "joining",
        session=session,
        status=status,
        error=error,
        **_joining(site, texts_of(request), enrolment, consent),
    )


async def _newest(
    connection: AsyncConnection, session: Row[Any]
) -> tuple[Row[Any] | None, Row[Any] | None]:
    """Return the session's newest enrolment, and the consent it comes from, if any."""
    enrolment = await enrolments.of_session(connection, session.id)
    if enrolment is None:
        return None, None
    return enrolment, await authorising.of_enrolment(connection, enrolment.id)


def lines(texts: Texts, events: list[Row[Any]]) -> list[dict[str, Any]]:
    """Return events as the templates show them."""
    shown = []
    for event in events:
        happened = Happened(event.kind)
        shown.append(
            {
                "happened": happened,
                "text": activity.said(texts, event),
                "details": activity.details(texts, event),
                "device": event.device,
                "service": event.service,
                "at": event.at,
                "is_alarm": happened.is_alarm,
            }
        )
    return shown


def _joining(
    site: Site, texts: Texts, enrolment: Row[Any] | None, consent: Row[Any] | None
) -> dict[str, Any]:
    """Return what a page says of this session's newest enrolment."""
    now = site.now()
    state = authorising.standing(enrolment, consent, now) if enrolment is not None else ""
    if enrolment is None or (state == "done" and now - enrolment.confirmed_at > WELCOMED):
        return {
            "joining": "",
            "joining_left": 0,
            "picture": "",
            "joiner": "",
            "tries_left": 0,
            "enrolment_id": "",
        }
    asked_as = consent.device_name if consent is not None else ""
    return {
        "joining": state,
        "joining_left": int(enrolment.expires - now),
        "picture": (
            qr.svg(str(enrolments.link_of(site, enrolment)), texts.text("QR code for Watchword"))
            if state == "open"
            else ""
        ),
        "enrolment_id": enrolment.id,
        "joiner": enrolments.device_name(enrolment) if enrolment.offer is not None else asked_as,
        "tries_left": SHORT_CODE_TRIES - enrolment.tries,
    }


async def all_activity(request: Request) -> Response:
    """Draw all that happened, a page at a time."""
    site: Site = request.app.state.site
    session = await guard.signed_in(request)
    asked = request.query_params.get("before", "")[:9]
    before = int(asked) if asked.isascii() and asked.isdigit() else None
    async with site.database.read() as connection:
        events = await activity.recent(
            connection, session.user_id, most=activity.PAGE + 1, before=before
        )
    shown = events[: activity.PAGE]
    return page(
        request,
        "activity",
        session=session,
        events=lines(texts_of(request), shown),
        is_first=before is None,
        older=shown[-1].number if len(events) > activity.PAGE else 0,
    )


async def acknowledge(request: Request) -> Response:
    """Show the alarms no more that were on the page."""
    site: Site = request.app.state.site
    form = await guard.form_of(request)
    session = await guard.signed_in(request)
    last = guard.text_of(form, "last", 9)
    if last.isascii() and last.isdigit():
        async with site.database.write(f"user {session.user_id}") as connection:
            await activity.seen(connection, session.user_id, int(last), site.now())
    return go_to("/security")


async def end_sessions(request: Request) -> Response:
    """Sign out elsewhere: in one place, or in all but this one."""
    site: Site = request.app.state.site
    form = await guard.form_of(request)
    session = await guard.signed_in(request)
    only = guard.text_of(form, "session", 64) or None
    async with site.database.write(f"user {session.user_id}") as connection:
        ended = await sessions.end_of_user(connection, session.user_id, but=session.id, only=only)
        if ended:
            browser = guard.browser_of(request, session.user_id)
            await record(
                connection,
                session.user_id,
                Happened.SESSIONS_ENDED,
                site.now(),
                user_agent=browser.user_agent,
                ip=browser.ip,
            )
    return go_to("/security")


ROUTES = [
    Route("/", home, methods=["GET"]),
    Route("/account", account, methods=["GET"]),
    Route("/security", show, methods=["GET"]),
    Route("/security/activity", all_activity, methods=["GET"]),
    Route("/security/alarms", acknowledge, methods=["POST"]),
    Route("/security/sessions", end_sessions, methods=["POST"]),
]
