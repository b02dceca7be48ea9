from dataclasses import replace
from typing import Any

import pytest
from fake_clock import FakeClock
from login_requests import login_request
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from watchword.approvals.inbox import Entry, Expired, Inbox, Open
from watchword.desktop.approvals.request_page import INERT_SECONDS, RequestPage
from watchword.desktop.look.widgets.number_choice import NumberButton
from watchword.errors import RemoteError
from watchword.providers.login_request import Answer, Decision, LoginRequest, Match, Polled, Result
from watchword.vault.keyring_slot import KeyringEntryMissing

NUMBERS = login_request("r2", match=Match.CHOOSE, choices=("37", "52", "58"))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def page(qtbot: QtBot, clock: FakeClock) -> RequestPage:
    made = RequestPage(clock)
    qtbot.addWidget(made)
    made.resize(420, 680)
    made.show()
    return made


def entry_of(request: LoginRequest, clock: FakeClock) -> Open:
    polled = Polled(requests=(request,), server_time=request.issued_at + 12)
    entry = Inbox().received("a1", polled, clock.monotonic()).entries[0]
    assert isinstance(entry, Open)
    return entry


def answers(page: RequestPage) -> list[tuple[Any, ...]]:
    heard: list[tuple[Any, ...]] = []
    page.answer_asked.connect(lambda *arguments: heard.append(arguments[1:]))
    return heard


def numbers_of(page: RequestPage) -> list[NumberButton]:
    assert page.form is not None
    assert page.form.choices is not None
    return page.form.choices.buttons


def said(page: RequestPage) -> list[str]:
    return [label.text() for label in page.outcome.findChildren(QLabel) if label.isVisible()]


def later(page: RequestPage, clock: FakeClock, seconds: float = INERT_SECONDS) -> None:
    clock.advance(seconds)
    page.refresh()


def test_approve_is_inert_for_a_second_and_until_the_code_is_complete(
    qtbot: QtBot, page: RequestPage, clock: FakeClock
) -> None:
    heard = answers(page)
    page.show_entry(entry_of(login_request(), clock))
    assert page.form is not None
    assert page.form.cells is not None
    qtbot.keyClicks(page.form.cells, "7kqm")
    page.approve.click()
    assert heard == []
    later(page, clock)
    page.approve.click()
    assert heard == [(Decision.APPROVE, "7KQM", "")]
    page.form.cells.setText("7kq")
    assert not page.approve.isEnabled()


def test_what_lay_under_a_sheet_is_seen_for_a_second_before_it_can_be_approved(
    qtbot: QtBot, page: RequestPage, clock: FakeClock
) -> None:
    page.show_entry(entry_of(login_request(), clock))
    assert page.form is not None
    assert page.form.cells is not None
    qtbot.keyClicks(page.form.cells, "7kqm")
    page.setEnabled(False)  # as what lies under a sheet is
    later(page, clock)
    page.setEnabled(True)
    assert not page.approve.isEnabled()
    later(page, clock)
    assert page.approve.isEnabled()


def test_enter_never_approves(qtbot: QtBot, page: RequestPage, clock: FakeClock) -> None:
    heard = answers(page)
    page.show_entry(entry_of(login_request(), clock))
    later(page, clock)
    assert page.form is not None
    assert page.form.cells is not None
    page.form.cells.setText("7KQM")
    qtbot.keyClick(page.form.cells, Qt.Key.Key_Return)
    page.approve.setFocus()
    qtbot.keyClick(page.approve, Qt.Key.Key_Return)
    qtbot.keyClick(page, Qt.Key.Key_Return)
    assert heard == []
    assert not page.approve.isDefault()
    assert not page.approve.autoDefault()


def test_alt_d_denies_and_no_bare_letter_does(
    qtbot: QtBot, page: RequestPage, clock: FakeClock
) -> None:
    heard = answers(page)
    page.show_entry(entry_of(login_request(), clock))
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    assert page.form is not None
    assert page.form.cells is not None
    qtbot.keyClick(page.form.cells, Qt.Key.Key_D)
    assert heard == []
    qtbot.keyClick(page.form.cells, Qt.Key.Key_D, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: heard == [(Decision.DENY, "", "")])


