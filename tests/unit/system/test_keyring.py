"""The system's keyring: a real gnome-keyring-daemon on a bus of its own, and what is refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from keyring_session import in_session, needs_daemon

from watchword.system.keyring import KeyringRefused, SystemKeyring, is_allowed

# Runs inside the session, in a process of its own: keyring libraries keep their bus for ever.
INSIDE = """
import json
from pathlib import Path
from fake_clock import FakeClock
from watchword.system.keyring import SystemKeyring
from watchword.vault import CHEAPEST, LockedVault, create_vault
from watchword.vault import keyring_slot
clock = FakeClock()
keyring = SystemKeyring(keyring_slot.KeyringUnavailable)
told = {"available": keyring.available(), "none": keyring.fetch("nothing")}
told["kind"] = keyring.kind()
keyring.forget("nothing")
vault, _ = create_vault(Path("vault"), "password", cost=CHEAPEST, clock=clock)
slot = keyring_slot.turn_on(vault, keyring, clock)
locked = vault.lock()
opened = keyring_slot.unlock(locked, SystemKeyring(keyring_slot.KeyringUnavailable), clock)
told["opened"] = opened.id
name = keyring_slot.entry_name(opened.id, slot)
told["kept"] = len(keyring.fetch(name))
keyring_slot.turn_off(opened, keyring)
told["after"] = keyring.fetch(name)
print(json.dumps(told))
"""


@needs_daemon
def test_a_real_keyring_opens_the_vault(tmp_path: Path) -> None:
    done = in_session(tmp_path, INSIDE)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["available"] is True
    assert told["kind"] in {"SecretService", "libsecret"}
    assert told["none"] is None
    assert len(told["opened"]) == 32
    assert told["kept"] == 32
    assert told["after"] is None


def test_without_a_keyring_the_password_is_named(tmp_path: Path) -> None:
    program = (
        "from watchword.system.keyring import *\n"
        "keyring = SystemKeyring()\n"
        "assert not keyring.available()\n"
        "assert keyring.kind() == 'none'\n"
        "try:\n    keyring.fetch('x')\nexcept KeyringRefused as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/no-bus",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Use the password" in done.stdout


def test_back_ends_that_keep_plain_files_or_nothing_are_refused() -> None:
    from keyring.backends import chainer, fail, null

    for backend in (fail.Keyring(), null.Keyring(), chainer.ChainerBackend()):
        assert not is_allowed(backend)

    class Keyring:
        """Named as an allowed one, and of another package."""

    assert not is_allowed(Keyring())


class Stubborn:
    """A keyring that is locked, or holds what we did not write."""

    priority = 5

    def __init__(self, answer: str | None = None) -> None:
        self.answer = answer

    def get_password(self, *_: str) -> str | None:
        if self.answer is None:
            from keyring.errors import KeyringLocked

            raise KeyringLocked("locked")
        return self.answer

    def set_password(self, *_: str) -> None:
        self.get_password()

    def delete_password(self, *_: str) -> None:
        self.get_password()


def test_a_locked_keyring_and_a_strange_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = SystemKeyring()
    monkeypatch.setattr(keyring, "_backend", Stubborn())
    for use in (
        lambda: keyring.fetch("x"),
        lambda: keyring.store("x", b"y"),
        lambda: keyring.forget("x"),
    ):
        with pytest.raises(KeyringRefused, match="refused"):
            use()
    monkeypatch.setattr(keyring, "_backend", Stubborn("not base 64!"))
    assert keyring.fetch("x") is None
