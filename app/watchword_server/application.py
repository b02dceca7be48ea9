"""The server put together: routes, what becomes of errors, and what runs beside."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from sqlalchemy import Delete, delete, select
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from watchword.protocol.errors import ProtocolError
from watchword_server import joining, mailing
from watchword_server.api import answers, enrol, hints, keys, oauth, requests, services
from watchword_server.api.device_auth import DeviceRevoked, Unauthorized
from watchword_server.devices import write_seen
from watchword_server.enrolments import EnrolmentOver, EnrolmentUsed
from watchword_server.errors import CannotStart, Refused
from watchword_server.noting import noted
from watchword_server.pages import (
    allowing,
    authorise,
    backup_codes,
    continuing,
    devices,
    password,
    preferences,
    security,
    sign_in,
)
from watchword_server.pages.drawing import STATIC, go_to, texts_of, told
from watchword_server.pages.guard import ForeignForm, GoTo
from watchword_server.service_logins import Declined
from watchword_server.shell import BodyTooLarge, Shell, is_api, too_large
from watchword_server.signing_keys import LOOK_EVERY
from watchword_server.site import Site
from watchword_server.store.database import PASSING
from watchword_server.store.tables import attempts, events, logins, nonces, resets, sessions
from watchword_server.texts import N_
from watchword_server.watched import Watched

_logger = logging.getLogger(__name__)
SWEEP_SECONDS = 60
SEEN_SECONDS = 5
KEEP_REDEEMED = 86_400  # seconds; "not me" can end a session for so long
KEEP_EVENTS = 365 * 86_400
KEEP_LOGINS = 7200  # seconds; longer than any limit looks back
RETRY_SECONDS = 5


def create_application(site: Site) -> ASGIApp:
    """Return the ASGI application of an open site, which it closes at the end."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        beside = [asyncio.create_task(_sweep_now_and_then(site))]
        beside.append(asyncio.create_task(_look_for_keys_now_and_then(site)))
        if site.settings.mail is not None:
            beside.append(asyncio.create_task(mailing.send_now_and_then(site)))
        if site.notices is not None:
            beside.append(asyncio.create_task(site.notices.run()))
        yield
        for one in beside:
            one.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        with contextlib.suppress(*PASSING):
            await write_seen(site)
        await site.close()

    app = Starlette(
        routes=[
            *requests.ROUTES,  # first: devices ask all the time, and routes are tried in turn
            *security.ROUTES,
            *devices.ROUTES,
            *authorise.ROUTES,
            *backup_codes.ROUTES,
            *password.ROUTES,
            *sign_in.ROUTES,
            *continuing.ROUTES,
            *preferences.ROUTES,
            *allowing.ROUTES,
            *enrol.ROUTES,
            *oauth.ROUTES,
            *keys.ROUTES,
            *services.ROUTES,
            *hints.ROUTES,
            Route("/healthz", health, methods=["GET"]),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        exception_handlers={
            GoTo: _go_to,
            ForeignForm: _foreign_form,
            BodyTooLarge: _too_large,
            HTTPException: _no_such_page,
            **dict.fromkeys(PASSING, _unavailable),
            ClientDisconnect: _nobody_left,
            Unauthorized: answers.unauthorized,
            DeviceRevoked: answers.revoked,
            answers.ApiError: answers.api_error,
            ProtocolError: answers.bad_message,
            services.Refusal: services.refusal,
            Declined: services.declined,
            EnrolmentUsed: _used,
            EnrolmentOver: _over,
            Refused: answers.bad_message,
        },
        lifespan=lifespan,
    )
    app.state.site = site
    return Watched(Shell(app, site), site)


async def health(request: Request) -> Response:
    """Say that the server runs and its database answers."""
    site: Site = request.app.state.site
    async with site.database.read() as connection:
        await connection.execute(select(1))
        return PlainTextResponse("ok\n")


async def sweep(site: Site) -> None:
    """Delete what has run out, a table at a time: nobody waits for long."""
    now = site.now()
    async with site.database.write("sweep") as connection:
        await joining.forget_old(connection, now)
    for old in _old_rows(now):
        async with site.database.write("sweep") as connection:
            await connection.execute(old)


def _old_rows(now: float) -> list[Delete]:
    return [
        delete(nonces).where(nonces.c.expires < now),
        delete(sessions).where(sessions.c.expires < now),
        delete(resets).where(resets.c.expires < now),
        delete(events).where(events.c.at < now - KEEP_EVENTS),
        delete(attempts).where(attempts.c.at < now - 7200),
        delete(logins).where(logins.c.created < now - KEEP_REDEEMED),
        delete(logins).where(logins.c.created < now - KEEP_LOGINS, logins.c.state != "redeemed"),
    ]


async def _sweep_now_and_then(site: Site) -> None:
    while True:
        # A busy database or a full disk ends no server; the next sweep finds the same rows.
        with contextlib.suppress(*PASSING):
            await sweep(site)
        for _ in range(SWEEP_SECONDS // SEEN_SECONDS):
            await asyncio.sleep(SEEN_SECONDS)
            with contextlib.suppress(*PASSING):
                await write_seen(site)


async def _look_for_keys_now_and_then(site: Site) -> None:
    while True:
        try:
            with contextlib.suppress(*PASSING):
                await site.look_for_keys()
        except CannotStart:
            # A row that does not open ends nothing: the key that signs goes on signing.
            _logger.exception("the next signing key cannot be read")
        await asyncio.sleep(LOOK_EVERY)


def _go_to(_request: Request, error: Exception) -> Response:
    return go_to(error.path if isinstance(error, GoTo) else "/")


def _foreign_form(request: Request, _error: Exception) -> Response:
    noted("foreign_form")
    return told(
        request,
        N_("Please try again"),
        N_("This form was too old, or did not come from this site. Nothing was changed."),
        status=403,
    )


def _no_such_page(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    if is_api(request.url.path):
        word = "not_found" if status == 404 else "bad_request"
        headers = error.headers if isinstance(error, HTTPException) else None
        return JSONResponse({"error": word}, status, headers)
    return told(
        request,
        N_("There is no such page"),
        N_("The address is not one of ours."),
        status=status,
    )


def _too_large(request: Request, _error: Exception) -> Response:
    return too_large(request.url.path)


def _unavailable(request: Request, _error: Exception) -> Response:
    headers = {"Retry-After": str(RETRY_SECONDS)}
    if is_api(request.url.path):
        return JSONResponse({"error": "unavailable"}, 503, headers)
    # Not a page: drawing one may be what does not work.
    text = texts_of(request).text(
        "The server is busy. Nothing was changed; try again in a moment."
    )
    return PlainTextResponse(text, 503, headers)


def _nobody_left(_request: Request, _error: Exception) -> Response:
    """The browser went away in the middle of its request: nothing was done, nobody reads this."""
    return Response(status_code=400)


def _used(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"error": "used"}, 409)


def _over(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"error": "expired"}, 410)
