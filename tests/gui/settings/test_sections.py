"""The settings of this installation: shown as they are, kept when they are changed."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.settings.locking_section import LockingSection
from watchword.desktop.settings.settings_page import SettingsPage
from watchword.desktop.shell.preferences import Preferences
from watchword.desktop.shell.settings_sections import make_sections
from watchword.settings import FILE_NAME, Locking, read_settings


def test_a_choice_holds_at_once_and_after_a_restart(
    qtbot: QtBot, tmp_path: Path, jobs: Jobs
) -> None:
    preferences = Preferences(tmp_path / FILE_NAME)
    page = SettingsPage(make_sections(preferences, jobs))
    qtbot.addWidget(page)
    section = page.findChild(LockingSection)
    assert section.idle.accessibleName() == "Lock after: 15 minutes"
    menu = section.idle.menu_of()
    (five,) = (action for action in menu.actions() if action.text() == "5 minutes")
    five.trigger()
    assert section.idle.text() == "5 minutes"
    assert read_settings(tmp_path / FILE_NAME).locking == Locking(idle_minutes=5)


def test_what_locks_is_switched_off_and_on(qtbot: QtBot, tmp_path: Path, jobs: Jobs) -> None:
    preferences = Preferences(tmp_path / FILE_NAME)
    page = SettingsPage(make_sections(preferences, jobs))
    qtbot.addWidget(page)
    section = page.findChild(LockingSection)
    section.with_screen.click()
    section.on_suspend.click()
    expected = Locking(with_screen=False, on_suspend=False)
    assert read_settings(tmp_path / FILE_NAME).locking == expected
    assert not section.with_screen.isChecked()
    section.on_suspend.click()
    assert section.on_suspend.isChecked()
    assert preferences.now.locking == Locking(with_screen=False)


def test_it_says_whose_keys_and_mouse_count(qtbot: QtBot) -> None:
    section = LockingSection()
    qtbot.addWidget(section)
    assert "in this window" in section.idle.accessibleDescription()
    section.show_idle_known(True)
    assert "on this computer" in section.idle.accessibleDescription()


def test_minutes_that_are_not_offered_are_shown(qtbot: QtBot) -> None:
    section = LockingSection()
    qtbot.addWidget(section)
    section.show_locking(Locking(idle_minutes=7))
    assert section.idle.text() == "7 minutes"
    assert section.idle.menu_of().actions()[-1].text() == "Never"


def test_a_section_that_is_gone_hears_nothing(qtbot: QtBot, tmp_path: Path, jobs: Jobs) -> None:
    preferences = Preferences(tmp_path / FILE_NAME)
    page = SettingsPage(make_sections(preferences, jobs))
    with qtbot.waitSignal(page.destroyed):
        page.deleteLater()
    preferences.change(locking=Locking(idle_minutes=1))
    assert preferences.now.locking.idle_minutes == 1
