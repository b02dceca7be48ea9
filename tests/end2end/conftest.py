"""A desktop, a browser, a server and the app for a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser, browser
from desktop_session import Desktop, desktop_session
from person import PASSWORD, USER, App
from programs import Server, server


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[Desktop]:
    with desktop_session(tmp_path / "desktop") as running:
        yield running


@pytest.fixture
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture
def kalos(tmp_path: Path) -> Iterator[Server]:
    with server(tmp_path / "server", "--name", "Kalos Club", users={USER: PASSWORD}) as running:
        yield running


@pytest.fixture
def app(desktop: Desktop, tmp_path: Path) -> Iterator[App]:
    running = App(desktop, tmp_path / "vault-home")
    running.start()
    try:
        yield running
    finally:
        running.stop()
