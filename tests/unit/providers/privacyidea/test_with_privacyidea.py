"""The provider against a real privacyIDEA: whom it lets in is what its own login says."""

import base64
import contextlib
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from certificates import server_certificate
from fake_clock import FakeClock
from privacyidea import PIN, PrivacyIdea, Relay, relay
from privacyidea_accounts import Kept, begun

from watchword.approvals.choosing import send
from watchword.clock import SystemClock
from watchword.enrolment.files import read_picture
from watchword.otp import otpauth
from watchword.otp.code import code_at
from watchword.protocol.errors import BadSignature, MessageRefused
from watchword.providers.errors import (
    EnrolmentExpired,
    EnrolmentRefused,
    EnrolmentUsed,
    NotAccepted,
)
from watchword.providers.login_request import Decision, LoginRequest, Match, Result
from watchword.providers.privacyidea import PrivacyIdeaProvider
from watchword.providers.privacyidea_challenge import read_challenge
from watchword.providers.privacyidea_enrolment import Enrolment
from watchword.providers.privacyidea_keys import PushKey, read_server_key
from watchword.providers.privacyidea_link import parse_push_link
from watchword.remote.errors import AnswerLost, TlsRefused
from watchword.vault.account import ServerLink

OTHER_PIN = "9999"  # of accounts that no other test's login is to ask


def waiting(provider: PrivacyIdeaProvider, link: ServerLink) -> tuple[LoginRequest, ...]:
    polled = provider.poll("a1", link)
    assert polled.problems == ()
    return polled.requests


def only(provider: PrivacyIdeaProvider, link: ServerLink) -> LoginRequest:
    (request,) = waiting(provider, link)
    return request


@pytest.fixture(autouse=True)
def nothing_is_left(school: PrivacyIdea, linked: ServerLink) -> Iterator[None]:
    """Refuse what a test leaves open, so that the next one begins with nothing."""
    yield
    provider = PrivacyIdeaProvider(SystemClock())
    with contextlib.closing(provider):
        for request in provider.poll("a1", linked).requests:
            provider.answer(linked, request, Decision.DENY)


# ---- linking


def test_the_picture_the_server_draws_links_an_account_saved_before_the_server_hears_of_it(
    school: PrivacyIdea,
) -> None:
    made = school.make("push", pin=OTHER_PIN)
    picture = base64.b64decode(made["pushurl"]["img"].partition(",")[2])
    (text,) = read_picture(picture).texts
    kept = Kept()
    enrolment = begun(text, kept)
    assert enrolment.host == f"127.0.0.1:{school.port}"
    assert enrolment.contact() == ""
    account = enrolment.wait().account
    link = account.link
    assert link is not None
    assert (link.kind, link.device_id, link.path) == ("privacyidea", made["serial"], "/ttype/push")
    assert state_of(school, made["serial"]) == "clientwait"
    enrolment.close()
    # The program ends here. Whatever runs next links it with what was saved.
    provider = PrivacyIdeaProvider(SystemClock(), keeper=kept)
    assert provider.poll("a1", link).requests == ()
    assert state_of(school, made["serial"]) == "enrolled"
    assert kept.links == [replace(link, server_key=kept.links[0].server_key, next_message=b"")]
    # Its window may still hold the link as it was.
    assert provider.poll("a1", link).requests == ()

    # Somebody removes it at the server, which does not say so.
    school.remove(made["serial"])
    with pytest.raises(NotAccepted, match="does not know this device any more"):
        provider.poll("a1", kept.links[0])
    provider.close()


def state_of(school: PrivacyIdea, serial: str) -> str:
    tokens = school.done("/token/", "GET", serial=serial)["result"]["value"]["tokens"]
    return str(tokens[0]["rollout_state"])


def test_a_lost_answer_to_the_linking_is_explained_once_the_server_says_that_it_came(
    school: PrivacyIdea,
) -> None:
    with relay(school.port) as before, school.at(before.url):
        made = school.make("push", pin=OTHER_PIN)
        enrolment = begun(made["pushurl"]["value"])
        enrolment.contact()
        account = enrolment.wait().account
        before.losing = 1
        with pytest.raises(EnrolmentUsed, match="the answer got lost on the way") as lost:
            enrolment.acknowledge()
        assert "ask whoever runs the server for a new code" in str(lost.value).lower()
        enrolment.close()
        # What is left in the vault after a crash says the same.
        assert account.link is not None
        provider = PrivacyIdeaProvider(SystemClock())
        with pytest.raises(NotAccepted, match="never linked"):
            provider.poll("a1", account.link)
        provider.close()
    school.remove(made["serial"])


