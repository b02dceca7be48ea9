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
def system_browser(desktop: Desktop, tmp_path: Path) -> Path:
    """The browser that the person has chosen; it only writes down what it is to open."""
    program = tmp_path / "browser"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$1" > "$(dirname "$0")/opened"\n', "utf-8")
    program.chmod(0o755)
    applications = Path(desktop.environment["XDG_DATA_HOME"]) / "applications"
    applications.mkdir(parents=True, exist_ok=True)
    entry = f"[Desktop Entry]\nType=Application\nName=Browser\nExec={program} %u\n"
    (applications / "chosen.desktop").write_text(entry, "utf-8")
    chosen = "[Default Applications]\nx-scheme-handler/http=chosen.desktop\n"
    (Path(desktop.environment["XDG_CONFIG_HOME"]) / "mimeapps.list").write_text(chosen, "utf-8")
    return program


@pytest.fixture
def app(desktop: Desktop, tmp_path: Path) -> Iterator[App]:
    running = App(desktop, tmp_path / "vault-home")
    running.start()
    try:
        yield running
    finally:
        running.stop()
