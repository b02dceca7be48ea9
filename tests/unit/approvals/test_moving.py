"""A vault that is found on another computer: moved or copied (docs/protocol.md §12), with the real server."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from app_and_server import VAULT_PASSWORD, Computer, computer
from login_requests import link, linked_account
from served import Browser

from watchword.approvals import moving
from watchword.approvals.moving import NotDecided, NotNoted
from watchword.otp.code import code_at
from watchword.providers.errors import NotKept
from watchword.providers.login_request import Decision, Result
from watchword.remote.client import Reply
from watchword.remote.errors import AnswerLost, Unreachable
from watchword.vault import LockedVault, NotSaved, Places

REKEY = "/api/v1/device/rekey"


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Computer]:
    """The computer where the account was linked."""
    with computer(tmp_path) as one:
        one.link_account()
        moving.settle(one.vault)
        yield one


def taken_to(folder: Path, from_: Computer) -> Computer:
    """Another computer, where a copy of the vault's file is opened."""
    folder.mkdir()
    shutil.copy(from_.vault.path, folder / "vault")
    places = Places.beside(folder / "vault")
    vault = LockedVault(places.vault, places=places).unlock(VAULT_PASSWORD, clock=from_.clock)
    return Computer(from_.served, vault, from_.way)


@pytest.fixture
def new(tmp_path: Path, old: Computer) -> Computer:
    return taken_to(tmp_path / "new", old)


def approves(one: Computer) -> None:
    browser, request = one.asked()
    answer = one.native.answer(one.link_of(), request, Decision.APPROVE, browser.match_code())
    assert answer.result is Result.APPROVED
    browser.finish()
    assert "You are inside" in browser.text


def one_time_code_lets_in(one: Computer) -> bool:
    (account,) = one.vault.accounts
    assert account.otp is not None
    browser = Browser(one.served)
    browser.sign_in()
    browser.post("/sign-in/code", {"code": code_at(account.otp, one.clock.now()).value})
    return "You are inside" in browser.text


def test_at_home_nobody_is_asked(old: Computer) -> None:
    assert not moving.is_elsewhere(old.vault)
    old.restart()
    assert not moving.is_elsewhere(old.vault)
    moving.check_decided(old.vault)


def test_a_restored_backup_is_at_home(old: Computer) -> None:
    data = old.vault.path.read_bytes()
    old.vault.add([])
    old.vault.path.write_bytes(data)
    old.restart()
    assert not moving.is_elsewhere(old.vault)


def test_a_vault_on_another_computer_is_asked_about_and_stays_so(
    old: Computer, new: Computer
) -> None:
    for _ in range(2):
        assert moving.is_elsewhere(new.vault)
        with pytest.raises(NotDecided):
            moving.check_decided(new.vault)
        moving.settle(new.vault)  # which decides nothing
        new.restart()
    assert not moving.is_elsewhere(old.vault)


def test_a_vault_without_devices_asks_nothing_wherever_it_is(tmp_path: Path) -> None:
    with computer(tmp_path) as one:
        moving.settle(one.vault)
        assert one.vault.setting("installation") is None
        one.link_account()
        moving.settle(one.vault)
        one.vault.remove(one.vault.accounts[0].id)
        one.vault.save()
        there = taken_to(tmp_path / "there", one)
        assert not moving.is_elsewhere(there.vault)
        moving.settle(there.vault)
        # Whoever links here now is at home here.
        there.vault.restore(there.vault.trash[0].entry.account.id)
        assert not moving.is_elsewhere(there.vault)


def test_moved_the_devices_answer_here_and_there_no_longer(old: Computer, new: Computer) -> None:
    before = new.link_of().device_key
    assert [a.issuer for a in moving.moved(new.vault, new.clock.now())] == ["Kalos Club"]
    assert not moving.is_elsewhere(new.vault)
    # Nothing was sent yet, and both keys are on the disk.
    new.restart()
    assert new.link_of().device_key == before
    assert new.link_of().next_key
    new.poll()
    assert new.link_of().device_key != before
    new.restart()
    assert (new.link_of().next_key, new.link_of().next_message) == (b"", b"")
    approves(new)
    assert old.poll().revoked
    # The codes' seed stays, here and there: so the page says.
    assert one_time_code_lets_in(new)


@pytest.mark.parametrize("restarted", [False, True], ids=["in one run", "in another run"])
def test_a_lost_answer_is_asked_for_again_with_the_same_message(
    new: Computer, restarted: bool
) -> None:
    moving.moved(new.vault, new.clock.now())

    def lose(_method: str, target: str, reply: Reply) -> Reply:
        if target == REKEY and reply.status == 200:
            raise AnswerLost("lost")
        return reply

    new.way.between = lose
    for _ in range(2):
        with pytest.raises(AnswerLost):
            new.poll()
    assert new.link_of().next_key
    new.way.between = lambda _method, _target, reply: reply
    new.clock.time += 3600
    if restarted:
        new.restart()
    new.poll()
    assert not new.link_of().next_key
    assert len(new.served.rows("replaced_keys")) == 1
    approves(new)


