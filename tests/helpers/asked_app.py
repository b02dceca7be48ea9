"""The app as it is started, on a vault that a test made: unlocked by itself, and asked for one login.

python asked_app.py PASSWORD [--locked] [options of the app]
"""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fake_clock import FakeClock
from login_requests import login_request
from open_session import NOW, QuietServer

from watchword.desktop import application
from watchword.desktop.shell.session import Session
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.providers.login_request import Polled
from watchword.providers.provider import Providers
from watchword.vault.account import ServerLink


class Asking(QuietServer):
    def poll(
        self, account_id: str, link: ServerLink, *, known: tuple[str, ...] = (), wait: float = 0.0
    ) -> Polled:
        mine = login_request("r1", account_id=account_id, origin=link.origin)
        requests = (replace(mine, service="Kalos & Club"),) if account_id.endswith("a1") else ()
        return Polled(requests=requests, server_time=NOW, interval=3600)


class Desktop(application.Desktop):
    def start(self, **how: bool) -> None:
        super().start(**how)
        page = self._unlocking.page
        if locked:
            return
        assert isinstance(page, UnlockPage)
        page.password.set_text(password)
        page.button.click()


if __name__ == "__main__":
    password, *options = sys.argv[1:]
    locked = "--locked" in options
    clock = FakeClock(time=NOW)
    providers = Providers(clock, {"native": lambda _: Asking()})
    application._session_class = lambda: partial(Session, providers=providers)
    application.Desktop = partial(Desktop, clock=clock)
    sys.exit(application.run(["watchword", *(each for each in options if each != "--locked")]))
