"""The server's key changes: the app against the real server, in one process (docs/protocol.md §11)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from app_and_server import Computer, computer
from served import PASSWORD, Browser

from watchword.protocol.encoding import canonical, parse_json
from watchword.protocol.errors import KeyWithoutProof, NotForUs
from watchword.protocol.key_changes import countersign
from watchword.protocol.key_messages import KeyChange
from watchword.protocol.members import Envelope
from watchword.protocol.signing import SigningKey
from watchword.providers.errors import EnrolmentRefused, NotKept, OtherServerKey
from watchword.providers.login_request import Decision, Result
from watchword.remote.client import Reply
from watchword.remote.errors import AnswerLost, Unreachable
from watchword_server import key_commands, users

KEYS = "/api/v1/keys"


@pytest.fixture
def ana(tmp_path: Path) -> Iterator[Computer]:
    with computer(tmp_path) as one:
        one.link_account()
        yield one


def pins(one: Computer) -> set[tuple[bytes, int]]:
    links = [account.link for account in one.vault.accounts]
    return {(link.server_key, link.key_seq) for link in links if link}


def on_disk(one: Computer) -> set[tuple[bytes, int]]:
    one.restart()
    return pins(one)


def keys_asked(one: Computer) -> int:
    return sum(target == KEYS for _, target in one.way.sent)


def test_the_app_follows_saves_and_goes_on_with_one_question_more(ana: Computer) -> None:
    old = ana.link_of().server_key
    ana.change_key()
    ana.way.sent.clear()
    assert not ana.poll().revoked
    new = ana.served.site.signing_key.public
    assert new != old
    # A nonce is needed first; the poll, the same once more, the changes.
    assert keys_asked(ana) == 1
    assert on_disk(ana) == {(new, 1)}
    ana.way.sent.clear()
    ana.poll()
    assert keys_asked(ana) == 0


def test_every_account_of_the_origin_gets_the_pin_at_once(ana: Computer) -> None:
    ana.link_account("bo")
    stale = ana.link_of(1)
    ana.change_key()
    ana.poll(0)
    new = ana.served.site.signing_key.public
    assert pins(ana) == {(new, 1)}
    ana.way.sent.clear()
    # A poll that was made with the link of before goes on with what is known since.
    ana.native.poll("a2", stale)
    assert keys_asked(ana) == 0


def test_two_changes_while_the_app_was_off(ana: Computer) -> None:
    ana.change_key()
    ana.change_key()
    ana.restart()
    ana.poll()
    assert on_disk(ana) == {(ana.served.site.signing_key.public, 2)}


def test_more_than_sixteen_changes_are_no_proof(ana: Computer) -> None:
    before = pins(ana)
    for _ in range(17):
        ana.change_key()
    with pytest.raises(KeyWithoutProof):
        ana.poll()
    assert on_disk(ana) == before


def test_what_is_announced_is_not_used_yet(ana: Computer) -> None:
    before = pins(ana)
    site = ana.served.site
    ana.served.run(lambda: key_commands.change(site, at=None, minutes=10, by="root"))
    ana.poll()
    assert pins(ana) == before


def swapping(impostor: SigningKey, changes: Any = None) -> Any:
    """A proxy that signs every answer by itself, and publishes what it likes."""

    def between(_method: str, target: str, reply: Reply) -> Reply:
        if target == KEYS:
            return reply if changes is None else replace(reply, body=changes)
        if reply.status != 200:
            return reply
        envelope = Envelope.from_json(parse_json(reply.body))
        swapped = Envelope(envelope.signed, impostor.sign(envelope.signed))
        return replace(reply, body=canonical(swapped.to_json()))

    return between


def forged(old: bytes, signer: SigningKey, impostor: SigningKey, **changed: Any) -> bytes:
    values: dict[str, Any] = {"old": old, "new": impostor.public, "seq": 1, "not_before": 0}
    change = KeyChange(**{**values, **changed})
    return canonical({"changes": [countersign(change, signer, impostor).to_json()]})


@pytest.mark.parametrize(
    "published",
    [
        "nothing",
        "signed by the impostor only",
        "no list",
        "an empty object",
        "a seq that fell",
        "a page",
    ],
)
def test_a_key_without_proof_is_said_and_nothing_is_saved(ana: Computer, published: str) -> None:
    ana.change_key()
    ana.poll()
    impostor, before = SigningKey.generate(), pins(ana)
    (pinned, _) = next(iter(before))
    real = ana.served.site.signing_key
    changes = {
        "nothing": b'{"changes":[]}',
        "signed by the impostor only": forged(pinned, impostor, impostor, seq=2),
        "no list": b'{"changes":{}}',
        "an empty object": b"{}",
        "a seq that fell": forged(pinned, real, impostor, seq=1),
        "a page": b"<html>",
    }[published]
    ana.way.between = swapping(impostor, changes)
    for _ in range(2):  # it keeps trying
        with pytest.raises(KeyWithoutProof) as told:
            ana.poll()
        assert told.value.title == "The server's key changed without proof"
        assert told.value.reason
        assert "Ask whoever runs the server" in told.value.what_to_do
    assert on_disk(ana) == before
    ana.way.between = lambda _method, _target, reply: reply
    ana.poll()


def test_a_change_whose_time_has_not_come_is_not_believed(ana: Computer) -> None:
    real, impostor = ana.served.site.signing_key, SigningKey.generate()
    later = int(ana.clock.now()) + 1000
    published = forged(real.public, real, impostor, not_before=later)
    ana.way.between = swapping(impostor, published)
    with pytest.raises(KeyWithoutProof):
        ana.poll()


def test_an_old_answer_of_the_new_key_saves_nothing(ana: Computer) -> None:
    """Only what answers this very question moves the pin."""
    kept: list[bytes] = []
    ana.change_key()
    before = pins(ana)

    def between(method: str, target: str, reply: Reply) -> Reply:
        if target != KEYS and reply.status == 200:
            kept.append(reply.body)
            return replace(reply, body=kept[0]) if len(kept) > 1 else reply
        return reply

    ana.way.between = between
    with pytest.raises(NotForUs):
        ana.poll()
    assert on_disk(ana) == before


def test_a_login_request_that_is_open_stays_and_its_approval_counts(ana: Computer) -> None:
    browser, request = ana.asked()
    code = browser.match_code()
    ana.change_key()
    (again,) = ana.poll().requests
    assert again.digest == request.digest
    answer = ana.native.answer(ana.link_of(), request, Decision.APPROVE, code)
    assert answer.result is Result.APPROVED
    browser.finish()
    assert "You are inside" in browser.text


def test_the_answer_to_a_decision_may_be_the_first_that_the_new_key_signs(ana: Computer) -> None:
    browser, request = ana.asked()
    code = browser.match_code()
    ana.change_key()
    answer = ana.native.answer(ana.link_of(), request, Decision.APPROVE, code)
    assert answer.result is Result.APPROVED
    assert on_disk(ana) == {(ana.served.site.signing_key.public, 1)}


def test_a_decision_whose_answer_nobody_proves_is_unknown(ana: Computer) -> None:
    _browser, request = ana.asked()
    ana.way.between = swapping(SigningKey.generate())
    answer = ana.native.answer(ana.link_of(), request, Decision.DENY)
    assert answer.result is Result.UNKNOWN
    assert "without proof" in answer.problem
    ana.way.between = lambda _method, _target, reply: reply
    again = ana.native.answer(ana.link_of(), request, Decision.DENY)
    assert again.result is Result.DENIED


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_an_answer_that_is_lost_on_the_way_changes_nothing(ana: Computer, lost: int) -> None:
    ana.poll()
    ana.change_key()
    before, number = pins(ana), 0

    def between(_method: str, _target: str, reply: Reply) -> Reply:
        nonlocal number
        number += 1
        if number == lost:
            raise AnswerLost("lost")
        return reply

    ana.way.between = between
    with pytest.raises(AnswerLost):
        ana.poll()
    assert pins(ana) == before
    ana.poll()
    assert pins(ana) == {(ana.served.site.signing_key.public, 1)}


def test_killed_after_it_was_saved_it_goes_on_with_the_new_pin(
    ana: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana.poll()
    ana.change_key()

    class Killed(BaseException):
        """The process is gone."""

    save = ana.vault.save

    def save_and_die() -> None:
        save()
        raise Killed

    monkeypatch.setattr(ana.vault, "save", save_and_die)
    with pytest.raises(Killed):
        ana.poll()
    assert on_disk(ana) == {(ana.served.site.signing_key.public, 1)}
    ana.way.sent.clear()
    ana.poll()
    assert keys_asked(ana) == 0


def test_a_pin_that_cannot_be_saved_is_not_gone_on_with(ana: Computer) -> None:
    before = pins(ana)
    ana.change_key()
    lock = ana.vault.places.lock
    lock.unlink()
    lock.mkdir()
    for _ in range(2):
        with pytest.raises(NotKept):
            ana.poll()
        assert pins(ana) == before
    lock.rmdir()
    ana.poll()
    assert on_disk(ana) == {(ana.served.site.signing_key.public, 1)}


def test_a_second_account_is_linked_with_the_newest_pin(ana: Computer) -> None:
    ana.change_key()
    # Nobody has polled since: the link's F is one that the first account does not know yet.
    ana.link_account("bo")
    new = ana.served.site.signing_key.public
    assert on_disk(ana) == {(new, 1)}
    ana.change_key()
    ana.poll(1)
    assert pins(ana) == {(ana.served.site.signing_key.public, 2)}


def test_a_second_account_at_an_impostor_is_refused(ana: Computer) -> None:
    """The server's key was lost, and another one drawn: nothing leads from the one to the other."""
    before = pins(ana)
    ana.change_key()
    ana.way.between = lambda _m, target, reply: (
        replace(reply, body=b'{"changes":[]}') if target == KEYS else reply
    )
    link = link_for_another(ana)
    with pytest.raises(OtherServerKey) as told:
        ana.enrolment(link).contact()
    assert "remove that account here first" in told.value.what_to_do
    assert isinstance(told.value, EnrolmentRefused)
    assert on_disk(ana) == before


def link_for_another(one: Computer) -> str:
    """Return a link for another person at the same server."""
    one.served.run(lambda: users.add_user(one.served.site, "bo", PASSWORD))
    browser = Browser(one.served)
    browser.sign_in("bo")
    return str(browser.begin_enrolment())


def test_a_server_that_went_away_is_not_a_key_without_proof(ana: Computer) -> None:
    ana.change_key()

    def between(_method: str, target: str, reply: Reply) -> Reply:
        if target == KEYS:
            raise Unreachable("away")
        return reply

    ana.way.between = between
    with pytest.raises(Unreachable):
        ana.poll()
