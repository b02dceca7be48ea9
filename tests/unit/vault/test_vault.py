"""What a person does with a vault: make, open, change, save, lock, open again."""

from dataclasses import replace
from pathlib import Path

import pytest
from fake_clock import FakeClock
from vaults import PASSWORD, hotp, make_vault, totp

from watchword.errors import WrongPassword
from watchword.vault import (
    CHEAPEST,
    HistoryEntry,
    LimitReached,
    LockedVault,
    NoSuchAccount,
    RecoveryKeyMistyped,
    ServerLink,
    TextTooLong,
    TraceKind,
    VaultExists,
    VaultIsLocked,
    VaultMissing,
    create_vault,
    file_format,
    keyslots,
)
from watchword.vault.crypto import KdfCost
from watchword.vault.slots import (
    PasswordRefused,
    SlotRefused,
    add_keyring_slot,
    add_recovery_key,
    change_password,
    remove_slot,
)


def an_answer(request_id: str = "r1", at: float = 1_700_000_000.0) -> HistoryEntry:
    return HistoryEntry(
        at=at,
        account_id="a" * 16,
        service="Example",
        account="me",
        ip="192.0.2.1",
        place="",
        user_agent="Firefox on Windows",
        decision="approve",
        result="approved",
        request_id=request_id,
    )


