"""Codes that are hidden until they are clicked: on the screen, and to a screen reader."""

import re

import pytest
from fake_clock import FakeClock
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot
from sample_accounts import sample_accounts

from watchword.desktop.accounts.model import REVEALED_SECONDS
from watchword.desktop.accounts.place import AccountsPlace
from watchword.otp.code import code_at

NOW = 1_111_111_109.0  # RFC 6238 appendix B: 07081804, and 14050471 two seconds later
DIGITS = re.compile(r"(\d\s?){6}")


@pytest.fixture
def place(qtbot: QtBot) -> AccountsPlace:
    made = AccountsPlace(FakeClock(time=NOW), [], lambda _: [])
    qtbot.addWidget(made)
    made.resize(420, 680)
    made.show_accounts(sample_accounts())
    made.model.hide_codes(True)
    made.show()
    return made


def shown(place: AccountsPlace, account_id: str) -> tuple[str, str]:
    row = place.model.row_of(account_id)
    assert row is not None
    return row.shown_code, row.shown_next


def spoken(place: AccountsPlace, account_id: str) -> str:
    return str(place.model.index_of(account_id).data(Qt.ItemDataRole.AccessibleTextRole))


def click(place: AccountsPlace, account_id: str, *, at: float) -> None:
    """Click into a row, at that share of its width."""
    view = place.list.view
    box = view.visualRect(place.model.index_of(account_id))
    where = QPoint(round(box.left() + at * box.width()), box.center().y())
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)


def texts(widget: QWidget) -> list[str]:
    """Return all that a screen reader finds below a widget, and what its labels show."""
    found: list[str] = []
    for child in [widget, *widget.findChildren(QWidget)]:
        interface = QAccessible.queryAccessibleInterface(child)
        if interface is None:
            continue
        found += [interface.text(kind) for kind in QAccessible.Text]
        found += [
            interface.child(number).text(QAccessible.Text.Name)
            for number in range(interface.childCount())
            if interface.child(number) is not None
        ]
        if isinstance(child, QLabel):
            found.append(child.text())
    return found


def test_dots_stand_in_the_place_of_codes_and_nobody_reads_them_out(place: AccountsPlace) -> None:
    assert shown(place, "a1") == ("••• •••", "")
    assert shown(place, "a6") == ("•••• ••••", "")
    assert spoken(place, "a1") == "Kalos Club, ana@kalos.ch"
    place.grab()
    assert not [text for text in texts(place.list.view) if DIGITS.search(text)]


def test_a_click_copies_and_reveals_one_account(qtbot: QtBot, place: AccountsPlace) -> None:
    with qtbot.waitSignal(place.copy_asked) as asked:
        click(place, "a1", at=0.5)
    assert asked.args == ["a1", "081804"]
    assert shown(place, "a1") == ("081 804", "050 471")
    assert spoken(place, "a1").endswith("0 8 1, 8 0 4")
    click(place, "a2", at=0.5)
    assert shown(place, "a1") == ("••• •••", "")
    assert "•" not in shown(place, "a2")[0]


def test_what_was_revealed_is_hidden_again(qtbot: QtBot, place: AccountsPlace) -> None:
    click(place, "a1", at=0.5)
    ends = place.model._revealed_ends
    # One second is left of its code: no time to read it.
    assert ends.interval() == REVEALED_SECONDS[0] * 1000
    ends.setInterval(1)
    qtbot.waitUntil(lambda: shown(place, "a1")[0] == "••• •••")
    place.model.reveal("a4")
    place.hide()
    assert not ends.isActive()
    assert "•" in shown(place, "a4")[0]


def test_keys_reveal_too(qtbot: QtBot, place: AccountsPlace) -> None:
    place.select("a1")
    qtbot.keyClick(place.list.view, Qt.Key.Key_Space)
    assert shown(place, "a1")[0] == "081 804"
    place.model.conceal()
    with qtbot.waitSignal(place.copy_asked):
        qtbot.keyClick(place.list.view, Qt.Key.Key_Return)
    assert shown(place, "a1")[0] == "081 804"


@pytest.mark.qt_log_ignore("raise|grabbing the keyboard", extend=True)
def test_the_menu_of_a_row_shows_its_code(qtbot: QtBot, place: AccountsPlace) -> None:
    place.select("a1")
    reason = QContextMenuEvent.Reason.Keyboard
    QApplication.sendEvent(
        place.list.view.viewport(), QContextMenuEvent(reason, QPoint(), QPoint())
    )
    menu = place.list.view.findChild(QMenu)
    assert isinstance(menu, QMenu)
    show = next(each for each in menu.actions() if each.text().startswith("Show code"))
    show.trigger()
    menu.close()
    assert shown(place, "a1")[0] == "081 804"


def test_a_code_that_was_asked_for_is_shown(place: AccountsPlace) -> None:
    router = next(account for account in sample_accounts() if account.id == "a5")
    assert router.otp is not None
    place.show_drawn("a5", code_at(router.otp, 0))
    assert shown(place, "a5") == ("755 224", "")
    place.model.conceal()
    assert shown(place, "a5") == ("••• •••", "")


def test_two_panes_hide_it_in_both(qtbot: QtBot, place: AccountsPlace) -> None:
    place.resize(1000, 700)
    copied: list[QObject] = []
    place.copy_asked.connect(lambda *_: copied.append(place))
    click(place, "a1", at=0.3)
    assert place.detail.account_id == "a1"
    assert shown(place, "a1")[0] == "••• •••"
    assert not [text for text in texts(place.detail) if DIGITS.search(text)]
    assert "Code hidden" in texts(place.detail)
    place.detail.reveal_button.click()
    assert "081 804" in texts(place.detail)
    assert any("next 050 471" in text for text in texts(place.detail))
    assert not place.detail.reveal_button.isVisible()
    place.model.conceal()
    assert not [text for text in texts(place.detail) if DIGITS.search(text)]
    click(place, "a1", at=0.8)
    assert "081 804" in texts(place.detail)
    assert copied == []
    place.model.conceal()
    place.detail.copy_button.click()
    assert copied == [place]
    assert shown(place, "a1")[0] == "••• •••"


def test_codes_are_shown_again_once_that_is_chosen(place: AccountsPlace) -> None:
    place.model.hide_codes(False)
    assert shown(place, "a1") == ("081 804", "050 471")
    place.model.reveal("a1")
    assert not place.model._revealed_ends.isActive()
