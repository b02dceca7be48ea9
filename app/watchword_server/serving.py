"""Uvicorn, told to let held requests go before it waits for them."""

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType

import uvicorn

from watchword.clock import SystemClock
from watchword_server import logs, metrics
from watchword_server.application import create_application
from watchword_server.connections import MOST_OPEN, Connection, allow_many
from watchword_server.errors import CannotStart
from watchword_server.settings import Settings
from watchword_server.site import Site

GRACE = 5  # seconds for what is under way


class _Server(uvicorn.Server):
    """A server that wakes every long poll when it is asked to stop.

    Uvicorn waits for open requests first and runs the application's own shutdown afterwards:
    without this, each stop would take as long as the longest poll.
    """

    def __init__(self, config: uvicorn.Config, site: Site) -> None:
        super().__init__(config)
        self._site = site
        self._loop = asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self._loop.call_soon_threadsafe(self._site.wakeups.close)

    def end(self) -> None:
        """Stop as a signal would; from any thread."""
        self.should_exit = True
        self._loop.call_soon_threadsafe(self._site.wakeups.close)


def listen(host: str, port: int) -> socket.socket:
    """Return the bound socket; raise CannotStart if the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        one = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise CannotStart(
            "The server cannot listen",
            f"{host} port {port}: {error.strerror or error}.",
            "Stop what listens there, or choose another port.",
        ) from error
    # Connections inherit it. asyncio sets it for sockets of its own only, and without it every
    # second answer on a connection waits 40 ms for the other side to acknowledge its headers.
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return one


def _look_for_cycles_less() -> None:
    """Have Python look through the objects that stay as good as never.

    Five thousand held polls are a million of them, and looking through them all stops everybody
    for a third of a second. What requests leave behind is found among the newest, as ever.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 5, 1_000)


def serve(settings: Settings) -> None:
    """Run until SIGINT or SIGTERM. Raises CannotStart."""
    factory = None
    if sys.platform != "win32":
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    logs.set_up(settings.log_format)
    listening = listen(settings.host, settings.port)
    measured = listen("127.0.0.1", settings.metrics_port) if settings.metrics_port else None
    site = await Site.open(settings, SystemClock())
    numbers = await metrics.serve(site.metrics, measured) if measured else None
    _look_for_cycles_less()
    print(f"{settings.name}: {settings.origin} ({site.where})", flush=True)  # noqa: T201
    await run(site, listening)
    if numbers is not None:
        numbers.close()


async def run(
    site: Site,
    listening: socket.socket,
    *,
    stopped_by: Callable[[Callable[[], None]], None] = lambda _: None,
) -> None:
    """Serve an open site, and close it, at SIGINT or SIGTERM.

    `stopped_by` is given what stops it too, from any thread.
    """
    settings = site.settings
    allow_many()
    config = uvicorn.Config(
        create_application(site),
        http=Connection,
        log_config=None,  # logs.py says how
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies),
        timeout_graceful_shutdown=GRACE,
        limit_concurrency=MOST_OPEN,
        ws="none",
    )
    # Uvicorn sends itself the signal again when it has ended well: that is no failure.
    signal.signal(signal.SIGTERM, lambda *_: None)
    server = _Server(config, site)
    stopped_by(server.end)
    await server.serve(sockets=[listening])
