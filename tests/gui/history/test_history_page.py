"""The history as a person uses it: found, narrowed, opened, by mouse and by keys."""

from collections.abc import Iterator

import pytest
from fake_clock import FakeClock
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from watchword.desktop.history.history_page import HistoryPage
from watchword.desktop.history.items import items_of, narrowed
from watchword.desktop.history.words import Kind
from watchword.vault import HistoryEntry

NOW = 1_700_000_000.0
DAY = 86_400.0


def answer(number: int, **more: object) -> HistoryEntry:
    members: dict[str, object] = {
        "at": NOW - number * 5_000,
        "account_id": f"{number % 3:016}",
        "service": ("Kalos Club", "Café Zürich", "A&B")[number % 3],
        "account": "elena",
        "ip": "192.0.2.7",
        "place": "Geneva",
        "user_agent": "Firefox on Windows",
        "decision": "approve",
        "result": "approved",
        "request_id": f"r{number}",
    }
    return HistoryEntry(**{**members, **more})  # type: ignore[arg-type]


def some() -> list[HistoryEntry]:
    return [
        answer(0),
        answer(1, decision="deny", result="denied"),
        answer(2, decision="not_me", result="denied", place="São Paulo"),
        answer(3, result="expired"),
        answer(4, result="unknown"),
        answer(5, result="of tomorrow"),
        answer(40),
    ]


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[HistoryPage]:
    one = HistoryPage(FakeClock())
    qtbot.addWidget(one)
    one.resize(420, 680)
    one.show_history(reversed(some()))
    one.show()
    qtbot.waitExposed(one)
    yield one
    one.close()


def shown(page: HistoryPage) -> list[str]:
    return [item.entry.request_id for item in page.model.shown]


def press(menu: QMenu, text: str) -> None:
    (action,) = [each for each in menu.actions() if each.text() == text]
    action.trigger()
    menu.close()


def test_the_newest_comes_first_and_each_day_begins_once(page: HistoryPage) -> None:
    assert shown(page) == ["r0", "r1", "r2", "r3", "r4", "r5", "r40"]
    firsts = [row for row in range(7) if page.model.is_first(row)]
    days = [page.model.shown[row].at.date() for row in firsts]
    assert firsts[0] == 0
    assert len(days) == len(set(days)) >= 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sao PAULO", ["r2"]),
        ("zurich", ["r1", "r4", "r40"]),
        ("denied not", ["r2"]),
        ("192.0.2.7 kalos", ["r0", "r3"]),
        ("nowhere", []),
    ],
)
def test_a_search_ignores_accents_and_case(page: HistoryPage, text: str, found: list[str]) -> None:
    page.search.set_text(text)
    assert shown(page) == found
    assert page.everything.isVisible() == (not found)


def test_show_everything_is_the_way_out_of_a_search_that_found_nothing(page: HistoryPage) -> None:
    page.accounts.choose("0" * 16)
    page.search.set_text("nowhere")
    page.everything.click()
    assert len(shown(page)) == 7
    assert page.view.isVisible()


def test_answers_are_narrowed_to_one_kind_and_one_account(page: HistoryPage) -> None:
    press(page.kinds.menu_of(), "Not confirmed")
    assert shown(page) == ["r4", "r5"]
    press(page.accounts.menu_of(), "A&&B · elena")
    assert shown(page) == ["r5"]
    assert page.accounts.accessibleName() == "Accounts: A&B · elena"
    press(page.kinds.menu_of(), "All answers")
    assert shown(page) == ["r2", "r5"]


def test_only_kinds_that_occur_are_offered(page: HistoryPage) -> None:
    offered = [action.text() for action in page.kinds.menu_of().actions()]
    assert offered == [
        "All answers", "Approved", "Denied", "Denied, not me", "Too late", "Not confirmed",
    ]  # fmt: skip


def test_an_answer_opens_over_the_list_and_escape_goes_back_step_by_step(
    qtbot: QtBot, page: HistoryPage
) -> None:
    page.view.select_row(2)
    QTest.keyClick(page.view, Qt.Key.Key_Return)
    assert page.detail.isVisible()
    assert not page.view.isVisible()
    assert page.detail.title.text() == "Denied, not me"
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert page.view.isVisible()
    with qtbot.waitSignal(page.back_pressed):
        QTest.keyClick(page, Qt.Key.Key_Escape)


