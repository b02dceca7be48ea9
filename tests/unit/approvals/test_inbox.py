"""Requests come, are answered once, expire on time and never come back."""

from dataclasses import replace

import pytest
from login_requests import login_request

from watchword.approvals.inbox import (
    Action,
    Answered,
    Answering,
    Expired,
    Gone,
    Inbox,
    Key,
    NotOpen,
    Open,
)
from watchword.providers.login_request import Answer, Decision, LoginRequest, Polled, Result

NOW = 1_700_000_010.0
KEY: Key = ("https://login.example", "r1")


def received(*requests: LoginRequest, at: float = 0.0, server_time: float = NOW) -> Polled:
    return Polled(requests=requests, server_time=server_time)


def with_one() -> Inbox:
    return Inbox().received("a1", received(login_request()), 100.0)


def test_a_request_says_how_old_it_is_and_how_long_it_lives() -> None:
    (entry,) = with_one().open
    assert (entry.age(100.0), entry.seconds_left(100.0)) == (10, 110)
    assert (entry.age(130.0), entry.seconds_left(130.0)) == (40, 80)
    assert entry.seconds_left(1e9) == 0


def test_this_computers_clock_does_not_matter_only_the_servers() -> None:
    late = login_request(issued_at=NOW + 86_400, expires_at=NOW + 86_520)
    inbox = Inbox().received("a1", received(late, server_time=NOW + 86_410), 5.0)
    assert inbox.open[0].seconds_left(5.0) == 110


def test_newest_first_over_all_accounts() -> None:
    inbox = with_one().received(
        "a2", received(login_request("r2", account_id="a2", issued_at=NOW - 1)), 101.0
    )
    assert [entry.request.id for entry in inbox.pending] == ["r2", "r1"]


def test_duplicates_are_one_and_two_servers_may_use_one_id() -> None:
    twin = login_request(account_id="a2", origin="https://other.example")
    inbox = with_one().received("a1", received(login_request(), login_request()), 101.0)
    inbox = inbox.received("a2", received(twin), 101.0)
    assert len(inbox.open) == 2


def test_it_expires_on_time_and_cannot_be_answered_then() -> None:
    inbox = with_one()
    assert inbox.next_change() == 210.0
    assert isinstance(inbox.tick(210.0).entry(KEY), Expired)
    with pytest.raises(NotOpen, match="expired"):
        inbox.begin(KEY, Decision.APPROVE, "7KQM", 210.0)


def test_one_that_we_thought_expired_is_open_again_if_the_server_says_so() -> None:
    inbox = with_one().tick(300.0).received("a1", received(login_request()), 301.0)
    assert isinstance(inbox.entry(KEY), Open)


def test_an_estimated_expiry_moves_on_while_the_server_lists_it() -> None:
    request = replace(login_request(), expiry_estimated=True)
    inbox = Inbox().received("a1", received(request), 100.0)
    later = replace(request, expires_at=NOW + 230)
    inbox = inbox.received("a1", received(later, server_time=NOW + 200), 205.0)
    (entry,) = inbox.open
    assert (entry.arrived, entry.deadline) == (100.0, 235.0)
    # A shorter one does not take away what was shown already.
    inbox = inbox.received("a1", received(request), 206.0)
    assert inbox.open[0].deadline >= 235.0
    assert inbox.received("a1", received(), 207.0).open == ()


def test_what_the_server_lists_no_more_is_gone() -> None:
    inbox = with_one().received("a1", received(), 101.0)
    assert isinstance(inbox.entry(KEY), Gone)
    with pytest.raises(NotOpen, match="no longer open"):
        inbox.begin(KEY, Decision.DENY, "", 102.0)


def test_another_accounts_poll_says_nothing_about_it() -> None:
    assert with_one().received("a2", received(), 101.0).open


def test_an_answered_one_never_comes_back() -> None:
    inbox = with_one().begin(KEY, Decision.APPROVE, "7KQM", 101.0)
    inbox = inbox.confirmed(KEY, Answer(id="r1", result=Result.APPROVED))
    for _ in range(2):
        inbox = inbox.received("a1", received(login_request()), 102.0)
        assert not inbox.pending
        inbox = inbox.dismiss(KEY)


