"""Every component in every state looks as its picture does; `make goldens` draws them anew.

Tolerance: at most one pixel in a thousand may differ by more than 32 of 255 in a channel.
"""

import time

import numpy as np
import pytest
from gallery_pictures import GOLDENS, SCHEMES, as_picture, choose, draw
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QFontInfo
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from watchword.desktop.look.gallery.page import PARTS, GalleryPage
from watchword.desktop.look.theme import Theme, text_font

MOST_DIFFERENT = 0.001
DIFFERENT = 32


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_component_looks_as_its_picture_does(
    qtbot: QtBot, qapp: QApplication, theme: Theme, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    assert QFontDatabase.hasFamily("Inter"), "the set-up of the tests installs the font Inter"
    assert QFontInfo(text_font(14)).family() == "Inter"
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    try:
        choose(theme, scheme)
        wrong = [f"{name}: {how}" for name in PARTS if (how := difference(qapp, name, scheme))]
    finally:
        theme.choose(Qt.ColorScheme.Unknown)
        monkeypatch.undo()
        time.tzset()
    assert not wrong, f"{', '.join(wrong)} (make goldens draws them anew: look at them)"


def difference(application: QApplication, name: str, scheme: str) -> str:
    """Return in what a part differs from its picture; empty where it does not."""
    drawn = np.asarray(as_picture(draw(application, name)), dtype=np.int16)
    with Image.open(GOLDENS / f"{name}-{scheme}.png") as golden:
        wanted = np.asarray(golden.convert("RGB"), dtype=np.int16)
    if drawn.shape != wanted.shape:
        return f"{drawn.shape} instead of {wanted.shape}"
    share = float((np.abs(drawn - wanted).max(axis=2) > DIFFERENT).mean())
    return f"{share:.2%} of the pixels differ" if share > MOST_DIFFERENT else ""


def test_there_is_no_picture_of_what_is_gone() -> None:
    kept = {path.stem for path in GOLDENS.glob("*.png")}
    assert kept == {f"{name}-{scheme}" for name in PARTS for scheme in SCHEMES}


def test_the_whole_gallery_can_be_looked_at(qtbot: QtBot) -> None:
    page = GalleryPage()
    qtbot.addWidget(page)
    page.resize(1480, 900)
    page.show()
    assert page.grab().width() == 1480
