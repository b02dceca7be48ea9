"""The app is asked to end by a signal: what could not be saved is not passed over in silence."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from watchword.clock import SystemClock
from watchword.vault import CHEAPEST, LockedVault, create_vault

PASSWORD = "four words or so"

# The app as it is started; only the person's hand is ours, and the disk.
APP = """
import json, os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from dataclasses import replace
from PySide6.QtCore import QTimer
from watchword.desktop import application
from watchword.vault import durable

disk, password = sys.argv[1:]

def fail(_):
    raise OSError(28, "No space left on device")

class Desktop(application.Desktop):
    def start(self, **how):
        super().start(**how)
        self.hand = QTimer(self)
        self.hand.timeout.connect(self.go_on)
        self.hand.start(20)
        page = self._unlocking.page
        page.password.set_text(password)
        page.button.click()

    def go_on(self):
        if self.session is None or self.session.saves.unsaved:
            return
        self.hand.stop()
        vault = self.session._vault
        vault.replace(replace(vault.accounts[0], note="the last change"))
        if disk != "sound":
            setattr(durable, "settle_file" if disk == "full" else "settle_folder", fail)
        if disk == "busy":
            self.jobs.stop = lambda: type(self.jobs).stop(self.jobs, 0.1)
            from watchword.vault.storage import VaultFile
            import threading
            VaultFile._take_lock = lambda *_: threading.Event().wait(60)
        print(json.dumps("ready"), flush=True)

application.Desktop = Desktop
sys.exit(application.run(["watchword"]))
"""


@pytest.fixture
def home() -> Iterator[Path]:
    # A socket lies beside the vault, and its path must be short.
    with tempfile.TemporaryDirectory(prefix="ww-") as folder:
        from vaults import totp

        path = Path(folder) / "vault"
        vault, _ = create_vault(path, PASSWORD, cost=CHEAPEST, clock=SystemClock())
        vault.add([totp("GitHub")])
        vault.save()
        vault.lock()
        yield Path(folder)


def note_on_disk(home: Path) -> str:
    vault = LockedVault(home / "vault").unlock(PASSWORD)
    note = vault.accounts[0].note
    vault.lock()
    return note


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(
    ("disk", "status", "said"),
    [
        ("sound", 0, ""),
        ("full", 1, "Not saved. The disk is full"),
        ("unsettled", 1, "Saved, but not confirmed"),
        ("busy", 1, "It is not known whether it is saved"),
    ],
)
def test_a_signal_ends_the_app_and_what_is_not_saved_is_said(
    home: Path, number: signal.Signals, disk: str, status: int, said: str
) -> None:
    app = subprocess.Popen(
        [sys.executable, "-c", APP, disk, PASSWORD],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "WATCHWORD_HOME": str(home),
            "XDG_RUNTIME_DIR": str(home),
            "LANG": "C.UTF-8",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert app.stdout is not None
        assert json.loads(app.stdout.readline() or "null") == "ready"
        app.send_signal(number)
        _, errors = app.communicate(timeout=40)
    finally:
        app.kill()
        app.wait()
    assert app.returncode == status, errors
    lines = [line for line in errors.splitlines() if "last change" in line]
    assert len(lines) == (1 if said else 0), errors
    if said:
        assert said in lines[0]
    expected = "the last change" if disk in {"sound", "unsettled"} else ""
    assert note_on_disk(home) == expected
