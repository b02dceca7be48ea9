"""The security page: devices, adding one, removing one, recent activity; and the account itself."""

from typing import Any

from sqlalchemy import Row, update
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchword.protocol.version import SHORT_CODE_TRIES
from watchword_server import activity, devices, enrolments, second_factors, throttling
from watchword_server.pages import guard, qr
from watchword_server.pages.cookies import is_known
from watchword_server.pages.drawing import go_to, page
from watchword_server.sessions import FRESH_SECONDS
from watchword_server.site import Site
from watchword_server.store.tables import sessions

HOLD = 20
WELCOMED = 120  # seconds for which a device that joined is announced


async def home(request: Request) -> Response:
    """Lead to the account, or to signing in."""
    await guard.signed_in(request)
    return go_to("/account")


async def account(request: Request) -> Response:
    """Draw the page behind the door."""
    site: Site = request.app.state.site
    session = await guard.signed_in(request)
    async with site.database.read() as connection:
        mine = await devices.active_devices(connection, session.user_id)
    return page(request, "account", session=session, two_steps=bool(mine))


async def show(request: Request) -> Response:
    """Draw the security page."""
    session = await guard.signed_in(request)
    return await _security_page(request, session)


async def _security_page(
    request: Request, session: Row[Any], *, error: str = "", status: int = 200
) -> Response:
    site: Site = request.app.state.site
    now = site.now()
    async with site.database.read() as connection:
        mine = await devices.active_devices(connection, session.user_id)
        events = await activity.recent(connection, session.user_id)
        left, all_codes = await second_factors.backup_codes_left(connection, session.user_id)
        enrolment = await enrolments.of_session(connection, session.id)
    return page(
        request,
        "security",
        session=session,
        status=status,
        now=now,
        devices=mine,
        events=[(one, activity.Happened(one.kind)) for one in events],
        event_texts=activity.TEXTS,
        backup_codes=(left, all_codes),
        error=error,
        **_joining(site, enrolment, now),
    )


def _joining(site: Site, enrolment: Row[Any] | None, now: float) -> dict[str, Any]:
    """Return what the page says of this session's newest enrolment."""
    state = enrolments.standing(enrolment, now) if enrolment is not None else ""
    if enrolment is None or (state == "done" and now - enrolment.confirmed_at > WELCOMED):
        return {"joining": "", "joining_left": 0, "picture": "", "joiner": "", "tries_left": 0}
    offered = enrolment.offer is not None
    return {
        "joining": state,
        "joining_left": int(enrolment.expires - now),
        "picture": (
            qr.svg(str(enrolments.link_of(site, enrolment)), "QR code for Watchword")
            if state == "open"
            else ""
        ),
        "enrolment_id": enrolment.id,
        "joiner": enrolments.device_name(enrolment) if offered else "",
        "tries_left": SHORT_CODE_TRIES - enrolment.tries,
    }


def _needs_confirmation(session: Row[Any], mine: list[Row[Any]], now: float) -> bool:
    """Whether password and, with devices, a factor are older than five minutes."""
    if now - session.password_at > FRESH_SECONDS:
        return True
    return bool(mine) and now - (session.factor_at or 0) > FRESH_SECONDS


async def _confirmed(request: Request, session: Row[Any], purpose: str) -> Response | None:
    """Return the page that asks who it is, or None if that was answered lately."""
    site: Site = request.app.state.site
    async with site.database.read() as connection:
        mine = await devices.active_devices(connection, session.user_id)
    if _needs_confirmation(session, mine, site.now()):
        return page(
            request,
            "confirm",
            session=session,
            purpose=purpose,
            with_code=bool(mine),
            error="",
        )
    return None


