"""Answering a real privacyIDEA: whom it lets in is what its own login says."""

import contextlib
from dataclasses import replace

import pytest
from privacyidea import PrivacyIdea
from privacyidea_accounts import (
    only,
    waiting,
)

from watchword.approvals.choosing import send
from watchword.clock import SystemClock
from watchword.providers.login_request import Decision, LoginRequest, Match, Result
from watchword.providers.privacyidea import PrivacyIdeaProvider
from watchword.vault.account import ServerLink

pytestmark = pytest.mark.usefixtures("nothing_is_left")


def test_a_login_is_let_in_once_when_it_was_approved(
    school: PrivacyIdea, linked: ServerLink, provider: PrivacyIdeaProvider
) -> None:
    login = school.login()
    request = only(provider, linked)
    assert request.match is Match.NONE
    assert request.expiry_estimated
    assert request.text == "privacyIDEA: Do you want to confirm the login?"
    assert not login.is_in()
    approved = provider.answer(linked, request, Decision.APPROVE)
    assert approved.result is Result.APPROVED
    assert waiting(provider, linked) == ()
    # The same again, as after a lost confirmation, is the same answer; another one is none.
    assert provider.answer(linked, request, Decision.APPROVE) == approved
    other = provider.answer(linked, request, Decision.DENY)
    assert (other.result, other.decided_by) == (Result.ANSWERED_ELSEWHERE, "Laptop")
    assert login.is_in()
    assert not login.is_in()


@pytest.mark.parametrize("decision", [Decision.DENY, Decision.NOT_ME])
def test_a_login_that_was_refused_stays_out_whatever_is_said_later(
    school: PrivacyIdea, linked: ServerLink, provider: PrivacyIdeaProvider, decision: Decision
) -> None:
    login = school.login()
    request = only(provider, linked)
    assert provider.answer(linked, request, decision).result is Result.DENIED
    assert provider.answer(linked, request, Decision.APPROVE).result is Result.ANSWERED_ELSEWHERE
    # Another run of the program, which remembers nothing, gets the same from the server.
    with contextlib.closing(PrivacyIdeaProvider(SystemClock())) as later:
        assert later.answer(linked, request, Decision.APPROVE).result is Result.EXPIRED
    assert not login.is_in()


def test_that_it_was_somebody_else_reaches_the_server(
    school: PrivacyIdea, linked: ServerLink, provider: PrivacyIdeaProvider
) -> None:
    with school.behind_a_gate() as before:
        link = replace(linked, origin=before.origin)
        school.login()
        provider.answer(link, only(provider, link), Decision.NOT_ME)
        assert b"decline_reason=unknown_trigger" in before.heard
        school.login()
        provider.answer(link, only(provider, link), Decision.DENY)
        assert before.heard.count(b"decline_reason") == 1


def test_a_request_that_expired_is_told_as_gone(
    school: PrivacyIdea, linked: ServerLink, provider: PrivacyIdeaProvider
) -> None:
    school.done("/system/setConfig", PushChallengeValidityTime="1")
    try:
        requests: tuple[LoginRequest, ...] = ()
        while not requests:  # on a busy machine a second is soon over
            login = school.login()
            requests = waiting(provider, linked)
        while waiting(provider, linked):
            pass
    finally:
        school.done("/system/PushChallengeValidityTime", "DELETE")
    answer = provider.answer(linked, requests[0], Decision.APPROVE)
    assert answer.result is Result.EXPIRED
    assert "expired, or was answered elsewhere" in answer.problem
    assert not login.is_in()


def test_two_logins_wait_beside_each_other_and_are_answered_apart(
    school: PrivacyIdea, linked: ServerLink, provider: PrivacyIdeaProvider
) -> None:
    first = school.login()
    one = only(provider, linked)
    second = school.login()
    (two,) = (each for each in waiting(provider, linked) if each.id != one.id)
    assert provider.answer(linked, two, Decision.APPROVE).result is Result.APPROVED
    assert not first.is_in()
    assert second.is_in()
    assert provider.answer(linked, one, Decision.DENY).result is Result.DENIED
    assert not first.is_in()


def test_the_number_on_the_login_page_lets_in_also_after_a_wrong_one(
    school: PrivacyIdea, linked: ServerLink, provider: PrivacyIdeaProvider, choosing: None
) -> None:
    login = school.login()
    request = only(provider, linked)
    assert request.match is Match.CHOOSE
    assert len(request.choices) == 3
    assert login.choice in request.choices
    wrong = next(each for each in request.choices if each != login.choice)
    first = provider.answer(linked, request, Decision.APPROVE, wrong)
    assert (first.result, first.tries_left) == (Result.WRONG_CODE, None)
    assert not login.is_in()
    right = provider.answer(linked, request, Decision.APPROVE, login.choice)
    assert right.result is Result.APPROVED
    assert login.is_in()


def test_two_wrong_numbers_stop_the_login_for_good(
    school: PrivacyIdea, linked: ServerLink, choosing: None
) -> None:
    login = school.login()
    with contextlib.closing(PrivacyIdeaProvider(SystemClock())) as before:
        request = only(before, linked)
        wrong = [each for each in request.choices if each != login.choice]
        first = send(before, linked, request, Decision.APPROVE, wrong[0], wrong_before=0)
        assert (first.result, first.tries_left) == (Result.WRONG_CODE, 1)
    # The number of wrong ones outlives the program: the history has them.
    with contextlib.closing(PrivacyIdeaProvider(SystemClock())) as later:
        request = only(later, linked)
        second = send(later, linked, request, Decision.APPROVE, wrong[1], wrong_before=1)
        assert (second.result, second.tries_left, second.problem) == (Result.WRONG_CODE, 0, "")
        assert waiting(later, linked) == ()
        third = later.answer(linked, request, Decision.APPROVE, login.choice)
        assert third.result is Result.ANSWERED_ELSEWHERE
    assert not login.is_in()


def test_a_code_for_the_login_page_is_shown_and_lets_in(
    school: PrivacyIdea, linked: ServerLink, provider: PrivacyIdeaProvider
) -> None:
    with school.with_policy("codes", "authentication", "push_code_to_phone"):
        login = school.login()
        answer = provider.answer(linked, only(provider, linked), Decision.APPROVE)
        assert answer.result is Result.APPROVED
        assert len(answer.display_code) == 2
        assert not login.is_in("no")
        assert login.is_in(answer.display_code)


def test_an_answer_whose_confirmation_got_lost_claims_nothing(
    school: PrivacyIdea, linked: ServerLink, provider: PrivacyIdeaProvider
) -> None:
    with school.behind_a_gate() as before:
        link = replace(linked, origin=before.origin)
        login = school.login()
        request = only(provider, link)
        before.when_answered = before.mend
        answer = provider.answer(link, request, Decision.APPROVE)
        assert answer.result is Result.UNKNOWN
        assert answer.problem
        assert provider.answer(link, request, Decision.DENY).result is Result.ANSWERED_ELSEWHERE
    assert login.is_in()
