"""The settings of this installation: shown as they are, kept when they are changed."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.settings.locking_section import LockingSection
from watchword.desktop.settings.running_section import RunningSection
from watchword.desktop.settings.settings_page import SettingsPage
from watchword.desktop.settings.telling_section import TellingSection
from watchword.desktop.shell.preferences import Preferences
from watchword.desktop.shell.settings_sections import make_sections
from watchword.settings import FILE_NAME, Locking, Telling, read_settings


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


def test_notifications_are_switched_off_and_made_silent_about_who_asks(
    qtbot: QtBot, tmp_path: Path, jobs: Jobs
) -> None:
    preferences = Preferences(tmp_path / FILE_NAME)
    page = SettingsPage(make_sections(preferences, jobs))
    qtbot.addWidget(page)
    section = page.findChild(TellingSection)
    assert section.naming.isChecked()
    section.naming.click()
    assert not section.naming.isChecked()
    section.notifying.click()
    assert not section.notifying.isChecked()
    assert not section.naming.isEnabled()
    kept = read_settings(tmp_path / FILE_NAME).telling
    assert kept == Telling(notifies=False, names_service=False)


def test_closing_is_chosen(qtbot: QtBot, tmp_path: Path, jobs: Jobs) -> None:
    preferences = Preferences(tmp_path / FILE_NAME)
    page = SettingsPage(make_sections(preferences, jobs))
    qtbot.addWidget(page)
    section = page.findChild(RunningSection)
    for text, keeps in (("Keep running", True), ("Quit", False), ("Ask", None)):
        (action,) = (each for each in section.closing.menu_of().actions() if each.text() == text)
        action.trigger()
        assert section.closing.text() == text
        assert read_settings(tmp_path / FILE_NAME).running.keeps_running is keeps


def test_it_starts_at_login_as_it_is_wanted(
    qtbot: QtBot, tmp_path: Path, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WATCHWORD_HOME")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    preferences = Preferences(tmp_path / FILE_NAME)
    page = SettingsPage(make_sections(preferences, jobs))
    qtbot.addWidget(page)
    section = page.findChild(RunningSection)
    entry = tmp_path / "autostart" / "watchword.desktop"
    assert not section.minimising.isEnabled()
    section.starting.click()
    assert section.starting.isChecked()
    assert "--minimised" not in entry.read_text()
    section.minimising.click()
    assert section.minimising.isChecked()
    assert "--minimised" in entry.read_text()
    section.starting.click()
    assert not section.starting.isChecked()
    assert not entry.exists()
    entry.parent.rmdir()
    entry.parent.write_text("a file where the folder should be")
    section.starting.click()
    assert not section.starting.isChecked()
    assert "try again" in section.starting.accessibleDescription()


def test_portable_it_does_not_start_at_login(qtbot: QtBot, tmp_path: Path, jobs: Jobs) -> None:
    page = SettingsPage(make_sections(Preferences(tmp_path / FILE_NAME), jobs))
    qtbot.addWidget(page)
    section = page.findChild(RunningSection)
    assert not section.starting.isEnabled()
    assert "portable" in section.starting.accessibleDescription()