async def confirm(request: Request) -> Response:
    """Check who it is: the password, and a code where there is a device."""
    site: Site = request.app.state.site
    form = await guard.form_of(request)
    session = await guard.signed_in(request)
    known = is_known(site, request, session.user_id)
    typed = guard.text_of(form, "code", 64)
    right = await site.passwords.verify(session.password_hash, guard.text_of(form, "password"))
    now = site.now()
    async with site.database.write() as connection:
        mine = await devices.active_devices(connection, session.user_id)
        wait = await second_factors.seconds_until_code(
            connection, session.user_id, now, known=known
        )
        if not right and not wait:
            name = throttling.subject("code", session.user_id, known=known)
            await throttling.note(connection, name, now)
        if right and not wait and mine:
            right = await second_factors.use_either(
                site, connection, session.user_id, typed, known=known
            )
        if right and not wait:
            await connection.execute(
                update(sessions)
                .where(sessions.c.id == session.id)
                .values(password_at=now, factor_at=now if mine else None)
            )
            return go_to("/security")
    error = (
        f"Too many attempts. Try again in {-(-wait // 60)} min." if wait else "That was not right."
    )
    return page(
        request,
        "confirm",
        session=session,
        status=429 if wait else 403,
        purpose="continue",
        with_code=bool(mine),
        error=error,
    )


async def add_device(request: Request) -> Response:
    """Begin an enrolment and show its QR code."""
    site: Site = request.app.state.site
    await guard.form_of(request)
    session = await guard.signed_in(request)
    if question := await _confirmed(request, session, "add a device"):
        return question
    async with site.database.write() as connection:
        mine = await devices.active_devices(connection, session.user_id)
        error = ""
        if len(mine) >= enrolments.MOST_DEVICES:
            error = f"There are {len(mine)} devices already. Remove one first."
        elif await throttling.too_many_enrolments(connection, session.user_id, site.now()):
            error = "Too many codes were made. Wait ten minutes."
        else:
            await enrolments.begin(site, connection, session)
    if error:
        return await _security_page(request, session, status=429, error=error)
    return go_to("/security#join")


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
        word = enrolments.standing(current, site.now()) if current is not None else "gone"
        return word, word != shown

    word = await site.wakeups.held(f"enrolment {enrolment.id}", HOLD, look)
    return JSONResponse({"state": word})


async def join(request: Request) -> Response:
    """Let the device join whose short code was typed."""
    site: Site = request.app.state.site
    form = await guard.form_of(request)
    session = await guard.signed_in(request)
    e = guard.text_of(form, "enrolment", 64)
    async with site.database.write() as connection:
        outcome = await enrolments.confirm(
            site, connection, session, e, guard.text_of(form, "code", 64)
        )
    site.wakeups.wake(f"enrolment {e}")
    if outcome == "wrong":
        error = "Those are not the characters that Watchword shows."
        return await _security_page(request, session, status=403, error=error)
    return go_to("/security#join")


async def refuse(request: Request) -> Response:
    """Let the device not join."""
    site: Site = request.app.state.site
    form = await guard.form_of(request)
    session = await guard.signed_in(request)
    e = guard.text_of(form, "enrolment", 64)
    async with site.database.write() as connection:
        await enrolments.refuse(connection, session, e)
    site.wakeups.wake(f"enrolment {e}")
    return go_to("/security")


async def remove_device(request: Request) -> Response:
    """Remove a device; it learns so at once."""
    site: Site = request.app.state.site
    await guard.form_of(request)
    session = await guard.signed_in(request)
    if question := await _confirmed(request, session, "remove a device"):
        return question
    device_id = request.path_params["device"]
    async with site.database.write() as connection:
        await devices.revoke(connection, device_id, session.user_id, site.now(), reason="removed")
    site.wakeups.wake(f"device {device_id}")
    return go_to("/security")


ROUTES = [
    Route("/", home, methods=["GET"]),
    Route("/account", account, methods=["GET"]),
    Route("/security", show, methods=["GET"]),
    Route("/security/confirm", confirm, methods=["POST"]),
    Route("/security/devices", add_device, methods=["POST"]),
    Route("/security/devices/{device}/remove", remove_device, methods=["POST"]),
    Route("/security/joining/state", joining_state, methods=["GET"]),
    Route("/security/joining/confirm", join, methods=["POST"]),
    Route("/security/joining/refuse", refuse, methods=["POST"]),
]
