"""What a real privacyIDEA and whoever runs it do to an account: disable, forbid, remove, other clocks."""

import contextlib
from dataclasses import replace

import pytest
from fake_clock import FakeClock
from privacyidea import PrivacyIdea
from privacyidea_accounts import (
    OTHER_PIN,
    linked_by,
    only,
    waiting,
)

from watchword.clock import SystemClock
from watchword.protocol.errors import BadSignature, MessageRefused
from watchword.providers.errors import (
    NotAccepted,
)
from watchword.providers.login_request import Decision, Result
from watchword.providers.privacyidea import PrivacyIdeaProvider
from watchword.providers.privacyidea_challenge import read_challenge
from watchword.providers.privacyidea_keys import PushKey, read_server_key
from watchword.vault.account import ServerLink

pytestmark = pytest.mark.usefixtures("nothing_is_left")


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


def test_an_account_that_was_deleted_at_the_server_is_told_as_most_likely_that(
    school: PrivacyIdea, provider: PrivacyIdeaProvider
) -> None:
    link = linked_by(school.make("push", pin=OTHER_PIN)["pushurl"]["value"])
    school.remove(link.device_id)
    with pytest.raises(NotAccepted, match="does not know this device any more"):
        provider.poll("a1", link)


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
