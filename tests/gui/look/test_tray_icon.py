"""The icon in the bar: every state is told from every other, at the smallest size and in any light."""

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from watchword.desktop.look.theme import DARK, LIGHT, Colours
from watchword.desktop.look.tray_icon import SIZES, tray_picture

STATES = [(locked, waiting) for locked in (False, True) for waiting in (0, 1, 2, 9, 10)]


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_no_two_states_look_alike(qtbot: QtBot, size: int, colours: Colours) -> None:
    seen = set()
    for locked, waiting in STATES:
        picture = tray_picture(size, colours, locked=locked, waiting=waiting)
        assert (picture.width(), picture.height()) == (size, size)
        # Without its colours as well, for who sees none and for bars that draw none.
        grey = picture.toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        seen.add(bytes(grey.constBits()))
        assert picture.toImage().pixelColor(0, 0).alpha() < 128  # the corners are round
    assert len(seen) == len(STATES)


def test_more_than_nine_are_not_told_apart(qtbot: QtBot) -> None:
    many = [tray_picture(32, LIGHT, locked=False, waiting=number) for number in (10, 11, 500)]
    assert many[0].toImage() == many[1].toImage() == many[2].toImage()
