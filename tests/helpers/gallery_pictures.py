"""`make goldens`: draws the parts of the gallery; the tests compare what is drawn with these."""

import os
import sys
import time
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor, QImage
from PySide6.QtWidgets import QApplication, QLineEdit

from watchword.desktop.look.gallery.page import PARTS, part
from watchword.desktop.look.theme import Theme

GOLDENS = Path(__file__).resolve().parents[1] / "gui" / "look" / "goldens"
SCHEMES = ("light", "dark", "contrast", "contrast-dark")


def choose(theme: Theme, scheme: str) -> None:
    """Show one of SCHEMES."""
    dark = scheme in {"dark", "contrast-dark"}
    theme.choose(
        Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light,
        contrast=scheme.startswith("contrast"),
    )


def draw(application: QApplication, name: str) -> QImage:
    """Return a part as it looks now, at one pixel a pixel; its second field has the keyboard."""
    hints, before = application.styleHints(), application.cursorFlashTime()
    hints.setCursorFlashTime(0)  # a caret that stands
    QCursor.setPos(3000, 3000)  # under no widget
    shown = part(name)
    try:
        shown.show()
        fields = shown.findChildren(QLineEdit)
        if len(fields) > 1:
            fields[1].setFocus(Qt.FocusReason.OtherFocusReason)
        # Layouts, fonts and the keyboard's place arrive by events; twice, as one asks for another.
        application.processEvents()
        application.processEvents()
        return shown.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    finally:
        hints.setCursorFlashTime(before)
        shown.close()
        shown.deleteLater()


def as_picture(image: QImage) -> Image.Image:
    """Return what Qt drew as a picture of Pillow's."""
    return Image.frombuffer(
        "RGB",
        (image.width(), image.height()),
        bytes(image.constBits()),
        "raw",
        "RGB",
        image.bytesPerLine(),
        1,
    )


def main() -> int:
    os.environ["TZ"] = "UTC"
    time.tzset()
    application = QApplication(sys.argv[:1])
    theme = Theme(application)
    GOLDENS.mkdir(exist_ok=True)
    for scheme in SCHEMES:
        choose(theme, scheme)
        for name in PARTS:
            picture = as_picture(draw(application, name))
            small = picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
            small.save(GOLDENS / f"{name}-{scheme}.png", optimize=True)
    whole = sum(path.stat().st_size for path in GOLDENS.glob("*.png"))
    print(f"{len(PARTS) * len(SCHEMES)} pictures in {GOLDENS.name}, {whole // 1024} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
