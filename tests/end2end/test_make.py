"""The two commands of the README that open a window, typed as the README says."""

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest
from browser import Browser
from desktop_session import Desktop
from person import sign_in

pytestmark = pytest.mark.end2end

ROOT = Path(__file__).resolve().parents[2]


def stop(process: subprocess.Popen[bytes]) -> None:
    """End make and what it started, as Ctrl+C does."""
    os.killpg(process.pid, signal.SIGINT)
    process.wait(30)
    if process.stdout is not None:
        process.stdout.close()


def test_make_run_opens_the_window(desktop: Desktop) -> None:
    started = desktop.start("make", "run", cwd=ROOT, start_new_session=True)
    try:
        desktop.see("Create my vault", role="push button", within=60)
        assert desktop.window("^Watchword$")
    finally:
        stop(started)


def test_make_demo_is_ready_to_enrol(desktop: Desktop, chromium: Browser) -> None:
    started = desktop.start(
        "make",
        "demo",
        "ARGS=--no-browser",
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.PIPE,
    )
    try:
        assert started.stdout is not None
        said = ""
        while "login request appears" not in said:
            line = started.stdout.readline().decode()
            assert line, said
            said += line
        found = re.search(r"Demo server\s+(\S+)\nUser\s+(\S+)\nPassword\s+(.+)\n", said)
        assert found, said
        address, user, password = found.groups()
        desktop.see("Create my vault", role="push button", within=60)
        sign_in(chromium, address, user=user, password=password)
        chromium.wait_for_text("You are inside")
        chromium.press("Turn it on")
        chromium.press("Add a device")
        chromium.find("svg.qr")
    finally:
        stop(started)