def test_codes_that_cannot_link_change_nothing(school: PrivacyIdea, linked: ServerLink) -> None:
    made = school.make("push", pin=OTHER_PIN)
    text = made["pushurl"]["value"]
    once_key = parse_push_link(text).once_key
    wrong = begun(text.replace(once_key, "0" * 40))
    wrong.contact()
    wrong.wait()
    with pytest.raises(EnrolmentRefused, match="did not take this code"):
        wrong.acknowledge()
    wrong.close()

    clock = FakeClock()
    late = Enrolment(text, "Laptop", clock, key_bits=2048)
    late.contact()
    late.wait()
    clock.advance(601)
    with pytest.raises(EnrolmentExpired):
        late.acknowledge()
    late.close()
    assert state_of(school, made["serial"]) == "clientwait"

    with relay(school.port) as before:
        moved = text.replace(str(school.port), before.url.split(":")[2].split("/")[0])
        unheard = begun(moved)
        unheard.contact()
        unheard.wait()
        before.deaf = True
        with pytest.raises(AnswerLost):
            unheard.acknowledge()
        unheard.close()
    assert state_of(school, made["serial"]) == "clientwait"
    school.remove(made["serial"])

    link = replace(linked, service="x")
    again = school.make("push", pin=OTHER_PIN, serial="PIPU0AGAIN")["pushurl"]["value"]
    here = replace(link, device_id="PIPU0AGAIN", user="ann")
    with pytest.raises(EnrolmentUsed, match="Its account is here: ann"):
        Enrolment(again, "Laptop", SystemClock(), links=[here])
    school.remove("PIPU0AGAIN")


def test_what_the_server_can_ask_of_an_app_is_read_from_its_own_codes(
    school: PrivacyIdea,
) -> None:
    with school.with_policy(
        "strict",
        "enrollment",
        "push_use_pia_scheme, push_app_force_unlock=pin, push_ttl=3, push_ssl_verify=0, "
        "tokenissuer=The School, tokenlabel={user}",
    ):
        made = school.make("push", pin=OTHER_PIN)
    text = made["pushurl"]["value"]
    assert text.startswith("pia://")
    link = parse_push_link(text)
    assert (link.issuer, link.label, link.ttl) == ("The School", "ann", 180.0)
    assert link.ask_password
    assert not link.verify_tls
    school.remove(made["serial"])


# ---- answering


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
    with relay(school.port) as before, school.at(before.url):
        link = replace(linked, origin=before.url.removesuffix("/ttype/push"))
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


@pytest.fixture
def choosing(school: PrivacyIdea) -> Iterator[None]:
    with school.with_policy(
        "choosing", "authentication", "push_require_presence, push_presence_options=NUMERIC"
    ):
        yield


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
    with relay(school.port) as before, school.at(before.url):
        link = replace(linked, origin=before.url.removesuffix("/ttype/push"))
        login = school.login()
        request = only(provider, link)
        before.losing = 1
        answer = provider.answer(link, request, Decision.APPROVE)
        assert answer.result is Result.UNKNOWN
        assert answer.problem
        assert provider.answer(link, request, Decision.DENY).result is Result.ANSWERED_ELSEWHERE
    assert login.is_in()


# ---- what servers and administrators do


def test_a_disabled_account_lets_nobody_in_and_comes_back(
    school: PrivacyIdea, linked: ServerLink, provider: PrivacyIdeaProvider
) -> None:
    login = school.login()
    request = only(provider, linked)
    school.done(f"/token/disable/{linked.device_id}")
    try:
        # What waited already is listed still and answered with yes, and lets nobody in.
        assert only(provider, linked).id == request.id
        assert provider.answer(linked, request, Decision.APPROVE).result is Result.APPROVED
        assert not login.is_in()
        assert waiting(provider, linked) == ()
    finally:
        school.done(f"/token/enable/{linked.device_id}")
    school.login()
    assert only(provider, linked).id != request.id


def test_a_server_that_forbids_polling_is_named_as_that(
    school: PrivacyIdea, linked: ServerLink, provider: PrivacyIdeaProvider
) -> None:
    school.policy("allowed", "authentication", "push_allow_polling=deny")
    try:
        with pytest.raises(NotAccepted, match="set up to forbid polling") as refused:
            provider.poll("a1", linked)
        assert refused.value.status == 403
    finally:
        school.policy("allowed", "authentication", "push_allow_polling=allow")
    assert waiting(provider, linked) == ()


def test_a_clock_that_is_off_by_minutes_keeps_nobody_out_and_is_told(
    school: PrivacyIdea, linked: ServerLink
) -> None:
    for offset in (300.0, -300.0):
        clock = FakeClock(SystemClock().now() + offset)
        with contextlib.closing(PrivacyIdeaProvider(clock)) as provider:
            login = school.login()
            polled = provider.poll("a1", linked)
            assert abs(polled.server_time - clock.now() + offset) < 3
            assert provider.answer(linked, polled.requests[0], Decision.APPROVE).result is (
                Result.APPROVED
            )
            assert login.is_in()


