"""What an unlocked window has in memory: the list, and not what nobody has opened yet."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
from dataclasses import replace
from pathlib import Path
import watchword.desktop
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sample_accounts import sample_accounts
from watchword.clock import SystemClock
from watchword.desktop.application import Desktop
from watchword.vault import CHEAPEST, create_vault
path = Path(sys.argv[1]) / "vault"
vault, _ = create_vault(path, "four words or so", recovery_key=False, cost=CHEAPEST, clock=SystemClock())
accounts = [account for account in sample_accounts() if account.link is None]
vault.add(replace(account, id=f"{number:016x}") for number, account in enumerate(accounts))
vault.save()
vault.lock()
desktop = Desktop(QApplication([]), path)
desktop.start()
QTest.qWait(500)
page = desktop._unlocking.page
page.password.edit.setText("four words or so")
page.button.click()
while desktop.session is None:
    QTest.qWait(20)
QTest.qWait(500)
print("shown", desktop.window.page is desktop.session.place)
print("\\n".join(name for name, module in sys.modules.items() if module is not None))
desktop.stop()
"""
NOT_YET = {
    "_hashlib",  # a second OpenSSL beside cryptography's
    "argparse",  # for what writes PySide6's type stubs
    "logging",
    "zipfile",
    "PySide6.QtNetwork",
    "PySide6.QtMultimedia",
    "PySide6.QtPrintSupport",
    "watchword.desktop.settings.settings_page",
    "watchword.desktop.history.history_page",
    "watchword.desktop.approvals.request_page",
    "watchword.desktop.accounts.edit_page",
    "watchword.desktop.keyboard.palette_sheet",
    "watchword.desktop.shell.transfer_desk",
    "watchword.protocol.messages",
    "watchword.remote.client",
}


def test_pages_are_loaded_when_they_are_opened(tmp_path: Path) -> None:
    helpers = Path(__file__).resolve().parents[1] / "helpers"
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path.insert(0, {str(helpers)!r})\n{SCRIPT}",
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, *loaded = done.stdout.splitlines()
    assert first == "shown True"
    assert "watchword.desktop.accounts.list_page" in loaded
    assert not NOT_YET & set(loaded)
