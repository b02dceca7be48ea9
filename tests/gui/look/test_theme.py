"""What a person chose, and what the system says, reaches every widget at once."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from jeepney import HeaderFields, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection
from mock_portal import needs_bus, session_bus
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.look.design import CONTRAST_DARK, CONTRAST_LIGHT, DARK, LIGHT
from watchword.desktop.look.theme import Theme, colours_of, motion_ms, text_font, text_scale
from watchword.desktop.look.widgets.buttons import PrimaryButton
from watchword.desktop.look.widgets.label import Label
from watchword.desktop.look.widgets.switch import Switch
from watchword.desktop.look.widgets.text_field import PasswordField
from watchword.desktop.settings.appearance_section import AppearanceSection
from watchword.desktop.settings.settings_page import SettingsPage
from watchword.desktop.shell.appearance import AppearanceDesk
from watchword.desktop.shell.preferences import Preferences
from watchword.desktop.shell.settings_sections import make_sections
from watchword.settings import FILE_NAME, Appearance, read_settings


@pytest.fixture
def chosen(theme: Theme) -> Iterator[Theme]:
    yield theme
    theme.follow(Appearance())
    theme.heed_motion(False)


def test_each_choice_shows_its_colours(qtbot: QtBot, chosen: Theme, qapp: QApplication) -> None:
    button = PrimaryButton("Unlock")
    qtbot.addWidget(button)
    button.show()
    system_is_dark = qapp.styleHints().colorScheme() == Qt.ColorScheme.Dark
    as_system = (DARK, CONTRAST_DARK) if system_is_dark else (LIGHT, CONTRAST_LIGHT)
    for name, colours in (
        ("dark", DARK),
        ("light", LIGHT),
        ("contrast", as_system[1]),
        ("", as_system[0]),
        ("a theme of a newer version", as_system[0]),
    ):
        chosen.follow(Appearance(theme=name))
        qtbot.waitUntil(lambda wanted=colours: colours_of(button) is wanted)


def test_high_contrast_is_dark_where_the_window_is(qtbot: QtBot, chosen: Theme) -> None:
    button = PrimaryButton("Unlock")
    qtbot.addWidget(button)
    button.show()
    chosen.choose(Qt.ColorScheme.Dark, contrast=True)
    qtbot.waitUntil(lambda: colours_of(button) is CONTRAST_DARK)


def test_text_grows_at_once_and_comes_back_as_it_was(qtbot: QtBot, chosen: Theme) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    parts = [Label("A line", page, size=12.5), PrimaryButton("Unlock", page)]
    field = PasswordField("Password", page)
    for part in (*parts, field):
        column.addWidget(part)
    small = [part.sizeHint().height() for part in parts]
    sizes = [part.font().pixelSize() for part in (*parts, field.edit)]
    assert sizes == [13, 15, 15]
    chosen.follow(Appearance(text_percent=200))
    assert [part.font().pixelSize() for part in (*parts, field.edit)] == [26, 30, 30]
    assert all(part.sizeHint().height() > low for part, low in zip(parts, small, strict=True))
    # What is made from now on is as large as what was there.
    assert text_font(12.5).pixelSize() == 26
    for percent in (110, 125, 150, 175, 100):
        chosen.follow(Appearance(text_percent=percent))
    assert [part.font().pixelSize() for part in (*parts, field.edit)] == sizes


def test_a_size_that_makes_no_sense_is_brought_to_one_that_does(chosen: Theme) -> None:
    chosen.follow(Appearance(text_percent=9_000))
    assert text_scale() == 2.0
    chosen.follow(Appearance(text_percent=-5))
    assert text_scale() == 1.0


def test_nothing_moves_when_person_or_system_want_it_so(qtbot: QtBot, chosen: Theme) -> None:
    switch = Switch("A switch")
    qtbot.addWidget(switch)
    switch.show()
    assert motion_ms() > 0
    for still in (Appearance(less_motion=True), Appearance()):
        chosen.follow(still)
        chosen.heed_motion(not still.less_motion)
        assert motion_ms() == 0
        switch.setChecked(not switch.isChecked())
        assert switch.place == float(switch.isChecked())


def test_what_is_chosen_in_the_settings_is_kept(qtbot: QtBot, tmp_path: Path, jobs: Jobs) -> None:
    preferences = Preferences(tmp_path / FILE_NAME)
    page = SettingsPage(make_sections(preferences, jobs))
    qtbot.addWidget(page)
    section = page.findChild(AppearanceSection)
    for button, text in ((section.theme, "High contrast"), (section.text_size, "150 %")):
        (action,) = (each for each in button.menu_of().actions() if each.text() == text)
        action.trigger()
    section.compact.click()
    section.still.click()
    assert section.compact.isChecked()
    assert section.still.isChecked()
    assert section.theme.accessibleName() == "Colours: High contrast"
    kept = Appearance(theme="contrast", compact_rows=True, text_percent=150, less_motion=True)
    assert read_settings(tmp_path / FILE_NAME).appearance == kept


@needs_bus
def test_a_desktop_that_wants_less_motion_is_heard_when_the_app_is_come_back_to(
    qtbot: QtBot,
    qapp: QApplication,
    chosen: Theme,
    jobs: Jobs,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = {"org.gnome.desktop.interface": {"enable-animations": ("b", False)}}
    with tempfile.TemporaryDirectory(prefix="ww-") as short, session_bus(Path(short)) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        with settings_portal(address, answer):
            desk = AppearanceDesk(qapp, chosen, Preferences(tmp_path / FILE_NAME), jobs)
            assert motion_ms() > 0
            qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
            qtbot.waitUntil(lambda: motion_ms() == 0)
            desk.deleteLater()


@contextmanager
def settings_portal(address: str, answer: dict[str, object]) -> Iterator[None]:
    """Answer one question for the desktop's settings."""
    connection = open_dbus_connection(bus=address)
    proxy = Proxy(message_bus, connection)
    proxy.RequestName("org.freedesktop.portal.Desktop")

    def serve() -> None:
        while True:
            asked = connection.receive(timeout=10)
            if asked.header.fields.get(HeaderFields.member) == "ReadAll":
                connection.send(new_method_return(asked, "a{sa{sv}}", (answer,)))
                return

    thread = threading.Thread(target=serve, name="a portal")
    thread.start()
    yield
    thread.join(10)
    connection.close()
