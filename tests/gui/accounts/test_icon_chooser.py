"""An account's icon is chosen on its page, by mouse and by keyboard alone."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from sample_accounts import link, sample_accounts

from watchword.desktop.accounts.edit_page import EditPage
from watchword.vault.account import NO_ICON, Account

GITHUB = sample_accounts()[1]


def page_of(qtbot: QtBot, account: Account) -> EditPage:
    page = EditPage(account)
    qtbot.addWidget(page)
    page.resize(420, 680)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.service.edit.hasFocus)
    return page


@pytest.fixture
def page(qtbot: QtBot) -> EditPage:
    return page_of(qtbot, GITHUB)


def offered(page: EditPage) -> list[str]:
    model = page.icon.view.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_an_icon_is_searched_and_taken_by_keyboard_alone(qtbot: QtBot, page: EditPage) -> None:
    qtbot.keyClick(page.service.edit, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert page.icon.button.hasFocus()
    assert page.icon.button.accessibleName() == "Icon: GitHub. Choose another."
    qtbot.keyClick(page.icon.button, Qt.Key.Key_Return)
    assert page.icon.search.edit.hasFocus()
    assert offered(page)[:3] == ["By the service’s name", "Monogram", "1&1"]
    qtbot.keyClicks(page.icon.search.edit, "Lab git")
    assert offered(page) == ["GitLab"]
    page.icon.search.clear()
    qtbot.keyClicks(page.icon.search.edit, "git")
    assert offered(page)[:3] == ["GitBook", "Gitea", "Gitee"]
    qtbot.keyClick(page.icon.search.edit, Qt.Key.Key_Down)
    qtbot.keyClick(page.icon.search.edit, Qt.Key.Key_Return)
    assert page.changes() == {"icon": "gitea"}
    assert page.icon.isHidden()
    assert page.icon.button.hasFocus()
    assert page.icon.button.accessibleName() == "Icon: Gitea. Choose another."


def test_escape_closes_the_list_and_not_the_page(qtbot: QtBot, page: EditPage) -> None:
    with qtbot.assertNotEmitted(page.back_pressed):
        page.icon.button.click()
        qtbot.keyClick(page.icon.search.edit, Qt.Key.Key_Escape)
        assert page.icon.isHidden()
        page.icon.button.click()
        qtbot.keyClick(page.icon.view, Qt.Key.Key_Escape)
        assert page.icon.isHidden()
    assert page.changes() == {}
    with qtbot.waitSignal(page.back_pressed):
        qtbot.keyClick(page.icon.button, Qt.Key.Key_Escape)


def test_a_click_takes_the_monogram_and_another_the_name_again(
    qtbot: QtBot, page: EditPage
) -> None:
    for row, changes in ((1, {"icon": NO_ICON}), (0, {})):
        page.icon.button.click()
        view = page.icon.view
        where = view.visualRect(view.model().index(row, 0)).center()
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
        assert page.changes() == changes


def test_the_mark_follows_the_name_while_it_is_typed(page: EditPage) -> None:
    page.service.set_text("My own")
    assert page.icon.button.accessibleName() == "Icon: monogram. Choose another."
    page.icon.button.click()
    assert offered(page)[:2] == ["Monogram", "1&1"]
    page.service.set_text("")
    page.account.set_text("Dropbox")
    assert page.icon.button.accessibleName() == "Icon: Dropbox. Choose another."
    assert offered(page)[0] == "By the service’s name"


def test_a_search_without_a_hit_leaves_the_monogram(qtbot: QtBot, page: EditPage) -> None:
    page.icon.button.click()
    qtbot.keyClicks(page.icon.search.edit, "no such service")
    assert offered(page) == ["By the service’s name", "Monogram"]
    # A choice is a change like any other: it is not lost without a word.
    qtbot.keyClick(page.icon.search.edit, Qt.Key.Key_Down)
    qtbot.keyClick(page.icon.search.edit, Qt.Key.Key_Return)
    assert not page.may_leave()


def test_an_icon_of_a_later_version_stays_until_another_is_chosen(qtbot: QtBot) -> None:
    page = page_of(qtbot, replace(GITHUB, icon="a-later-icon"))
    assert page.icon.button.accessibleName() == "Icon: GitHub. Choose another."
    page.icon.button.click()
    qtbot.keyClick(page.icon.search.edit, Qt.Key.Key_Escape)
    assert page.changes() == {}


def test_a_server_is_not_believed_about_its_icon(qtbot: QtBot) -> None:
    page = page_of(qtbot, replace(GITHUB, link=link()))
    assert page.icon.button.accessibleName() == "Icon: monogram. Choose another."
    page.icon.button.click()
    assert offered(page)[0] == "Monogram"
