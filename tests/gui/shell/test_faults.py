"""A real bug in a slot, a thread or at the start: told once, honestly, and without a secret."""

import gc
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from open_session import sample_vault
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from watchword.clock import SystemClock
from watchword.desktop.application import Desktop
from watchword.desktop.enrolment.frame_source import NoSource
from watchword.desktop.shell.bug_dialog import BugDialog
from watchword.desktop.shell.faults import Faults, fault_of
from watchword.desktop.unlock.welcome_page import WelcomePage
from watchword.errors import WrongPassword
from watchword.vault import CHEAPEST

SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> Faults:
    """Hear of what nobody caught in place of pytest, for one test."""
    for module, name in (
        *((sys, "excepthook"), (sys, "unraisablehook")),
        (threading, "excepthook"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name))
    one = Faults()
    one.install()
    return one


@pytest.fixture
def desktop(qapp: QApplication, tmp_path: Path, faults: Faults) -> Iterator[Desktop]:
    one = Desktop(
        qapp, tmp_path / "data" / "vault", cost=CHEAPEST, make_source=NoSource, faults=faults
    )
    one.start()
    yield one
    one.stop()
    one.window.close()
    one.window.deleteLater()


def fail() -> None:
    """A bug whose message quotes what it was about."""
    raise ValueError(f"cannot use {SECRET}")


def dialog_of(qtbot: QtBot, desktop: Desktop) -> BugDialog:
    qtbot.waitUntil(lambda: desktop.bugs.dialog is not None)
    assert desktop.bugs.dialog is not None
    return desktop.bugs.dialog


def test_a_bug_in_a_slot_is_told_once_and_the_window_stays_usable(
    qtbot: QtBot, desktop: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    QTimer.singleShot(0, fail)
    dialog = dialog_of(qtbot, desktop)
    assert dialog.isVisible()
    assert dialog.state.text().startswith("No vault is open")
    assert "ValueError\n" in dialog.report.text()
    assert SECRET not in dialog.report.text()
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert SECRET not in said
    # Another one comes into the same dialog.
    QTimer.singleShot(0, fail)
    qtbot.waitUntil(lambda: not dialog.more.isHidden())
    assert "2 times" in dialog.more.text()
    assert len([w for w in QApplication.topLevelWidgets() if isinstance(w, BugDialog)]) == 1
    # What stands beside it works on.
    welcome = desktop.window.page
    assert isinstance(welcome, WelcomePage)
    welcome.create_button.click()
    assert desktop.window.page is not welcome
    dialog.copy_button.click()
    assert QGuiApplication.clipboard().text() == dialog.report.text()
    dialog.go_on.click()
    assert desktop.bugs.dialog is None
    assert desktop.window.isVisible()
    # One that comes later is told anew.
    QTimer.singleShot(0, fail)
    again = dialog_of(qtbot, desktop)
    assert again.more.isHidden()
    again.quit_button.click()
    assert not desktop.window.isVisible()


def test_with_an_open_vault_it_says_whether_all_of_it_is_saved(
    qtbot: QtBot, desktop: Desktop, tmp_path: Path
) -> None:
    desktop._begin(sample_vault(tmp_path / "own" / "vault", clock=SystemClock()))
    session = desktop.session
    assert session is not None
    qtbot.waitUntil(lambda: not session.saves.unsaved)
    QTimer.singleShot(0, fail)
    dialog = dialog_of(qtbot, desktop)
    assert "all of it is saved" in dialog.state.text()
    session._vault.set_setting("colour", "blue")
    QTimer.singleShot(0, fail)
    qtbot.waitUntil(lambda: "not saved yet" in dialog.state.text())
    dialog.go_on.click()


def test_a_bug_in_a_thread_and_one_that_cannot_be_raised_are_told_too(
    qtbot: QtBot, desktop: Desktop, faults: Faults
) -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    dialog_of(qtbot, desktop).go_on.click()

    class Bad:
        def __del__(self) -> None:
            fail()

    Bad()
    gc.collect()
    dialog_of(qtbot, desktop).go_on.click()
    assert len(faults.recent) == 2


def test_with_the_window_hidden_it_is_told_all_the_same(qtbot: QtBot, desktop: Desktop) -> None:
    desktop.window.hide()
    QTimer.singleShot(0, fail)
    dialog = dialog_of(qtbot, desktop)
    assert dialog.isVisible()
    assert dialog.parent() is None
    dialog.go_on.click()
    assert not desktop.window.isVisible()


def test_what_the_world_did_is_no_bug(qtbot: QtBot, desktop: Desktop, faults: Faults) -> None:
    def refuse() -> None:
        raise WrongPassword("The password is wrong")

    QTimer.singleShot(0, refuse)
    qtbot.waitUntil(lambda: desktop.window.said() == "The password is wrong.")
    assert desktop.bugs.dialog is None
    assert not faults.recent


def test_what_is_told_of_a_bug_names_our_code_and_no_place_on_the_disk() -> None:
    code = "def open_it(path):\n    try:\n        int(path)\n    finally:\n        {}[path]\n"
    scope: dict[str, object] = {}
    exec(compile(code, "/home/ana/keys of ana/tool.py", "exec"), scope)
    try:
        scope["open_it"]("ana's secret")  # type: ignore[operator]
    except KeyError as error:
        told = fault_of(error).text
    else:
        raise AssertionError
    assert "ana" not in told
    assert "KeyError" in told
    assert "after ValueError" in told
    assert "(elsewhere):5 in open_it" in told


def test_a_bug_at_the_start_is_said_on_stderr() -> None:
    program = (
        "import sys\n"
        "from watchword.desktop import application\n"
        f"def read_options(_): raise ValueError('{SECRET}')\n"
        "application.read_options = read_options\n"
        "sys.exit(application.run(['watchword']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "A fault of Watchword's own" in done.stderr
    assert "watchword/desktop/application.py" in done.stderr
    assert SECRET not in done.stderr
