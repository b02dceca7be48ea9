"""Ctrl+K and F1 in the running window, by keys as a person presses them."""

from dataclasses import replace
from pathlib import Path

import pytest
from fake_clock import FakeClock
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot
from sample_accounts import sample_accounts
from settings_steps import PASSWORD, shown, unlock

from watchword.desktop.application import Desktop
from watchword.desktop.history.history_page import HistoryPage
from watchword.desktop.keyboard.keys_sheet import KeysSheet
from watchword.desktop.keyboard.palette_sheet import PaletteSheet
from watchword.desktop.settings.settings_page import SettingsPage
from watchword.desktop.shell.actions import By, all_actions
from watchword.desktop.shell.session import Session
from watchword.desktop.shell.shortcuts import Shortcuts
from watchword.desktop.unlock.unlock_page import UnlockPage
from watchword.vault import CHEAPEST, create_vault

CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
RFC_TIME = 59.0  # RFC 6238 appendix B: Kalos Club's code is 287082


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(time=RFC_TIME)


@pytest.fixture
def session(qtbot: QtBot, desktop: Desktop, path: Path, clock: FakeClock) -> Session:
    vault, _ = create_vault(path, PASSWORD, recovery_key=False, cost=CHEAPEST, clock=clock)
    accounts = [account for account in sample_accounts() if account.id not in {"a3", "a4"}]
    # No server: nothing is asked of one here.
    vault.add(replace(each, id=f"{each.id:0>16}", link=None) for each in accounts)
    vault.save()
    vault.lock()
    opened = unlock(qtbot, desktop)
    desktop.window.activateWindow()
    qtbot.waitUntil(desktop.window.isActiveWindow)
    return opened


class Hands:
    """On the keyboard, before one window."""

    def __init__(self, qtbot: QtBot, desktop: Desktop) -> None:
        self.qtbot, self.desktop = qtbot, desktop

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        focused = QApplication.focusWidget() or self.desktop.window
        self.qtbot.keyClick(focused, key, modifier)

    def find(self, text: str) -> PaletteSheet:
        """Press Ctrl+K and type."""
        self.press(Qt.Key.Key_K, CTRL)
        sheet = self.desktop.window.sheet
        assert isinstance(sheet, PaletteSheet)
        focused = QApplication.focusWidget()
        assert focused is sheet.field.edit
        self.qtbot.keyClicks(focused, text)
        return sheet

    def take(self, text: str, modifier: Qt.KeyboardModifier = NONE) -> None:
        """Find something and press Enter on the first that is found."""
        self.find(text)
        self.press(Qt.Key.Key_Return, modifier)


@pytest.fixture
def hands(qtbot: QtBot, desktop: Desktop, session: Session) -> Hands:
    return Hands(qtbot, desktop)


def first(sheet: PaletteSheet) -> str:
    return sheet.found()[0].title


# Ctrl+K --------------------------------------------------------------------------------------
def test_a_code_is_copied_by_a_few_letters_and_the_account_is_recent_then(
    hands: Hands, session: Session, desktop: Desktop, clock: FakeClock
) -> None:
    view = session.place.list.view
    view.setFocus()
    hands.take("kal")
    assert QGuiApplication.clipboard().text() == "287082"
    assert desktop.window.sheet is None
    # The keyboard is where it was.
    assert QApplication.focusWidget() is view
    clock.advance(1)
    hands.take("post")
    sheet = hands.find("")
    assert [entry.title for entry in sheet.found()[:2]] == ["PostFinance", "Kalos Club"]
    assert "87082" not in str([sheet.view.model().index(n).data() for n in range(5)])


def test_ctrl_enter_only_shows_the_account_whatever_was_searched_for(
    hands: Hands, session: Session
) -> None:
    QGuiApplication.clipboard().clear()
    session.place.list.search.set_text("kalos")
    hands.take("github", CTRL)
    assert session.place.list.search.text() == ""
    assert session.place.selected_id() == f"{'a2':0>16}"
    assert QApplication.focusWidget() is session.place.list.view
    assert QGuiApplication.clipboard().text() == ""


def test_a_counter_code_is_drawn_and_shown(
    qtbot: QtBot, hands: Hands, session: Session, clock: FakeClock
) -> None:
    hands.take("router")
    router = f"{'a5':0>16}"
    assert session.place.selected_id() == router
    # RFC 4226 appendix D, count 0
    qtbot.waitUntil(lambda: getattr(session.place.model.row_of(router), "code", "") == "755 224")


