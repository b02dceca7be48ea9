"""The language is another one at once, and nothing is lost on the way."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fake_clock import FakeClock
from open_session import NOW, PASSWORD, sample_vault
from PySide6.QtCore import QCoreApplication, QLocale, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from watchword.desktop.application import Desktop
from watchword.desktop.enrolment.frame_source import NoSource
from watchword.desktop.look import languages
from watchword.desktop.look.languages import Languages
from watchword.desktop.settings.language_section import LanguageSection
from watchword.desktop.settings.settings_page import SettingsPage
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.settings import FILE_NAME, read_settings
from watchword.vault import CHEAPEST


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "vault"


@pytest.fixture
def desktop(qtbot: QtBot, qapp: QApplication, path: Path) -> Iterator[Desktop]:
    sample_vault(path).lock()
    running = Desktop(
        qapp, path, cost=CHEAPEST, clock=FakeClock(time=NOW), make_source=NoSource
    )  # fmt: skip
    running.start()
    page = running.window.page
    assert isinstance(page, UnlockPage)
    page.password.set_text(PASSWORD)
    qtbot.keyClick(page.password.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: running.session is not None)
    yield running
    running.stop()
    running.window.close()
    running.window.deleteLater()


def choose(qtbot: QtBot, desktop: Desktop, name: str) -> SettingsPage:
    session = desktop.session
    assert session is not None
    session.open_settings()
    section = settings_of(desktop).findChild(LanguageSection)
    (action,) = (a for a in section.choice.menu_of().actions() if a.text() == name)
    action.trigger()
    qtbot.waitUntil(lambda: desktop.session is not session)
    return settings_of(desktop)


def settings_of(desktop: Desktop) -> SettingsPage:
    page = desktop.window.page
    assert isinstance(page, SettingsPage)
    return page


def test_the_whole_window_speaks_another_language_at_once(
    qtbot: QtBot, desktop: Desktop, path: Path
) -> None:
    session = desktop.session
    assert session is not None
    place = session.place
    place.list.search.set_text("kal")
    place.select(f"{'a1':0>16}")
    session.desk.watching.pause(600)
    page = choose(qtbot, desktop, "Deutsch")
    assert page.bar.title.text() == "Einstellungen"
    assert page.change_password.text() == "Passwort ändern"
    assert page.focusWidget() is page.findChild(LanguageSection).choice
    session = desktop.session
    assert session is not None
    # What the person was at is as it was; the vault was never closed.
    assert session.place.list.search.text() == "kal"
    assert session.place.selected_id() == f"{'a1':0>16}"
    assert session.desk.watching.paused_for == pytest.approx(600, abs=1)
    page.back_pressed.emit()
    assert session.place.list.settings_button.toolTip() == "Einstellungen (Strg+,)"
    # Qt's own texts, dates and numbers go with it.
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Abbrechen"
    assert QLocale().toString(12_345) == "12.345"
    assert read_settings(path.parent / FILE_NAME).appearance.language == "de"
    assert choose(qtbot, desktop, "Français").bar.title.text() == "Réglages"
    assert choose(qtbot, desktop, "English").bar.title.text() == "Settings"
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"
    # It can be saved and locked as before.
    desktop.lock()
    assert isinstance(desktop.window.page, UnlockPage)


def test_locking_while_the_language_changes_locks(qtbot: QtBot, desktop: Desktop) -> None:
    preferences = desktop.preferences
    appearance = replace(preferences.now.appearance, language="de")
    preferences.change(appearance=appearance)
    desktop.lock()
    assert desktop.session is None
    page = desktop.window.page
    assert isinstance(page, UnlockPage)
    page.password.set_text(PASSWORD)
    qtbot.keyClick(page.password.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desktop.session is not None)
    assert desktop.session is not None
    assert desktop.session.place.list.search.edit.accessibleName() == "Suchen"


def test_the_systems_language_where_none_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    for preferred, language in (
        (["ja-JP", "fr-CA", "de"], "fr"),
        (["de_CH"], "de"),
        (["ja"], "en"),
        ([], "en"),
    ):
        system = QLocale("de_CH")
        monkeypatch.setattr(system, "uiLanguages", lambda found=preferred: found, raising=False)
        monkeypatch.setattr(languages.QLocale, "system", lambda found=system: found)
        assert languages.system_language() == language
    monkeypatch.undo()
    switch = Languages()
    assert switch.use("xx") is False  # the system's, which is English where tests run
    assert switch.shown == "en"
    switch.stop()