def test_escape_leaves_it_unanswered(qtbot: QtBot, page: RequestPage, clock: FakeClock) -> None:
    heard = answers(page)
    page.show_entry(entry_of(login_request(), clock))
    assert page.form is not None
    assert page.form.cells is not None
    with qtbot.waitSignal(page.back_pressed):
        qtbot.keyClick(page.form.cells, Qt.Key.Key_Escape)
    assert heard == []


def test_it_was_not_me_is_its_own_answer(page: RequestPage, clock: FakeClock) -> None:
    heard = answers(page)
    page.show_entry(entry_of(login_request(), clock))
    page.not_me.click()
    assert heard == [(Decision.NOT_ME, "", "")]


def test_a_wrong_code_empties_the_cells_and_says_how_many_tries_are_left(
    page: RequestPage, clock: FakeClock
) -> None:
    entry = entry_of(login_request(), clock)
    page.show_entry(entry)
    assert page.form is not None
    assert page.form.cells is not None
    page.form.cells.setText("AAAA")
    sent = entry.answer(Decision.APPROVE, "AAAA")
    page.show_entry(sent)
    assert not page.approve.isEnabled()
    assert not page.deny.isEnabled()
    wrong = Answer(id="r1", result=Result.WRONG_CODE, tries_left=2)
    page.show_entry(sent.confirmed(wrong))
    assert page.form.cells.text() == ""
    assert "2 tries are left" in page.notice.text()
    assert page.deny.isEnabled()


@pytest.mark.parametrize(
    ("decision", "answer", "title"),
    [
        (Decision.APPROVE, Answer(id="r1", result=Result.APPROVED), "Approved"),
        (Decision.DENY, Answer(id="r1", result=Result.DENIED), "Denied"),
        (Decision.NOT_ME, Answer(id="r1", result=Result.DENIED), "Denied, and reported"),
        (Decision.APPROVE, Answer(id="r1", result=Result.EXPIRED), "Too late"),
        (
            Decision.APPROVE,
            Answer(id="r1", result=Result.ANSWERED_ELSEWHERE, decided_by="Notebook"),
            "Answered elsewhere",
        ),
        (
            Decision.APPROVE,
            Answer(id="r1", result=Result.WRONG_CODE, tries_left=0),
            "Wrong code",
        ),
        (Decision.APPROVE, Answer(id="r1", result=Result.UNKNOWN), "No confirmation"),
    ],
)
def test_the_result_is_told_as_the_server_confirmed_it(
    page: RequestPage, clock: FakeClock, decision: Decision, answer: Answer, title: str
) -> None:
    entry = entry_of(login_request(), clock)
    page.show_entry(entry)
    page.show_entry(entry.answer(decision, "AAAA").confirmed(answer))
    assert page.outcome.isVisible()
    assert page.outcome.title.text() == title


def test_where_nobody_knows_whether_it_expired_nothing_more_is_claimed(
    page: RequestPage, clock: FakeClock
) -> None:
    entry = entry_of(NUMBERS, clock)
    page.show_entry(entry)
    known = "It expired, or was answered elsewhere."
    answer = Answer(id="r2", result=Result.EXPIRED, problem=known)
    page.show_entry(entry.answer(Decision.APPROVE, "37").confirmed(answer))
    assert known in said(page)
    assert not any("Nobody was let in" in text for text in said(page))


def test_an_expired_request_cannot_be_answered(page: RequestPage, clock: FakeClock) -> None:
    heard = answers(page)
    entry: Entry = entry_of(login_request(), clock)
    page.show_entry(entry)
    later(page, clock, 500)
    page.deny.click()
    page.not_me.click()
    assert heard == []
    page.show_entry(
        Expired(
            request=entry.request,
            arrived=entry.arrived,
            first_age=entry.first_age,
            deadline=entry.deadline,
        )
    )
    assert page.outcome.title.text() == "Too late"


