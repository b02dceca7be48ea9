"""The pages of import and export, each alone."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from transfer_files import KALOS, SAFE

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.look import theme
from watchword.desktop.transfer.file_password_page import FilePasswordPage
from watchword.desktop.transfer.found_list import Found
from watchword.desktop.transfer.import_page import ImportPage
from watchword.desktop.transfer.new_file_password_page import NewFilePasswordPage
from watchword.desktop.transfer.qr_page import QrPage


@pytest.fixture
def large_text(qapp: QApplication) -> Iterator[None]:
    before, larger = qapp.font(), qapp.font()
    larger.setPixelSize(28)
    qapp.setFont(larger)
    theme._made_font.cache_clear()
    yield
    qapp.setFont(before)
    theme._made_font.cache_clear()


def test_large_text_does_not_press_the_code_together(qtbot: QtBot, large_text: None) -> None:
    page = QrPage("Kalos: ann", [KALOS, SAFE], about="Scan them one after the other.")
    qtbot.addWidget(page)
    page.resize(420, 680)
    page.show()
    qtbot.waitUntil(lambda: min(page.code.width(), page.code.height()) >= 300)


def test_the_arrow_keys_leaf(qtbot: QtBot) -> None:
    page = QrPage("Kalos: ann", [KALOS, SAFE])
    qtbot.addWidget(page)
    page.show()
    assert page.countdown.text().startswith("1 of 2")
    qtbot.keyClick(page, Qt.Key.Key_Left)
    assert page.countdown.text().startswith("1 of 2")
    qtbot.keyClick(page, Qt.Key.Key_Right)
    qtbot.keyClick(page, Qt.Key.Key_Right)
    assert page.countdown.text().startswith("2 of 2")
    assert not page.after.isEnabled()


def test_two_new_passwords_that_differ(qtbot: QtBot, jobs: Jobs) -> None:
    page = NewFilePasswordPage(jobs)
    qtbot.addWidget(page)
    page.show()
    page.new.password.set_text("violet otter morning 9")
    page.new.again.set_text("violet otter morning 8")
    with qtbot.assertNotEmitted(page.chosen):
        qtbot.keyClick(page.new.again.edit, Qt.Key.Key_Return)
    assert "differ" in page.notice.text()
    page.new.again.set_text("violet otter morning 9")
    with qtbot.waitSignal(page.chosen) as chosen:
        qtbot.keyClick(page.new.again.edit, Qt.Key.Key_Return)
    assert chosen.args == ["violet otter morning 9"]


def test_opening_a_file_can_be_cancelled(qtbot: QtBot) -> None:
    page = FilePasswordPage("mine.watchword")
    qtbot.addWidget(page)
    page.show()
    page.password.set_text("four words or so")
    with qtbot.waitSignal(page.given):
        page.button.click()
    page.show_busy(True)
    assert not page.password.isEnabled()
    qtbot.waitUntil(page.waiting.cancel.isVisible)
    with qtbot.waitSignal(page.cancelled):
        page.waiting.cancel.click()
    assert page.button.isVisible()
    assert page.password.text() == "four words or so"


def test_markup_in_a_file_is_only_text(qtbot: QtBot) -> None:
    name = "<b>&amp;<img src=file:///etc/passwd>"
    page = ImportPage(1, f"{name} · list", [Found("add", name, "TOTP")], [name])
    qtbot.addWidget(page)
    page.show()
    assert page.list.texts() == [f"{name}. TOTP"]
    assert page.about.textFormat() == Qt.TextFormat.PlainText
    index = page.list.model().index(0, 0)
    shown = QTextDocument()
    shown.setHtml(index.data(Qt.ItemDataRole.ToolTipRole))
    assert shown.toPlainText() == f"{name}. TOTP"
