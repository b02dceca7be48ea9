"""Tab goes as the eye goes, whatever was made first."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from watchword.desktop.look.widgets.scrolling import ScrollArea
from watchword.desktop.shell.main_window import MainWindow


def button(name: str) -> QPushButton:
    made = QPushButton(name)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return made


@pytest.fixture
def buttons(qtbot: QtBot) -> Iterator[dict[str, QPushButton]]:
    """Make a page from its end: what scrolls, two side by side, and one that floats over them."""
    window = MainWindow()
    qtbot.addWidget(window)
    page = QWidget()
    made = {name: button(name) for name in ("far", "near", "right", "left", "top")}
    floating = made["floating"] = button("floating")
    floating.setParent(page)
    column = QVBoxLayout(page)
    column.addWidget(made["top"])
    row = QHBoxLayout()
    row.addWidget(made["left"])
    row.addWidget(made["right"])
    column.addLayout(row)
    content = QWidget()
    inside = QVBoxLayout(content)
    inside.addWidget(made["near"])
    inside.addSpacing(2000)
    inside.addWidget(made["far"])
    column.addWidget(ScrollArea(content))
    window.show_page(page)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield made
    window.close()  # held by this frame until now


ORDER = ["top", "left", "right", "near", "far", "floating"]


def walk(qtbot: QtBot, key: Qt.Key, steps: int) -> list[str]:
    passed = []
    for _ in range(steps):
        qtbot.keyClick(QApplication.focusWidget(), key)
        focused = QApplication.focusWidget()
        assert isinstance(focused, QPushButton)
        assert not focused.visibleRegion().isEmpty()  # scrolled to, where it must be
        passed.append(focused.text())
    return passed


def test_forward_and_back_and_around(qtbot: QtBot, buttons: dict[str, QPushButton]) -> None:
    buttons["floating"].setFocus()
    assert walk(qtbot, Qt.Key.Key_Tab, 7) == [*ORDER, "top"]
    assert walk(qtbot, Qt.Key.Key_Backtab, 6) == [*reversed(ORDER[1:]), "top"]


def test_what_goes_hands_the_keyboard_to_what_stands_after_it(
    qtbot: QtBot, buttons: dict[str, QPushButton]
) -> None:
    buttons["left"].setFocus()
    buttons["left"].hide()
    assert QApplication.focusWidget() is buttons["right"]
    buttons["right"].setEnabled(False)
    assert QApplication.focusWidget() is buttons["near"]
    assert walk(qtbot, Qt.Key.Key_Backtab, 1) == ["top"]
