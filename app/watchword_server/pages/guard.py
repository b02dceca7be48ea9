"""Before a page does anything: which session, which form, which browser."""

from typing import Any

from sqlalchemy import Row
from starlette.datastructures import FormData
from starlette.requests import Request

from watchword.plain_text import plain_text
from watchword_server import sessions
from watchword_server.challenges import Browser
from watchword_server.pages.cookies import form_is_ours, is_known, session_cookie
from watchword_server.site import Site
from watchword_server.user_agents import for_people


class GoTo(Exception):
    """The page cannot be shown to this session; another one is."""

    def __init__(self, path: str) -> None:
        """Keep where the browser is sent."""
        super().__init__(path)
        self.path = path


class ForeignForm(Exception):
    """The form was not drawn by us for this browser, or is too old."""


async def session_of(request: Request) -> Row[Any] | None:
    """Return the browser's live session, if any."""
    site: Site = request.app.state.site
    return await sessions.find(site, site.database, session_cookie(site, request))


async def signed_in(request: Request) -> Row[Any]:
    """Return the session that is in; else send the browser to where it can get in."""
    session = await session_of(request)
    if session is None:
        raise GoTo("/sign-in")
    if session.stage != "in":
        raise GoTo("/sign-in/waiting")
    return session


async def waiting(request: Request) -> Row[Any]:
    """Return the session that waits for its second factor; else send the browser on."""
    session = await session_of(request)
    if session is None:
        raise GoTo("/sign-in")
    if session.stage == "in":
        raise GoTo("/account")
    return session


async def form_of(request: Request) -> FormData:
    """Return the form of a POST; raise ForeignForm unless it is ours."""
    site: Site = request.app.state.site
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise ForeignForm
    form = await request.form(max_files=0, max_fields=16)
    if not form_is_ours(site, request, form.get("form_key")):
        raise ForeignForm
    return form


def text_of(form: FormData, name: str, limit: int = 1024) -> str:
    """Return a field's text, cut to `limit`; a missing one is empty."""
    value = form.get(name, "")
    # No keyboard types NUL, and PostgreSQL's texts cannot hold it.
    return (
        value[:limit].replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else ""
    )


def browser_of(request: Request, user_id: str) -> Browser:
    """Return where the request comes from, as far as it is known."""
    site: Site = request.app.state.site
    return Browser(
        ip=plain_text(request.client.host, limit=64) if request.client else "",
        user_agent=for_people(request.headers.get("user-agent", "")),
        known=is_known(site, request, user_id),
    )
