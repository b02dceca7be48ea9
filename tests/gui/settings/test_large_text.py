"""Text twice as large, and sentences as long as other languages make them: nothing is cut."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from watchword.desktop.look import theme
from watchword.desktop.look.widgets.banner import Banner
from watchword.desktop.look.widgets.buttons import Button
from watchword.desktop.look.widgets.fact_list import Fact
from watchword.desktop.look.widgets.label import Label
from watchword.desktop.settings.closing_page import ClosingPage
from watchword.desktop.settings.locking_section import LockingSection
from watchword.desktop.settings.password_again_page import PasswordAgainPage, Question
from watchword.desktop.settings.running_section import RunningSection
from watchword.desktop.settings.settings_page import SettingsPage, Ways
from watchword.desktop.settings.system_section import SystemSection
from watchword.desktop.settings.telling_section import TellingSection
from watchword.desktop.unlock.recovery_page import RecoveryPage
from watchword.settings import Locking, Running, Telling

KEY = "GXDY-Z8M2-MC8G-K5TM-MGJ3-2GND-SCHG"
LONG = (
    "Zuletzt vor drei Monaten geändert. Niemand hat bestätigt, dass der Wiederherstellungsschlüssel "
    "aufgeschrieben wurde: Steht er nicht auf Papier, dann machen Sie einen neuen."
)


@pytest.fixture(params=[14, 28], ids=["as designed", "twice as large"])
def pixels(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[int]:
    """Let the system ask for text of a size."""
    before, larger = qapp.font(), qapp.font()
    larger.setPixelSize(request.param)
    qapp.setFont(larger)
    theme._made_font.cache_clear()
    yield request.param
    qapp.setFont(before)
    theme._made_font.cache_clear()


def show(qtbot: QtBot, page: QWidget) -> None:
    qtbot.addWidget(page)
    page.resize(420, 680)
    with qtbot.waitExposed(page):
        page.show()


def cut(page: QWidget) -> list[str]:
    """Return the texts of which something is not to be seen."""
    found = []
    for label in page.findChildren(Label):
        if label.isVisible():
            _, height, is_cut = label._laid_out(label.width() - 2 * label._inset)
            if is_cut or height > label.height() + 1:
                found.append(label.text())
    for button in page.findChildren(Button):
        if button.isVisible():
            right = button.mapTo(page, button.rect().bottomRight()).x()
            room = button.width() - 12 - 2 * theme.RING
            wide = button.fontMetrics().horizontalAdvance(button.text())
            # Enlarged text may be drawn smaller in a button, down to its size as designed.
            if right > page.width() or wide > room * theme.text_scale():
                found.append(button.text())
    return found


def test_no_setting_is_cut(qtbot: QtBot, pixels: int) -> None:
    page = SettingsPage()
    page.show_ways(Ways(LONG, LONG, has_recovery_key=True))
    page.show_keyring(LONG, on=True, possible=True)
    page.show_backups(LONG, "x.backup")
    page.remove_key.set_text("Wiederherstellungsschlüssel entfernen")
    show(qtbot, page)
    qtbot.waitUntil(lambda: cut(page) == [])
    # Where two words have no room side by side, they stand below each other.
    assert page.remove_key.geometry().top() >= page.make_key.geometry().bottom()
    page.remove_key.set_text("Weg")
    if pixels == 14:
        qtbot.waitUntil(lambda: page.remove_key.y() == page.make_key.y())


def test_no_setting_of_the_computer_is_cut(qtbot: QtBot, pixels: int) -> None:
    locking, system = LockingSection(), SystemSection("/media/ana/Memory stick/Watchword")
    page = SettingsPage((locking, system))
    locking.show_locking(Locking(idle_minutes=60))
    system.show_links(("Ein Schlüsselbund mit einem langen Namen", "KeePassXC"), ours=False)
    system.ask_for_links()
    system.show_captures(left_out=True, possible=False)
    show(qtbot, page)
    qtbot.waitUntil(lambda: cut(page) == [])
    for control in (locking.idle, locking.on_suspend, system.links, system.captures):
        edge = control.mapTo(page, control.rect().topRight()).x()
        assert edge <= page.width()
    page.resize(340, 680)
    # Beside a switch there is less room: the words to press stand below each other before they
    # are cut.
    if pixels == 14:
        qtbot.waitUntil(lambda: system.leave.y() >= system.take.geometry().bottom())
        assert system.take.width() == system.take.sizeHint().width()


def test_no_question_is_cut(qtbot: QtBot, pixels: int) -> None:
    facts = tuple(
        Fact("eye", "Wer die Dateien findet, kann beides lesen", LONG[:120]) for _ in "ab"
    )
    page = PasswordAgainPage(
        Question("Schlüsselbund", "Diesen Computer öffnen lassen?", facts, "Einschalten", "Warten")
    )
    show(qtbot, page)
    qtbot.waitUntil(lambda: cut(page) == [])


def test_every_group_of_the_recovery_key_can_be_read(qtbot: QtBot, pixels: int) -> None:
    page = RecoveryPage(KEY)
    show(qtbot, page)
    qtbot.waitUntil(lambda: cut(page) == [])
    shown = [label.text() for label in page.findChildren(Label) if label.text() in KEY.split("-")]
    assert shown == KEY.split("-")


def test_a_reminder_is_read_whole_and_what_a_server_says_stays_one_line(
    qtbot: QtBot, pixels: int
) -> None:
    page = QWidget()
    column = QVBoxLayout(page)
    warning, asking = Banner("recovery", "Neu machen", kind="warn"), Banner("bell", "Öffnen")
    for banner in (warning, asking):
        banner.show_texts("Wiederherstellungsschlüssel nicht aufgeschrieben?", LONG)
        column.addWidget(banner)
    column.addStretch(1)
    show(qtbot, page)
    qtbot.waitUntil(lambda: warning.height() == warning.heightForWidth(warning.width()))
    assert warning.height() > asking.height() == asking.sizeHint().height()
    warning.show_texts("Kurz", "Auch")
    qtbot.waitUntil(lambda: warning.height() == asking.height())


@pytest.mark.parametrize("has_icon", [True, False])
def test_the_question_of_closing_is_not_cut(qtbot: QtBot, pixels: int, has_icon: bool) -> None:
    page = ClosingPage(has_icon=has_icon)
    show(qtbot, page)
    qtbot.waitUntil(lambda: cut(page) == [])


def test_no_setting_of_what_is_outside_is_cut(qtbot: QtBot, pixels: int) -> None:
    running = RunningSection(can_start=True)
    running.show_running(Running(), starts=False, trouble=LONG)
    telling = TellingSection()
    telling.show_telling(Telling())
    page = SettingsPage([telling, running])
    show(qtbot, page)
    qtbot.waitUntil(lambda: cut(page) == [])
