"""A temporary vault with sample accounts, for "Try it first"."""

import secrets
import shutil
import tempfile
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from watchword.clock import Clock
from watchword.desktop.background.jobs import Jobs, Lane
from watchword.errors import WatchwordError
from watchword.otp.parameters import OtpParameters, OtpType
from watchword.vault import CHEAPEST, Account, OpenVault, create_vault, new_account_id

_SAMPLES = (
    ("Kalos Club", "ana@example.org", ("work",), 6, OtpType.TOTP),
    ("GitHub", "ana-ferrer", ("work",), 6, OtpType.TOTP),
    ("PostFinance", "Ana Ferrer", (), 8, OtpType.TOTP),
    ("AWS", "root", ("work",), 6, OtpType.TOTP),
    ("Home router", "admin", (), 6, OtpType.HOTP),
)


class Trial(QObject):
    """At most one at a time, in a folder of its own that goes with it."""

    opened = Signal(object)  # an OpenVault
    failed = Signal(object)  # a WatchwordError

    def __init__(self, clock: Clock, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._jobs = jobs
        self._asking: QWidget | None = None
        self._folder: Path | None = None

    @property
    def folder(self) -> Path | None:
        """Where the vault for trying lies; None while there is none."""
        return self._folder

    def start(self, page: QWidget) -> None:
        """Make one for whoever pressed a button on `page`; it is pressed again for nothing.

        Once the page is gone, nothing comes of it, and nothing stays.
        """
        if self._asking is page:
            return
        self._asking = page
        self._jobs.run(
            self._make,
            on_done=self._made,
            on_error=self._not_made,
            lane=Lane.VAULT,
            page=page,
            discard=_drop,
        )

    def end(self) -> None:
        """Remove the folder, if there is one. The vault is locked by then."""
        folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _make(self) -> tuple[OpenVault, Path]:
        folder = Path(tempfile.mkdtemp(prefix="watchword-trial-"))
        try:
            return make_trial(folder / "vault", self._clock), folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def _made(self, made: tuple[OpenVault, Path]) -> None:
        self._asking = None
        vault, self._folder = made
        self.opened.emit(vault)

    def _not_made(self, error: WatchwordError) -> None:
        self._asking = None
        self.failed.emit(error)


def _drop(made: tuple[OpenVault, Path]) -> None:
    vault, folder = made
    vault.lock()
    shutil.rmtree(folder, ignore_errors=True)


def make_trial(path: Path, clock: Clock) -> OpenVault:
    """Make a vault at `path` whose password nobody knows, with accounts of no service."""
    vault, _ = create_vault(
        path, secrets.token_urlsafe(24), recovery_key=False, cost=CHEAPEST, clock=clock
    )
    vault.add(
        Account(
            id=new_account_id(),
            issuer=issuer,
            account=account,
            otp=OtpParameters(type=kind, secret=secrets.token_bytes(20), digits=digits),
            tags=tags,
        )
        for issuer, account, tags, digits, kind in _SAMPLES
    )
    vault.save()
    return vault
