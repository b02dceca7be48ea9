import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextDocument
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from watchword.desktop.look.icons import icon_picture
from watchword.desktop.look.resources import resources
from watchword.desktop.look.theme import DARK, LIGHT, Theme, colours_of
from watchword.desktop.look.widgets.buttons import IconButton, PrimaryButton
from watchword.desktop.look.widgets.code_cells import DIGITS, CodeCells, as_typed
from watchword.desktop.look.widgets.label import Label
from watchword.desktop.look.widgets.text_field import PasswordField


def test_every_widget_follows_a_change_of_colours(
    qtbot: QtBot, theme: Theme, qapp: QApplication
) -> None:
    button = PrimaryButton("Unlock")
    qtbot.addWidget(button)
    button.show()
    theme.choose(Qt.ColorScheme.Dark)
    qtbot.waitUntil(lambda: colours_of(button) is DARK)
    theme.choose(Qt.ColorScheme.Light)
    qtbot.waitUntil(lambda: colours_of(button) is LIGHT)
    theme.choose(Qt.ColorScheme.Unknown)


def test_every_icon_draws_something_in_the_colour_asked_for() -> None:
    names = sorted(path.stem for path in (resources() / "icons").glob("*.svg"))
    assert len(names) > 30
    for name in names:
        picture = icon_picture(name, 24, QColor("#ff0000"), 2.0).toImage()
        assert picture.width() == 48
        inked = [
            picture.pixelColor(x, y)
            for x in range(48)
            for y in range(48)
            if picture.pixelColor(x, y).alpha() > 200
        ]
        assert inked, name
        if name != "watchword":
            assert all(colour.red() > 200 and colour.blue() < 60 for colour in inked), name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("k7q2", "K7Q2"),
        (" K7-Q2 ", "K7Q2"),
        ("il0o", "1100"),
        ("uu7!", "7"),
        ("K7Q2V", "K7Q2"),
        ("ключ", ""),
    ],
)
def test_the_match_code_is_mended_as_it_is_typed_or_pasted(
    qtbot: QtBot, typed: str, kept: str
) -> None:
    cells = CodeCells(4, "Match code")
    qtbot.addWidget(cells)
    cells.setText(typed)
    assert cells.text() == kept
    assert cells.complete == (len(kept) == 4)


def test_digits_only_where_digits_are_asked_for() -> None:
    assert as_typed("12 34-5a6", DIGITS, 6) == "123456"


def test_cells_typed_by_hand_say_when_they_are_full(qtbot: QtBot) -> None:
    cells = CodeCells(4, "Match code")
    qtbot.addWidget(cells)
    heard: list[bool] = []
    cells.completed.connect(heard.append)
    qtbot.keyClicks(cells, "k7q2")
    qtbot.keyClick(cells, Qt.Key.Key_Left)
    qtbot.keyClick(cells, Qt.Key.Key_Backspace)
    assert cells.text() == "K7Q"
    assert heard == [True, False]


def test_markup_from_outside_is_shown_as_it_is_written(qtbot: QtBot) -> None:
    label = Label("<b>bold</b> <img src=x>")
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.text() == "<b>bold</b> <img src=x>"


def test_the_tool_tip_of_a_cut_text_shows_markup_as_it_is_written(qtbot: QtBot) -> None:
    """A tool tip takes markup for markup: one from a server could have loaded a file."""
    text = f"<b>bold</b> <img src=file:///etc/passwd> {'W' * 100}"
    label = Label(text, lines=1)
    qtbot.addWidget(label)
    label.resize(200, label.sizeHint().height())
    label.grab()
    shown = QTextDocument()
    shown.setHtml(label.toolTip())
    assert shown.toPlainText() == text


def test_one_endless_word_does_not_widen_the_window(qtbot: QtBot) -> None:
    label = Label("W" * 256, lines=2)
    qtbot.addWidget(label)
    assert label.minimumSizeHint().width() < 50
    label.resize(200, label.heightForWidth(200))
    assert label.height() < 50
    label.grab()
    assert label.toolTip() == "W" * 256


def test_the_password_is_hidden_until_its_eye_is_pressed(qtbot: QtBot) -> None:
    field = PasswordField("Password")
    qtbot.addWidget(field)
    field.set_text("open sesame")
    assert field.edit.displayText() != "open sesame"
    eye = field.findChild(IconButton)
    assert eye is not None
    assert eye.accessibleName() == "Show password"
    eye.click()
    assert field.edit.displayText() == "open sesame"
    assert eye.accessibleName() == "Hide password"
