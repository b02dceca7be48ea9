"""The keyring's slot: stored before it is relied on, and never the only key."""

from pathlib import Path

import pytest
from vaults import PASSWORD, make_vault, totp

from watchword.errors import WrongPassword
from watchword.vault import LimitReached, LockedVault, NotSaved, SavedUnconfirmed, durable
from watchword.vault.keyring_slot import (
    KeyringEntryMissing,
    KeyringUnavailable,
    PasswordDue,
    check,
    turn_off,
    turn_on,
    unlock,
)


class Memory:
    """A keyring in memory, which can be told to fail."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.forgetful = False
        self.closed = False

    def store(self, name: str, secret: bytes) -> None:
        if not self.forgetful:
            self.kept[name] = secret

    def fetch(self, name: str) -> bytes | None:
        return self.kept.get(name)

    def forget(self, name: str) -> None:
        if self.closed:
            raise KeyringUnavailable("The keyring refused")
        self.kept.pop(name, None)


def test_the_keyring_opens_the_vault_until_it_is_turned_off(tmp_path: Path) -> None:
    made, keyring = make_vault(tmp_path, totp("one")), Memory()
    slot_id = turn_on(made.vault, keyring, made.clock)
    assert list(keyring.kept) == [f"vault {made.vault.id} slot {slot_id}"]
    opened = unlock(LockedVault(made.path), keyring, made.clock)
    assert len(opened.accounts) == 1
    check(opened, keyring)
    assert turn_off(opened, keyring) == 1
    assert keyring.kept == {}
    assert turn_off(opened, keyring) == 0
    with pytest.raises(KeyringEntryMissing):
        unlock(LockedVault(made.path), keyring, made.clock)
    assert len(made.open_again(PASSWORD).accounts) == 1


def test_asked_again_the_keyring_has_this_vaults_own_entry_or_counts_for_nothing(
    tmp_path: Path,
) -> None:
    made, keyring = make_vault(tmp_path), Memory()
    with pytest.raises(KeyringEntryMissing):
        check(made.vault, keyring)
    turn_on(made.vault, keyring, made.clock)
    check(made.vault, keyring)
    (name,) = keyring.kept
    for entry in (None, b"", b"short", b"x" * 32):
        keyring.kept = {} if entry is None else {name: entry}
        with pytest.raises(WrongPassword):
            check(made.vault, keyring)


def test_a_vanished_or_strange_entry_asks_for_the_password(tmp_path: Path) -> None:
    made, keyring = make_vault(tmp_path), Memory()
    turn_on(made.vault, keyring, made.clock)
    (name,) = keyring.kept
    for entry in (None, b"", b"short"):
        keyring.kept = {} if entry is None else {name: entry}
        with pytest.raises(KeyringEntryMissing, match="password"):
            unlock(LockedVault(made.path), keyring, made.clock)
    keyring.kept = {name: bytes(32)}
    with pytest.raises(WrongPassword, match="keyring"):
        unlock(LockedVault(made.path), keyring, made.clock)


def test_a_keyring_that_keeps_nothing_is_not_relied_on(tmp_path: Path) -> None:
    made, keyring = make_vault(tmp_path), Memory()
    keyring.forgetful = True
    before = made.path.read_bytes()
    with pytest.raises(KeyringUnavailable):
        turn_on(made.vault, keyring, made.clock)
    assert made.path.read_bytes() == before


def test_a_slot_that_is_not_saved_leaves_no_entry(tmp_path: Path) -> None:
    made, keyring = make_vault(tmp_path), Memory()

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(durable, "settle_file", fail)
        with pytest.raises(NotSaved):
            turn_on(made.vault, keyring, made.clock)
    assert keyring.kept == {}


@pytest.mark.parametrize("closed", [False, True])
def test_a_slot_that_the_vault_refuses_leaves_no_entry_where_it_can_be_removed(
    tmp_path: Path, closed: bool
) -> None:
    made, keyring = make_vault(tmp_path), Memory()
    for _ in range(6):
        turn_on(made.vault, keyring, made.clock)
    before = dict(keyring.kept)
    keyring.closed = closed
    with pytest.raises(LimitReached, match="8"):
        turn_on(made.vault, keyring, made.clock)
    # What cannot be removed opens nothing, and does not hide why it was refused.
    assert len(keyring.kept) == len(before) + closed
    assert before.items() <= keyring.kept.items()
    assert len(made.open_again(PASSWORD).slots) == 8


def test_a_slot_whose_save_is_not_confirmed_keeps_its_entry(tmp_path: Path) -> None:
    made, keyring = make_vault(tmp_path, totp("one")), Memory()

    def fail(_: Path) -> None:
        raise OSError(5, "Input/output error")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(durable, "settle_folder", fail)
        with pytest.raises(SavedUnconfirmed):
            turn_on(made.vault, keyring, made.clock)
    assert len(unlock(LockedVault(made.path), keyring, made.clock).accounts) == 1


def test_an_entry_that_stays_behind_opens_nothing(tmp_path: Path) -> None:
    made, keyring = make_vault(tmp_path), Memory()
    turn_on(made.vault, keyring, made.clock)
    keyring.closed = True
    assert turn_off(made.vault, keyring) == 1
    assert len(keyring.kept) == 1
    with pytest.raises(KeyringEntryMissing):
        unlock(LockedVault(made.path), keyring, made.clock)


def test_where_the_keyring_is_gone_its_slot_can_still_be_removed(tmp_path: Path) -> None:
    made, keyring = make_vault(tmp_path), Memory()
    turn_on(made.vault, keyring, made.clock)
    assert turn_off(made.vault, None) == 1
    assert [slot.kind for slot in made.open_again().slots] == ["password", "recovery"]
    assert len(keyring.kept) == 1
    with pytest.raises(KeyringEntryMissing):
        unlock(LockedVault(made.path), keyring, made.clock)


def test_after_14_days_the_password_is_asked_for(tmp_path: Path) -> None:
    made, keyring = make_vault(tmp_path, totp("one")), Memory()
    turn_on(made.vault, keyring, made.clock)
    made.clock.advance(14 * 86_400)
    assert len(unlock(LockedVault(made.path), keyring, made.clock).accounts) == 1
    made.clock.advance(1)
    with pytest.raises(PasswordDue, match="14 days"):
        unlock(LockedVault(made.path), keyring, made.clock)
    made.open_again(PASSWORD).lock()
    assert len(unlock(LockedVault(made.path), keyring, made.clock).accounts) == 1


@pytest.mark.parametrize(
    "note",
    [None, b"", b"[]", b"{}", b'{"vault_id": "other", "at": 1}', b'{"at": 1' + b"0" * 400 + b"}"],
)
def test_where_nobody_knows_when_the_password_was_given_it_is_asked_for(
    tmp_path: Path, note: bytes | None
) -> None:
    made, keyring = make_vault(tmp_path), Memory()
    turn_on(made.vault, keyring, made.clock)
    path = made.vault.places.password_note
    path.unlink() if note is None else path.write_bytes(note)
    with pytest.raises(PasswordDue):
        unlock(LockedVault(made.path), keyring, made.clock)


def test_a_clock_set_back_asks_for_the_password(tmp_path: Path) -> None:
    made, keyring = make_vault(tmp_path), Memory()
    turn_on(made.vault, keyring, made.clock)
    made.clock.advance(-60)
    with pytest.raises(PasswordDue):
        unlock(LockedVault(made.path), keyring, made.clock)


def test_the_note_is_written_at_most_once_a_day(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    first = made.vault.places.password_note.read_bytes()
    made.clock.advance(3_600)
    made.open_again().lock()
    assert made.vault.places.password_note.read_bytes() == first
    made.clock.advance(86_400)
    made.open_again().lock()
    assert made.vault.places.password_note.read_bytes() != first
