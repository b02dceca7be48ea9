"""Signing in: the password, then the waiting page until a device, or a code, says yes."""

from typing import Any

from sqlalchemy import Row
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchword.protocol.version import REDEMPTION_LIFETIME
from watchword_server import challenges, second_factors, sessions, throttling
from watchword_server.activity import Happened, record
from watchword_server.devices import active_devices
from watchword_server.login_states import APPROVED, seconds_left, standing
from watchword_server.noting import noted
from watchword_server.pages import guard
from watchword_server.pages.cookies import (
    clear_session,
    first_page,
    is_known,
    remember_browser,
    session_cookie,
    set_session,
)
from watchword_server.pages.drawing import go_to, in_minutes, page, texts_of
from watchword_server.site import Site
from watchword_server.texts import N_
from watchword_server.users import find_user, name_key, speaks

HOLD = 20  # seconds the waiting page's question is held
WRONG = N_("The user name or the password is not right.")


async def show(request: Request) -> Response:
    """Draw the sign-in page."""
    session = await guard.session_of(request)
    if session is not None:
        return go_to("/account" if session.stage == "in" else "/sign-in/waiting")
    return _sign_in_page(request)


def _sign_in_page(
    request: Request, *, typed: str = "", error: str = "", status: int = 200
) -> Response:
    site: Site = request.app.state.site
    return page(
        request,
        "sign_in",
        status=status,
        typed=typed[:128],
        error=error,
        by_mail=site.settings.mail is not None,
    )


async def password(request: Request) -> Response:
    """Check name and password; a right one begins a login, a wrong one nothing."""
    site: Site = request.app.state.site
    form = await guard.form_of(request)
    name, given = guard.text_of(form, "name", 256), guard.text_of(form, "password")
    ip = request.client.host if request.client else ""
    user = await find_user(site.database, name)
    known = user is not None and is_known(site, request, user.id)
    by_name = throttling.subject("password", name_key(name), known=known)
    limits = {by_name: throttling.PASSWORDS_PER_NAME}
    if not known:
        # Whoever shares an address with a guesser must not be kept out by it.
        source = f"password/source/{throttling.network_of(ip)}"[:200]
        limits[source] = throttling.PASSWORDS_PER_SOURCE
    async with site.database.write(*limits) as connection:
        wait, attempt = await throttling.begin_attempt(site, connection, limits)
    if wait:
        error = texts_of(request).text(
            "Too many attempts. Try again in %(n)s min.", n=in_minutes(wait)
        )
        return _sign_in_page(request, status=429, typed=name, error=error)
    wrong = texts_of(request).text(WRONG)
    if not await site.passwords.verify(user.password_hash if user else None, given):
        noted("wrong_password", user.id if user else "")
        return _sign_in_page(request, status=403, typed=name, error=wrong)
    assert user is not None  # noqa: S101 - verify() is False for nobody
    answer = await _password_was_right(site, request, user, attempt)
    return answer or _sign_in_page(request, status=403, typed=name, error=wrong)


async def _password_was_right(
    site: Site, request: Request, user: Row[Any], attempt: list[int]
) -> Response | None:
    """Begin a login; None if the password, or the user, changed while it was checked."""
    browser = guard.browser_of(request, user.id)
    now = site.now()
    asked: list[str] = []
    async with site.database.write(f"user {user.id}") as connection:
        current = await find_user(connection, user.name)
        if current is None or current.password_hash != user.password_hash:
            return None
        await throttling.forgive(connection, attempt)
        # Whatever this browser's older session waited for ends: the cookie is replaced.
        if old := await sessions.find(site, connection, session_cookie(site, request)):
            await challenges.withdraw(connection, old.id)
            await sessions.end(connection, old.id)
        two_steps = bool(await active_devices(connection, user.id))
        cookie = await sessions.begin(
            site,
            connection,
            user.id,
            stage="waiting" if two_steps else "in",
            password_at=now,
            ip=browser.ip,
            user_agent=browser.user_agent,
        )
        if two_steps:
            asked = await challenges.begin(
                site,
                connection,
                user_id=user.id,
                user_name=user.name,
                session_id=sessions.session_id(cookie),
                browser=browser,
            )
        else:
            await speaks(connection, user.id, texts_of(request).language)
            await record(
                connection,
                user.id,
                Happened.SIGNED_IN,
                now,
                user_agent=browser.user_agent,
                ip=browser.ip,
            )
    site.wakeups.wake(*(f"device {one}" for one in asked))
    response = go_to("/sign-in/waiting" if two_steps else first_page(site, request))
    set_session(site, response, cookie)
    if not two_steps:
        remember_browser(site, request, response, user.id)
    return response


