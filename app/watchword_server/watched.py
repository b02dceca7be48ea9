"""Around everything: one line in the log for each request, and the numbers for the metrics."""

import secrets
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from watchword_server import logs, noting
from watchword_server.site import Site


class Watched:
    """Writes method, route, status, time and size; never a path, query, cookie, or body."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        """Stand around `app`."""
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and tell what came of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        notes = noting.begin()
        metrics = self._site.metrics
        name = secrets.token_hex(8)
        status, size = 0, 0  # 0: nothing was answered, the other side had left

        async def counting(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", name.encode())]
            else:
                size += len(message.get("body", b""))
            await send(message)

        started = time.perf_counter()
        metrics.open += 1
        try:
            await self._app(scope, receive, counting)
        finally:
            metrics.open -= 1
            seconds = time.perf_counter() - started
            route = _route(scope)
            metrics.answered(scope["method"], route, status, seconds - notes.held)
            # An error undid what it was about to do.
            events = notes.events if status < 500 else []
            for event in events:
                metrics.happened(event)
            values = {
                "id": name,
                "method": scope["method"][:16],
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 1),
                "bytes": size,
                "ip": scope["client"][0] if scope.get("client") else "",
            }
            if notes.held:
                values["held_ms"] = round(notes.held * 1000, 1)
            if notes.user:
                values["user"] = notes.user
            if events:
                values["events"] = ",".join(events)
            if self._site.settings.log_requests:
                logs.request(values)


def _route(scope: Scope) -> str:
    """Return the template, as /api/v1/enrol/{e}: what stands in its place may be a secret."""
    route = scope.get("route")
    return str(getattr(route, "path", "")) or "none"
