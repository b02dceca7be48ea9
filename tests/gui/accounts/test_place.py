from dataclasses import replace

import pytest
from fake_clock import FakeClock
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sample_accounts import link, sample_accounts, totp

from watchword.desktop.accounts.delegate import ring_in
from watchword.desktop.accounts.detail_pane import Recent
from watchword.desktop.accounts.empty_page import Choice
from watchword.desktop.accounts.model import FAVOURITES, Role
from watchword.desktop.accounts.place import AccountsPlace
from watchword.desktop.accounts.rows import brand_of
from watchword.desktop.look.widgets.choice_card import ChoiceCard
from watchword.otp.code import code_at
from watchword.vault.account import NO_ICON, Account

# RFC 6238 appendix B: at 59 s the eight digits are 94287082.
RFC_TIME = 59.0


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(time=RFC_TIME)


@pytest.fixture
def place(qtbot: QtBot, clock: FakeClock) -> AccountsPlace:
    choices = [Choice("scan", "qr", "Scan a QR code", "Webcam, picture or clipboard")]
    made = AccountsPlace(
        clock, choices, lambda _: [Recent(True, "Approved", "Firefox · Geneva", "today 09:14")]
    )
    qtbot.addWidget(made)
    made.resize(420, 680)
    made.show_accounts(sample_accounts())
    made.show()
    return made


def titles(place: AccountsPlace) -> list[str]:
    model = place.model
    return [str(model.index(row).data()) for row in range(model.rowCount())]


def click(qtbot: QtBot, place: AccountsPlace, account_id: str, *, at_ring: bool = False) -> None:
    view = place.list.view
    box = view.visualRect(place.model.index_of(account_id))
    where = QPoint(box.right() - 26, box.center().y()) if at_ring else box.center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)


def seen(place: AccountsPlace) -> QImage:
    """Return what is on the screen, once all that is due is drawn."""
    QApplication.processEvents()
    handle = place.window().windowHandle()
    return handle.screen().grabWindow(handle.winId()).toImage()


def test_a_click_copies_the_code_without_its_gap(qtbot: QtBot, place: AccountsPlace) -> None:
    with qtbot.waitSignal(place.copy_asked) as asked:
        click(qtbot, place, "a1")
    assert asked.args == ["a1", "287082"]


def test_enter_copies_the_first_match_of_a_search_typed_anywhere(
    qtbot: QtBot, place: AccountsPlace
) -> None:
    qtbot.keyClicks(place.list.view, "kal")
    assert place.list.search.text() == "kal"
    assert titles(place) == ["Kalos Club"]
    place.list.search.set_text("club ÁNA")
    assert titles(place) == ["Kalos Club"]
    with qtbot.waitSignal(place.copy_asked) as asked:
        qtbot.keyClick(place.list.search.edit, Qt.Key.Key_Return)
    assert asked.args[0] == "a1"
    qtbot.keyClick(place.list.search.edit, Qt.Key.Key_Escape)
    assert len(titles(place)) == len(sample_accounts())


def test_arrows_and_enter_work_without_a_mouse(qtbot: QtBot, place: AccountsPlace) -> None:
    qtbot.keyClick(place.list.search.edit, Qt.Key.Key_Down)
    qtbot.keyClick(place.list.view, Qt.Key.Key_Down)
    with qtbot.waitSignal(place.copy_asked) as asked:
        qtbot.keyClick(place.list.view, Qt.Key.Key_Return)
    assert asked.args[0] == "a2"


def test_the_code_turns_over_and_the_next_one_was_foretold(
    place: AccountsPlace, clock: FakeClock
) -> None:
    clock.time = 1_111_111_109.0  # RFC 6238 appendix B: 07081804, and 14050471 two seconds later
    row = place.model.row_of("a1")
    assert row is not None
    assert (row.code, row.next_code, row.ends_soon, row.urgent) == (
        "081 804",
        "050 471",
        True,
        True,
    )
    clock.advance(2)
    row = place.model.row_of("a1")
    assert row is not None
    assert (row.code, row.ends_soon) == ("050 471", False)


def test_codes_are_spoken_digit_by_digit(place: AccountsPlace) -> None:
    spoken = place.model.index_of("a1").data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Kalos Club, ana@kalos.ch, 2 8 7, 0 8 2"


def test_a_counter_account_moves_on_only_when_asked(qtbot: QtBot, place: AccountsPlace) -> None:
    router = next(account for account in sample_accounts() if account.id == "a5")
    assert router.otp is not None
    row = place.model.row_of("a5")
    assert row is not None
    assert row.code == ""
    with qtbot.waitSignal(place.new_code_asked) as asked:
        click(qtbot, place, "a5")
    assert asked.args == ["a5"]
    place.show_drawn("a5", code_at(router.otp, 0))
    with qtbot.waitSignal(place.copy_asked) as copied:
        click(qtbot, place, "a5")
    assert copied.args == ["a5", "755224"]  # RFC 4226 appendix D, count 0
    with qtbot.waitSignal(place.new_code_asked):
        click(qtbot, place, "a5", at_ring=True)


def test_tags_narrow_the_list(qtbot: QtBot, place: AccountsPlace) -> None:
    from watchword.desktop.look.widgets.chip import Chip

    family = next(chip for chip in place.list.findChildren(Chip) if chip.text() == "family")
    family.click()
    assert titles(place) == ["AWS", "Router"]


