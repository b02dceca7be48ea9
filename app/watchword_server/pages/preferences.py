"""Language and appearance, chosen in the footer of every page and kept in a cookie."""

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from watchword_server.pages import guard
from watchword_server.pages.cookies import set_preference
from watchword_server.pages.drawing import THEMES, go_to
from watchword_server.site import Site
from watchword_server.texts import LANGUAGES

# Our own paths and nothing else: no host, no query, no second slash.
_OUR_PATH = re.compile(r"/|(?:/[A-Za-z0-9_-]{1,64}){1,4}")


async def choose(request: Request) -> Response:
    """Remember a choice and show the page again."""
    site: Site = request.app.state.site
    form = await guard.form_of(request)
    path = guard.text_of(form, "path", 256)
    response = go_to(path if _OUR_PATH.fullmatch(path) else "/")
    language, theme = guard.text_of(form, "language", 8), guard.text_of(form, "theme", 8)
    if language in LANGUAGES:
        set_preference(site, response, "language", language)
    if theme:
        # Anything else than a theme of ours is the system's: nothing is kept.
        set_preference(site, response, "theme", theme if theme in THEMES else "")
    return response


ROUTES = [Route("/preferences", choose, methods=["POST"])]
