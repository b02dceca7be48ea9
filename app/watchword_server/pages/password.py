"""A new password: changed by who knows the old one, or set by a link that came by mail."""

from typing import Any

from sqlalchemy import Row
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from zxcvbn import zxcvbn

from watchword_server import resets, sessions, throttling, users
from watchword_server.pages import guard
from watchword_server.pages.drawing import in_minutes, page, texts_of, told
from watchword_server.pages.step_up import NotProved, needs_code, prove
from watchword_server.passwords import LONGEST, SHORTEST
from watchword_server.site import Site
from watchword_server.texts import N_, Texts

_GUESSABLE = 2  # zxcvbn's score; below it, less than a hundred million guesses


def what_is_wrong(texts: Texts, form: FormData, name: str) -> str:
    """Return why the form's new password cannot be taken, or ""."""
    new, again = guard.text_of(form, "new", LONGEST + 1), guard.text_of(form, "again", LONGEST + 1)
    if new != again:
        return texts.text("The two new passwords differ.")
    if not SHORTEST <= len(new) <= LONGEST:
        return texts.text(
            "The new password needs %(least)s to %(most)s characters.",
            least=SHORTEST,
            most=LONGEST,
        )
    # Its time grows with the length; what is longer is not guessed by trying words.
    if len(new) <= 64 and zxcvbn(new, user_inputs=[name])["score"] < _GUESSABLE:
        return texts.text("This password is easy to guess. Three or four words make a good one.")
    return ""


async def show(request: Request) -> Response:
    """Draw the page for a new password."""
    return await _change_page(request, await guard.signed_in(request))


async def _change_page(
    request: Request, session: Row[Any], *, error: str = "", status: int = 200
) -> Response:
    return page(
        request,
        "password",
        session=session,
        status=status,
        with_code=await needs_code(request, session),
        error=error,
    )


async def change(request: Request) -> Response:
    """Set the new password; everybody else who is signed in with the old one is not any more."""
    site: Site = request.app.state.site
    form = await guard.form_of(request)
    session = await guard.signed_in(request)
    if error := what_is_wrong(texts_of(request), form, session.user_name):
        return await _change_page(request, session, error=error, status=400)
    with_code = await needs_code(request, session)
    proved = await prove(request, form, session, with_code=with_code)
    if isinstance(proved, NotProved):
        return await _change_page(request, session, error=proved.error, status=proved.status)
    hashed = await site.passwords.hashed(guard.text_of(form, "new"))
    async with site.database.write(f"user {proved.user_id}") as connection:
        done = await users.set_own_password(
            connection, proved.user_id, proved.password_hash, hashed, site.now()
        )
        if done:
            await sessions.end_of_user(connection, proved.user_id, but=proved.id)
    if not done:
        raise guard.GoTo("/sign-in")
    return told_changed(request, proved)


def told_changed(request: Request, session: Row[Any] | None) -> Response:
    """Say that the password is another one now."""
    return told(
        request,
        N_("The password is changed"),
        N_("Whoever was signed in with the old one, in another browser, is signed out."),
        status=200,
        session=session,
    )


async def forgotten(request: Request) -> Response:
    """Ask whose password is forgotten."""
    _by_mail(request)
    return page(request, "forgotten", sent=False)


async def send_link(request: Request) -> Response:
    """Send a link to the user's mail address; the answer is the same whoever was named."""
    site: Site = request.app.state.site
    _by_mail(request)
    form = await guard.form_of(request)
    name = guard.text_of(form, "name", 256)
    source = throttling.network_of(request.client.host if request.client else "")
    limits = {
        throttling.subject("reset", users.name_key(name), known=False): throttling.RESETS_PER_NAME,
        f"reset/source/{source}"[:200]: throttling.RESETS_PER_SOURCE,
    }
    letter = None
    async with site.database.write(*limits) as connection:
        wait, _ = await throttling.begin_attempt(site, connection, limits)
        if not wait:
            letter = await resets.begin(site, connection, name, texts_of(request).language)
    if letter is not None:
        resets.send(site, letter)
    if wait:
        error = texts_of(request).text(
            "Too many attempts. Try again in %(n)s min.", n=in_minutes(wait)
        )
        return page(request, "forgotten", status=429, sent=False, error=error)
    return page(request, "forgotten", sent=True)


async def show_new(request: Request) -> Response:
    """Draw the page that a mailed link leads to."""
    _by_mail(request)
    return await _new_page(request)


async def _new_page(request: Request, *, error: str = "", status: int = 200) -> Response:
    site: Site = request.app.state.site
    link = request.path_params["link"]
    async with site.database.read() as connection:
        user = await resets.user_of(site, connection, link)
    if user is None:
        return told(
            request,
            N_("This link does not work any more"),
            N_("It works once, for half an hour. Ask for another one on the sign-in page."),
            status=410,
        )
    return page(request, "new_password", status=status, link=link, of=user.name, error=error)


async def set_new(request: Request) -> Response:
    """Set the password by the link, and end every session. Devices stay as they are."""
    site: Site = request.app.state.site
    _by_mail(request)
    form = await guard.form_of(request)
    link = request.path_params["link"]
    async with site.database.read() as connection:
        user = await resets.user_of(site, connection, link)
    error = what_is_wrong(texts_of(request), form, user.name if user is not None else "")
    if user is None or error:
        return await _new_page(request, error=error, status=400)
    hashed = await site.passwords.hashed(guard.text_of(form, "new"))
    async with site.database.write(f"user {user.id}") as connection:
        done = await resets.use(site, connection, link) and await users.set_own_password(
            connection, user.id, user.password_hash, hashed, site.now()
        )
        if done:
            await sessions.end_of_user(connection, user.id)
    if not done:
        return await _new_page(request)
    return told_changed(request, None)


def _by_mail(request: Request) -> None:
    """Without mail there are no such pages."""
    site: Site = request.app.state.site
    if site.settings.mail is None:
        raise guard.GoTo("/sign-in")


ROUTES = [
    Route("/security/password", show, methods=["GET"]),
    Route("/security/password", change, methods=["POST"]),
    Route("/forgotten", forgotten, methods=["GET"]),
    Route("/forgotten", send_link, methods=["POST"]),
    Route("/new-password/{link}", show_new, methods=["GET"]),
    Route("/new-password/{link}", set_new, methods=["POST"]),
]
