"""What a person does with the window and the pages; shared by the end-to-end tests.

Nothing here imports watchword or watchword_server: the installed programs are driven from outside.
"""

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from browser import Browser
from desktop_session import Desktop
from programs import APP, end

USER, PASSWORD = "ana@kalos.example", "correct horse battery"
VAULT_PASSWORD = "a quiet evening by the lake"


@dataclass
class App:
    """The window, and what a person does in it."""

    desktop: Desktop
    home: Path
    options: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        log = (self.desktop.folder / "app.log").open("ab")
        with log:
            self.process = self.desktop.start(
                APP,
                *options,
                environment={"WATCHWORD_HOME": str(self.home)},
                stdout=log,
                stderr=log,
            )

    def stop(self) -> int:
        assert self.process is not None
        return end(self.process)

    @property
    def log(self) -> str:
        return (self.desktop.folder / "app.log").read_text("utf-8", "replace")

    def create_vault(self) -> None:
        self.desktop.press("Create my vault", within=30)
        self.desktop.write("Password", VAULT_PASSWORD)
        self.desktop.write("Password again", VAULT_PASSWORD)
        self.desktop.press("Create vault")
        self.desktop.press("Later", within=30)
        self.desktop.see("Scan a QR code")

    def unlock(self) -> None:
        self.desktop.write("Password", VAULT_PASSWORD, within=30)
        self.desktop.press("Unlock")


def sign_out(page: Browser) -> None:
    """Sign out, and see that it is done: the next address would overtake the click."""
    page.press("Sign out")
    page.wait_for_text("User name")


def sign_in(page: Browser, origin: str, *, user: str = USER, password: str = PASSWORD) -> None:
    """Fill in the sign-in page and go on."""
    page.go(f"{origin}/sign-in")
    page.labelled("User name").send_keys(user)
    page.labelled("Password").send_keys(password)
    page.press("Continue")


def show_enrolment_code(page: Browser, folder: Path) -> Path:
    """Go to the security page and take a picture of the QR code as the browser draws it."""
    page.wait_for_text("You are inside")
    page.press("Turn it on")
    page.press("Add a device")
    page.wait_for_text("Scan this in Watchword")
    picture = folder / "as-the-browser-shows-it.png"
    page.find("svg.qr").screenshot(str(picture))
    return picture


def put_picture_on_clipboard(desktop: Desktop, picture: Path) -> None:
    subprocess.run(
        ["xclip", "-selection", "clipboard", "-t", "image/png", "-i", str(picture)],
        env=desktop.environment, timeout=20, check=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def match_code(page: Browser) -> str:
    """Return what the waiting page shows, read as a screen reader reads it."""
    spoken = page.find("p.match", within=10).get_attribute("aria-label") or ""
    return spoken.removeprefix("Code:").replace(" ", "")


def seconds_until(what: str, desktop: Desktop, **element: object) -> float:
    """Return how long it took until the element appeared."""
    begun = time.monotonic()
    desktop.see(what, **element)
    return time.monotonic() - begun
