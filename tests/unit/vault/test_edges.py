"""What seldom happens: limits reached, odd contents, parts that need no file."""

import errno
import gc
import os
from dataclasses import replace
from pathlib import Path

import pytest
from fake_clock import FakeClock
from vaults import PASSWORD, hotp, make_vault, totp

from watchword.errors import BugError, InvalidInput, VaultDamaged
from watchword.vault import (
    CHEAPEST,
    Account,
    HistoryEntry,
    LimitReached,
    LockedVault,
    NotEnoughMemory,
    NotSaved,
    Places,
    ServerLink,
    TextTooLong,
    VaultReplaced,
    VaultUnreadable,
    backups,
    calibration,
    contents,
    create_vault,
    crypto,
    durable,
    entry,
    file_format,
    history,
    limits,
    payload,
    recovery,
    storage,
)
from watchword.vault.crypto import KdfCost
from watchword.vault.merge import merge
from watchword.vault.payload import Payload
from watchword.vault.slots import add_keyring_slot


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the limits small enough to be reached."""
    monkeypatch.setattr(limits, "ACCOUNTS", 3)
    monkeypatch.setattr(limits, "TRASH", 1)


@pytest.mark.usefixtures("few")
def test_a_full_vault_refuses_additions_and_nothing_else(tmp_path: Path) -> None:
    accounts = [totp("one"), totp("two"), hotp("three")]
    made = make_vault(tmp_path, *accounts)
    with pytest.raises(LimitReached, match="3 accounts"):
        made.vault.add([totp("four")])
    assert made.vault.advance_counter(accounts[2].id).counter == 0
    made.vault.replace(replace(accounts[0], note="x"))
    made.vault.remove(accounts[0].id)
    with pytest.raises(LimitReached, match="trash"):
        made.vault.remove(accounts[1].id)
    made.vault.add([totp("four")])
    with pytest.raises(LimitReached):
        made.vault.restore(accounts[0].id)
    made.vault.purge([accounts[0].id])
    made.vault.save()
    assert len(made.open_again().accounts) == 3


@pytest.mark.usefixtures("few")
def test_a_merge_beyond_the_limit_is_not_saved_and_says_so(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    second = made.open_again()
    made.vault.add([totp("two"), totp("three")])
    made.vault.save()
    second.add([totp("four")])
    with pytest.raises(NotSaved, match="Together"):
        second.save()
    second.remove(second.accounts[0].id)
    second.save()
    assert len(made.open_again().accounts) == 3


def test_a_large_vault_refuses_additions_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from watchword.vault import open_vault

    account = totp("one")
    made = make_vault(tmp_path, account)
    monkeypatch.setattr(open_vault, "ADDITIONS_UNTIL", 6_000)
    with pytest.raises(LimitReached, match="56 MiB"):
        made.vault.add([replace(totp("two"), note="x" * 4_000)])
    made.vault.replace(replace(account, note="x" * 4_000))
    made.vault.save()
    monkeypatch.setattr(limits, "FILE_BYTES", 12_000)
    made.vault.set_setting("large", "x" * 12_000)
    with pytest.raises(NotSaved, match="64 MiB"):
        made.vault.save()


def test_the_history_keeps_the_last_ten_thousand() -> None:
    entries = [
        HistoryEntry(
            at=float(number), account_id="", service="", account="", decision="", result="",
            request_id=str(number),
        )
        for number in range(10_005)
    ]  # fmt: skip
    kept = history.retained(entries)
    assert (len(kept), kept[0].at) == (10_000, 5.0)
    for wrong in ({**history.to_members(entries[0]), "place": 7}, {"at": True}):
        with pytest.raises((ValueError, KeyError)):
            history.from_members(wrong)


def test_half_a_character_is_refused_before_it_is_kept(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    bad = "\ud800"
    for account in (totp(bad), replace(totp("x"), note=bad), replace(totp("x"), tags=(bad,))):
        with pytest.raises(InvalidInput, match="lone surrogate"):
            made.vault.add([account])
    assert made.vault.accounts == ()


def test_settings_are_what_json_can_say(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    deep: list[object] = []
    for _ in range(20):
        deep = [deep]
    for value in (float("nan"), object(), deep, {1, 2}):
        with pytest.raises(InvalidInput):
            made.vault.set_setting("x", value)


def test_what_would_not_read_back_is_never_written(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    before = made.path.read_bytes()
    # A caller that goes around the checks: the second reading before the save finds it.
    for wrong in (replace(totp("x"), tags=["a list"]), replace(totp("x"), issuer="y" * 300)):
        key = wrong.id
        made.vault._payload = replace(
            made.vault._payload, accounts={key: entry.Entry(wrong, (1, "x"))}
        )
        with pytest.raises(BugError, match="report"):
            made.vault.save()
    assert made.path.read_bytes() == before
    assert not list(tmp_path.glob(".*.tmp"))


def test_texts_are_limited_everywhere() -> None:
    link = ServerLink(
        kind="native",
        origin="https://login.example",
        service="Example",
        user="kim",
        device_id="d",
        device_name="x" * 257,
        device_key=bytes(32),
        server_key=bytes(32),
    )
    with pytest.raises(TextTooLong, match="device_name"):
        entry.check_texts(replace(totp("x"), link=link))


def test_only_a_counter_counts() -> None:
    push = entry.Entry(Account(id="0" * 16, issuer="", account="", otp=None), (1, "x"))
    assert push.counted() is push


def test_the_derivation_is_made_about_half_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    class Steps(FakeClock):
        seconds = 0.05

        def monotonic(self) -> float:
            self.started += self.seconds
            return self.started

    asked: list[KdfCost] = []

    def stretch(_secret: bytes, _salt: bytes, cost: KdfCost) -> bytearray:
        asked.append(cost)
        return bytearray(32)

    monkeypatch.setattr(crypto, "stretch", stretch)
    clock = Steps()
    assert calibration.calibrated(clock) == KdfCost(65_536, 10, 4)
    clock.seconds = 5.0
    assert calibration.calibrated(clock) == KdfCost(65_536, 3, 4)
    clock.seconds = 0.0
    assert calibration.calibrated(clock) == KdfCost(65_536, 16, 4)
    monkeypatch.setattr(crypto, "fits_memory", lambda cost: cost.memory_kib <= 16_384)
    assert calibration.calibrated(clock).memory_kib == 16_384
    assert asked[0] == KdfCost(65_536, 1, 4)


def test_a_computer_with_too_little_memory_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_vault(tmp_path)
    monkeypatch.setattr(crypto, "fits_memory", lambda _cost: False)
    with pytest.raises(NotEnoughMemory, match="8 MiB"):
        made.open_again()
    monkeypatch.undo()
    monkeypatch.delattr(crypto.os, "sysconf")
    made.open_again()


def test_a_contents_that_ends_while_open_is_asked_about(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    state = made.vault._state()
    bad = file_format.build(
        replace(state.header, generation=9), state.ring.vault_key, b"{}" + b" " * 4_094
    )
    made.path.write_bytes(bad)
    made.vault.add([totp("two")])
    with pytest.raises(VaultReplaced, match="damaged"):
        made.vault.save()
    made.vault.save(replacing=True)
    assert len(made.open_again().accounts) == 2


def test_rejoining_needs_this_vault(tmp_path: Path) -> None:
    made = make_vault(tmp_path / "one")
    other = make_vault(tmp_path / "two")
    made.path.write_bytes(other.path.read_bytes())
    with pytest.raises(VaultReplaced, match="Another"):
        made.vault.rejoin(PASSWORD)
    made.path.unlink()
    with pytest.raises(VaultReplaced, match="no vault"):
        made.vault.rejoin(PASSWORD)


def test_a_vault_that_became_a_folder_is_not_saved_over(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    made.path.unlink()
    made.path.mkdir()
    made.vault.add([totp("one")])
    with pytest.raises(NotSaved, match="not a file"):
        made.vault.save(replacing=True)


def test_a_lock_that_fails_and_a_folder_that_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_vault(tmp_path)
    made.vault.add([totp("one")])

    def fail(_descriptor: int) -> bool:
        raise OSError(errno.ENOLCK, "No locks available")

    with monkeypatch.context() as patch:
        patch.setattr(storage, "try_lock", fail)
        with pytest.raises(NotSaved, match="No locks"):
            made.vault.save()
    with pytest.raises(NotSaved):
        create_vault(made.path / "below" / "vault", PASSWORD, cost=CHEAPEST, clock=made.clock)


def test_unreadable_files_say_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_vault(tmp_path)

    def fail(*_: object) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(durable.os, "read", fail)
        with pytest.raises(VaultUnreadable, match="Input/output"):
            made.open_again()

    def denied(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(durable.os, "open", denied)
    with pytest.raises(VaultUnreadable, match="may not read"):
        made.open_again()


def test_a_file_that_grows_while_it_is_read_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 10)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(durable.os, "read", lambda *_: b"x" * 100)
        with pytest.raises(VaultDamaged, match="longer"):
            durable.read_file(path, 50)


def test_the_first_save_never_replaces_a_file(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    file = storage.VaultFile(Places.beside(made.path))
    before = made.path.read_bytes()
    with file.locked(), pytest.raises(NotSaved):
        file.create(before + b"x")

    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "hardlink_to", no_links)
        with file.locked(), pytest.raises(NotSaved, match="already"):
            file.create(before + b"x")
    assert made.path.read_bytes() == before


def test_saving_over_nothing_makes_no_previous_generation(tmp_path: Path) -> None:
    made = make_vault(tmp_path / "made")
    file = storage.VaultFile(Places.beside(tmp_path / "vault"))
    with file.locked():
        file.replace(made.path.read_bytes())
    assert (tmp_path / "vault").exists()
    assert not (tmp_path / "vault.bak").exists()


def test_a_torn_vault_is_never_copied_to_the_generation_before(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    good = (tmp_path / "vault.bak").read_bytes()
    made.path.write_bytes(b"torn")
    file = storage.VaultFile(Places.beside(made.path))

    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "hardlink_to", no_links)
        with file.locked(), pytest.raises(NotSaved):
            file.replace(good)
    assert (tmp_path / "vault.bak").read_bytes() == good


def test_a_folder_that_cannot_be_listed_has_no_unfinished_saves(tmp_path: Path) -> None:
    assert Places.beside(tmp_path / "none" / "vault").temporaries() == []


def test_headers_that_cannot_be_believed() -> None:
    assert file_format.believable_header(b"") is None
    assert file_format.believable_header(bytes(500)) is None
    from vault_vectors import all_vectors

    vectors = {vector.name: vector.data for vector in all_vectors()}
    assert file_format.believable_header(vectors["header-no-slots"]) is None
    assert file_format.believable_header(vectors["flip-header-middle-0"]) is None
    found = file_format.believable_header(vectors["flip-payload-middle-0"])
    assert found
    assert found.accounts == 1


def test_contents_refuses_half_done_trash() -> None:
    full = contents.added(Payload(), "a", [totp("one")])
    (key,) = full.accounts
    trashed = contents.removed(full, "a", key, 5.0)
    data = payload.encode(trashed)
    for old, new in (
        (b'"removed_at":5.0', b'"removed_at":"5"'),
        (b'"lamport":2', b'"lamport":-1'),
    ):
        with pytest.raises(VaultDamaged):
            payload.decode(data.replace(old, new))
    problems: list[str] = []
    broken = data.replace(b'"removed_at":5.0', b'"removed_at":"5"')
    assert payload.decode(broken, problems).trash == {}
    assert "trash" in problems[0]


def test_reading_leaves_the_collector_as_it_was(tmp_path: Path) -> None:
    data = payload.encode(Payload())
    gc.disable()
    try:
        payload.decode(data)
        assert not gc.isenabled()
    finally:
        gc.enable()
    with pytest.raises(VaultDamaged):
        payload.decode(b"{}")
    assert gc.isenabled()


def test_a_psk_that_is_none_is_refused(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    wrong = replace(made.vault._payload, psks={bytes(8): b"short"})
    with pytest.raises(VaultDamaged, match="32 bytes"):
        payload.decode(payload.encode(wrong))


def test_kinds_of_headers_that_no_file_can_have() -> None:
    from vault_vectors import all_vectors

    vectors = {vector.name: vector.data for vector in all_vectors()}
    data = bytearray(vectors["opens-one"])
    # The header's length is right for its checksum and wrong for the file.
    assert file_format.believable_header(bytes(data[:400])) is None
    with pytest.raises(VaultDamaged, match="longer than any vault"):
        file_format.parse(bytes(limits.FILE_BYTES + 1))


def test_settings_and_lists_of_other_kinds_are_refused() -> None:
    data = payload.encode(Payload())
    for old, new in (
        (b'"trash":[]', b'"trash":{}'),
        (b'"history":[]', b'"history":[[]]'),
        (b'"accounts":[]', b'"accounts":[' + b"{}," * limits.ACCOUNTS + b"{}]"),
    ):
        with pytest.raises(VaultDamaged):
            payload.decode(data.replace(old, new))


def test_a_setting_of_the_parameters_is_an_edit_and_its_counter_too() -> None:
    start = entry.Entry(hotp("x", counter=5), (1, "a"))
    otp = start.account.otp
    assert otp
    longer = start.edited(replace(start.account, otp=replace(otp, digits=8)), (2, "b"))
    assert (longer.stamp_of("otp"), longer.epoch) == ((2, "b"), 1)
    reset = start.edited(replace(start.account, otp=replace(otp, counter=0)), (2, "b"))
    assert (reset.stamp_of("otp"), reset.epoch) == ((1, "a"), 1)
    assert start.edited(start.account, (2, "b")) is start


def test_reading_stops_at_the_end_of_a_shorter_file(tmp_path: Path) -> None:
    # What reads back shorter than it was written is not what was written.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(durable, "_write_all", lambda descriptor, data: os.write(descriptor, b"x"))
        with pytest.raises(OSError, match="reads back"):
            durable.write_new(tmp_path / "file", b"longer")
    assert not (tmp_path / "file").exists()


def test_locking_twice_and_what_slots_say_of_a_keyring(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    add_keyring_slot(made.vault, bytes(32), made.clock)
    assert [slot["kdf"] is None for slot in made.vault.info()["slots"]] == [False, False, True]
    made.vault.lock()
    made.vault.lock()


def test_accounts_without_codes_are_merged_too() -> None:
    push = Account(id="0" * 16, issuer="x", account="", otp=None)
    start = contents.added(Payload(), "base", [push])
    ours = contents.replaced(start, "aaaa", replace(push, issuer="y"))
    theirs = contents.replaced(start, "bbbb", replace(push, note="z"))
    merged = merge(start, ours, theirs).payload.accounts[push.id].account
    assert (merged.issuer, merged.note, merged.otp) == ("y", "z", None)


def test_nothing_is_pinned_of_a_vault_that_is_gone(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"), totp("two"), totp("three"))
    old = made.vault._state()
    new = replace(old, contents=Payload())
    made.path.unlink()
    file = storage.VaultFile(Places.beside(made.path))
    assert backups.before_save(file, old, new, 0.0) == ""
    assert not list(tmp_path.glob("backups/pinned-*"))


def test_a_lock_file_that_was_deleted_is_not_held(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    file = storage.VaultFile(Places.beside(made.path))
    descriptor = storage.open_lock(file.places.lock)
    assert file._is_ours(descriptor)
    file.places.lock.unlink()
    assert not file._is_ours(descriptor)
    os.close(descriptor)


def test_a_vault_that_vanishes_at_the_rename_is_not_saved(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    made.vault.add([totp("one")])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(durable, "put_in_place", lambda _new, old: old.unlink(missing_ok=True))
        with pytest.raises(NotSaved, match="reported an error"):
            made.vault.save()


def test_starting_over_with_little_left(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    made.path.unlink()
    folder = recovery.start_over(made.vault.places, 0.0)
    assert [path.name for path in folder.iterdir()] == ["last-seen.json"]
    assert not LockedVault(made.path).exists()
