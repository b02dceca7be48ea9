"""Pages from templates: one environment for each language, one set of values every page has."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy import Row
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from watchword_server import texts
from watchword_server.pages.cookies import form_key, keep_session, preference, set_visit
from watchword_server.site import Site
from watchword_server.texts import Texts

STATIC = Path(__file__).parent / "static"
THEMES = ("light", "dark")


@cache
def _templates(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    # The extension adds this method, unknown to the type of the environment.
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        texts.catalogue(language), newstyle=True
    )
    said = Texts(language)
    environment.filters["moment"] = said.moment
    environment.filters["browser"] = said.browser
    environment.filters["clock"] = clock
    environment.filters["minutes"] = in_minutes
    return environment


def texts_of(request: Request) -> Texts:
    """Return the texts in the language this browser chose, or else likes best."""
    site: Site = request.app.state.site
    chosen = preference(site, request, "language")
    if chosen not in texts.LANGUAGES:
        chosen = texts.preferred(request.headers.get("accept-language", ""))
    return Texts(chosen)


def page(
    request: Request, name: str, *, session: Row[Any] | None = None, status: int = 200, **more: Any
) -> Response:
    """Draw the page `name`.html."""
    site: Site = request.app.state.site
    value, visit = form_key(site, request)
    language = texts_of(request).language
    theme = preference(site, request, "theme")
    text = (
        _templates(language)
        .get_template(f"{name}.html")
        .render(
            service=site.settings.name,
            initial=site.settings.name[:1].upper(),
            user=session.user_name if session is not None else "",
            is_in=session is not None and session.stage == "in",
            form_key=value,
            language=language,
            languages=texts.LANGUAGES,
            theme=theme if theme in THEMES else "",
            path=_path_to_come_back(request),
            now=site.now(),
            **more,
        )
    )
    response = HTMLResponse(text, status)
    response.headers["Content-Language"] = language
    response.headers["Vary"] = "Accept-Language, Cookie"
    keep_session(site, request, response)
    if visit is not None:
        set_visit(site, response, visit)
    return response


def _path_to_come_back(request: Request) -> str:
    """Return where the footer's switches lead: here, or to where this answer's form stood."""
    path = request.url.path
    if request.method == "GET" or path == "/sign-in":
        return path
    ways = {"sign-in": "/sign-in/waiting", "security": "/security", "authorise": "/authorise"}
    return ways.get(path.split("/")[1], "/")


def go_to(path: str, request: Request | None = None) -> RedirectResponse:
    """Send the browser to one of our own pages; with `request`, with a session it changed."""
    response = RedirectResponse(path, 303)
    if request is not None:
        keep_session(request.app.state.site, request, response)
    return response


def told(
    request: Request, title: str, text: str, *, status: int = 400, session: Row[Any] | None = None
) -> Response:
    """Draw a page that says one thing, both texts marked with N_(), and leads back."""
    said = texts_of(request)
    return page(
        request,
        "message",
        session=session,
        status=status,
        title=said.text(title),
        text=said.text(text),
    )


def clock(seconds: float) -> str:
    """Return a duration as "1:24"."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02}"


def in_minutes(seconds: float) -> int:
    """Return a duration in whole minutes, rounded up."""
    return -(-int(seconds) // 60)
