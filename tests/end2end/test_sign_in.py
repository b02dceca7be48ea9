"""Sign in from this computer, whole: the window, the browser it opens, the server, and back."""

import os
import time
from pathlib import Path

import pytest
from browser import Browser
from desktop_session import Desktop
from person import PASSWORD, USER, App
from programs import Server

pytestmark = pytest.mark.end2end


@pytest.fixture
def opened(desktop: Desktop, tmp_path: Path) -> Path:
    """What the window gives the system's browser: the file the address is written to."""
    folder, told = tmp_path / "system", tmp_path / "opened.txt"
    folder.mkdir()
    opener = folder / "xdg-open"
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > "{told}.new"\nmv "{told}.new" "{told}"\n')
    opener.chmod(0o755)
    desktop.environment["PATH"] = f"{folder}:{os.environ['PATH']}"
    return told


def address_of(told: Path) -> str:
    end = time.monotonic() + 15
    while not told.exists():
        assert time.monotonic() < end, "no browser was opened"
        time.sleep(0.05)
    return told.read_text()


def test_from_the_address_to_a_linked_account(
    opened: Path, app: App, chromium: Browser, kalos: Server
) -> None:
    desktop = app.desktop
    app.create_vault()
    desktop.press("Sign in from this computer")
    desktop.write("Address of the server", f"127.0.0.1:{kalos.port}")
    desktop.press("Continue")
    desktop.see(contains="Link this computer to 127.0.0.1")
    desktop.write("Name of this computer", "Ana’s desktop & co")
    desktop.press("Continue")
    desktop.see("Go on in your browser")

    chromium.go(address_of(opened))
    chromium.labelled("User name").send_keys(USER)
    chromium.labelled("Password").send_keys(PASSWORD)
    chromium.press("Continue")
    chromium.wait_for_text("“Ana’s desktop & co” wants to join")
    chromium.press("Authorise")
    # The form's answer led to the window's own port, and that on to the page for the code.
    short_code = desktop.see(pattern="[0-9A-Z]{4}-[0-9A-Z]{4}")["name"]
    chromium.find("input[name=code]").send_keys(short_code[:4])
    assert chromium.driver.current_url == f"{kalos.origin}/security/joining"
    chromium.press("Add it")
    chromium.wait_for_text("has joined")
    desktop.press("Done")
    desktop.press("To my accounts")
    desktop.see(role="list item", contains="Kalos Club")
    assert "Traceback" not in app.log
