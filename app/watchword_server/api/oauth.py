"""What a program asks directly when it signs in from this computer (docs/protocol.md §13)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchword.protocol.authorisation import DISCOVERY, Endpoints, Exchange
from watchword.protocol.errors import MessageRefused
from watchword.protocol.version import API
from watchword_server import authorising
from watchword_server.site import Site

AUTHORISE = "/authorise"
EXCHANGE = f"{API}/authorised"


async def discovery(request: Request) -> Response:
    """Say where to authorise, and where a code is exchanged."""
    site: Site = request.app.state.site
    endpoints = Endpoints(
        authorise=f"{site.origin}{AUTHORISE}", exchange=f"{site.origin}{EXCHANGE}"
    )
    return JSONResponse(endpoints.to_json(site.settings.origin))


async def exchange(request: Request) -> Response:
    """Give the enrolment's link for a code, once."""
    site: Site = request.app.state.site
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_form = kind == "application/x-www-form-urlencoded"
    try:
        asked = Exchange.parse(await request.body() if is_form else b"")
    except MessageRefused:
        return JSONResponse({"error": "invalid_request"}, 400)
    # A code that was never handed out costs no write.
    async with site.database.read() as connection:
        enrolment_id = await authorising.enrolment_of_code(connection, asked.code)
    link = None
    if enrolment_id is not None:
        async with site.database.write() as connection:
            link = await authorising.exchange(site, connection, asked)
        site.wakeups.wake(f"enrolment {enrolment_id}")
    if link is None:
        return JSONResponse({"error": "invalid_grant"}, 400)
    return JSONResponse({"enrolment": str(link)})


ROUTES = [
    Route(DISCOVERY, discovery, methods=["GET"]),
    Route(EXCHANGE, exchange, methods=["POST"]),
]
