"""The whole of it, as a person lives it: enrol by QR, sign in, answer on the computer.

A real browser shows the pages of a real server; the app's own window is worked through the
accessibility bus, as a screen reader would.
"""

import re
import subprocess
import time
from html import unescape
from pathlib import Path

import pytest
from browser import Browser
from browserless import Browserless
from desktop_session import Desktop
from person import (
    PASSWORD,
    USER,
    VAULT_PASSWORD,
    App,
    match_code,
    put_picture_on_clipboard,
    seconds_until,
    show_enrolment_code,
    sign_in,
    sign_out,
)
from programs import APP, Server, cli, result, server

pytestmark = pytest.mark.end2end


def link(app: App, chromium: Browser, origin: str, folder: Path) -> None:
    """From the first start to a linked account."""
    app.create_vault()
    sign_in(chromium, origin)
    picture = show_enrolment_code(chromium, folder)
    put_picture_on_clipboard(app.desktop, picture)
    app.desktop.press("Scan a QR code")
    app.desktop.press("Clipboard")
    app.desktop.see(contains="127.0.0.1")  # the host, before anything was contacted
    app.desktop.press("Continue")
    short_code = app.desktop.see(pattern="[0-9A-Z]{4}-[0-9A-Z]{4}")["name"]
    chromium.find("input[name=code]").send_keys(short_code[:4])
    chromium.press("Add it")
    chromium.wait_for_text("has joined")
    app.desktop.press("Done")
    app.desktop.press("To my accounts")  # under the backup codes, shown once by themselves
    app.desktop.see(role="list", name="Accounts")


def sign_out_and_in(chromium: Browser, origin: str) -> str:
    """Sign out, sign in with the password; return the match code of the waiting page."""
    sign_out(chromium)
    sign_in(chromium, origin)
    return match_code(chromium)


def open_request(desktop: Desktop) -> float:
    """Open the request the banner announces; return the seconds until it was announced."""
    banner = "Kalos Club asks: is it you?"
    waited = seconds_until(banner, desktop, role="push button", within=5)
    desktop.press(banner)
    desktop.see("Is it you, signing in to Kalos Club?")
    return waited


@pytest.fixture
def linked(app: App, chromium: Browser, kalos: Server, tmp_path: Path) -> App:
    link(app, chromium, kalos.origin, tmp_path)
    return app


def copy_by_keys(desktop: Desktop) -> None:
    """Copy the code of the row that has the keyboard; it is what was read, digit by digit."""
    row = desktop.see(role="list item", pattern=f"Kalos Club, {USER}, (?:[0-9][ ,]*){{6}}")
    assert desktop.ask("focus", role="list", name="Accounts")
    desktop.activate()
    desktop.keys("Return")
    desktop.see(contains="Copied")
    read = re.sub("[ ,]", "", row["name"].removeprefix(f"Kalos Club, {USER}"))
    row = desktop.see(role="list item", contains="Kalos Club")
    # It may have turned over meanwhile.
    assert desktop.clipboard() in {read, re.sub("[ ,]", "", row["name"].split(USER)[1])}


def walk_about(desktop: Desktop) -> None:
    """Go by keys where they lead, and find nothing without a name there."""
    for keys, title in (
        ("F1", "All keys"),
        ("ctrl+k", "Find"),
        ("ctrl+comma", "Opening the vault"),
        ("ctrl+h", "No login request was answered yet"),
        ("ctrl+e", "Icon: monogram. Choose another."),
        ("ctrl+n", "From screen"),
    ):
        desktop.keys(keys)
        desktop.see(contains=title)
        assert desktop.unnamed() == [], desktop.outline()
        desktop.keys("Escape")
        desktop.see(role="list", name="Accounts")
        desktop.ask("gone", contains=title)


def test_enrol_and_approve(linked: App, chromium: Browser, kalos: Server, tmp_path: Path) -> None:
    assert linked.desktop.unnamed() == []
    copy_by_keys(linked.desktop)
    walk_about(linked.desktop)
    code = sign_out_and_in(chromium, kalos.origin)
    assert open_request(linked.desktop) < 2
    assert linked.desktop.unnamed() == []
    outline = linked.desktop.outline()
    assert USER in outline  # who
    assert "Chrome on Linux" in outline  # from what
    assert "127.0.0.1" in outline  # where
    assert "Expires in" in outline  # until when
    assert code not in outline  # the match code stands on the login page only
    assert not linked.desktop.see("Approve", role="push button")["sensitive"]
    linked.desktop.write("Match code", code.lower())
    linked.desktop.press("Approve")
    linked.desktop.see(contains="Approved")
    chromium.wait_for_text("You are inside", within=5)  # without a click
    assert linked.stop() == 0
    told = result(cli("--json", "history", home=linked.home, password=VAULT_PASSWORD))
    assert [(row["decision"], row["result"]) for row in told] == [("approve", "approved")]
    assert "Traceback" not in linked.log


def request_link(page: str) -> str:
    """Return what the button of a waiting page would hand to the app."""
    found = re.search(r'href="(watchword://[^"]+)"', page)
    assert found is not None, page
    return unescape(found[1])


def hand_over(app: App, link: str) -> None:
    """Start the program with a link, as the system does; the one that runs shows the request."""
    second = app.desktop.start(APP, link, environment={"WATCHWORD_HOME": str(app.home)})
    assert second.wait(60) == 0
    app.desktop.see("A browser on this computer opened this request")
    app.desktop.press("Approve")
    app.desktop.see(contains="Your browser opens Kalos Club")