def test_settings_are_found_and_come_with_the_keyboard_on_them(
    hands: Hands, desktop: Desktop
) -> None:
    hands.take("hide the num")
    page = desktop.window.page
    assert isinstance(page, SettingsPage)
    assert QApplication.focusWidget() is page.hiding
    # From there on to another setting, by a word that stands on its button.
    hands.take("export acc")
    hands.press(Qt.Key.Key_Escape)
    hands.take("lock after")
    page = desktop.window.page
    assert isinstance(page, SettingsPage)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.accessibleName().startswith("Lock after")


def test_from_another_page_it_goes_through_the_accounts(
    hands: Hands, session: Session, desktop: Desktop
) -> None:
    hands.press(Qt.Key.Key_Comma, CTRL)
    settings = desktop.window.page
    assert isinstance(settings, SettingsPage)
    hands.take("history of")
    assert isinstance(desktop.window.page, HistoryPage)
    hands.press(Qt.Key.Key_Escape)
    # Back to the accounts, and not to the settings, which were left.
    assert desktop.window.page is session.place


def test_tags_and_orders_are_found(hands: Hands, session: Session) -> None:
    model = session.place.model
    hands.take("tagged family")
    assert [model.index(row).data() for row in range(model.rowCount())] == ["Router"]
    hands.take("sort by name")
    assert session.place.model.order.value == "name"


def test_while_something_is_typed_elsewhere_it_offers_only_what_loses_nothing(
    hands: Hands, session: Session, desktop: Desktop
) -> None:
    session.accounts.edit(f"{'a1':0>16}")
    page = desktop.window.page
    sheet = hands.find("")
    assert {entry.title for entry in sheet.found()} == {
        *("Kalos Club", "GitHub", "PostFinance", sample_accounts()[6].issuer),
        *("All keys", "Lock", "Quit Watchword"),
    }
    hands.press(Qt.Key.Key_Escape)
    hands.take("github", CTRL)
    assert desktop.window.page is page


def test_the_arrows_walk_in_a_circle_and_tab_stays_on_the_sheet(
    hands: Hands, session: Session
) -> None:
    sheet = hands.find("sort")
    view = sheet.view
    assert (first(sheet), view.currentIndex().row()) == ("Sort in your own order", 0)
    hands.press(Qt.Key.Key_Up)
    assert view.currentIndex().row() == len(sheet.found()) - 1
    hands.press(Qt.Key.Key_Down)
    hands.press(Qt.Key.Key_Down)
    assert view.currentIndex().row() == 1
    passed = []
    for _ in range(4):
        hands.press(Qt.Key.Key_Tab)
        passed.append(QApplication.focusWidget())
    assert passed == [view, sheet.field.edit, view, sheet.field.edit]
    # With the keyboard in the list, letters go on in the field.
    hands.press(Qt.Key.Key_Tab)
    hands.press(Qt.Key.Key_B)
    assert sheet.field.text() == "sortb"


