"""`make screenshots-full`: every place × light, dark, high contrast × 420×680, 1000×700 × languages.

They go to build/screenshots, outside git, with one contact sheet for each language. By hand:

    python tests/helpers/full_screenshots.py --language en --scheme contrast-dark --only history --scale 2
"""

import argparse
import os
import sys
import tempfile
from itertools import product
from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parents[2] / "build" / "screenshots"
SIZES = {"narrow": (420, 680), "wide": (1000, 700)}
SCHEMES = ("light", "dark", "contrast")
MORE_SCHEMES = ("contrast-dark",)
ONLY_NARROW = {"history-answer"}
_THUMB_HEIGHT = 170
_CAPTION = 16


def arguments() -> argparse.Namespace:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--language", action="append", help="en, de, ...; more than once")
    asked.add_argument("--scheme", action="append", choices=[*SCHEMES, *MORE_SCHEMES])
    asked.add_argument("--size", action="append", choices=list(SIZES))
    asked.add_argument("--only", default="", help="places whose name begins so")
    asked.add_argument("--scale", default="1", help="of the screen: 1, 1.5, 2, 3")
    asked.add_argument("--text", type=int, default=100, help="size of text in percent")
    return asked.parse_args()


def folder_of(asked: argparse.Namespace, language: str) -> Path:
    """Return where the pictures of a language go; those with larger text beside the others."""
    return FOLDER / (language if asked.text == 100 else f"{language}-{asked.text}")


def take_all(asked: argparse.Namespace, language: str) -> None:
    """Take the pictures of one language."""
    # Qt reads it once, and so does the module that takes the pictures.
    os.environ["QT_SCALE_FACTOR"] = asked.scale
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QCursor
    from PySide6.QtWidgets import QApplication
    from screenshots import Studio

    from watchword.desktop.look.theme import Theme

    class Everything(Studio):
        """Takes each place at all sizes, under a name that says which."""

        def take(self, name: str, *, wide: bool = False) -> None:
            if name.endswith("-wide") or not name.startswith(asked.only):
                return
            QCursor.setPos(3000, 3000)  # over nothing
            # Where two panes show more, going back to one would leave what was opened.
            sizes = {"narrow"} if name in ONLY_NARROW else asked.size or SIZES
            for size, (width, height) in SIZES.items():
                if size in sizes:
                    self.window.resize(width, height)
                    self.window.show()
                    self.wait(seconds=0.25)
                    path = folder_of(asked, language) / f"{name}-{self.scheme}-{size}.png"
                    self.window.grab().save(str(path))
            self.window.resize(*SIZES["wide" if wide else "narrow"])

    folder_of(asked, language).mkdir(parents=True, exist_ok=True)
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    theme = Theme(application)
    theme.scale_text(asked.text)
    speak(application, language)
    for scheme in asked.scheme or SCHEMES:
        dark = scheme in {"dark", "contrast-dark"}
        theme.choose(
            Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light,
            contrast=scheme.startswith("contrast"),
        )
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            studio = Everything(application, scheme)
            studio.everything(Path(folder))
            studio.close()
        print(f"{language}, {scheme}: taken")


def speak(application: object, language: str) -> None:
    """Let the window speak a language."""
    from PySide6.QtCore import QObject

    from watchword.desktop.look.languages import Languages

    assert isinstance(application, QObject)
    Languages(application).use(language)


def _shown_on(name: str) -> tuple[str, str]:
    """Return the place, and the scheme and size, that a picture is named after."""
    # "contrast-dark" ends as "dark" does: the longer names are tried first.
    for scheme, size in product((*MORE_SCHEMES, *SCHEMES), SIZES):
        if name.endswith(end := f"-{scheme}-{size}"):
            return name.removesuffix(end), f"{scheme} {size}"
    return name, ""


def contact_sheet(folder: Path) -> Path:
    """Lay all pictures of a language on one sheet: a row for each place, in two columns."""
    names: dict[str, dict[str, Path]] = {}
    for path in sorted(folder.glob("*.png")):
        place, kind = _shown_on(path.stem)
        names.setdefault(place, {})[kind] = path
    wide = {size: round(w * _THUMB_HEIGHT / h) for size, (w, h) in SIZES.items()}
    across = sum(wide[size] + 6 for size in SIZES for _ in SCHEMES) + 12
    down = _THUMB_HEIGHT + _CAPTION + 8
    half = -(-len(names) // 2)
    sheet = Image.new("RGB", (2 * across, max(1, half) * down), "#8A8F98")
    pen = ImageDraw.Draw(sheet)
    for number, (place, pictures) in enumerate(sorted(names.items())):
        left, top = number // half * across + 6, number % half * down + 2
        pen.text((left, top), place, fill="#000000")
        for size in SIZES:
            for scheme in SCHEMES:
                path_of = pictures.get(f"{scheme} {size}")
                if path_of is not None:
                    with Image.open(path_of) as whole:
                        small = whole.convert("RGB").resize((wide[size], _THUMB_HEIGHT))
                    sheet.paste(small, (left, top + _CAPTION))
                left += wide[size] + 6
    path = FOLDER / f"contact-{folder.name}.jpg"
    sheet.save(path, quality=85)
    return path


def main() -> int:
    asked = arguments()
    for language in asked.language or ["en", "de"]:
        take_all(asked, language)
        print(f"contact sheet: {contact_sheet(folder_of(asked, language))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
