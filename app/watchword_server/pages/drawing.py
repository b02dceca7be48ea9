"""Pages from templates: one environment, one set of values every page has, dates as people say them."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy import Row
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from watchword_server.pages.cookies import form_key, set_visit
from watchword_server.site import Site

STATIC = Path(__file__).parent / "static"


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clock"] = clock
    environment.filters["minutes"] = minutes
    return environment


def page(
    request: Request, name: str, *, session: Row[Any] | None = None, status: int = 200, **more: Any
) -> Response:
    """Draw the page `name`.html."""
    site: Site = request.app.state.site
    value, visit = form_key(site, request)
    text = (
        _templates()
        .get_template(f"{name}.html")
        .render(
            service=site.settings.name,
            initial=site.settings.name[:1].upper(),
            user=session.user_name if session is not None else "",
            is_in=session is not None and session.stage == "in",
            form_key=value,
            **more,
        )
    )
    response = HTMLResponse(text, status)
    if visit is not None:
        set_visit(site, response, visit)
    return response


def go_to(path: str) -> RedirectResponse:
    """Send the browser to one of our own pages."""
    return RedirectResponse(path, 303)


def told(
    request: Request, title: str, text: str, *, status: int = 400, session: Row[Any] | None = None
) -> Response:
    """Draw a page that says one thing and leads back."""
    return page(request, "message", session=session, status=status, title=title, text=text)


def clock(at: float, now: float) -> str:
    """Return a moment as "today 09:14", "yesterday 18:02" or "12 Nov 03:41", all UTC."""
    then, today = datetime.fromtimestamp(at, UTC), datetime.fromtimestamp(now, UTC)
    days = (today.date() - then.date()).days
    day = {0: "today", 1: "yesterday"}.get(days, f"{then.day} {then:%b}")
    return f"{day} {then:%H:%M}"


def minutes(seconds: float) -> str:
    """Return a duration as "1:24"."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02}"
