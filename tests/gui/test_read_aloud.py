"""What a screen reader finds of codes and of running times."""

import re
from collections.abc import Iterator

import pytest
from fake_clock import FakeClock
from login_requests import login_request
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from sample_accounts import sample_accounts
from spoken import spoken_parts

from watchword.approvals.inbox import Inbox
from watchword.desktop.accounts.place import AccountsPlace
from watchword.desktop.approvals.request_page import RequestPage
from watchword.providers.login_request import Polled

RFC_TIME = 59.0  # RFC 6238 appendix B: the code is 287082, and the next one 359152


def read(widget: QWidget) -> list[str]:
    """Return all names and descriptions."""
    kinds = (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value)
    return [part.text(kind) for part in spoken_parts(widget) for kind in kinds]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(time=RFC_TIME - 20)


@pytest.fixture
def place(qtbot: QtBot, clock: FakeClock) -> Iterator[AccountsPlace]:
    made = AccountsPlace(clock, [], lambda _: [])
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show_accounts(sample_accounts()[:2])
    made.show()
    made.select("a1")
    yield made
    made.hide()


def test_codes_are_read_digit_by_digit_and_never_as_one_number(place: AccountsPlace) -> None:
    texts = read(place)
    assert "Kalos Club, ana@kalos.ch, 2 8 7, 0 8 2" in texts
    assert "2 8 7, 0 8 2" in texts
    assert "Next code 3 5 9, 1 5 2" in texts
    assert not [text for text in texts if re.search(r"\d{3} ?\d{3}", text)]


def test_hidden_codes_are_not_read_at_all(place: AccountsPlace) -> None:
    place.model.hide_codes(True)
    texts = " ".join(read(place))
    assert "Kalos Club" in texts
    assert "Code hidden" in texts
    assert not re.search(r"2 ?8 ?7|3 ?5 ?9", texts)
    place.model.reveal("a1")
    assert "Kalos Club, ana@kalos.ch, 2 8 7, 0 8 2" in read(place)


def test_while_a_code_runs_nothing_new_is_read(place: AccountsPlace, clock: FakeClock) -> None:
    before = read(place)
    clock.advance(9)
    place._tick()
    assert read(place) == before
    assert place.detail._validity.text().startswith("valid 12 s")


def test_a_request_is_not_counted_down_aloud(qtbot: QtBot, clock: FakeClock) -> None:
    page = RequestPage(clock)
    qtbot.addWidget(page)
    request = login_request()
    polled = Polled(requests=(request,), server_time=request.issued_at + 2)
    page.show_entry(Inbox().received("a1", polled, clock.monotonic()).entries[0])
    page.show()
    clock.advance(1.5)  # its first second is over
    page.refresh()
    before, shown = read(page), page._expires.text()
    for _ in range(5):
        clock.advance(1)
        page.refresh()
        assert read(page) == before
    assert page._expires.text() != shown
    clock.advance(5)
    page.refresh()
    changed = set(read(page)) - set(before)
    assert changed == {"Expires in 1:40", "10 seconds ago"}
    clock.advance(100)
    page.refresh()
    assert "Expires in 0:01" in read(page)  # of 6.5 s: not yet over