def test_what_asks_for_an_answer_elsewhere_is_refused(
    school: PrivacyIdea, linked: ServerLink, provider: PrivacyIdeaProvider
) -> None:
    school.login()
    with school.at("http://127.0.0.2:8000/ttype/push"):
        polled = provider.poll("a1", linked)
    assert polled.requests == ()
    assert "answer at another server" in polled.problems[0]


def test_texts_are_shown_as_they_are(
    school: PrivacyIdea, linked: ServerLink, provider: PrivacyIdeaProvider
) -> None:
    with school.with_policy(
        "texts",
        "authentication",
        "push_text_on_mobile=<b>In?</b> \u202efrom {client_ip}, push_title_on_mobile=School",
    ):
        school.login()
        assert only(provider, linked).text == "School: <b>In?</b> from 127.0.0.1"


def test_nothing_that_the_server_signed_can_be_changed_on_the_way(
    school: PrivacyIdea, linked: ServerLink, provider: PrivacyIdeaProvider, choosing: None
) -> None:
    school.login()
    line, _ = provider._line(linked)
    (item,) = provider._listed(line, linked)
    assert read_challenge(linked, item).takes_reason
    for name, value in item.items():
        changed = {**item, name: f"{value}x" if name != "sslverify" else "0"}
        if name == "version":  # says nothing that is not said by the other members
            read_challenge(linked, changed)
            continue
        with pytest.raises((BadSignature, MessageRefused)):
            read_challenge(linked, changed)
    # Without its numbers it would be a plain yes or no.
    stripped = {name: value for name, value in item.items() if name != "require_presence"}
    with pytest.raises(BadSignature):
        read_challenge(linked, stripped)
    other = replace(linked, server_key=another_key())
    with pytest.raises(BadSignature):
        read_challenge(other, item)
    plain = {name: value for name, value in item.items() if not name.startswith("capabilities")}
    assert not read_challenge(linked, plain).takes_reason


def another_key() -> bytes:
    return read_server_key(PushKey.generate(2048).public)


# ---- TLS


@pytest.fixture
def secured(school: PrivacyIdea, tmp_path: Path) -> Iterator[Relay]:
    context, _, _ = server_certificate(tmp_path)
    with relay(school.port, context) as before, school.at(before.url):
        yield before


def test_a_self_signed_server_is_refused_until_its_key_is_confirmed(
    school: PrivacyIdea, secured: Relay, tmp_path: Path
) -> None:
    made = school.make("push", pin=OTHER_PIN)
    text = made["pushurl"]["value"]
    refused = begun(text)
    with pytest.raises(TlsRefused, match="certificate was refused"):
        refused.contact()
    refused.close()

    # A code that wants no check gets one.
    unchecked = begun(text.replace("sslverify=1", "sslverify=0"))
    assert unchecked.needs_fingerprint
    with pytest.raises(TlsRefused, match="does not do that"):
        unchecked.contact()

    other = begun(text)
    other.confirm_fingerprint("ab" * 32)
    with pytest.raises(TlsRefused, match="not the one that was pinned"):
        other.contact()
    other.close()
    assert state_of(school, made["serial"]) == "clientwait"

    kept = Kept()
    pinned = begun(text.replace("sslverify=1", "sslverify=0"), kept)
    pinned.confirm_fingerprint(pinned.fingerprint())
    pinned.contact()
    pinned.wait()
    pinned.acknowledge()
    pinned.close()
    with contextlib.closing(PrivacyIdeaProvider(SystemClock())) as provider:
        login = school.login(OTHER_PIN)
        request = only(provider, kept.links[0])
        provider.answer(kept.links[0], request, Decision.APPROVE)
        assert login.is_in()
        # Somebody else's key on the same address is not believed.
        folder = tmp_path / "other"
        folder.mkdir()
        secured.context, _, _ = server_certificate(folder)
        assert isinstance(secured.context, ssl.SSLContext)
    with (
        contextlib.closing(PrivacyIdeaProvider(SystemClock())) as provider,
        pytest.raises(TlsRefused),
    ):
        provider.poll("a1", kept.links[0])
    school.remove(made["serial"])


# ---- codes


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("totp", {}),
        ("totp", {"hashlib": "sha256", "otplen": "8", "timeStep": "60"}),
        ("hotp", {}),
        ("daypassword", {}),
    ],
)
def test_codes_of_its_other_kinds_let_in(
    school: PrivacyIdea, kind: str, more: dict[str, str]
) -> None:
    made = school.make(kind, pin=OTHER_PIN, **more)
    try:
        link = made["googleurl"]["value"]
        otp = otpauth.parse(link).otp
        code = code_at(otp, SystemClock().now()).value
        assert school.accepts(code, pin=OTHER_PIN), link
    finally:
        school.remove(made["serial"])


def test_the_pin_alone_is_not_enough(school: PrivacyIdea) -> None:
    assert not school.accepts("", pin=PIN)
