"""The orders of the list, and a row on its way to another place by mouse and by keys."""

from dataclasses import replace

import pytest
from fake_clock import FakeClock
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot
from sample_accounts import totp

from watchword.desktop.accounts.ordering import Order, Use, arranged, moved
from watchword.desktop.accounts.place import AccountsPlace
from watchword.vault.account import Account

LEFT = Qt.MouseButton.LeftButton
ALT = Qt.KeyboardModifier.AltModifier


def accounts(names: str) -> list[Account]:
    """Return an account for each letter; a capital is a favourite."""
    return [
        Account(id=name, issuer=name, account="ana", otp=totp(), favourite=name.isupper())
        for name in names
    ]


def text(found: list[Account] | tuple[Account, ...]) -> str:
    return "".join(account.id for account in found)


@pytest.fixture
def place(qtbot: QtBot) -> AccountsPlace:
    made = AccountsPlace(FakeClock(), [], lambda _: [])
    qtbot.addWidget(made)
    made.resize(420, 680)
    made.show_accounts(accounts("aBcDef"))
    made.show()
    made.list.view.setFocus()
    return made


def shown(place: AccountsPlace) -> str:
    model = place.model
    return "".join(str(model.index(row).data()) for row in range(model.rowCount()))


def middle(place: AccountsPlace, account_id: str) -> QPoint:
    return place.list.view.visualRect(place.model.index_of(account_id)).center()


