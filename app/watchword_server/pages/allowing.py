"""A service that asks to be allowed: what it wants, yes, and no more."""

from typing import Any

from sqlalchemy import Row
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from watchword_server import services
from watchword_server.pages import guard
from watchword_server.pages.cookies import come_back_to
from watchword_server.pages.drawing import go_to, page, texts_of, told
from watchword_server.pages.step_up import step_up
from watchword_server.services import Offer, Scope
from watchword_server.site import Site
from watchword_server.texts import N_


async def show(request: Request) -> Response:
    """Say what a service wants; who is not signed in does that first."""
    site: Site = request.app.state.site
    session = await guard.session_of(request)
    if session is None or session.stage != "in":
        first = go_to("/sign-in" if session is None else "/sign-in/waiting")
        come_back_to(site, first, request.path_params["service"])
        return first
    offer = await _offer(request, session)
    response = _none(request, session) if offer is None else _page(request, session, offer)
    come_back_to(site, response, "")
    return response


async def _offer(request: Request, session: Row[Any]) -> Offer | None:
    site: Site = request.app.state.site
    async with site.database.read() as connection:
        found = await services.offers(connection, session.user_id, request.path_params["service"])
    return found[0] if found and found[0].scopes else None


def _none(request: Request, session: Row[Any]) -> Response:
    return told(
        request,
        N_("There is no such service"),
        N_("It was removed, or the address is not complete."),
        status=404,
        session=session,
    )


def _page(request: Request, session: Row[Any], offer: Offer) -> Response:
    return page(
        request,
        "service",
        session=session,
        offer=offer,
        asks=Scope.LOGINS in offer.scopes,
        checks=Scope.CODES in offer.scopes,
        scopes=" ".join(sorted(offer.scopes)),
    )


async def allow(request: Request) -> Response:
    """Allow what the page said, and nothing else."""
    site: Site = request.app.state.site
    form = await guard.form_of(request)
    session = await guard.signed_in(request)
    offer = await _offer(request, session)
    if offer is None:
        return _none(request, session)
    purpose = texts_of(request).text("Before you allow %(service)s.", service=offer.name)
    stepped = await step_up(request, form, session, purpose)
    if isinstance(stepped, Response):
        return stepped
    scopes = set(guard.text_of(form, "scopes", 64).split())
    async with site.database.write(f"user {stepped.user_id}") as connection:
        await services.allow(connection, offer, stepped.user_id, scopes, site.now())
    return go_to(f"/services/{offer.id}", request)


async def stop(request: Request) -> Response:
    """Allow a service nothing any more, at once: for that nobody need prove anything."""
    site: Site = request.app.state.site
    await guard.form_of(request)
    session = await guard.signed_in(request)
    async with site.database.write(f"user {session.user_id}") as connection:
        wake = await services.stop(
            connection, request.path_params["service"], session.user_id, site.now()
        )
    site.wakeups.wake(*wake)
    return go_to("/security")


ROUTES = [
    Route("/services/{service}", show, methods=["GET"]),
    Route("/services/{service}/allow", allow, methods=["POST"]),
    Route("/services/{service}/stop", stop, methods=["POST"]),
]