def test_what_was_saved_is_there_after_opening_again(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    account = replace(totp("Example"), tags=("work", "ä"), note="two\nlines", favourite=True)
    made.vault.add([account, totp("Other")])
    made.vault.record(an_answer())
    made.vault.remember_answered("r1")
    made.vault.set_setting("idle_minutes", 15)
    made.vault.save()

    again = made.open_again()
    assert again.accounts == made.vault.accounts
    assert again.accounts[0] == account
    assert again.history == (an_answer(),)
    assert again.was_answered("r1")
    assert not again.was_answered("r2")
    assert again.setting("idle_minutes") == 15
    assert again.setting("unset", "otherwise") == "otherwise"
    assert again.id == made.vault.id
    assert again.generation == made.vault.generation == 2


def test_a_linked_account_comes_back_whole(tmp_path: Path) -> None:
    link = ServerLink(
        kind="native",
        origin="https://login.example",
        service="Example",
        user="kim",
        device_id="d1",
        device_name="Desk",
        device_key=bytes(range(32)),
        server_key=bytes(32),
        tls_pin="ab",
        user_id="u1",
        backup_codes=("1111", "2222"),
        used_backup_codes=("2222",),
    )
    made = make_vault(tmp_path, replace(totp("Example"), link=link, otp=None))
    (account,) = made.open_again().accounts
    assert account.link == link
    assert account.type == "push"


def test_edits_live_in_memory_until_saved(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    before = made.path.read_bytes()
    made.vault.add([totp("Example")])
    assert made.vault.dirty
    assert made.path.read_bytes() == before
    made.vault.save()
    assert not made.vault.dirty


def test_saving_without_changes_writes_nothing(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("Example"))
    before = made.path.stat()
    made.vault.save()
    made.vault.replace(made.vault.accounts[0])
    made.vault.save()
    assert made.path.stat().st_ino == before.st_ino


def test_the_generation_before_is_kept_beside(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    first = made.path.read_bytes()
    made.vault.add([totp("Example")])
    made.vault.save()
    assert (tmp_path / "vault.bak").read_bytes() == first


def test_only_the_owner_may_read_the_files(tmp_path: Path) -> None:
    made = make_vault(tmp_path / "new", totp("Example"))
    for path in (made.path, tmp_path / "new" / "vault.bak"):
        assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_no_secret_stands_in_the_file(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("Findable issuer", secret=b"findable secret bytes"))
    data = made.path.read_bytes()
    for text in (b"Findable", b"findable", PASSWORD.encode()):
        assert text not in data


def test_a_wrong_password_is_told_as_such(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    for wrong in ("", "Correct horse", "correct horse ", "x" * 100_000):
        with pytest.raises(WrongPassword, match="sound"):
            made.open_again(wrong)


@pytest.mark.parametrize(
    ("typed", "as_well"),
    [("pass\u00a0wörd", "pass wo\u0308rd"), ("Å", "\u212b"), ("e\u0301", "é")],
)
def test_one_password_typed_on_two_keyboards(tmp_path: Path, typed: str, as_well: str) -> None:
    clock = FakeClock()
    create_vault(tmp_path / "vault", typed, cost=CHEAPEST, clock=clock)
    LockedVault(tmp_path / "vault").unlock(as_well, clock=clock)


def test_the_recovery_key_opens_however_it_is_typed(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("Example"))
    locked = made.vault.lock()
    key = made.recovery_key
    for typed in (
        key,
        key.lower(),
        key.replace("-", " "),
        key.replace("0", "O").replace("1", "l"),
    ):
        assert len(locked.unlock_with_recovery_key(typed, clock=made.clock).accounts) == 1


def test_a_mistyped_recovery_key_is_told_apart_from_another_vaults(tmp_path: Path) -> None:
    made = make_vault(tmp_path / "one")
    other = make_vault(tmp_path / "two")
    locked = made.vault.lock()
    key = made.recovery_key
    changed = ("2" if key[0] != "2" else "3") + key[1:]
    for typed in (changed, key[:-1], key + "0", key.replace(key[5], "U"), ""):
        with pytest.raises(RecoveryKeyMistyped):
            locked.unlock_with_recovery_key(typed)
    with pytest.raises(WrongPassword, match="another vault"):
        locked.unlock_with_recovery_key(other.recovery_key)


def test_a_vault_without_recovery_key_says_so(tmp_path: Path) -> None:
    vault, key = create_vault(
        tmp_path / "vault", PASSWORD, recovery_key=False, cost=CHEAPEST, clock=FakeClock()
    )
    assert key is None
    other = make_vault(tmp_path / "other")
    with pytest.raises(WrongPassword, match="no recovery key"):
        vault.lock().unlock_with_recovery_key(other.recovery_key)
    with pytest.raises(WrongPassword, match="no entry"):
        LockedVault(tmp_path / "vault").unlock_with_keyring(bytes(32))


@pytest.mark.parametrize("password", ["", "x" * 1_025])
def test_impossible_passwords_are_refused(tmp_path: Path, password: str) -> None:
    with pytest.raises(PasswordRefused):
        create_vault(tmp_path / "vault", password, cost=CHEAPEST, clock=FakeClock())
    assert not LockedVault(tmp_path / "vault").exists()


def test_the_longest_possible_password_opens(tmp_path: Path) -> None:
    longest = "x" * 1_024
    vault, _ = create_vault(
        tmp_path / "vault", longest, recovery_key=False, cost=CHEAPEST, clock=FakeClock()
    )
    vault.lock()
    LockedVault(tmp_path / "vault").unlock(longest).lock()
    with pytest.raises(WrongPassword):
        LockedVault(tmp_path / "vault").unlock(longest + "x")


def test_a_locked_vault_gives_nothing_away(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("Example"))
    key = made.vault._state().ring.vault_key
    made.vault.lock()
    assert key == bytes(32)
    for use in (
        lambda: made.vault.accounts,
        lambda: made.vault.history,
        lambda: made.vault.trash,
        made.vault.save,
        made.vault.info,
        lambda: made.vault.was_answered("r"),
        lambda: made.vault.remove("a"),
    ):
        with pytest.raises(VaultIsLocked):
            use()


@pytest.mark.parametrize(
    "trace", ["vault", "vault.bak", "state/last-seen.json", "backups/a.backup"]
)
def test_no_second_vault_where_a_trace_of_one_is(tmp_path: Path, trace: str) -> None:
    (tmp_path / trace).parent.mkdir(exist_ok=True)
    (tmp_path / trace).write_bytes(b"whatever")
    assert LockedVault(tmp_path / "vault").exists()
    with pytest.raises(VaultExists):
        create_vault(tmp_path / "vault", PASSWORD, cost=CHEAPEST, clock=FakeClock())
    assert (tmp_path / trace).read_bytes() == b"whatever"


def test_a_complete_unfinished_save_is_a_trace_and_a_torn_one_is_not(tmp_path: Path) -> None:
    made = make_vault(tmp_path / "made")
    data = made.path.read_bytes()
    place = tmp_path / "vault"
    (tmp_path / ".vault.0123abcd.tmp").write_bytes(data[:-1])
    assert not LockedVault(place).exists()
    (tmp_path / ".vault.0123abcd.tmp").write_bytes(data)
    (trace,) = LockedVault(place).traces()
    assert (trace.kind, trace.accounts, trace.generation) == (TraceKind.UNFINISHED, 0, 1)


def test_a_missing_vault_says_what_is_left_of_it(tmp_path: Path) -> None:
    with pytest.raises(VaultMissing, match="Create"):
        LockedVault(tmp_path / "vault").unlock(PASSWORD)
    made = make_vault(tmp_path, totp("Example"))
    made.path.unlink()
    with pytest.raises(VaultMissing, match="2 of its copies"):
        LockedVault(tmp_path / "vault").unlock(PASSWORD)


def test_an_older_copy_is_announced_and_opens(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    old = made.path.read_bytes()
    made.vault.add([totp("Example")])
    made.vault.save()
    made.path.write_bytes(old)
    again = made.open_again()
    assert "older copy" in again.take_notices()[0]
    assert again.take_notices() == ()


# ---- edits


def test_removed_accounts_go_to_the_trash_and_come_back(tmp_path: Path) -> None:
    account, other = totp("Example"), totp("Other")
    made = make_vault(tmp_path, account, other)
    made.vault.remove(account.id)
    made.vault.save()
    again = made.open_again()
    assert again.accounts == (other,)
    assert [trashed.entry.account for trashed in again.trash] == [account]
    again.restore(account.id)
    again.save()
    assert made.open_again().accounts == (other, account)
    assert made.open_again().trash == ()


def test_the_trash_is_emptied_after_30_days_found_so_on_two_days(tmp_path: Path) -> None:
    account = totp("Example")
    made = make_vault(tmp_path, account)
    made.vault.remove(account.id)
    made.vault.save()
    made.clock.advance(31 * 86_400)
    made.vault.set_setting("a", 1)
    made.vault.save()
    assert len(made.open_again().trash) == 1
    made.clock.advance(86_400)
    made.vault.set_setting("a", 2)
    made.vault.save()
    assert made.open_again().trash == ()


def test_one_session_under_a_wrong_clock_empties_no_trash(tmp_path: Path) -> None:
    account = totp("Example")
    made = make_vault(tmp_path, account)
    made.vault.remove(account.id)
    made.vault.save()
    right = made.clock.time
    for wrong in (4_294_967_295.0, 4_294_967_300.0, right + 60, 4_294_967_400.0 + 3600, 0.0):
        made.clock.time = wrong
        made.vault.set_setting("a", wrong)
        made.vault.save()
        assert len(made.open_again().trash) == 1


def test_hotp_counters_are_saved_before_the_code_is_known(tmp_path: Path) -> None:
    account = hotp("Example", counter=7)
    made = make_vault(tmp_path, account)
    otp = made.vault.advance_counter(account.id)
    assert otp.counter == 7
    again = made.open_again().accounts[0].otp
    assert again
    assert again.counter == 8


def test_two_processes_never_use_one_counter_twice(tmp_path: Path) -> None:
    account = hotp("Example")
    made = make_vault(tmp_path, account)
    second = made.open_again()
    used = [
        v.advance_counter(account.id).counter for v in (made.vault, second, made.vault, second)
    ]
    assert used == [0, 1, 2, 3]


def test_only_counters_can_be_advanced(tmp_path: Path) -> None:
    account = totp("Example")
    made = make_vault(tmp_path, account)
    for wrong in (account.id, "0" * 16):
        with pytest.raises(NoSuchAccount):
            made.vault.advance_counter(wrong)


def test_the_own_order_is_kept(tmp_path: Path) -> None:
    one, two, three = totp("1"), totp("2"), totp("3")
    made = make_vault(tmp_path, one, two, three)
    made.vault.reorder([three.id, one.id, "gone"])
    made.vault.save()
    assert made.open_again().accounts == (three, one, two)


def test_unknown_ids_are_refused(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    for use in (
        lambda: made.vault.remove("x"),
        lambda: made.vault.restore("x"),
        lambda: made.vault.purge(["x"]),
        lambda: made.vault.replace(totp("Example")),
    ):
        with pytest.raises(NoSuchAccount):
            use()


def test_what_would_not_be_read_back_is_refused_at_once(tmp_path: Path) -> None:
    account = totp("Example")
    made = make_vault(tmp_path, account)
    for wrong in (
        replace(account, issuer="x" * 257),
        replace(account, account="x" * 257),
        replace(account, note="x" * 4_097),
        replace(account, tags=("x",) * 65),
        replace(account, tags=("x" * 257,)),
        replace(account, icon="x" * 257),
    ):
        with pytest.raises(TextTooLong):
            made.vault.replace(wrong)
    with pytest.raises(LimitReached):
        made.vault.add([account])
    assert made.vault.accounts == (account,)
    assert not made.vault.dirty


# ---- slots


def test_a_new_password_replaces_the_old_and_keeps_the_recovery_key(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("Example"))
    change_password(made.vault, "new words", made.clock, cost=CHEAPEST)
    with pytest.raises(WrongPassword):
        made.open_again(PASSWORD)
    assert len(made.open_again("new words").accounts) == 1
    locked = LockedVault(made.path)
    opened = locked.unlock_with_recovery_key(made.recovery_key)
    # And the vault opened so can itself change the password again.
    change_password(opened, "newer words", made.clock, cost=CHEAPEST)
    assert len(made.open_again("newer words").accounts) == 1


def test_every_change_of_slots_makes_a_new_vault_key(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    keys = {bytes(made.vault._state().ring.vault_key)}
    change_password(made.vault, "new words", made.clock, cost=CHEAPEST)
    keys.add(bytes(made.vault._state().ring.vault_key))
    slot_id = add_keyring_slot(made.vault, bytes(32), made.clock)
    keys.add(bytes(made.vault._state().ring.vault_key))
    remove_slot(made.vault, slot_id)
    keys.add(bytes(made.vault._state().ring.vault_key))
    assert len(keys) == 4
    assert bytes(32) not in keys


def test_the_keyrings_slot_opens_until_it_is_removed(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("Example"))
    secret = b"k" * 32
    slot_id = add_keyring_slot(made.vault, secret, made.clock)
    assert len(LockedVault(made.path).unlock_with_keyring(secret).accounts) == 1
    with pytest.raises(WrongPassword, match="keyring"):
        LockedVault(made.path).unlock_with_keyring(bytes(32))
    remove_slot(made.vault, slot_id)
    with pytest.raises(WrongPassword, match="no entry"):
        LockedVault(made.path).unlock_with_keyring(secret)


def test_a_new_recovery_key_replaces_the_old(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    key = add_recovery_key(made.vault, made.clock, cost=CHEAPEST)
    LockedVault(made.path).unlock_with_recovery_key(key)
    with pytest.raises(WrongPassword, match="replaced"):
        LockedVault(made.path).unlock_with_recovery_key(made.recovery_key)
    assert [slot.kind for slot in made.vault.slots] == ["password", "recovery"]


def test_the_password_slot_stays(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    with pytest.raises(SlotRefused):
        remove_slot(made.vault, made.vault.slots[0].id)
    with pytest.raises(NoSuchAccount):
        remove_slot(made.vault, "00" * 8)


def test_new_slots_cost_what_was_asked_for(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    dearer = KdfCost(CHEAPEST.memory_kib, CHEAPEST.passes + 1, CHEAPEST.lanes)
    change_password(made.vault, "new words", made.clock, cost=dearer)
    add_recovery_key(made.vault, made.clock, cost=dearer)
    assert [slot.cost for slot in made.vault.slots] == [dearer, dearer]


def test_of_two_passwords_one_may_go(tmp_path: Path) -> None:
    """Two computers that changed the password at once can leave a vault with two."""
    made = make_vault(tmp_path)
    slot, psk = keyslots.new_slot(file_format.PASSWORD, b"other words", CHEAPEST, made.clock.now())
    made.vault.change_slots(lambda ring: ring.with_slot(slot, psk))
    first, *_, second = made.vault.slots
    assert (first.kind, second.kind) == ("password", "password")
    remove_slot(made.vault, first.id)
    with pytest.raises(WrongPassword):
        made.open_again(PASSWORD)
    made.open_again("other words").lock()
    with pytest.raises(SlotRefused):
        remove_slot(made.vault, second.id)
    # The other ways can go, whichever is left last.
    keyring = add_keyring_slot(made.vault, bytes(32), made.clock)
    remove_slot(made.vault, keyring)


def test_at_most_eight_slots(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    for _ in range(6):
        add_keyring_slot(made.vault, bytes(32), made.clock)
    with pytest.raises(LimitReached):
        add_keyring_slot(made.vault, bytes(32), made.clock)
    assert len(made.open_again().slots) == 8


def test_the_password_can_be_asked_again(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    made.vault.check_password(PASSWORD)
    with pytest.raises(WrongPassword):
        made.vault.check_password("wrong")


def test_info_says_what_is_there_and_nothing_secret(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("Example", secret=b"findable"))
    info = made.vault.info()
    assert info["accounts"] == 1
    assert info["generation"] == 2
    assert [slot["kind"] for slot in info["slots"]] == ["password", "recovery"]
    assert "findable" not in repr(info)
    assert "findable" not in repr(made.vault._state())


def test_the_header_tells_counts_unless_the_setting_hides_them(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("Example"))
    assert LockedVault(made.path).traces()[0].accounts == 1
    made.vault.set_setting("hide_clear_facts", value=True)
    made.vault.save()
    trace = LockedVault(made.path).traces()[0]
    assert (trace.accounts, trace.saved_at) == (None, None)
    assert len(made.open_again().accounts) == 1
