"""Linking to a real privacyIDEA: what its own pictures bring, and what is left when it goes wrong."""

from dataclasses import replace

import pytest
from fake_clock import FakeClock
from privacyidea import PrivacyIdea
from privacyidea_accounts import (
    OTHER_PIN,
    Kept,
    begun,
    picture_of,
    state_of,
)

from watchword.clock import SystemClock
from watchword.enrolment.files import read_picture
from watchword.providers.errors import (
    EnrolmentExpired,
    EnrolmentRefused,
    EnrolmentUsed,
    NotAccepted,
)
from watchword.providers.privacyidea import PrivacyIdeaProvider
from watchword.providers.privacyidea_enrolment import Enrolment
from watchword.providers.privacyidea_link import parse_push_link
from watchword.remote.errors import AnswerLost
from watchword.vault.account import ServerLink

pytestmark = pytest.mark.usefixtures("nothing_is_left")


def test_the_picture_the_server_draws_links_an_account_saved_before_the_server_hears_of_it(
    school: PrivacyIdea,
) -> None:
    made = school.make("push", pin=OTHER_PIN)
    (text,) = read_picture(picture_of(made["pushurl"])).texts
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
    provider.close()
    school.remove(made["serial"])


def test_a_lost_answer_to_the_linking_is_explained_once_the_server_says_that_it_came(
    school: PrivacyIdea,
) -> None:
    with school.behind_a_gate() as before:
        made = school.make("push", pin=OTHER_PIN)
        enrolment = begun(made["pushurl"]["value"])
        enrolment.contact()
        account = enrolment.wait().account
        before.when_answered = before.mend
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

    with school.behind_a_gate() as before:
        moved = text.replace(str(school.port), str(before.own_port))
        unheard = begun(moved)
        unheard.contact()
        unheard.wait()
        before.when_sent = lambda: None
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
