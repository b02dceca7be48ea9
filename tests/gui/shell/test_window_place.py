"""The window comes back where it was, and never where no screen is any more."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from watchword.desktop.application import Desktop
from watchword.desktop.enrolment.frame_source import NoSource
from watchword.desktop.shell.main_window import MainWindow
from watchword.desktop.shell.preferences import Preferences
from watchword.desktop.shell.window_place import WindowPlace, fitted
from watchword.settings import FILE_NAME, Window, read_settings

LEAST = QSize(340, 480)
LAPTOP = QRect(0, 0, 1366, 740)
BESIDE = QRect(1366, -200, 2560, 1400)


@pytest.mark.parametrize(
    ("wanted", "screens", "expected"),
    [
        # As it was left, also half beyond an edge, where a person put it.
        (QRect(200, 30, 420, 680), [LAPTOP], QRect(200, 30, 420, 680)),
        (QRect(1200, 30, 420, 680), [LAPTOP], QRect(1200, 30, 420, 680)),
        (QRect(2000, -150, 1000, 1200), [LAPTOP, BESIDE], QRect(2000, -150, 1000, 1200)),
        # The other screen is gone, or smaller than it was.
        (QRect(2000, -150, 420, 680), [LAPTOP], QRect(946, 0, 420, 680)),
        (QRect(2000, 0, 1500, 1200), [LAPTOP], QRect(0, 0, 1366, 708)),
        (QRect(-5000, -5000, 420, 680), [LAPTOP], QRect(0, 0, 420, 680)),
        # Its title could not be reached with the mouse.
        (QRect(200, -300, 420, 680), [LAPTOP], QRect(200, 0, 420, 680)),
        (QRect(200, 30, 10, 10), [LAPTOP], QRect(200, 30, 340, 480)),
        (QRect(1, 2, 420, 680), [], QRect(1, 2, 420, 680)),
    ],
)
def test_it_is_moved_only_where_it_must_be(
    wanted: QRect, screens: list[QRect], expected: QRect
) -> None:
    assert fitted(wanted, screens, LEAST) == expected


_pixels = st.integers(-100_000, 100_000)


@given(place=st.tuples(_pixels, _pixels, _pixels, _pixels))
def test_whatever_the_file_says_the_title_can_be_reached(place: tuple[int, int, int, int]) -> None:
    found = fitted(QRect(*place), [LAPTOP], LEAST)
    assert LAPTOP.top() <= found.top() <= LAPTOP.bottom() - 32
    assert LAPTOP.intersected(found).width() >= 120
    assert found.width() <= LAPTOP.width()


@pytest.mark.parametrize("place", [(), (1, 2, 3), (0, 0, 10**20, 5), (-(2**31), 0, 420, 680)])
def test_a_place_that_is_none_is_no_obstacle(
    qtbot: QtBot, tmp_path: Path, place: tuple[int, ...]
) -> None:
    preferences = Preferences(tmp_path / FILE_NAME)
    preferences.change(window=Window(place=place))
    window = MainWindow()
    qtbot.addWidget(window)
    WindowPlace(window, preferences).put_back()
    assert window.size() == QSize(420, 680)


def test_it_is_remembered_from_one_start_to_the_next(qtbot: QtBot, tmp_path: Path) -> None:
    preferences = Preferences(tmp_path / FILE_NAME)
    for expected in (QRect(40, 50, 420, 680), QRect(60, 10, 700, 500)):
        window = MainWindow()
        qtbot.addWidget(window)
        place = WindowPlace(window, preferences)
        place.remember()  # never shown: nothing is known
        place.put_back()
        window.show()
        window.move(expected.topLeft())
        window.resize(expected.size())
        place.remember()
        assert read_settings(tmp_path / FILE_NAME).window.place == expected.getRect()
        again = MainWindow()
        qtbot.addWidget(again)
        WindowPlace(again, Preferences(tmp_path / FILE_NAME)).put_back()
        assert QRect(again.pos(), again.size()) == expected


def test_a_maximised_window_has_a_place_to_go_back_to(qtbot: QtBot, tmp_path: Path) -> None:
    preferences = Preferences(tmp_path / FILE_NAME)
    window = MainWindow()
    qtbot.addWidget(window)
    place = WindowPlace(window, preferences)
    place.put_back()
    window.show()
    window.move(40, 50)
    window.resize(500, 600)
    window.showMaximized()
    place.remember()
    assert preferences.now.window == Window(place=(40, 50, 500, 600), maximised=True)
    again = MainWindow()
    qtbot.addWidget(again)
    WindowPlace(again, preferences).put_back()
    assert again.isMaximized()
    assert not again.isVisible()


def test_the_app_comes_back_where_it_was(
    qtbot: QtBot, qapp: QApplication, path: Path, key: str, desktop: Desktop
) -> None:
    desktop.start()
    desktop.window.move(90, 70)
    desktop.window.resize(600, 500)
    desktop.stop()
    later = Desktop(qapp, path, make_source=NoSource)
    later.start()
    assert QRect(later.window.pos(), later.window.size()) == QRect(90, 70, 600, 500)
    later.stop()
    later.window.close()
    later.window.deleteLater()