def grab(place: AccountsPlace, account_id: str, to: QPoint) -> None:
    """Press on a row and move the mouse, without letting go."""
    view, start = place.list.view.viewport(), middle(place, account_id)
    QTest.mousePress(view, LEFT, pos=start)
    QTest.mouseMove(view, start + QPoint(0, (to.y() - start.y()) // 2))
    QTest.mouseMove(view, to)


def drag(place: AccountsPlace, account_id: str, to: QPoint) -> None:
    grab(place, account_id, to)
    place.grab()
    QTest.mouseRelease(place.list.view.viewport(), LEFT, pos=to)


def test_each_order_has_favourites_first() -> None:
    own = accounts("zBaYc")
    assert text(arranged(own, Order.OWN)) == "BYzac"
    assert text(arranged(own, Order.NAME)) == "BYacz"
    uses = {"c": Use(1, 50.0), "z": Use(7, 20.0), "Y": Use(2, 10.0)}
    assert text(arranged(own, Order.RECENT, uses)) == "YBcza"
    assert text(arranged(own, Order.USED, uses)) == "YBzca"


def test_names_are_sorted_as_people_read_them() -> None:
    names = ("Zulu", "émile", "Emil", "alpha", "")
    own = [Account(id=n, issuer=n, account="beta", otp=None) for n in names]
    assert [each.issuer for each in arranged(own, Order.NAME)] == [
        "alpha", "", "Emil", "émile", "Zulu",
    ]  # fmt: skip


def test_a_move_leaves_every_other_account_where_it_was() -> None:
    own = accounts("aBcDe")  # shown as BDace
    assert text(moved(own, "B", 2)) == "acDBe"
    assert text(moved(own, "e", 2)) == "eaBcD"
    assert text(moved(own, "a", 5)) == "BcDea"
    assert text(moved(accounts("Ab"), "A", 1)) == "Ab"


def test_a_row_is_dragged_to_another_place(qtbot: QtBot, place: AccountsPlace) -> None:
    copied: list[str] = []
    place.copy_asked.connect(lambda account_id, _: copied.append(account_id))
    assert shown(place) == "BDacef"
    with qtbot.waitSignal(place.list.moved) as asked:
        drag(place, "a", middle(place, "e"))
    assert shown(place) == "BDceaf"
    assert asked.args == [("B", "c", "D", "e", "a", "f")]
    assert copied == []
    assert place.selected_id() == "a"
    with qtbot.waitSignal(place.list.moved):
        drag(place, "f", middle(place, "c"))
    assert shown(place) == "BDfcea"
    # A click is a click all the same.
    QTest.mouseClick(place.list.view.viewport(), LEFT, pos=middle(place, "e"))
    assert copied == ["e"]


def test_a_row_stays_in_its_group(place: AccountsPlace) -> None:
    drag(place, "c", middle(place, "B"))
    assert shown(place) == "BDcaef"
    drag(place, "B", middle(place, "f"))
    assert shown(place) == "DBcaef"


def test_escape_gives_the_drag_up(qtbot: QtBot, place: AccountsPlace) -> None:
    asked: list[object] = []
    place.list.moved.connect(asked.append)
    place.copy_asked.connect(lambda *args: asked.append(args))
    view, to = place.list.view, middle(place, "e")
    grab(place, "a", to)
    place.grab()
    qtbot.keyClick(view, Qt.Key.Key_Return)  # the mouse has the row
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    QTest.mouseMove(view.viewport(), middle(place, "a"))
    QTest.mouseRelease(view.viewport(), LEFT, pos=middle(place, "a"))
    assert shown(place) == "BDacef"
    assert asked == []


def test_a_drag_ends_when_the_list_goes_away(place: AccountsPlace) -> None:
    grab(place, "a", middle(place, "e"))
    assert place.list.view._drag.moving
    place.hide()
    assert not place.list.view._drag.moving
    place.show()
    grab(place, "a", middle(place, "e"))
    place.show_accounts(accounts("Bcd"))  # another program removed it
    QTest.mouseMove(place.list.view.viewport(), middle(place, "c"))
    QTest.mouseRelease(place.list.view.viewport(), LEFT, pos=middle(place, "c"))
    assert shown(place) == "Bcd"


def test_the_list_scrolls_under_a_row_held_at_its_edge(qtbot: QtBot, place: AccountsPlace) -> None:
    many = [replace(a, id=f"{n}", issuer=f"{n} ") for n, a in enumerate(accounts("a" * 16))]
    place.show_accounts(many)
    view = place.list.view
    bar = view.verticalScrollBar()
    edge = QPoint(100, view.viewport().height() - 2)
    grab(place, "0", edge)
    place.list.refresh()
    qtbot.waitUntil(lambda: bar.value() == bar.maximum(), timeout=30_000)
    QTest.mouseRelease(view.viewport(), LEFT, pos=edge)
    assert shown(place).split()[-1] == "0"
    grab(place, "0", QPoint(100, 2))
    qtbot.waitUntil(lambda: bar.value() == 0, timeout=30_000)
    QTest.mouseRelease(view.viewport(), LEFT, pos=QPoint(100, 2))
    assert shown(place).split()[0] == "0"


def test_nothing_is_dragged_where_the_list_is_sorted_or_searched(place: AccountsPlace) -> None:
    asked: list[object] = []
    place.list.moved.connect(asked.append)
    place.list.sort(Order.NAME, {})
    drag(place, "a", middle(place, "e"))
    place.list.sort(Order.OWN, {})
    place.list.search.set_text("ana")
    drag(place, "a", middle(place, "e"))
    assert asked == []
    place.list.search.set_text("")
    assert shown(place) == "BDacef"


def test_rows_are_moved_by_keys(qtbot: QtBot, place: AccountsPlace) -> None:
    view = place.list.view
    place.select("a")
    for key, order in (
        (Qt.Key.Key_Down, "BDcaef"),
        (Qt.Key.Key_End, "BDcefa"),
        (Qt.Key.Key_Down, "BDcefa"),
        (Qt.Key.Key_Up, "BDceaf"),
        (Qt.Key.Key_Home, "BDacef"),
        (Qt.Key.Key_Up, "BDacef"),
    ):
        qtbot.keyClick(view, key, ALT)
        assert shown(place) == order
        assert place.selected_id() == "a"
    place.select("D")
    qtbot.keyClick(view, Qt.Key.Key_Up, ALT)
    assert shown(place) == "DBacef"


def test_who_cannot_move_a_row_by_key_is_told_why(qtbot: QtBot, place: AccountsPlace) -> None:
    place.select("a")
    place.list.sort(Order.NAME, {})
    with qtbot.waitSignal(place.list.told) as told:
        qtbot.keyClick(place.list.view, Qt.Key.Key_Down, ALT)
    assert "Own order" in told.args[0]
    place.list.sort(Order.OWN, {})
    place.list.search.set_text("ana")
    with qtbot.waitSignal(place.list.told) as told:
        qtbot.keyClick(place.list.view, Qt.Key.Key_Down, ALT)
    assert "whole list" in told.args[0]


@pytest.mark.qt_log_ignore("raise|grabbing the keyboard", extend=True)
def test_the_order_is_chosen_from_a_menu_by_keyboard(qtbot: QtBot, place: AccountsPlace) -> None:
    button = place.list.sort_button
    assert button.accessibleName() == "Sort: Own order"
    qtbot.keyClick(button, Qt.Key.Key_Return)
    menu = place.list.findChild(QMenu, "orders")
    assert isinstance(menu, QMenu)
    assert [a.text() for a in menu.actions() if a.isChecked()] == ["Own order"]
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    with qtbot.waitSignal(place.list.order_asked) as asked:
        qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert asked.args == ["name"]
    qtbot.waitUntil(lambda: place.list.findChild(QMenu, "orders") is None)


def test_sorting_keeps_the_selection_and_names_the_order(place: AccountsPlace) -> None:
    place.select("c")
    place.list.sort(Order.USED, {"f": Use(3, 1.0)})
    assert shown(place) == "BDface"
    assert place.selected_id() == "c"
    assert place.list.sort_button.accessibleName() == "Sort: Most used"
    place.show_accounts(accounts("a"))
    assert not place.list.sort_button.isVisible()