def test_a_failure_to_send_leaves_the_request_open(page: RequestPage, clock: FakeClock) -> None:
    entry = entry_of(login_request(), clock)
    page.show_entry(entry)
    sent = entry.answer(Decision.DENY, "")
    page.show_entry(sent)
    page.show_error(sent.key, RemoteError("The server cannot be reached", "", "Try again"))
    page.show_entry(sent.not_sent())
    assert "cannot be reached" in page.notice.text()
    assert page.deny.isEnabled()


def test_numbers_are_chosen_and_yes_or_no_needs_nothing(
    page: RequestPage, clock: FakeClock
) -> None:
    heard = answers(page)
    page.show_entry(entry_of(NUMBERS, clock))
    buttons = numbers_of(page)
    buttons[1].click()
    assert heard == []
    later(page, clock)
    assert not page.approve.isVisible()
    buttons[1].click()
    page.show_entry(entry_of(login_request("r3", match=Match.NONE), clock))
    assert not page.approve.isEnabled()
    later(page, clock)
    page.approve.click()
    assert heard == [(Decision.APPROVE, "52", ""), (Decision.APPROVE, "", "")]


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        ([Qt.Key.Key_3], "37"),
        ([Qt.Key.Key_5, Qt.Key.Key_8], "58"),
        ([Qt.Key.Key_9, Qt.Key.Key_5, Qt.Key.Key_2], "52"),
        ([Qt.Key.Key_Right, Qt.Key.Key_Right], "52"),
        ([Qt.Key.Key_Left], "58"),
    ],
)
def test_a_number_is_chosen_by_keyboard_and_sent_by_enter(
    qtbot: QtBot, page: RequestPage, clock: FakeClock, keys: list[Qt.Key], number: str
) -> None:
    heard = answers(page)
    page.show_entry(entry_of(NUMBERS, clock))
    later(page, clock)
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    focused = page.focusWidget()
    assert focused is not None
    qtbot.keyClick(focused, Qt.Key.Key_Return)
    for key in keys:
        focused = page.focusWidget()
        assert focused is not None
        qtbot.keyClick(focused, chr(key) if key < 128 else key)
        assert heard == []
    focused = page.focusWidget()
    assert focused is not None
    qtbot.keyClick(focused, Qt.Key.Key_Return)
    assert heard == [(Decision.APPROVE, number, "")]


def test_what_begins_more_than_one_number_presses_none(
    qtbot: QtBot, page: RequestPage, clock: FakeClock
) -> None:
    heard = answers(page)
    page.show_entry(entry_of(NUMBERS, clock))
    later(page, clock)
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    for key in ("3", "5", Qt.Key.Key_Return):
        focused = page.focusWidget()
        assert focused is not None
        qtbot.keyClick(focused, key)
    assert heard == []


def test_a_command_types_no_number(qtbot: QtBot, page: RequestPage, clock: FakeClock) -> None:
    page.show_entry(entry_of(NUMBERS, clock))
    later(page, clock)
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    assert page.form is not None
    control = Qt.KeyboardModifier.ControlModifier
    pressed = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_3, control, "3")
    QApplication.sendEvent(page.form.choices, pressed)
    assert not any(number.hasFocus() for number in numbers_of(page))


def test_the_password_comes_before_the_number_that_it_is_for(
    qtbot: QtBot, page: RequestPage, clock: FakeClock
) -> None:
    heard = answers(page)
    page.show_entry(entry_of(replace(NUMBERS, ask_password=True), clock))
    later(page, clock)
    assert page.form is not None
    assert page.form.again is not None
    number = numbers_of(page)[0]
    field, row = page.form.again.password, page.form.choices
    assert row is not None
    qtbot.waitUntil(lambda: field.height() > 0 and field.geometry().bottom() <= row.y())
    assert not number.isEnabled()
    page.form.again.password.set_text("open sesame")
    number.click()
    assert heard == [(Decision.APPROVE, "37", "open sesame")]