def opened(browser: Path) -> str:
    """Return what the system's browser was told to open."""
    told, end = browser.with_name("opened"), time.monotonic() + 20
    while not (told.exists() and told.read_text().endswith("\n")):
        assert time.monotonic() < end, "no browser was started"
        time.sleep(0.05)
    address = told.read_text().strip()
    told.unlink()
    return address


def test_on_the_same_computer(
    system_browser: Path, linked: App, chromium: Browser, kalos: Server
) -> None:
    sign_out(chromium)
    # Somebody with the password begins elsewhere, and gets the owner to open the link and approve.
    stranger = Browserless(kalos.origin)
    stranger.sign_in(USER, PASSWORD)
    hand_over(linked, request_link(stranger.page))
    chromium.go(opened(system_browser))
    chromium.wait_for_text("Not in this browser")
    assert not stranger.is_let_in()
    stranger.open("/sign-in/waiting")
    assert "another browser tried to use it" in stranger.text
    stranger.close()
    linked.desktop.press("Done")

    sign_in(chromium, kalos.origin)
    chromium.find("p.match")
    hand_over(linked, request_link(chromium.driver.page_source))
    waiting = chromium.driver.current_window_handle
    chromium.driver.switch_to.new_window("tab")
    chromium.go(opened(system_browser))
    chromium.wait_for_text("You are inside")
    assert chromium.driver.current_url == f"{kalos.origin}/account"
    chromium.go(f"{kalos.origin}/security")
    chromium.wait_for_text("Another browser tried to use your approval")
    # The page that waited comes along by itself.
    chromium.driver.switch_to.window(waiting)
    chromium.wait_for_text("You are inside")
    assert "Traceback" not in linked.log


def test_deny(linked: App, chromium: Browser, kalos: Server) -> None:
    sign_out_and_in(chromium, kalos.origin)
    open_request(linked.desktop)
    linked.desktop.activate()
    linked.desktop.keys("alt+d")
    linked.desktop.see(contains="Denied")
    chromium.wait_for_text("Nobody was let in")
    chromium.go(f"{kalos.origin}/account")
    assert "You are inside" not in chromium.text()


def test_it_was_not_me(linked: App, chromium: Browser, kalos: Server) -> None:
    sign_out_and_in(chromium, kalos.origin)
    open_request(linked.desktop)
    linked.desktop.press("It wasn’t me")
    linked.desktop.see(contains="Change your password")  # what to do next
    chromium.wait_for_text("Nobody was let in")


def test_a_wrong_match_code(linked: App, chromium: Browser, kalos: Server) -> None:
    code = sign_out_and_in(chromium, kalos.origin)
    open_request(linked.desktop)
    linked.desktop.write("Match code", "2222" if code != "2222" else "3333")
    linked.desktop.press("Approve")
    linked.desktop.see(contains="not the code on the login page")
    assert "You are inside" not in chromium.text()
    linked.desktop.write("Match code", code)
    linked.desktop.press("Approve")
    linked.desktop.see(contains="Approved")
    chromium.wait_for_text("You are inside", within=5)


def test_without_the_network_codes_stay_right(
    linked: App, chromium: Browser, kalos: Server
) -> None:
    code = sign_out_and_in(chromium, kalos.origin)
    open_request(linked.desktop)
    kalos.stop()
    linked.desktop.write("Match code", code)
    linked.desktop.press("Approve")
    # Nothing is claimed: neither approved nor denied.
    linked.desktop.see(contains="reach", within=40)
    assert "Approved" not in linked.desktop.outline()
    kalos.start()
    linked.desktop.press("Approve")
    linked.desktop.see(contains="Approved", within=20)
    chromium.wait_for_text("You are inside", within=20)

    kalos.stop()
    linked.desktop.press("Done")
    linked.desktop.see(role="list item", contains="Kalos Club")
    linked.desktop.activate()
    linked.desktop.keys("Return")  # copies the code of the first account
    shown = _clipboard_code(linked.desktop)
    assert linked.stop() == 0
    now = time.time()
    codes = set()
    for at in (now, now - 30, now - 60):
        told = result(cli("--json", "code", "Kalos", "--at", str(int(at)), home=linked.home,
                          password=VAULT_PASSWORD))  # fmt: skip
        codes.add(told["code"])
    assert shown in codes
    # And the server, back again, takes it.
    kalos.start()
    sign_out(chromium)
    sign_in(chromium, kalos.origin)
    told = result(cli("--json", "code", "Kalos", home=linked.home, password=VAULT_PASSWORD))
    chromium.find("summary").click()
    chromium.find("#code").send_keys(told["code"])
    chromium.press("Sign in")
    chromium.wait_for_text("You are inside")


def _clipboard_code(desktop: Desktop) -> str:
    end = time.monotonic() + 5
    while not (text := desktop.clipboard()).isdigit():
        assert time.monotonic() < end, f"no code on the clipboard but {text!r}"
    return text


def test_an_expired_request(app: App, chromium: Browser, tmp_path: Path) -> None:
    options = ("--name", "Kalos Club", "--login-seconds", "8")
    with server(tmp_path / "brief", *options, users={USER: PASSWORD}) as brief:
        link(app, chromium, brief.origin, tmp_path)
        sign_out_and_in(chromium, brief.origin)
        open_request(app.desktop)
        app.desktop.see("Too late", within=20)
        chromium.wait_for_text("Nobody answered in time", within=20)
        assert "push button: Approve" not in app.desktop.outline()


def test_the_window_has_its_name(app: App) -> None:
    app.desktop.see("Create my vault", within=30)
    window = app.desktop.window()
    size = subprocess.run(
        ["xdotool", "getwindowgeometry", "--shell", window],
        env=app.desktop.environment, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "WIDTH=420" in size
    assert "HEIGHT=680" in size
