import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from watchword.desktop.shell.clipboard import KEPT_SECONDS, SecretClipboard, marked
from watchword.desktop.shell.main_window import MainWindow


def test_a_copied_code_is_marked_secret_and_goes(qtbot: QtBot) -> None:
    system = QGuiApplication.clipboard()
    clipboard = SecretClipboard(system)
    clipboard.copy("123456")
    assert system.text() == "123456"
    assert system.mimeData().data("x-kde-passwordManagerHint").data() == b"secret"
    clipboard._end.setInterval(1)
    clipboard.copy("123456")
    qtbot.waitUntil(lambda: system.text() == "")
    assert KEPT_SECONDS == 30


@pytest.mark.parametrize(
    ("system", "marks"),
    [
        ("linux", {"x-kde-passwordManagerHint": b"secret"}),
        (
            "win32",
            {
                f'application/x-qt-windows-mime;value="{name}"': value
                for name, value in (
                    ("ExcludeClipboardContentFromMonitorProcessing", b"\1"),
                    ("CanIncludeInClipboardHistory", bytes(4)),
                    ("CanUploadToCloudClipboard", bytes(4)),
                )
            },
        ),
        ("darwin", {}),
    ],
)
def test_each_systems_history_finds_its_own_marks(system: str, marks: dict[str, bytes]) -> None:
    data = marked("123456", system)
    assert data.text() == "123456"
    found = {name: data.data(name).data() for name in data.formats() if name != "text/plain"}
    assert found == marks


def test_what_was_copied_elsewhere_since_stays(qtbot: QtBot) -> None:
    system = QGuiApplication.clipboard()
    clipboard = SecretClipboard(system)
    clipboard.copy("123456")
    system.setText("a shopping list")
    clipboard.clear()
    assert system.text() == "a shopping list"
    system.clear()


def test_the_window_shows_pages_and_drops_them(qtbot: QtBot) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    one, other = QLabel("one"), QLabel("other")
    window.show_page(one)
    window.show_page(other)
    window.show()
    assert window.page is other
    window.show_page(one)
    window.drop_page(other)
    assert window.page is one
    window.say("Copied")
    assert window.said() == "Copied"
    assert window.windowTitle() == "Watchword"
    window.close()
