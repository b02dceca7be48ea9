"""Pictures of every page of the server, light and dark, into docs/images: server-PAGE-THEME.png.

With a folder and a language as arguments, into that folder in that language. Look at them after
every change to a page.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from browser import Browser, browser
from server_scenes import Scenes, live

# Of thirty pages those that differ most; all of them go into any other folder.
KEPT = (
    "sign-in", "waiting", "not-me", "account", "security-scan", "security-joins", "security-alarms",
    "security", "backup-codes", "activity", "confirm", "password", "service", "authorise",
    "joining-offered",
)  # fmt: skip
IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"


def size(page: Browser, width: int, height: int, scale: float = 1) -> None:
    page.driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False},
    )


def theme(page: Browser, dark: bool) -> None:
    features = [
        {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
        {"name": "prefers-reduced-motion", "value": "reduce"},  # no picture of half a transition
    ]
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def main(folder: Path = IMAGES, language: str = "en", width: int = 0) -> None:
    with (
        tempfile.TemporaryDirectory() as data,
        live(Path(data)) as served,
        browser() as page,
    ):
        for name in Scenes(served, page, language).all():
            if folder == IMAGES and name not in KEPT:
                continue
            wide = name.startswith("security")
            across = width or (1000 if wide else 480)
            for dark in (False, True):
                theme(page, dark)
                size(page, across, 400)
                tall = page.driver.execute_script("return document.documentElement.scrollHeight")
                size(page, across, max(tall, 620), 1.5)
                page.picture(folder / f"server-{name}-{'dark' if dark else 'light'}.png")
            size(page, 1000, 900)


if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        *([Path(given[0])] if given else []),
        *given[1:2],
        *([int(given[2])] if len(given) > 2 else []),
    )
