"""Devices on the security page: adding one with its live confirmation, renaming, removing."""

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchword.plain_text import plain_text
from watchword_server import authorising, devices, enrolments, throttling
from watchword_server.pages import guard
from watchword_server.pages.drawing import go_to, texts_of
from watchword_server.pages.security import joining_page, security_page
from watchword_server.pages.step_up import step_up
from watchword_server.site import Site
from watchword_server.texts import Texts

HOLD = 20  # seconds for which the page's question is held


async def add(request: Request) -> Response:
    """Begin an enrolment and show its QR code."""
    site: Site = request.app.state.site
    form = await guard.form_of(request)
    texts = texts_of(request)
    stepped = await step_up(
        request, form, await guard.signed_in(request), texts.text("Before you add a device.")
    )
    if isinstance(stepped, Response):
        return stepped
    async with site.database.write(f"user {stepped.user_id}") as connection:
        error = await why_not(site, connection, texts, stepped.user_id)
        if not error:
            await enrolments.begin(site, connection, stepped)
    if error:
        return await security_page(request, stepped, status=429, error=error)
    return go_to("/security#join", request)


async def why_not(site: Site, connection: AsyncConnection, texts: Texts, user_id: str) -> str:
    """Return why this account begins no further enrolment; "": it may."""
    mine = await devices.active_devices(connection, user_id)
    if len(mine) >= enrolments.MOST_DEVICES:
        return texts.plural(
            "There is %(n)s device already. Remove it first.",
            "There are %(n)s devices already. Remove one first.",
            len(mine),
        )
    if await throttling.too_many_enrolments(site, connection, user_id):
        return texts.text("Too many codes were made. Wait ten minutes.")
    return ""


async def joining_state(request: Request) -> Response:
    """Tell the security page what its enrolment has come to; hold while it is `?is`."""
    site: Site = request.app.state.site
    session = await guard.session_of(request)
    if session is None or session.stage != "in":
        return JSONResponse({"state": "gone"})
    async with site.database.read() as connection:
        enrolment = await enrolments.of_session(connection, session.id)
    if enrolment is None:
        return JSONResponse({"state": ""})
    shown = request.query_params.get("is", "")[:16]

    async def look() -> tuple[str, bool]:
        async with site.database.read() as connection:
            current = await enrolments.find(connection, enrolment.id)
            consent = await authorising.of_enrolment(connection, enrolment.id)
        if current is None:
            return "gone", True
        word = authorising.standing(current, consent, site.now())
        return word, word != shown

    word = await site.wakeups.held(f"enrolment {enrolment.id}", HOLD, look)
    return JSONResponse({"state": word})


async def joining(request: Request) -> Response:
    """Draw the page where the short code is typed, after a consent."""
    return await joining_page(request, await guard.signed_in(request))


async def join(request: Request) -> Response:
    """Let the device join whose short code was typed."""
    site: Site = request.app.state.site
    form = await guard.form_of(request)
    session = await guard.signed_in(request)
    e = guard.text_of(form, "enrolment", 64)
    async with site.database.write(f"user {session.user_id}") as connection:
        outcome = await enrolments.confirm(
            site, connection, session, e, guard.text_of(form, "code", 64)
        )
    site.wakeups.wake(f"enrolment {e}")
    if outcome == "wrong":
        error = texts_of(request).text("Those are not the characters that Watchword shows.")
        draw = joining_page if _is_alone(form) else security_page
        return await draw(request, session, status=403, error=error)
    return go_to("/security/joining" if _is_alone(form) else "/security#join")


async def refuse(request: Request) -> Response:
    """Let the device not join."""
    site: Site = request.app.state.site
    form = await guard.form_of(request)
    session = await guard.signed_in(request)
    e = guard.text_of(form, "enrolment", 64)
    async with site.database.write(f"user {session.user_id}") as connection:
        await enrolments.refuse(connection, session, e)
    site.wakeups.wake(f"enrolment {e}")
    return go_to("/security/joining" if _is_alone(form) else "/security")


def _is_alone(form: FormData) -> bool:
    """Whether a form stood on the page of its own, not on the security page."""
    return guard.text_of(form, "alone", 4) == "yes"


async def rename(request: Request) -> Response:
    """Give a device another name on these pages; what it calls itself stays its own."""
    site: Site = request.app.state.site
    form = await guard.form_of(request)
    session = await guard.signed_in(request)
    name = plain_text(guard.text_of(form, "name", 256), limit=64).strip()
    if name:
        async with site.database.write(f"user {session.user_id}") as connection:
            await devices.rename(
                connection, request.path_params["device"], session.user_id, name, site.now()
            )
    return go_to("/security")


async def remove(request: Request) -> Response:
    """Remove a device; it learns so at once."""
    site: Site = request.app.state.site
    form = await guard.form_of(request)
    purpose = texts_of(request).text("Before you remove a device.")
    stepped = await step_up(request, form, await guard.signed_in(request), purpose)
    if isinstance(stepped, Response):
        return stepped
    device_id = request.path_params["device"]
    async with site.database.write(f"user {stepped.user_id}") as connection:
        await devices.revoke(connection, device_id, stepped.user_id, site.now(), reason="removed")
    site.wakeups.wake(f"device {device_id}")
    return go_to("/security", request)


ROUTES = [
    Route("/security/devices", add, methods=["POST"]),
    Route("/security/devices/{device}/rename", rename, methods=["POST"]),
    Route("/security/devices/{device}/remove", remove, methods=["POST"]),
    Route("/security/joining", joining, methods=["GET"]),
    Route("/security/joining/state", joining_state, methods=["GET"]),
    Route("/security/joining/confirm", join, methods=["POST"]),
    Route("/security/joining/refuse", refuse, methods=["POST"]),
]