def test_the_mouse_takes_what_it_clicks_and_a_click_beside_it_closes_it(
    qtbot: QtBot, hands: Hands, session: Session, desktop: Desktop
) -> None:
    sheet = hands.find("sort by n")
    where = sheet.view.visualRect(sheet.view.model().index(0)).center()
    qtbot.mouseClick(sheet.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert session.place.model.order.value == "name"
    sheet = hands.find("")
    qtbot.mouseClick(sheet.card, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert desktop.window.sheet is sheet
    qtbot.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=QPoint(3, sheet.height() - 3))
    assert desktop.window.sheet is None


def test_nothing_beneath_it_hears_a_key_or_can_be_pressed(
    hands: Hands, session: Session, desktop: Desktop
) -> None:
    session.accounts.edit(f"{'a1':0>16}")
    page = desktop.window.page
    assert page is not None
    save = next(each for each in page.findChildren(QShortcut) if each.key().toString() == "Ctrl+S")
    heard = []
    save.activated.connect(lambda: heard.append(1))
    hands.find("")
    hands.press(Qt.Key.Key_S, CTRL)
    assert not heard
    assert not page.isEnabled()
    hands.press(Qt.Key.Key_Escape)
    assert page.isEnabled()
    hands.press(Qt.Key.Key_S, CTRL)
    assert heard == [1]


def test_locked_there_is_none_and_an_open_one_goes_with_the_lock(
    qtbot: QtBot, hands: Hands, session: Session, desktop: Desktop
) -> None:
    hands.find("kalos")
    session.leaving.ask_to_lock()
    shown(qtbot, desktop, UnlockPage)
    assert desktop.window.sheet is None
    assert desktop.window.beneath.isEnabled()
    hands.press(Qt.Key.Key_K, CTRL)
    assert desktop.window.sheet is None


# F1 ------------------------------------------------------------------------------------------
def test_the_keys_are_listed_and_searched_even_while_locked(
    qtbot: QtBot, desktop: Desktop
) -> None:
    desktop.start()
    desktop.window.activateWindow()
    qtbot.waitUntil(desktop.window.isActiveWindow)
    hands = Hands(qtbot, desktop)
    hands.press(Qt.Key.Key_F1)
    sheet = desktop.window.sheet
    assert isinstance(sheet, KeysSheet)
    assert {action.title for action in all_actions() if action.keys} <= set(sheet.texts())
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    qtbot.keyClicks(field, "ctrl+l")
    assert sheet.texts() == ["Anywhere", "Lock"]
    field.clear()
    qtbot.keyClicks(field, "login request deny")
    assert sheet.texts() == ["A login request", "Deny"]
    hands.press(Qt.Key.Key_F1)
    assert desktop.window.sheet is None


def test_every_key_of_the_window_is_in_the_list(session: Session, desktop: Desktop) -> None:
    session.accounts.edit(f"{'a1':0>16}")
    heard = {
        keys.toString()
        for shortcut in desktop.window.findChildren(QShortcut)
        for keys in QShortcut.keys(shortcut)
    }
    listed = {keys for action in all_actions() for keys in action.keys}
    ours = [action for action in all_actions() if action.by not in {By.CONTROL, By.ROW}]
    assert {keys for action in ours for keys in action.keys} <= heard
    # Other keys of the system for the same: Shift+Insert pastes too.
    assert heard - listed <= {"Shift+Ins", "Alt+Backspace", "F18", "Paste", "F14", "Undo"}
    names = [action.name for action in all_actions()]
    assert len(names) == len(set(names))
    clashing = [keys for a in all_actions() if a.by is not By.CONTROL for keys in a.keys]
    assert len(clashing) == len(set(clashing))


def test_an_action_that_nobody_carries_out_is_seen_at_the_first_start(
    session: Session, desktop: Desktop
) -> None:
    deeds = session._deeds()
    del deeds["trash"]
    with pytest.raises(KeyError, match="trash"):
        Shortcuts(desktop.window, session.place, deeds, session)


@pytest.mark.parametrize(
    ("key", "modifier", "expected"),
    [
        (Qt.Key.Key_Return, SHIFT, "copy_next_asked"),
        (Qt.Key.Key_Enter, NONE, "copy_asked"),
        (Qt.Key.Key_D, CTRL, "favourite_asked"),
        (Qt.Key.Key_E, CTRL, "edit_asked"),
        (Qt.Key.Key_Delete, NONE, "remove_asked"),
    ],
)
def test_what_is_done_with_an_account_has_its_key(
    qtbot: QtBot,
    hands: Hands,
    session: Session,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    expected: str,
) -> None:
    view = session.place.list.view
    session.place.show_account(f"{'a2':0>16}")
    with qtbot.waitSignal(getattr(view, expected)) as asked:
        hands.press(key, modifier)
    assert asked.args[0].account.issuer == "GitHub"


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
@pytest.mark.parametrize(("key", "modifier"), [(Qt.Key.Key_Menu, NONE), (Qt.Key.Key_F10, SHIFT)])
def test_the_menu_of_the_selected_account_is_opened_by_key(
    hands: Hands, session: Session, key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    session.place.show_account(f"{'a2':0>16}")
    hands.press(key, modifier)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert "Copy code\tEnter" in [action.text() for action in menu.actions()]
    menu.close()
    QApplication.sendPostedEvents(menu, QEvent.Type.DeferredDelete.value)


def test_esc_leaves_the_pages_that_add_an_account(
    hands: Hands, session: Session, desktop: Desktop
) -> None:
    hands.press(Qt.Key.Key_N, CTRL | SHIFT)
    assert desktop.window.page is not session.place
    hands.press(Qt.Key.Key_Escape)
    hands.press(Qt.Key.Key_N, CTRL)
    hands.press(Qt.Key.Key_Escape)
    assert desktop.window.page is session.place


def test_f5_draws_the_next_code_of_a_counter(qtbot: QtBot, hands: Hands, session: Session) -> None:
    session.place.show_account(f"{'a5':0>16}")
    with qtbot.waitSignal(session.place.new_code_asked):
        hands.press(Qt.Key.Key_F5)
    session.place.show_account(f"{'a2':0>16}")
    with qtbot.assertNotEmitted(session.place.new_code_asked):
        hands.press(Qt.Key.Key_F5)