def test_a_wrong_number_says_how_often_it_may_be_tried(
    page: RequestPage, clock: FakeClock
) -> None:
    entry = entry_of(NUMBERS, clock)
    page.show_entry(entry)
    sent = entry.answer(Decision.APPROVE, "37")
    page.show_entry(sent)
    later(page, clock)
    assert not any(number.isEnabled() for number in numbers_of(page))
    page.show_entry(sent.confirmed(Answer(id="r2", result=Result.WRONG_CODE, tries_left=1)))
    assert "One try is left" in page.notice.text()
    assert all(number.isEnabled() for number in numbers_of(page))
    last = Answer(id="r2", result=Result.WRONG_CODE, tries_left=0)
    page.show_entry(sent.confirmed(last))
    assert page.outcome.title.text() == "Denied after two wrong numbers"
    unconfirmed = replace(last, problem="The server did not confirm that it was declined.")
    page.show_entry(sent.confirmed(unconfirmed))
    assert page.outcome.title.text() == "Stopped after two wrong numbers"


@pytest.mark.parametrize("count", [1, 2, 4, 7, 10])
@pytest.mark.parametrize("sign", ["A", "37", "W" * 40])
def test_as_many_numbers_as_a_server_offers_stay_inside_the_page(
    qtbot: QtBot, page: RequestPage, clock: FakeClock, count: int, sign: str
) -> None:
    offered = tuple(f"{sign}{n}"[-40:] for n in range(count))
    page.show_entry(entry_of(replace(NUMBERS, choices=offered), clock))
    qtbot.waitUntil(lambda: all(each.height() >= 64 for each in numbers_of(page)))
    for number in numbers_of(page):
        right = number.mapTo(page, number.rect().bottomRight())
        assert right.x() <= 420
    assert page.width() == 420


def test_a_code_for_the_login_page_stays_as_long_as_it_counts_and_is_read_digit_by_digit(
    page: RequestPage, clock: FakeClock
) -> None:
    entry = entry_of(replace(login_request(match=Match.NONE), expiry_estimated=True), clock)
    page.show_entry(entry)
    answer = Answer(id="r1", result=Result.APPROVED, display_code="482913")
    page.show_entry(entry.answer(Decision.APPROVE, "").confirmed(answer))
    assert "482 913" in said(page)
    assert page.outcome.display.accessibleName() == "4 8 2 9 1 3"
    assert "4 8 2 9 1 3" in page.outcome.accessibleName()
    assert "About 1:48 left" in said(page)
    later(page, clock, 120)
    assert "482 913" not in said(page)
    assert page.outcome.title.text() == "The code’s time is over"


def test_an_end_that_is_only_estimated_is_not_told_as_known(
    page: RequestPage, clock: FakeClock
) -> None:
    page.show_entry(entry_of(login_request(), clock))
    assert page._expires.text() == "Expires in 1:48"
    page.show_entry(entry_of(replace(NUMBERS, expiry_estimated=True), clock))
    assert page._expires.text() == "Expires in about 1:48"


def test_what_no_server_says_is_said_once_and_nothing_is_reported_that_was_not(
    page: RequestPage, clock: FakeClock
) -> None:
    mute = replace(login_request(), ip="", place="", user_agent="", takes_report=False)
    entry = entry_of(mute, clock)
    page.show_entry(entry)
    shown = [label.text() for label in page.facts.findChildren(QLabel)]
    assert shown[2:] == [
        "Browser and place unknown",
        "The server names neither",
    ]
    answer = Answer(id="r1", result=Result.DENIED)
    page.show_entry(entry.answer(Decision.NOT_ME, "").confirmed(answer))
    assert page.outcome.title.text() == "Denied"
    assert "Change your password for Kalos Club" in said(page)


