"""A picture is dragged onto the window, and pasted into it, through a real X server."""

import subprocess
import sys
from pathlib import Path

import pytest
import qr_scenes
from person import App
from programs import end

pytestmark = pytest.mark.end2end

LINK = (
    "otpauth://totp/Kalos%20Club:ana?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Kalos%20Club"
)


def _picture(tmp_path: Path) -> Path:
    path = tmp_path / "a picture.png"
    path.write_bytes(qr_scenes.encoded(qr_scenes.on_table(qr_scenes.qr(LINK))))
    return path


def test_a_file_is_dragged_onto_the_list(app: App, tmp_path: Path) -> None:
    desktop = app.desktop
    helper = Path(__file__).parents[1] / "helpers" / "drag_source.py"
    source = desktop.start(sys.executable, helper, str(_picture(tmp_path)))
    try:
        app.create_vault()
        desktop.drag(desktop.middle("^Drag source$"), desktop.middle("^Watchword$"))
        desktop.see("Drop it here")
        desktop.xdotool("mouseup", "1")
        desktop.see("Add Kalos Club?", within=20)
        desktop.press("Add account")
        desktop.see(contains="Kalos Club, ana")
    finally:
        end(source)


def test_a_picture_of_another_program_is_pasted(app: App, tmp_path: Path) -> None:
    desktop = app.desktop
    app.create_vault()
    # xclip goes on in the background to give away what it holds.
    subprocess.run(
        ["xclip", "-selection", "clipboard", "-t", "image/png", str(_picture(tmp_path))],
        env=desktop.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=10,
        check=True,
    )
    desktop.activate()
    desktop.keys("ctrl+v")
    desktop.see("Add Kalos Club?", within=20)
    desktop.press("Add account")
    desktop.see(contains="Kalos Club, ana")