def test_killed_before_the_old_key_was_dropped(
    new: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    moving.moved(new.vault, new.clock.now())

    class Killed(BaseException):
        """The process is gone."""

    def die() -> None:
        raise Killed

    monkeypatch.setattr(new.vault, "save", die)
    with pytest.raises(Killed):
        new.poll()
    monkeypatch.undo()
    new.restart()
    assert new.link_of().next_key
    approves(new)
    assert not new.link_of().next_key


def test_what_cannot_be_saved_is_not_gone_on_with(new: Computer) -> None:
    moving.moved(new.vault, new.clock.now())
    lock = new.vault.places.lock
    lock.unlink()
    lock.mkdir()
    with pytest.raises(NotKept):
        new.poll()
    assert new.link_of().next_key
    lock.rmdir()
    approves(new)


def test_of_two_copies_that_both_moved_one_wins_and_the_other_learns_it(
    tmp_path: Path, old: Computer, new: Computer
) -> None:
    third = taken_to(tmp_path / "third", old)
    moving.moved(new.vault, new.clock.now())
    moving.moved(third.vault, third.clock.now())
    assert not new.poll().revoked
    assert third.poll().revoked
    assert old.poll().revoked
    approves(new)
    # The answer to a login request, or unlinking, is no other way in.
    third.native.unlink(third.link_of())
    assert not new.poll().revoked


def test_without_a_network_it_is_asked_again_later(new: Computer) -> None:
    moving.moved(new.vault, new.clock.now())

    def away(_method: str, _target: str, reply: Reply) -> Reply:
        raise Unreachable("away")

    new.way.between = away
    with pytest.raises(Unreachable):
        new.poll()
    new.way.between = lambda _method, _target, reply: reply
    new.restart()
    approves(new)


def test_the_servers_key_may_change_in_between(new: Computer) -> None:
    moving.moved(new.vault, new.clock.now())
    new.change_key()
    new.poll()
    new.restart()
    link = new.link_of()
    assert (link.server_key, link.key_seq) == (new.served.site.signing_key.public, 1)
    assert not link.next_key
    approves(new)


def test_copied_the_devices_stay_the_other_computers(old: Computer, new: Computer) -> None:
    assert [a.issuer for a in moving.copied(new.vault)] == ["Kalos Club"]
    new.restart()
    assert not moving.is_elsewhere(new.vault)
    link = new.link_of()
    assert (link.state, link.device_key) == ("copied", b"")
    assert one_time_code_lets_in(new)
    approves(old)
    # Linked again, it has a device of its own beside the other one.
    account = new.link_account("bo")
    assert account.link is not None
    assert not new.native.poll("a2", account.link).revoked


@pytest.mark.parametrize("word", ["moved", "copied"])
def test_what_cannot_be_saved_is_not_decided(new: Computer, word: str) -> None:
    def decide() -> None:
        if word == "moved":
            moving.moved(new.vault, new.clock.now())
        else:
            moving.copied(new.vault)

    before = new.link_of()
    places = new.vault.places
    shutil.rmtree(places.state, ignore_errors=True)
    places.state.write_bytes(b"")  # where no note can be written
    with pytest.raises(NotNoted):
        decide()
    places.state.unlink()
    places.lock.unlink(missing_ok=True)
    places.lock.mkdir()
    with pytest.raises(NotSaved):
        decide()
    assert new.link_of() == before
    assert moving.is_elsewhere(new.vault)
    places.lock.rmdir()
    decide()
    new.restart()
    assert not moving.is_elsewhere(new.vault)


@pytest.mark.parametrize("word", ["moved", "copied"])
def test_what_answers_another_kind_of_server_is_asked_about_too(new: Computer, word: str) -> None:
    other = linked_account("00000000000000b1", link(kind="privacyidea", device_id="PIPU1"))
    new.vault.add([other])
    new.vault.save()
    assert len(moving.devices_of(new.vault)) == 2
    if word == "moved":
        moving.moved(new.vault, new.clock.now())
    else:
        moving.copied(new.vault)
    (after,) = (a.link for a in new.vault.accounts if a.id == other.id)
    assert other.link is not None
    # Its key can be changed nowhere; a copy that shows codes only must not keep it.
    copied = replace(other.link, state="copied", device_key=b"")
    assert after == (other.link if word == "moved" else copied)


def test_a_note_that_is_damaged_asks_and_is_drawn_anew(old: Computer) -> None:
    old.vault.places.installation_note.write_bytes(b"\xff{")
    assert moving.is_elsewhere(old.vault)
    moving.moved(old.vault, old.clock.now())
    approves(old)
    old.restart()
    assert not moving.is_elsewhere(old.vault)