def test_two_panes_show_one_account_and_a_click_only_selects(
    qtbot: QtBot, place: AccountsPlace
) -> None:
    place.resize(1000, 700)
    assert place.two_panes
    assert place.detail.isVisible()
    assert [index.row() for index in place.list.view.selectedIndexes()] == [0]
    asked: list[str] = []
    place.copy_asked.connect(lambda account_id, _code: asked.append(account_id))
    click(qtbot, place, "a2")
    assert asked == []
    assert place.detail.account_id == "a2"
    place.detail.copy_button.click()
    assert asked == ["a2"]
    place.resize(420, 680)
    assert not place.detail.isVisible()


def test_an_empty_list_offers_the_ways_to_a_first_account(
    qtbot: QtBot, place: AccountsPlace
) -> None:
    place.show_accounts([])
    card = place.empty.findChild(ChoiceCard)
    assert card is not None
    with qtbot.waitSignal(place.add_asked) as asked:
        card.click()
    assert asked.args == ["scan"]
    place.show_accounts(sample_accounts()[:1])
    assert place.list.isVisible()


def test_a_search_without_result_says_so(qtbot: QtBot, place: AccountsPlace) -> None:
    place.list.search.set_text("zzz")
    assert titles(place) == []
    assert "No account has “zzz”" in place.list._why_none.text()
    place.list.search.set_text("")
    assert titles(place)[0] == "Kalos Club"
    assert not place.list._why_none.isVisible()


def test_show_all_accounts_is_the_way_out_of_a_search_that_found_nothing(
    qtbot: QtBot, place: AccountsPlace
) -> None:
    everything = titles(place)
    place.list.choose_tag(FAVOURITES)
    place.list.search.set_text("zzz")
    assert "None of these accounts has “zzz”" in place.list._why_none.text()
    qtbot.keyClick(place.list.show_all_button, Qt.Key.Key_Space)
    assert titles(place) == everything
    assert place.list.search.text() == ""
    assert place.list.view.hasFocus()


def test_ten_thousand_accounts_compute_only_what_is_seen(
    qtbot: QtBot, place: AccountsPlace
) -> None:
    many = [
        Account(id=f"n{n}", issuer=f"Service {n}", account="me", otp=totp(b"%020d" % n))
        for n in range(10_000)
    ]
    place.show_accounts(many)
    place.grab()
    assert 0 < len(place.model.codes._now) < 40
    place.list.search.set_text("service 9999")
    assert titles(place) == ["Service 9999"]


def test_no_timer_runs_while_the_list_is_hidden(place: AccountsPlace) -> None:
    assert place._second.isActive()
    place.hide()
    assert not place._second.isActive()


def test_a_removed_device_is_greyed_and_named(place: AccountsPlace) -> None:
    first = sample_accounts()[0]
    assert first.link is not None
    place.show_accounts([replace(first, link=replace(first.link, state="revoked"))])
    row = place.model.index(0).data(Role.ROW)
    assert row.is_removed
    place.grab()


def test_an_icon_goes_with_the_name_and_with_what_was_chosen(place: AccountsPlace) -> None:
    def slug(**changes: object) -> str:
        account = replace(sample_accounts()[1], **changes)  # type: ignore[arg-type]
        brand = brand_of(account)
        return brand.slug if brand else ""

    assert slug() == "github"
    assert slug(issuer="", account="GitHub") == "github"
    assert slug(issuer="Privat") == ""
    assert slug(icon="gitlab") == "gitlab"
    assert slug(icon="an icon of a later version") == "github"
    assert slug(icon=NO_ICON) == ""
    # A server has named itself: only a person gives its account an icon.
    assert slug(link=link()) == ""
    assert slug(link=link(), icon="github") == "github"


@pytest.mark.parametrize("chosen", ["a1", ""])
def test_what_is_drawn_each_second_is_what_would_be_drawn_anew(
    qtbot: QtBot, place: AccountsPlace, clock: FakeClock, chosen: str
) -> None:
    kept, removed, *others = sample_accounts()
    removed = replace(removed, link=replace(link(), state="revoked"))
    place.show_accounts([kept, removed, *others])
    if chosen:
        place.select(chosen)
    else:
        place.list.view.clearSelection()
    before = seen(place)
    for second in range(62):  # through two periods: the second has the pictures of the first
        clock.advance(1)
        place._tick()
        after = seen(place)
        assert after != before
        if second % 4 == 3:  # drawing anew makes the next second begin anew as well
            place.list.view.viewport().update()
            assert seen(place) == after
        before = after
    place.list.view.verticalScrollBar().setValue(40)
    after = seen(place)
    place.list.view.viewport().update()
    assert seen(place) == after


def test_a_code_changes_in_time_below_the_button_that_hides_its_ring(
    place: AccountsPlace, clock: FakeClock
) -> None:
    view, model = place.list.view, place.model
    accounts = [
        Account(id=f"n{n}", issuer=f"Service {n}", account="me", otp=totp(b"%020d" % n))
        for n in range(8)
    ]
    place.show_accounts(accounts)
    QApplication.processEvents()
    places = [ring_in(QRectF(view.visualRect(model.index(n)))) for n in range(8)]
    (hidden,) = (n for n, ring in enumerate(places) if view.covers(ring))
    accounts[hidden] = replace(accounts[hidden], otp=replace(totp(b"%020d" % hidden), period=20))
    place.show_accounts(accounts)
    for second in range(62):
        clock.advance(1)
        place._tick()
        after = seen(place)
        if second % 4 == 0:
            view.viewport().update()
            assert seen(place) == after
