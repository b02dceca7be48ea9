"""A window with an open vault of sample accounts, and a server that nothing is asked of."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from fake_clock import FakeClock
from PySide6.QtWidgets import QApplication
from sample_accounts import sample_accounts

from watchword.approvals import moving
from watchword.desktop.background.jobs import Jobs
from watchword.desktop.enrolment.frame_source import NoSource
from watchword.desktop.shell.clipboard import SecretClipboard
from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.preferences import Preferences
from watchword.desktop.shell.session import Session
from watchword.providers.login_request import Answer, Decision, LoginRequest, Polled, Result
from watchword.providers.provider import Provider, Providers
from watchword.settings import FILE_NAME
from watchword.vault import CHEAPEST, OpenVault, create_vault
from watchword.vault.account import ServerLink

PASSWORD = "four words or so"
NOW = 1_700_000_000.0


class QuietServer:
    """Polled, it knows of no login request; what differs is in the tests' own."""

    def poll(
        self, account_id: str, link: ServerLink, *, known: tuple[str, ...] = (), wait: float = 0.0
    ) -> Polled:
        return Polled(server_time=NOW, interval=3600)

    def answer(
        self,
        link: ServerLink,
        request: LoginRequest,
        decision: Decision,
        code: str = "",
        handoff: bytes = b"",
    ) -> Answer:
        return Answer(id=request.id, result=Result.UNKNOWN)

    def unlink(self, link: ServerLink) -> None: ...

    def close(self) -> None: ...


def sample_vault(path: Path, clock: FakeClock | None = None) -> OpenVault:
    """Make and save a vault with the first three sample accounts: a1 and a3 are linked."""
    clock = clock or FakeClock(time=NOW)
    made, _ = create_vault(path, PASSWORD, recovery_key=False, cost=CHEAPEST, clock=clock)
    made.add(replace(account, id=f"{account.id:0>16}") for account in sample_accounts()[:3])
    made.save()
    moving.settle(made)  # at home, as after the first start with it
    return made


@contextmanager
def open_session(
    app: QApplication,
    window: MainWindow,
    vault: OpenVault,
    server: Provider,
    clock: FakeClock | None = None,
) -> Iterator[Session]:
    """Start a session on `vault`; end it, and all its work, afterwards."""
    clock, jobs = clock or FakeClock(time=NOW), Jobs()
    made = Session(
        vault,
        clock=clock,
        jobs=jobs,
        window=window,
        clipboard=SecretClipboard(app.clipboard()),
        preferences=Preferences(vault.path.parent / FILE_NAME),
        make_source=NoSource,
        providers=Providers(clock, {"native": lambda _: server}),
    )
    made.start()
    yield made
    made.close()
    jobs.stop()
