"""For tests of the window: no screen, a home of their own, and nothing left behind: no thread, timer or window."""

import gc
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.look.theme import Theme
from watchword.desktop.shell.application import Application


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """Let the tests' application be of the real one's kind."""
    return Application


@pytest.fixture(scope="session", autouse=True)
def theme(qapp: QApplication) -> Theme:
    """Give the tests' application the colours and fonts of the real one."""
    return Theme(qapp)


@pytest.fixture(scope="module", autouse=True)
def others_put_aside() -> Iterator[None]:
    """Let the collector look only at what the tests of this file leave: it is asked after each of them.

    All that was imported and collected before is a hundred times as much, and stays.
    """
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let nothing of a person's own settings reach a test."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("WATCHWORD_HOME", str(home / "watchword"))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    # The computer's own bus says nothing to a test; one that wants a bus brings its own.
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={home}/no-bus")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={home}/no-bus")
    # A socket's path must be short, and pytest's folders are not.
    with tempfile.TemporaryDirectory(prefix="ww-") as runtime:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        yield home


@pytest.fixture
def jobs(qapp: QApplication) -> Iterator[Jobs]:
    """Run background work, and see it end with the test."""
    running = Jobs()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def nothing_left_behind(qapp: QApplication) -> Iterator[None]:
    """Fail the test that leaves a thread running, a timer ticking or a window open."""
    threads_before = set(threading.enumerate())
    windows_before = set(map(id, qapp.topLevelWidgets()))
    yield
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    left: list[str] = []
    for thread in set(threading.enumerate()) - threads_before:
        thread.join(2)
        if thread.is_alive():
            left.append(f"thread {thread.name}")
    for window in qapp.topLevelWidgets():
        if id(window) not in windows_before and window.isVisible():
            left.append(f"window {type(window).__name__} {window.objectName()!r}")
            window.close()
            window.deleteLater()
    for found in gc.get_objects():
        if isinstance(found, QTimer) and isValid(found) and found.isActive():
            left.append(f"timer of {type(found.parent()).__name__}")
            found.stop()
    assert not left, f"left behind: {', '.join(left)}"
