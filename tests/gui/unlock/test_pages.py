from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.look.widgets.banner import Notice
from watchword.desktop.unlock.create_page import CreatePage
from watchword.desktop.unlock.recovery_page import RecoveryPage
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.errors import VaultDamaged, WatchwordError, WrongPassword

KEY = "7KQM-2F9A-XY3T-90PB-4HJN-C8DW-E5RV-SZ61"


def shown_error(page: CreatePage | UnlockPage) -> str:
    notice = page.findChild(Notice)
    assert notice is not None
    return notice.text()


def test_a_vault_is_asked_for_only_with_a_long_enough_password_typed_twice(
    qtbot: QtBot, jobs: Jobs
) -> None:
    page = CreatePage(jobs)
    qtbot.addWidget(page)
    asked: list[str] = []
    page.create_asked.connect(asked.append)
    qtbot.keyClicks(page.password.edit, "short")
    qtbot.keyClicks(page.again.edit, "short")
    assert not page.button.isEnabled()
    page.password.clear()
    page.again.clear()
    qtbot.keyClicks(page.password.edit, "four words or so")
    qtbot.keyClicks(page.again.edit, "four words or no")
    qtbot.keyClick(page.again.edit, Qt.Key.Key_Return)
    assert asked == []
    assert shown_error(page) == "The two passwords differ"
    page.again.clear()
    qtbot.keyClicks(page.again.edit, "four words or so")
    qtbot.keyClick(page.again.edit, Qt.Key.Key_Return)
    assert asked == ["four words or so"]
    page.forget()
    qtbot.waitUntil(lambda: page.password.text() == "")


def test_the_strength_of_a_password_is_told_while_it_is_typed(qtbot: QtBot, jobs: Jobs) -> None:
    page = CreatePage(jobs)
    qtbot.addWidget(page)
    page.password.set_text("password1")
    qtbot.waitUntil(lambda: page.strength_words().startswith("Guessed at once."))
    page.password.set_text("staple-violet-morning-otter-9")
    qtbot.waitUntil(lambda: page.strength_words() == "Very good.")


def test_the_recovery_key_is_done_once_two_groups_are_typed_back(qtbot: QtBot) -> None:
    page = RecoveryPage(KEY)
    qtbot.addWidget(page)
    heard: list[bool] = []
    page.done.connect(heard.append)
    assert not page.button.isEnabled()
    for number, field in page.fields.items():
        qtbot.keyClicks(field.edit, KEY.split("-")[number].lower())
    page.button.click()
    assert heard == [True]


def test_the_recovery_key_can_wait(qtbot: QtBot) -> None:
    page = RecoveryPage(KEY)
    qtbot.addWidget(page)
    heard: list[bool] = []
    page.done.connect(heard.append)
    page.later.click()
    assert heard == [False]


def test_wrong_password_and_damage_are_told_apart(qtbot: QtBot) -> None:
    page = UnlockPage()
    qtbot.addWidget(page)
    errors: list[WatchwordError] = [
        WrongPassword("Wrong password", "The vault itself is sound", "Try again"),
        VaultDamaged("The vault is damaged", "Its end is missing", "Restore a backup"),
    ]
    for error in errors:
        page.show_busy(True)
        assert not page.button.isEnabled()
        page.show_error(error)
        assert page.button.isEnabled()
        assert shown_error(page).startswith(error.title)
        assert error.what_to_do in shown_error(page)


def test_enter_unlocks_by_password_or_by_recovery_key(qtbot: QtBot) -> None:
    page = UnlockPage()
    qtbot.addWidget(page)
    page.show()
    asked: list[tuple[str, bool]] = []
    page.unlock_asked.connect(lambda text, by_key: asked.append((text, by_key)))
    qtbot.keyClick(page.password.edit, Qt.Key.Key_Return)
    assert asked == []
    qtbot.keyClicks(page.password.edit, "open sesame")
    qtbot.keyClick(page.password.edit, Qt.Key.Key_Return)
    page.other_way.click()
    qtbot.keyClicks(page.key.edit, KEY)
    page.button.click()
    assert asked == [("open sesame", False), (KEY, True)]
    page.forget()
    assert page.password.text() == page.key.text() == ""
