"""The look is one: only the sizes of text that the design has, and menus of our own."""

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import watchword.desktop
from watchword.desktop.look.design import CODE_SIZES, TEXT_SIZES
from watchword.desktop.look.widgets.code_cells import CodeCells
from watchword.desktop.look.widgets.menu import Menu
from watchword.desktop.look.widgets.text_area import TextArea
from watchword.desktop.look.widgets.text_field import TextField

_TEXTS = {"Label", "add_text", "text_font"}


def sizes_in(path: Path) -> set[float]:
    """Return the sizes of text that a file names."""
    found: set[float] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        named = [each.value for each in node.keywords if each.arg == "size"]
        values = named + (node.args[:1] if called == "text_font" else [])
        if called in _TEXTS:
            found |= {
                each.value
                for value in values
                for each in ast.walk(value)
                if isinstance(each, ast.Constant) and isinstance(each.value, int | float)
                if each.value >= 9  # what is compared or multiplied is no size
            }
    return found


def test_text_has_only_the_sizes_of_the_design() -> None:
    folder = Path(watchword.desktop.__file__).parent
    known = set(TEXT_SIZES) | set(CODE_SIZES)
    wrong = {
        path.name: sorted(sizes_in(path) - known)
        for path in folder.rglob("*.py")
        if sizes_in(path) - known
    }
    assert wrong == {}


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_menu_of_a_field_is_drawn_like_every_other(qtbot: QtBot, qapp: QApplication) -> None:
    field, area, cells = TextField("Service"), TextArea("Note"), CodeCells(4, "Match code")
    for widget, edit in ((field, field.edit), (area, area.edit), (cells, cells)):
        qtbot.addWidget(widget)
        widget.show()
        edit.setFocus()
        asked = QContextMenuEvent(
            QContextMenuEvent.Reason.Keyboard, QPoint(4, 4), edit.mapToGlobal(QPoint(4, 4))
        )
        target = area.edit.viewport() if edit is area.edit else edit
        QApplication.sendEvent(target, asked)
        menu = qapp.activePopupWidget()
        assert isinstance(menu, Menu)
        assert any("Paste" in action.text() for action in menu.actions())
        with qtbot.waitSignal(menu.destroyed):
            menu.close()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_menu_is_walked_through_and_taken_by_keyboard(qtbot: QtBot) -> None:
    menu = Menu()
    taken: list[str] = []
    for name in ("Own order", "Name"):
        menu.addAction(name).triggered.connect(lambda _=False, name=name: taken.append(name))
    menu.popup(QPoint(10, 10))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(menu, key)
    assert taken == ["Name"]
    assert menu.sizeHint().height() >= 2 * 36
