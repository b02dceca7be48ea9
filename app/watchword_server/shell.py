"""Around every answer: the right host, bounded bodies, and headers that keep browsers strict."""

from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from watchword.protocol.version import BODY_LIMIT
from watchword_server.headers import STRICT
from watchword_server.site import Site


class BodyTooLarge(Exception):
    """The body is over the limit; raised where it is read, answered by the application."""


class Shell:
    """The outermost layer."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        """Stand around `app`."""
        self._app = app
        self._site = site
        more = {"Strict-Transport-Security": "max-age=31536000"} if site.settings.is_https else {}
        self._headers = {
            name.lower().encode(): value.encode() for name, value in {**STRICT, **more}.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is misdirected or too large; add the headers to the rest."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        cached = b"no-cache" if path.startswith("/static/") else b"no-store"

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message["headers"]
                usual = {**self._headers, b"cache-control": cached}
                for name, _ in own:
                    usual.pop(name, None)
                message["headers"] = [*own, *usual.items()]
            await send(message)

        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if path != "/healthz" and hosts != [self._site.settings.origin.authority.encode()]:
            await self._misdirected(path, scope, receive, send_with_headers)
            return
        if "\0" in path:  # nothing of ours has such a name, and PostgreSQL's texts cannot hold it
            await no_such(path)(scope, receive, send_with_headers)
            return
        length = [value for name, value in scope["headers"] if name == b"content-length"]
        if length and (not length[0].isdigit() or int(length[0]) > BODY_LIMIT):
            await too_large(path)(scope, receive, send_with_headers)
            return
        read = 0

        async def receive_bounded() -> Message:
            nonlocal read
            message = await receive()
            if message["type"] == "http.request":
                read += len(message.get("body", b""))
                if read > BODY_LIMIT:
                    raise BodyTooLarge
            return message

        await self._app(scope, receive_bounded, send_with_headers)

    async def _misdirected(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """A page asked for under another name leads to ours; anything else is refused."""
        if is_api(path) or scope["method"] not in {"GET", "HEAD"}:
            answer = JSONResponse({"error": "wrong_host"}, 421)
            await answer(scope, receive, send)
            return
        await RedirectResponse(f"{self._site.origin}/", 307)(scope, receive, send)


def is_api(path: str) -> bool:
    """Whether a program asks, not a browser."""
    return path.startswith("/api/")


def no_such(path: str) -> Response:
    """Answer what cannot be there."""
    if is_api(path):
        return JSONResponse({"error": "not_found"}, 404)
    return PlainTextResponse("There is no such page.", 404)


def too_large(path: str) -> Response:
    """Answer what was too much."""
    if is_api(path):
        return JSONResponse({"error": "too_large"}, 413)
    return PlainTextResponse("Too much was sent.", 413)
