"""A code before the camera or on the screen becomes an account: the installed app, from outside."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import qr_scenes
import qr_video
from desktop_session import Desktop
from person import App
from programs import end

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
