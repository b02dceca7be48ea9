"""A code held before the camera becomes an account: the installed app, from outside."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import qr_video
from desktop_session import Desktop
from person import App

pytestmark = pytest.mark.end2end

LINK = (
    "otpauth://totp/Kalos%20Club:ana?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Kalos%20Club"
)


@pytest.fixture
def app(desktop: Desktop, tmp_path: Path) -> Iterator[App]:
    video = tmp_path / "hand.mp4"
    qr_video.write_video(video, LINK, seconds=4)
    running = App(desktop, tmp_path / "vault-home")
    running.start("--camera-file", str(video))
    try:
        yield running
    finally:
        running.stop()


def test_a_code_before_the_camera_becomes_an_account(app: App) -> None:
    app.create_vault()
    app.desktop.press("Scan a QR code")
    app.desktop.see("Add Kalos Club?", within=20)
    app.desktop.press("Add account")
    app.desktop.see("Kalos Club")
