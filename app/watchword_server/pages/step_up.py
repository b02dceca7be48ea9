"""Before what matters: who is it? Password, and where there is a device a code, of five minutes' age.

The page that asks carries the form it interrupted along and sends it to the same place.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from watchword_server import devices, second_factors, sessions, throttling
from watchword_server.pages import guard
from watchword_server.pages.cookies import change_session
from watchword_server.pages.drawing import in_minutes, page, texts_of
from watchword_server.sessions import FRESH_SECONDS
from watchword_server.site import Site

_OWN_FIELDS = {"form_key", "user", "password", "code"}


@dataclass(frozen=True, slots=True)
class NotProved:
    """Why it could not be shown who it is: a text for the person, and an HTTP status."""

    error: str
    status: int


async def needs_code(request: Request, session: Row[Any]) -> bool:
    """Whether a code is to be shown: there is a device, and none was shown lately."""
    site: Site = request.app.state.site
    async with site.database.read() as connection:
        mine = await devices.active_devices(connection, session.user_id)
    return bool(mine) and site.now() - (session.factor_at or 0) > FRESH_SECONDS


async def step_up(
    request: Request, form: FormData, session: Row[Any], purpose: str
) -> Response | Row[Any]:
    """Return the session, fresh; or the page that asks, its `purpose` a translated sentence."""
    site: Site = request.app.state.site
    with_code = await needs_code(request, session)
    if not with_code and site.now() - session.password_at <= FRESH_SECONDS:
        return session
    error, status = "", 200
    if "password" in form:
        proved = await prove(request, form, session, with_code=with_code)
        if not isinstance(proved, NotProved):
            return proved
        error, status = proved.error, proved.status
    return page(
        request,
        "confirm",
        session=session,
        status=status,
        purpose=purpose,
        with_code=with_code,
        carried={name: guard.text_of(form, name) for name in form if name not in _OWN_FIELDS},
        action=request.url.path,
        error=error,
    )


async def prove(
    request: Request, form: FormData, session: Row[Any], *, with_code: bool
) -> Row[Any] | NotProved:
    """Check the form's password, and with `with_code` its code; return the session, fresh."""
    site: Site = request.app.state.site
    texts = texts_of(request)
    browser = guard.browser_of(request, session.user_id)
    typed = guard.text_of(form, "code", 64)
    right = await site.passwords.verify(session.password_hash, guard.text_of(form, "password"))
    now = site.now()
    async with site.database.write(f"user {session.user_id}") as connection:
        wait = await second_factors.seconds_until_code(
            site, connection, session.user_id, known=browser.known
        )
        if wait:
            text = texts.text("Too many attempts. Try again in %(n)s min.", n=in_minutes(wait))
            return NotProved(text, 429)
        if not right:
            name = throttling.subject("code", session.user_id, known=browser.known)
            await throttling.note(connection, name, now)
        elif with_code:
            right = await second_factors.use_either(
                site, connection, session.user_id, typed, known=browser.known
            )
        if not right:
            await second_factors.alarm_if_guessed(
                site,
                connection,
                session.user_id,
                known=browser.known,
                browser=browser.user_agent,
                ip=browser.ip,
            )
            return NotProved(texts.text("That was not right."), 403)
        cookie = await sessions.confirm(connection, session.id, now, factor=with_code)
        fresh = await sessions.find(site, connection, cookie)
    if cookie is None or fresh is None:
        raise guard.GoTo("/sign-in")
    change_session(request, cookie)
    return fresh
