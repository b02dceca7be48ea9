"""The window and a real keyring daemon: opened at the start, and without its entry by the password."""

import json
from pathlib import Path

from keyring_session import in_session, needs_daemon

INSIDE = """
import json, os, sys, time
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from pathlib import Path
from PySide6.QtWidgets import QApplication
from watchword.clock import SystemClock
from watchword.desktop.application import Desktop, system_keyring
from watchword.desktop.enrolment.frame_source import NoSource
from watchword.desktop.look.theme import Theme
from watchword.vault import CHEAPEST, create_vault, keyring_slot
application = QApplication(sys.argv)
theme = Theme(application)
path, clock = Path("home/vault").absolute(), SystemClock()
vault, _ = create_vault(path, "password", cost=CHEAPEST, clock=clock)
slot = keyring_slot.turn_on(vault, system_keyring(), clock)
name = keyring_slot.entry_name(vault.id, slot)
vault.lock()
told = {}

def until(true):
    end = time.monotonic() + 20
    while not true() and time.monotonic() < end:
        application.processEvents()
    return bool(true())

for entry in ("there", "gone"):
    desktop = Desktop(application, path, cost=CHEAPEST, make_source=NoSource, keyring=system_keyring())
    desktop.start()
    page = desktop._unlocking.page
    if entry == "there":
        told["opened"] = until(lambda: desktop.session is not None)
        system_keyring().forget(name)
    else:
        told["said"] = until(page._notice.isVisible) and page._notice.text()
        told["closed"] = desktop.session is None
        page.password.set_text("password")
        page.button.click()
        told["by password"] = until(lambda: desktop.session is not None)
    desktop.stop()
    desktop.window.close()
print(json.dumps(told))
"""

SWITCHED = """
import json, os, sys, time
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from pathlib import Path
from PySide6.QtWidgets import QApplication
from watchword.clock import SystemClock
from watchword.desktop.application import Desktop, system_keyring
from watchword.desktop.enrolment.frame_source import NoSource
from watchword.desktop.look.theme import Theme
from watchword.vault import CHEAPEST, LockedVault, create_vault, keyring_slot
application = QApplication(sys.argv)
theme = Theme(application)
path, clock = Path("home/vault").absolute(), SystemClock()
create_vault(path, "password", cost=CHEAPEST, clock=clock)[0].lock()
told = {}

def until(true):
    end = time.monotonic() + 20
    while not true() and time.monotonic() < end:
        application.processEvents()
    return bool(true())

def give():
    page = desktop.window.page
    page.password.set_text("password")
    page.button.click()

desktop = Desktop(application, path, cost=CHEAPEST, make_source=NoSource, keyring=system_keyring())
desktop.start()
give()
until(lambda: desktop.session is not None)
desktop.session.open_settings()
page = desktop.window.page
told["offered"] = until(page.keyring.isEnabled)
page.keyring.click()
give()
told["on"] = until(lambda: desktop.window.page is page and page.keyring.isChecked())
opened = keyring_slot.unlock(LockedVault(path), system_keyring(), clock)
(slot,) = [slot for slot in opened.slots if slot.kind == "keyring"]
name = keyring_slot.entry_name(opened.id, slot.id)
told["kept"] = system_keyring().fetch(name) is not None
until(page.keyring.isEnabled)
page.keyring.click()
give()
told["off"] = until(lambda: desktop.window.page is page and not page.keyring.isChecked())
told["forgotten"] = system_keyring().fetch(name) is None
desktop.stop()
desktop.window.close()
print(json.dumps(told))
"""


@needs_daemon
def test_a_real_keyring_is_switched_on_and_off_in_the_settings(tmp_path: Path) -> None:
    done = in_session(tmp_path, SWITCHED)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == dict.fromkeys(
        ("offered", "on", "kept", "off", "forgotten"), True
    )


@needs_daemon
def test_a_real_keyring_opens_the_window_and_a_vanished_entry_asks_for_the_password(
    tmp_path: Path,
) -> None:
    done = in_session(tmp_path, INSIDE)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["opened"] is True
    assert told["closed"] is True
    assert told["said"].startswith("The keyring has no entry for this vault")
    assert told["by password"] is True
