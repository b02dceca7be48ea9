"""`watchword-server demo`: a server to try things with, which leaves nothing behind.

Who starts it holds its standard input open, and reads three lines from it: where it is, and who
may sign in. Once the input ends, because that program ended in whatever way, it ends too.
"""

import os
import signal
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from watchword.clock import SystemClock
from watchword_server import logs, users
from watchword_server.serving import listen, run
from watchword_server.settings import Settings, loopback_origin
from watchword_server.site import Site

SERVICE = "Watchword demo"
USER, PASSWORD = "demo", "correct horse battery"


async def serve_demo() -> None:
    """Serve until standard input ends, or a signal comes. Raises CannotStart."""
    logs.set_up("text")
    # Until Uvicorn has handlers of its own, and for a terminal that is closed: the folder goes too.
    for name in ("SIGTERM", "SIGHUP"):
        if number := getattr(signal, name, None):
            signal.signal(number, _leave)
    with tempfile.TemporaryDirectory(
        prefix="watchword-demo-", ignore_cleanup_errors=True
    ) as folder:
        listening = listen("127.0.0.1", 0)
        port = listening.getsockname()[1]
        settings = Settings(
            data=Path(folder),
            name=SERVICE,
            origin=loopback_origin(port),
            port=port,
            log_requests=False,
            # The password is written above: nothing is gained by making it slow to try.
            password_memory=19 * 1024,
            password_passes=2,
        )
        site = await Site.open(settings, SystemClock())
        await users.add_user(site, USER, PASSWORD)
        print(f"Demo server  {settings.origin}", flush=True)  # noqa: T201
        print(f"User         {USER}", flush=True)  # noqa: T201
        print(f"Password     {PASSWORD}", flush=True)  # noqa: T201
        await run(site, listening, stopped_by=_end_of_input)


def _leave(*_: object) -> None:
    raise SystemExit(1)


def _end_of_input(stop: Callable[[], None]) -> None:
    """Call `stop` when standard input ends."""

    def wait() -> None:
        # Not by sys.stdin, whose lock a thread that waits would hold while the program ends.
        while os.read(0, 1024):
            pass
        stop()

    threading.Thread(target=wait, name="end of input", daemon=True).start()
