"""The way back into the browser after an answer by the link: /continue/TICKET (docs/protocol.md §9).

Only the session that began the login is let in. Nothing is drawn under an address that holds a
ticket: every answer leads on to another page.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from watchword.protocol.encoding import from_base64url
from watchword_server import challenges
from watchword_server.decisions import TICKET_SIZE
from watchword_server.pages import guard
from watchword_server.pages.drawing import go_to, page, texts_of
from watchword_server.pages.sign_in import let_in, wake_devices
from watchword_server.site import Site
from watchword_server.users import speaks

# What browsers say when nobody has asked for the page yet (the second is older).
_AHEAD = ("sec-purpose", "purpose")


async def come_back(request: Request) -> Response:
    """Use a ticket up: let its browser in, or deny the login to any other."""
    if request.method != "GET":
        return Response(status_code=405, headers={"Allow": "GET"})
    if any(name in request.headers for name in _AHEAD):
        return Response(status_code=503)
    response = await _come_back(request)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


async def _come_back(request: Request) -> Response:
    site: Site = request.app.state.site
    session = await guard.session_of(request)
    try:
        ticket = from_base64url(request.path_params["ticket"], TICKET_SIZE)
    except ValueError:
        return go_to("/continue")
    async with site.database.read() as connection:
        login = await challenges.of_ticket(connection, ticket)
    if login is None:
        return go_to("/continue")
    async with site.database.write(f"user {login.user_id}") as connection:
        cookie = await challenges.redeem(
            site, connection, login_id=login.id, session=session, ticket=ticket
        )
        if cookie is not None:
            await speaks(connection, login.user_id, texts_of(request).language)
    await wake_devices(site, login.user_id, login.id)
    if cookie is not None:
        return let_in(site, request, cookie, login.user_id)
    if session is not None and session.id in {login.session_id, login.became}:
        return go_to("/sign-in/waiting")  # too late, or twice: it says so, or leads inside
    return go_to("/continue")


async def stopped(request: Request) -> Response:
    """Say why this browser is not let in."""
    session = await guard.session_of(request)
    return page(request, "not_here", session=session, status=403)


ROUTES = [
    Route("/continue", stopped, methods=["GET"]),
    Route("/continue/{ticket}", come_back, methods=["GET"]),
]
