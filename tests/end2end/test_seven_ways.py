"""One account by each of the seven ways, by keyboard alone; only what is dragged is dragged by a mouse.

Camera, screen, picture file, clipboard (a picture, a text), drag and drop, a pasted link, typed in.
"""

import subprocess
import sys
from base64 import b32encode
from pathlib import Path

import pytest
import qr_scenes
import qr_video
from desktop_session import Desktop
from person import VAULT_PASSWORD, App, put_picture_on_clipboard
from programs import cli, end, result

pytestmark = pytest.mark.end2end


def secret(service: str) -> str:
    """Return a secret of its own: two accounts with one are asked about."""
    return b32encode(service.ljust(20, ".").encode()).decode()


def link(service: str) -> str:
    return f"otpauth://totp/{service}:ana?secret={secret(service)}&issuer={service}"


def picture(folder: Path, service: str) -> Path:
    path = folder / f"{service}.png"
    path.write_bytes(qr_scenes.encoded(qr_scenes.qr(link(service), scale=4)))
    return path


def create_vault(desktop: Desktop) -> None:
    desktop.see("Create my vault", within=30)
    desktop.activate()
    desktop.press_by_keys("Create my vault")
    desktop.walk_to("Password")
    desktop.write_by_keys(VAULT_PASSWORD)
    desktop.walk_to("Password again")
    desktop.write_by_keys(VAULT_PASSWORD)
    desktop.press_by_keys("Create vault")
    desktop.see("Later", within=30)
    desktop.press_by_keys("Later")
    desktop.see("Scan a QR code")


def confirm(desktop: Desktop, service: str) -> None:
    desktop.see(f"Add {service}?", within=20)
    desktop.press_by_keys("Add account")
    desktop.see(contains=f"{service}, ana")


def test_before_the_camera(desktop: Desktop, tmp_path: Path) -> None:
    video = tmp_path / "hand.mp4"
    qr_video.write_video(video, link("Alder"), seconds=4)
    app = App(desktop, tmp_path / "vault-home")
    app.start("--camera-file", str(video))
    try:
        create_vault(desktop)
        desktop.keys("ctrl+n")
        confirm(desktop, "Alder")
    finally:
        app.stop()


def test_the_six_others(app: App, tmp_path: Path) -> None:
    """What is in the vault afterwards is what was shown, with nothing else beside it."""
    desktop = app.desktop
    create_vault(desktop)

    viewer = desktop.start("display", "-geometry", "+1100+300", str(picture(tmp_path, "Birch")))
    try:
        desktop.window("Birch")
        desktop.activate()
        desktop.keys("ctrl+n")
        desktop.press_by_keys("From screen")
        confirm(desktop, "Birch")
    finally:
        end(viewer)

    desktop.activate()
    desktop.keys("ctrl+n")
    desktop.press_by_keys("Picture")
    desktop.window("picture")
    desktop.write_by_keys(str(picture(tmp_path, "Cedar")))
    desktop.keys("Return")
    confirm(desktop, "Cedar")

    put_picture_on_clipboard(desktop, picture(tmp_path, "Elder"))
    desktop.keys("ctrl+n")
    desktop.press_by_keys("Clipboard")
    confirm(desktop, "Elder")
    put_text_on_clipboard(desktop, link("Fir"))
    desktop.keys("ctrl+v")
    confirm(desktop, "Fir")

    helper = Path(__file__).parents[1] / "helpers" / "drag_source.py"
    source = desktop.start(sys.executable, helper, str(picture(tmp_path, "Hazel")))
    try:
        desktop.drag(desktop.middle("^Drag source$"), desktop.middle("^Watchword$"))
        desktop.see("Drop it here")
        desktop.xdotool("mouseup", "1")
        desktop.see("Add Hazel?", within=20)
        desktop.activate()
        confirm(desktop, "Hazel")
    finally:
        end(source)

    desktop.activate()
    desktop.keys("ctrl+n")
    desktop.press_by_keys("Type it in instead")
    desktop.walk_to("Secret or link")
    desktop.write_by_keys(link("Larch"))
    desktop.press_by_keys("Continue")
    confirm(desktop, "Larch")

    desktop.keys("ctrl+n")
    desktop.press_by_keys("Type it in instead")
    desktop.walk_to("Secret or link")
    desktop.write_by_keys(secret("Maple").lower())
    desktop.walk_to("Service")
    desktop.write_by_keys("Maple")
    desktop.walk_to("Account")
    desktop.write_by_keys("ana")
    desktop.press_by_keys("Continue")
    confirm(desktop, "Maple")

    app.stop()
    listed = result(cli("--json", "list", home=app.home, password=VAULT_PASSWORD))
    added = ["Birch", "Cedar", "Elder", "Fir", "Hazel", "Larch", "Maple"]
    assert [row["issuer"] for row in listed] == added


def put_text_on_clipboard(desktop: Desktop, text: str) -> None:
    subprocess.run(
        ["xclip", "-selection", "clipboard"], input=text, text=True, env=desktop.environment,
        timeout=20, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
