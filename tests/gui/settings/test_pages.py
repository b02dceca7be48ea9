"""The pages of the settings by themselves: what they ask for, and what they say."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.look.widgets.fact_list import Fact
from watchword.desktop.settings.change_password_page import ChangePasswordPage
from watchword.desktop.settings.older_backups_page import OlderBackupsPage
from watchword.desktop.settings.password_again_page import PasswordAgainPage, Question
from watchword.desktop.settings.settings_page import SettingsPage, Ways
from watchword.errors import WrongPassword

QUESTION = Question(
    "Recovery key", "Make one?", (Fact("eye", "Shown once"),), "Make one", "Making"
)


def test_a_switch_moves_only_when_it_is_so(qtbot: QtBot) -> None:
    page = SettingsPage()
    qtbot.addWidget(page)
    page.resize(420, 680)
    page.show()
    page.show_keyring("Off.", on=False, possible=True)
    asked: list[bool] = []
    page.keyring_asked.connect(asked.append)
    qtbot.mouseClick(page.keyring, Qt.MouseButton.LeftButton)
    page.keyring.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(page.keyring, Qt.Key.Key_Return)
    qtbot.keyClick(page.keyring, Qt.Key.Key_Space)
    assert asked == [True, True, True]
    assert not page.keyring.isChecked()
    page.show_keyring("On.", on=True, possible=True)
    assert page.keyring.isChecked()
    page.keyring.click()
    assert asked[-1] is False
    assert page.keyring.isChecked()


def test_every_control_has_a_name_and_the_switches_say_what_they_mean(qtbot: QtBot) -> None:
    page = SettingsPage()
    qtbot.addWidget(page)
    page.show_ways(Ways("Last changed today.", "Made today.", has_recovery_key=True))
    page.show_keyring("Not possible here.", on=False, possible=False)
    names = [
        control.accessibleName()
        for control in (
            page.change_password,
            page.make_key,
            page.remove_key,
            page.keyring,
            page.save_copy,
            page.restore,
            page.hiding,
        )
    ]
    assert names == [
        "Change password",
        "Make a new recovery key",
        "Remove the recovery key",
        "This computer’s keyring",
        "Save a copy…",
        "Restore a copy",
        "Hide the number of accounts and the date",
    ]
    assert page.keyring.accessibleDescription() == "Not possible here."
    assert "file names still tell the day" in page.hiding.accessibleDescription()


def test_without_a_recovery_key_there_is_nothing_to_remove(qtbot: QtBot) -> None:
    page = SettingsPage()
    qtbot.addWidget(page)
    page.show()
    page.show_ways(Ways("Last changed today.", "None.", has_recovery_key=False))
    assert not page.remove_key.isVisible()
    assert page.make_key.text() == "Make a recovery key"
    assert page.focusWidget() is page.change_password


def test_the_password_again_is_given_by_enter_and_marked_when_wrong(qtbot: QtBot) -> None:
    page = PasswordAgainPage(QUESTION)
    qtbot.addWidget(page)
    page.show()
    given: list[str] = []
    page.given.connect(given.append)
    qtbot.keyClick(page.password.edit, Qt.Key.Key_Return)
    assert given == []
    qtbot.keyClicks(page.password.edit, "not it")
    qtbot.keyClick(page.password.edit, Qt.Key.Key_Return)
    assert given == ["not it"]
    page.show_busy(True)
    qtbot.keyClick(page.password.edit, Qt.Key.Key_Return)
    assert given == ["not it"]
    page.show_error(WrongPassword("The password is wrong", "", "Try again"))
    assert page.notice.text() == "The password is wrong Try again."
    assert page.password.edit.selectedText() == "not it"


def test_escape_goes_back_and_cancels_what_goes_on(qtbot: QtBot) -> None:
    page = PasswordAgainPage(QUESTION)
    qtbot.addWidget(page)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    heard: list[str] = []
    page.back_pressed.connect(lambda: heard.append("back"))
    page.cancelled.connect(lambda: heard.append("cancelled"))
    page.show_busy(True)
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert heard == ["cancelled"]
    page.show_cancelled()
    assert page.notice.text() == "Nothing was changed You cancelled in time."
    qtbot.keyClick(page.password.edit, Qt.Key.Key_Escape)
    assert heard == ["cancelled", "back"]


def filled(qtbot: QtBot, jobs: Jobs, old: str, new: str, again: str) -> ChangePasswordPage:
    page = ChangePasswordPage(jobs)
    qtbot.addWidget(page)
    page.show()
    assert page.old is not None
    qtbot.keyClicks(page.old.edit, old)
    qtbot.keyClick(page.old.edit, Qt.Key.Key_Return)
    qtbot.keyClicks(page.new.password.edit, new)
    qtbot.keyClick(page.new.password.edit, Qt.Key.Key_Return)
    qtbot.keyClicks(page.new.again.edit, again)
    return page


def test_a_change_is_asked_for_once_everything_is_typed(qtbot: QtBot, jobs: Jobs) -> None:
    page = filled(qtbot, jobs, "old words here", "new words here", "new words here")
    asked: list[tuple[str, str]] = []
    page.change_asked.connect(lambda old, new: asked.append((old, new)))
    qtbot.keyClick(page.new.again.edit, Qt.Key.Key_Return)
    assert asked == [("old words here", "new words here")]
    qtbot.waitUntil(lambda: page.new.strength_words() != "At least 8 characters.")


def test_what_cannot_be_the_new_password_is_said(qtbot: QtBot, jobs: Jobs) -> None:
    page = filled(qtbot, jobs, "same words here", "same words here", "same words hera")
    asked: list[str] = []
    page.change_asked.connect(lambda _old, new: asked.append(new))
    qtbot.keyClick(page.new.again.edit, Qt.Key.Key_Return)
    assert page.notice.text() == "The two new passwords differ"
    page.new.again.set_text("same words here")
    qtbot.keyClick(page.new.again.edit, Qt.Key.Key_Return)
    assert page.notice.text().startswith("This is the password you have")
    assert asked == []
    page.forget()
    assert page.new.text() == ""


def test_older_backups_are_counted_and_the_three_answers_are_told(qtbot: QtBot) -> None:
    page = OlderBackupsPage(3)
    qtbot.addWidget(page)
    page.show()
    assert page.focusWidget() is page.reseal
    heard: list[str] = []
    page.reseal_chosen.connect(lambda: heard.append("reseal"))
    page.keep_chosen.connect(lambda: heard.append("keep"))
    page.delete_chosen.connect(lambda: heard.append("delete"))
    for button in (page.reseal, page.keep, page.delete):
        button.click()
    assert heard == ["reseal", "keep", "delete"]
    page.show_busy(True)
    page.keep.click()
    page.delete.click()
    assert heard == ["reseal", "keep", "delete"]