async def waiting(request: Request) -> Response:
    """Draw the waiting page, whatever the login has come to."""
    session = await guard.waiting(request)
    return await _waiting_page(request, session)


async def _waiting_page(
    request: Request, session: Row[Any], *, error: str = "", method: str = "", status: int = 200
) -> Response:
    site: Site = request.app.state.site
    now = site.now()
    login = await challenges.of_session(site.database, session.id)
    if login is None:
        return go_to("/sign-in")
    paused = await throttling.requests_paused_for(
        site, site.database, session.user_id, known=bool(login.known)
    )
    state = standing(login, now)
    return page(
        request,
        "waiting",
        session=session,
        status=status,
        state=state,
        pushed=bool(login.pushed),
        code=login.code,
        link=str(challenges.link_of(site, login) or ""),
        login_id=login.id,
        left=seconds_left(login, now),
        whole=(REDEMPTION_LIFETIME if state in APPROVED else int(login.expires - login.created)),
        by_link=login.ticket is not None,
        decided=login.decided or "",
        decided_by=login.decided_by or "",
        paused=paused,
        error=error,
        method=method,
    )


async def state(request: Request) -> Response:
    """Tell the waiting page what its login has come to; hold the answer while it is `?is`."""
    site: Site = request.app.state.site
    session = await guard.session_of(request)
    if session is None or session.stage != "waiting":
        return JSONResponse({"state": "gone", "left": 0})
    login = await challenges.of_session(site.database, session.id)
    if login is None:
        return JSONResponse({"state": "gone", "left": 0})
    shown = request.query_params.get("is", "")[:16]

    async def look() -> tuple[tuple[str, int], bool]:
        current = await challenges.find(site.database, login.id)
        if current is None:
            return ("gone", 0), True
        now = site.now()
        word = standing(current, now)
        return (word, seconds_left(current, now)), word != shown

    word, left = await site.wakeups.held(f"login {login.id}", HOLD, look)
    return JSONResponse({"state": word, "left": left})


async def finish(request: Request) -> Response:
    """Let the approved login in."""
    site: Site = request.app.state.site
    form = await guard.form_of(request)
    session = await guard.session_of(request)
    if session is None:
        return go_to("/sign-in")
    async with site.database.write(f"user {session.user_id}") as connection:
        cookie = await challenges.redeem(
            site, connection, login_id=guard.text_of(form, "login", 64), session=session
        )
        if cookie is not None:
            await speaks(connection, session.user_id, texts_of(request).language)
    if cookie is None:
        return go_to(first_page(site, request) if session.stage == "in" else "/sign-in/waiting")
    return let_in(site, request, cookie, session.user_id)


def let_in(site: Site, request: Request, cookie: str, user_id: str) -> Response:
    """Lead a browser inside, with the cookie of its new session."""
    response = go_to(first_page(site, request))
    set_session(site, response, cookie)
    remember_browser(site, request, response, user_id)
    return response


async def one_time_code(request: Request) -> Response:
    """Let in who types a current one-time code."""
    return await _by_code(request, "code")


async def backup_code(request: Request) -> Response:
    """Let in who types an unused backup code."""
    return await _by_code(request, "backup")