def test_the_password_is_asked_where_the_server_wants_it(
    page: RequestPage, clock: FakeClock
) -> None:
    heard = answers(page)
    page.show_entry(entry_of(replace(login_request(), ask_password=True), clock))
    later(page, clock)
    assert page.form is not None
    assert page.form.cells is not None
    assert page.form.again is not None
    page.form.cells.setText("7KQM")
    assert not page.approve.isEnabled()
    page.form.again.password.set_text("open sesame")
    page.approve.click()
    assert heard == [(Decision.APPROVE, "7KQM", "open sesame")]


def test_the_keyring_stands_for_the_password_only_when_asked_to_and_where_there_is_one(
    page: RequestPage, clock: FakeClock
) -> None:
    heard = answers(page)
    asked: list[str] = []
    page.keyring_asked.connect(lambda _, code: asked.append(code))
    wanted = replace(login_request(), ask_password=True)
    page.show_entry(entry_of(wanted, clock))
    assert page.form is not None
    assert page.form.again is not None
    assert page.form.again.other_way.isHidden()

    page.show_entry(entry_of(replace(wanted, id="r3"), clock), keyring=True)
    later(page, clock)
    form = page.form
    assert form.cells is not None
    assert form.again is not None
    form.cells.setText("7KQM")
    assert not page.approve.isEnabled()
    assert not form.again.other_way.isHidden()
    form.again.other_way.click()
    assert form.again.password.isHidden()
    page.approve.click()
    assert (heard, asked) == ([], ["7KQM"])
    # It may show a prompt of its own: until then nothing is pressed twice, and denying is free.
    page.approve.click()
    assert asked == ["7KQM"]
    assert not form.isEnabled()
    assert page.deny.isEnabled()

    assert page.key is not None
    page.show_not_sure(page.key, KeyringEntryMissing("The keyring has no entry for this vault"))
    assert "no entry" in page.notice.text()
    assert not form.again.password.isHidden()
    form.again.password.set_text("open sesame")
    page.approve.click()
    assert heard == [(Decision.APPROVE, "7KQM", "open sesame")]


def test_endless_words_from_a_server_stay_inside_the_page(
    page: RequestPage, clock: FakeClock
) -> None:
    loud = replace(
        login_request(),
        service="W" * 256,
        account="W" * 256,
        place="W" * 256,
        user_agent="W" * 256,
    )
    page.show_entry(entry_of(loud, clock))
    page.grab()
    content = page.area.widget()
    assert content is not None
    assert content.minimumSizeHint().width() <= page.area.viewport().width()
    assert page.width() == 420
    assert page.deny.isVisible()
    assert page.deny.mapTo(page, page.deny.rect().bottomRight()).x() <= 420


def test_it_says_whose_word_it_is_what_asks(page: RequestPage, clock: FakeClock) -> None:
    def said() -> set[str]:
        page.grab()
        return {label.text() for label in page.findChildren(QLabel)}

    page.show_entry(entry_of(login_request(), clock))
    assert "as it calls itself" in said()
    at_service = replace(login_request("r2"), service="Bookshop", reported_by="Bookshop")
    page.show_entry(entry_of(at_service, clock))
    assert "reported by Bookshop, not checked" in said()


def test_a_login_that_was_somebody_elses_leads_to_what_to_do_next(
    qtbot: QtBot, page: RequestPage, clock: FakeClock
) -> None:
    entry = entry_of(login_request(), clock)
    page.show_entry(entry)

    # Whether it was denied in time or not, somebody has the password.
    for result in (Result.DENIED, Result.EXPIRED):
        answer = Answer(id="r1", result=result)
        page.show_entry(entry.answer(Decision.NOT_ME, "").confirmed(answer))
        qtbot.waitUntil(lambda: "Change your password for Kalos Club" in said(page))
    with qtbot.waitSignal(page.pause_asked):
        page.outcome._pause.click()
    answer = Answer(id="r1", result=Result.DENIED)
    page.show_entry(entry.answer(Decision.DENY, "").confirmed(answer))
    assert not any("Change your password" in text for text in said(page))