def test_a_click_opens_the_answer_and_from_there_all_of_its_account(page: HistoryPage) -> None:
    middle = page.view.visualRect(page.model.index(1)).center()
    QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(middle))
    assert page.detail.item is not None
    assert page.detail.item.entry.request_id == "r1"
    page.detail.all_button.click()
    assert shown(page) == ["r1", "r4", "r40"]
    assert page.view.isVisible()


def test_in_a_wide_window_list_and_answer_stand_side_by_side(page: HistoryPage) -> None:
    page.resize(1000, 700)
    assert page.view.isVisible()
    assert page.detail.item is not None
    assert page.detail.item.entry.request_id == "r0"
    QTest.keyClick(page.view, Qt.Key.Key_Down)
    assert page.detail.item.entry.request_id == "r1"
    page.search.set_text("sao")
    assert page.detail.item.entry.request_id == "r2"
    page.search.set_text("nowhere")
    assert page.detail.item is None
    page.resize(420, 680)
    assert not page.detail.isVisible()


def test_letters_typed_anywhere_are_a_search(page: HistoryPage) -> None:
    page.view.setFocus()
    QTest.keyClicks(page.view, "sao")
    assert page.search.text() == "sao"
    assert shown(page) == ["r2"]


def test_an_answer_that_comes_meanwhile_leaves_search_and_choice_alone(page: HistoryPage) -> None:
    page.search.set_text("geneva")
    page.view.select_row(1)
    before = page.view.current_item()
    page.show_history([answer(-1), *some()])
    assert shown(page)[0] == "r-1"
    after = page.view.current_item()
    assert before is not None
    assert after is not None
    assert after.entry == before.entry


def test_without_answers_it_says_what_will_be_here(qtbot: QtBot) -> None:
    page = HistoryPage(FakeClock())
    qtbot.addWidget(page)
    page.show_history([])
    page.show()
    assert not page.search.isVisible()
    assert not page.more.isEnabled()
    assert "listed here" in page._nothing.text()
    page.close()


def test_what_is_exported_is_what_is_shown(qtbot: QtBot, page: HistoryPage) -> None:
    page.search.set_text("zurich")
    with qtbot.waitSignal(page.export_asked) as asked:
        press(page.menu_of(), "Export for a spreadsheet (CSV)…")
    kind, entries = asked.args
    assert kind == "csv"
    assert [entry.request_id for entry in entries] == ["r1", "r4", "r40"]


def test_a_screen_reader_hears_the_day_with_every_answer(page: HistoryPage) -> None:
    index = page.model.index(2)
    spoken = str(index.data(Qt.ItemDataRole.AccessibleTextRole))
    assert spoken.startswith("A&B, Denied, not me, Firefox on Windows · São Paulo, ")
    assert "November" in spoken
    assert "2023" in spoken


def test_no_clock_is_so_wrong_that_the_history_cannot_be_shown(page: HistoryPage) -> None:
    page.show_history([*some(), answer(7, at=1e30), answer(8, at=-1e30)])
    assert len(shown(page)) == 9
    page.view.opened.emit(page.model.shown[0])
    page.grab()


def test_ten_thousand_answers_are_searched_without_being_drawn(page: HistoryPage) -> None:
    whole = [answer(number, at=NOW - number * 900) for number in range(10_000)]
    asked: list[int] = []
    page.show_history(whole)
    real = page.model.item
    page.model.item = lambda row: (asked.append(row), real(row))[1]  # type: ignore[method-assign]
    page.search.set_text("zurich")
    page.grab()
    assert len(shown(page)) == 3_333
    # What is drawn or asked about is what fits the window, and not what there is.
    assert len(set(asked)) < 30


def test_every_answer_has_a_kind() -> None:
    kinds = [item.kind for item in items_of(some())]
    assert kinds == [
        Kind.APPROVED, Kind.DENIED, Kind.NOT_ME, Kind.EXPIRED, Kind.UNKNOWN, Kind.UNKNOWN,
        Kind.APPROVED,
    ]  # fmt: skip
    assert narrowed(items_of(some()), kind=Kind.DENIED)[0].entry.request_id == "r1"
