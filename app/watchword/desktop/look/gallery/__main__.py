"""`python -m watchword.desktop.look.gallery`: looks at every component, in the colours asked for."""

import argparse
import sys

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from watchword.desktop.look.gallery.page import GalleryPage
from watchword.desktop.look.theme import Theme


def main() -> int:
    """Show the gallery until its window is closed."""
    asked = argparse.ArgumentParser(description="Every component in every state")
    asked.add_argument(
        "--scheme",
        choices=["system", "light", "dark", "contrast", "contrast-dark"],
        default="system",
    )
    asked.add_argument("--text", type=int, default=100, metavar="PERCENT")
    options = asked.parse_args()
    application = QApplication(sys.argv[:1])
    theme = Theme(application)
    schemes = {
        "light": Qt.ColorScheme.Light,
        "dark": Qt.ColorScheme.Dark,
        "contrast": Qt.ColorScheme.Light,
        "contrast-dark": Qt.ColorScheme.Dark,
    }
    theme.choose(
        schemes.get(options.scheme, Qt.ColorScheme.Unknown),
        contrast=options.scheme.startswith("contrast"),
    )
    theme.scale_text(options.text)
    page = GalleryPage()
    page.setWindowTitle("Watchword: gallery")
    page.resize(1480, 900)
    page.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
