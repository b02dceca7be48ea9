"""A code before the camera or on the screen becomes an account: the installed app, from outside."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import qr_scenes
import qr_video
from browser import Browser
from desktop_session import Desktop
from person import App, show_enrolment_code, sign_in
from programs import Server, cli, end, result

pytestmark = pytest.mark.end2end

LINK = (
    "otpauth://totp/Kalos%20Club:ana?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Kalos%20Club"
)


OTHER = LINK.replace("Kalos%20Club", "Orchid")


@pytest.fixture
def app_with_camera(desktop: Desktop, tmp_path: Path) -> Iterator[App]:
    """Start the app with a video in the camera's place."""
    video = tmp_path / "hand.mp4"
    qr_video.write_video(video, LINK, seconds=4)
    running = App(desktop, tmp_path / "vault-home")
    running.start("--camera-file", str(video))
    try:
        yield running
    finally:
        running.stop()


def test_a_code_before_the_camera_becomes_an_account(app_with_camera: App) -> None:
    app = app_with_camera
    app.create_vault()
    app.desktop.press("Scan a QR code")
    app.desktop.see("Add Kalos Club?", within=20)
    app.desktop.press("Add account")
    app.desktop.see(contains="Kalos Club, ana")


def test_a_code_on_the_screen_becomes_an_account(app: App, tmp_path: Path) -> None:
    picture = tmp_path / "beside-the-window.png"
    picture.write_bytes(qr_scenes.encoded(qr_scenes.qr(OTHER, scale=4)))
    viewer = app.desktop.start("display", "-geometry", "+1100+300", str(picture))
    try:
        app.create_vault()
        app.desktop.press("Scan a QR code")
        app.desktop.press("From screen")
        app.desktop.see("Add Orchid?", within=20)
    finally:
        end(viewer)


def test_a_server_is_linked_by_a_code_before_the_camera(
    desktop: Desktop, chromium: Browser, kalos: Server, tmp_path: Path
) -> None:
    sign_in(chromium, kalos.origin)
    picture = show_enrolment_code(chromium, tmp_path)
    ((link,),) = (
        row["texts"] for row in result(cli("--json", "scan", str(picture), home=tmp_path))
    )
    video = tmp_path / "hand.mp4"
    qr_video.write_video(video, link, seconds=4)
    app = App(desktop, tmp_path / "vault-home")
    app.start("--camera-file", str(video))
    try:
        app.create_vault()
        desktop.press("Scan a QR code")
        desktop.see(contains="Link this computer to 127.0.0.1", within=20)
        desktop.press("Continue")
        short_code = desktop.see(pattern="[0-9A-Z]{4}-[0-9A-Z]{4}")["name"]
        chromium.find("input[name=code]").send_keys(short_code[:4])
        chromium.press("Add it")
        chromium.wait_for_text("has joined")
        desktop.press("Done")
        desktop.press("To my accounts")
        desktop.see(role="list item", contains="Kalos Club")
    finally:
        app.stop()