async def _by_code(request: Request, method: str) -> Response:
    site: Site = request.app.state.site
    form = await guard.form_of(request)
    session = await guard.waiting(request)
    typed = guard.text_of(form, "code", 64)
    browser = guard.browser_of(request, session.user_id)
    check = second_factors.use_code if method == "code" else second_factors.use_backup_code
    async with site.database.write(f"user {session.user_id}") as connection:
        login = await challenges.of_session(connection, session.id)
        if login is None or login.state == "denied":
            # Somebody at a device said no to this very sign-in: it begins again, with the password.
            await sessions.end(connection, session.id)
            return go_to("/sign-in")
        now = site.now()
        wait = await second_factors.seconds_until_code(
            site, connection, session.user_id, known=browser.known
        )
        right = not wait and await check(
            site, connection, session.user_id, typed, known=browser.known
        )
        cookie: str | None = None
        if not wait and not right:
            await second_factors.alarm_if_guessed(
                site,
                connection,
                session.user_id,
                known=browser.known,
                browser=browser.user_agent,
                ip=browser.ip,
            )
        if right:
            await challenges.withdraw(connection, session.id, decided="code")
            cookie = await challenges.let_in(site, connection, session, now)
            await speaks(connection, session.user_id, texts_of(request).language)
            if cookie is None:
                return go_to("/sign-in")
            happened = Happened.USED_CODE if method == "code" else Happened.USED_BACKUP_CODE
            await record(
                connection,
                session.user_id,
                happened,
                now,
                user_agent=browser.user_agent,
                ip=browser.ip,
            )
    if cookie is not None:
        await wake_devices(site, session.user_id, login.id)
        return let_in(site, request, cookie, session.user_id)
    texts = texts_of(request)
    error = (
        texts.text("Too many wrong codes. Try again in %(n)s min.", n=in_minutes(wait))
        if wait
        else texts.text("That code is not right, or was used already.")
    )
    return await _waiting_page(
        request, session, error=error, method=method, status=429 if wait else 403
    )


async def again(request: Request) -> Response:
    """Ask the devices anew."""
    site: Site = request.app.state.site
    await guard.form_of(request)
    session = await guard.waiting(request)
    async with site.database.write(f"user {session.user_id}") as connection:
        login = await challenges.of_session(connection, session.id)
        if login is not None and login.state == "denied":
            await sessions.end(connection, session.id)
            return go_to("/sign-in")
        browser = guard.browser_of(request, session.user_id)
        if await throttling.requests_paused_for(
            site, connection, session.user_id, known=browser.known
        ):
            return go_to("/sign-in/waiting")
        asked = await challenges.begin(
            site,
            connection,
            user_id=session.user_id,
            user_name=session.user_name,
            session_id=session.id,
            browser=browser,
        )
    site.wakeups.wake(*(f"device {one}" for one in asked))
    return go_to("/sign-in/waiting")


async def sign_out(request: Request) -> Response:
    """End the session, waiting or in."""
    site: Site = request.app.state.site
    await guard.form_of(request)
    session = await guard.session_of(request)
    if session is not None:
        async with site.database.write(f"user {session.user_id}") as connection:
            login = await challenges.of_session(connection, session.id)
            await challenges.withdraw(connection, session.id)
            await sessions.end(connection, session.id)
        await wake_devices(site, session.user_id, login.id if login is not None else "")
    response = go_to("/sign-in")
    clear_session(site, response)
    return response


async def wake_devices(site: Site, user_id: str, login_id: str) -> None:
    """Tell the waiting page and the user's devices that the login is over."""
    mine = await active_devices(site.database, user_id)
    site.wakeups.wake(f"login {login_id}", *(f"device {one.id}" for one in mine))


ROUTES = [
    Route("/sign-in", show, methods=["GET"]),
    Route("/sign-in", password, methods=["POST"]),
    Route("/sign-in/waiting", waiting, methods=["GET"]),
    Route("/sign-in/state", state, methods=["GET"]),
    Route("/sign-in/finish", finish, methods=["POST"]),
    Route("/sign-in/code", one_time_code, methods=["POST"]),
    Route("/sign-in/backup-code", backup_code, methods=["POST"]),
    Route("/sign-in/again", again, methods=["POST"]),
    Route("/sign-out", sign_out, methods=["POST"]),
]
