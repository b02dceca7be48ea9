"""A vault, a keyring and a window for the tests of the shell; some make their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_clock import FakeClock
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from settings_steps import Memory, make

from watchword.desktop.application import Desktop
from watchword.desktop.enrolment.frame_source import NoSource
from watchword.desktop.shell.main_window import MainWindow
from watchword.vault import (
    CHEAPEST,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "vault"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow()
    made.show()
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def keyring() -> Memory:
    return Memory()


@pytest.fixture
def desktop(
    qtbot: QtBot, qapp: QApplication, path: Path, clock: FakeClock, keyring: Memory
) -> Iterator[Desktop]:
    running = Desktop(
        qapp, path, clock=clock, cost=CHEAPEST, make_source=NoSource, keyring=keyring
    )
    yield running
    running.stop()
    running.window.may_close = lambda: True
    running.window.close()
    running.window.deleteLater()


@pytest.fixture
def key(path: Path, clock: FakeClock) -> str:
    """Make a vault with a recovery key and two backups; return the key."""
    return make(path, clock, with_key=True)