def test_a_wrong_code_leaves_it_open_until_the_tries_are_used_up() -> None:
    inbox = with_one().begin(KEY, Decision.APPROVE, "XXXX", 101.0)
    inbox = inbox.confirmed(KEY, Answer(id="r1", result=Result.WRONG_CODE, tries_left=2))
    (entry,) = inbox.open
    assert entry.tries_left == 2
    inbox = inbox.begin(KEY, Decision.APPROVE, "XXXX", 102.0)
    inbox = inbox.confirmed(KEY, Answer(id="r1", result=Result.WRONG_CODE, tries_left=0))
    assert isinstance(inbox.entry(KEY), Answered)


def test_a_lost_answer_may_only_be_sent_again_as_it_was() -> None:
    inbox = with_one().begin(KEY, Decision.APPROVE, "7KQM", 101.0).failed(KEY, sent=True)
    entry = inbox.entry(KEY)
    assert entry is not None
    assert entry.actions == {Action.RESEND}
    with pytest.raises(NotOpen):
        inbox.begin(KEY, Decision.DENY, "", 102.0)
    again = inbox.resend(KEY, 102.0).entry(KEY)
    assert isinstance(again, Answering)
    assert (again.decision, again.code) == (Decision.APPROVE, "7KQM")


def test_a_lost_answer_is_unknown_in_the_end_never_approved() -> None:
    inbox = with_one().begin(KEY, Decision.APPROVE, "7KQM", 101.0).failed(KEY, sent=True)
    entry = inbox.tick(500.0).entry(KEY)
    assert isinstance(entry, Answered)
    assert entry.answer.result is Result.UNKNOWN


def test_one_that_was_not_sent_is_open_again() -> None:
    inbox = with_one().begin(KEY, Decision.APPROVE, "7KQM", 101.0).failed(KEY, sent=False)
    assert isinstance(inbox.entry(KEY), Open)


def test_while_an_answer_is_on_its_way_no_second_one_leaves() -> None:
    inbox = with_one().begin(KEY, Decision.APPROVE, "7KQM", 101.0)
    with pytest.raises(NotOpen, match="answered"):
        inbox.begin(KEY, Decision.DENY, "", 101.0)


def test_a_poll_that_overtakes_the_answer_does_not_disturb_it() -> None:
    inbox = with_one().begin(KEY, Decision.APPROVE, "7KQM", 101.0)
    inbox = inbox.received("a1", received(), 101.5)
    assert isinstance(inbox.entry(KEY), Answering)


def test_the_code_is_in_no_text() -> None:
    inbox = with_one().begin(KEY, Decision.APPROVE, "7KQM", 101.0)
    assert "7KQM" not in repr(inbox)
    assert "7KQM" not in repr(inbox.failed(KEY, sent=True))


def test_more_than_three_waiting_or_five_in_ten_minutes_are_a_flood() -> None:
    inbox = Inbox()
    requests = [login_request(f"r{n}") for n in range(4)]
    inbox = inbox.received("a1", received(*requests[:3]), 100.0)
    assert not inbox.is_flood(100.0)
    inbox = inbox.received("a1", received(*requests), 101.0)
    assert inbox.is_flood(101.0)
    calm = inbox.received("a1", received(), 102.0)
    assert not calm.is_flood(102.0)
    one_more = calm.received("a1", received(login_request("r9")), 103.0)
    assert one_more.is_flood(103.0)
    assert not one_more.is_flood(100.0 + 600 + 10)


def test_a_login_is_found_by_its_servers_name_for_it_while_it_is_open() -> None:
    named = replace(login_request(), login="L" * 22)
    inbox = Inbox().received("a1", received(named), 100.0)
    assert inbox.of_login("https://login.example", "L" * 22) is inbox.open[0]
    assert inbox.of_login("https://other.example", "L" * 22) is None
    assert inbox.of_login("https://login.example", "M" * 22) is None
    assert with_one().of_login("https://login.example", "") is None
    inbox = inbox.begin(KEY, Decision.DENY, "", 101.0)
    assert inbox.of_login("https://login.example", "L" * 22) is None


def test_a_hand_off_whose_answer_got_lost_is_sent_again() -> None:
    inbox = with_one().begin(KEY, Decision.APPROVE, "", 101.0, bytes(16)).failed(KEY, sent=True)
    entry = inbox.resend(KEY, 102.0).entry(KEY)
    assert isinstance(entry, Answering)
    assert entry.handoff == bytes(16)
    assert repr(bytes(16)) not in repr(entry)
