"""The icon in the system's bar, with real bars: what it offers, and that it keeps its mouth shut."""

import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bar import bar
from desktop_session import HERE, Desktop
from open_session import NOW, PASSWORD, sample_vault
from programs import end

from watchword.otp.code import code_at

pytestmark = pytest.mark.end2end
NAME = "A&B_C <b>&lt;"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "h"
    folder.mkdir()
    vault = sample_vault(folder / "vault")
    favourite = next(each for each in vault.accounts if each.otp is not None)
    vault.replace(replace(favourite, favourite=True, issuer=NAME, account="ana"))
    vault.save()
    vault.lock()
    (folder / "code").write_text(code_at(favourite.otp, NOW).value)
    return folder


@contextlib.contextmanager
def started(desktop: Desktop, home: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    program = [sys.executable, HERE / "asked_app.py", PASSWORD, *options]
    running = desktop.start(*program, environment={"WATCHWORD_HOME": str(home)})
    try:
        yield running
    finally:
        end(running)


def test_the_menu_of_the_icon_does_what_it_says(desktop: Desktop, home: Path) -> None:
    with (
        bar(desktop.environment["DBUS_SESSION_BUS_ADDRESS"]) as system,
        started(desktop, home) as app,
    ):
        item = system.item()
        # One underscore names a key to press, and two are one: a bar shows NAME as it stands.
        name = f"_{NAME} · ana".replace("B_C", "B__C")
        system.until(lambda: {"1 login request waits", name} <= set(item.menu()))
        assert {22, 32, 48} <= item.sizes()
        assert item.tip() == "Watchword: 1 login request waits"
        system.until(lambda: system.numbers == [1])
        code = (home / "code").read_text()
        assert code not in f"{item.menu()}".replace(" ", "")
        item.press(name)
        system.until(lambda: desktop.clipboard() == code)
        item.press("Pause login requests for 15 minutes")
        item.press("Resume login requests")
        item.press("1 login request waits")
        desktop.see("Approve")
        item.press("Lock")
        system.until(lambda: item.tip() == "Watchword is locked")
        assert set(item.menu()) == {
            "No login request waits", "Show Watchword", "Quit Watchword",
        }  # fmt: skip
        system.until(lambda: system.numbers == [1, 0])
        assert desktop.clipboard() == ""
        item.press("Quit Watchword")
        assert app.wait(20) == 0


def shows_window(desktop: Desktop) -> bool:
    try:
        return bool(desktop.xdotool("search", "--onlyvisible", "--name", "^Watchword$"))
    except subprocess.CalledProcessError:
        return False


def icon(desktop: Desktop) -> tuple[int, int] | None:
    """Return the middle of the icon, once an X11 bar has taken it up and it can be clicked."""
    # Before that it is a window of the screen's own (indented by five), or one that is not shown.
    tree = _xwininfo(desktop, "-root", "-tree")
    found = re.search(
        r'^ {6,}(0x\w+) "Watchword": .* 2\dx2\d\S+ +\+(\d+)\+(\d+)', tree, re.MULTILINE
    )
    if found is None or "IsViewable" not in _xwininfo(desktop, "-id", found[1]):
        return None
    return int(found[2]) + 10, int(found[3]) + 10


def _xwininfo(desktop: Desktop, *arguments: str) -> str:
    return subprocess.run(
        ["xwininfo", *arguments],
        env=desktop.environment,
        capture_output=True,
        text=True,
        check=False,  # the window may be gone by now
    ).stdout


def until(done: Callable[[], bool]) -> None:
    end_at = time.monotonic() + 15
    while not done():
        assert time.monotonic() < end_at, "it did not come to pass"


def test_started_at_login_only_the_icon_is_there_and_it_brings_the_window(
    desktop: Desktop, home: Path
) -> None:
    place = ("--edge", "top", "--align", "left", "--widthtype", "pixel", "--width", "200")
    trayer = desktop.start("trayer", *place, stderr=subprocess.DEVNULL)
    try:
        with started(desktop, home, "--locked", "--minimised"):
            until(lambda: icon(desktop) is not None)
            assert not shows_window(desktop)
            middle = icon(desktop)
            assert middle is not None
            desktop.click(*middle)
            until(lambda: shows_window(desktop))
    finally:
        end(trayer)


def test_a_bar_that_begins_later_takes_the_icon_up(desktop: Desktop, home: Path) -> None:
    with started(desktop, home, "--locked"):
        until(lambda: shows_window(desktop))
        with bar(desktop.environment["DBUS_SESSION_BUS_ADDRESS"]) as system:
            item = system.item()
            assert item.tip() == "Watchword is locked"
            assert "Unlock" not in item.menu()
