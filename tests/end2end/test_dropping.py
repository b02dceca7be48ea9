"""A picture is dragged onto the window, and pasted into it, through a real X server."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
import qr_scenes
from desktop_session import Desktop
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


def _middle(desktop: Desktop, title: str) -> tuple[int, int]:
    place = desktop.xdotool("getwindowgeometry", "--shell", desktop.window(title))
    facts = dict(line.split("=") for line in place.splitlines())
    x, y, width, height = (int(facts[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))
    return x + width // 2, y + height // 2


def _drag(desktop: Desktop, start: tuple[int, int], to: tuple[int, int]) -> None:
    """Press the mouse at `start` and bring it to `to`, as a hand does."""
    desktop.xdotool("mousemove", *map(str, start), "mousedown", "1")
    for step in range(1, 21):
        x = start[0] + (to[0] - start[0]) * step // 20
        y = start[1] + (to[1] - start[1]) * step // 20
        desktop.xdotool("mousemove", str(x), str(y))
        time.sleep(0.02)  # a hand is no faster, and XDND asks at every step


def test_a_file_is_dragged_onto_the_list(app: App, tmp_path: Path) -> None:
    desktop = app.desktop
    helper = Path(__file__).parents[1] / "helpers" / "drag_source.py"
    source = desktop.start(sys.executable, helper, str(_picture(tmp_path)))
    try:
        app.create_vault()
        _drag(desktop, _middle(desktop, "^Drag source$"), _middle(desktop, "^Watchword$"))
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
