"""Saving under trouble that does not need strace: other writers, odd files, full disks, locks."""

import errno
import os
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from vaults import PASSWORD, Made, hotp, make_vault, totp

from watchword.errors import VaultDamaged, VaultError
from watchword.vault import (
    CHEAPEST,
    LockedVault,
    NotSaved,
    OpenVault,
    Places,
    SavedUnconfirmed,
    VaultBusy,
    VaultKeyChanged,
    VaultReplaced,
    VaultUnreadable,
    create_vault,
    durable,
    storage,
)
from watchword.vault.slots import add_recovery_key, change_password
from watchword.vault.storage import VaultFile


def names(vault: OpenVault) -> list[str]:
    return sorted(account.issuer for account in vault.accounts)


# ---- another process wrote


def test_what_two_processes_added_is_there_together(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    second = made.open_again()
    made.vault.add([totp("two")])
    made.vault.save()
    second.add([totp("three")])
    second.save()
    assert names(second) == ["one", "three", "two"]
    assert names(made.open_again()) == ["one", "three", "two"]
    assert made.vault.refresh()
    assert names(made.vault) == ["one", "three", "two"]
    assert not made.vault.refresh()


def test_an_edit_beats_a_removal_and_says_so(tmp_path: Path) -> None:
    account = totp("one")
    made = make_vault(tmp_path, account)
    second = made.open_again()
    made.vault.remove(account.id)
    made.vault.save()
    second.replace(replace(account, note="important"))
    second.save()
    assert [each.note for each in made.open_again().accounts] == ["important"]
    assert "it was kept" in second.take_notices()[0]


def test_a_save_that_changes_nothing_takes_over_the_other_ones(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    second = made.open_again()
    made.vault.add([totp("one")])
    made.vault.save()
    second.save()
    assert names(second) == ["one"]
    assert not second.dirty
    assert made.open_again().generation == 2


def test_edits_survive_a_password_change_elsewhere(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    second = made.open_again()
    change_password(made.vault, "new words", made.clock, cost=CHEAPEST)
    second.add([totp("one")])
    with pytest.raises(VaultKeyChanged):
        second.save()
    assert second.dirty
    second.rejoin("new words")
    second.save()
    assert names(made.open_again("new words")) == ["one"]


@pytest.mark.parametrize("what", ["older", "missing", "damaged", "other", "empty"])
def test_a_person_decides_about_what_is_not_the_next_generation(tmp_path: Path, what: str) -> None:
    made = make_vault(tmp_path, totp("one"))
    other = make_vault(tmp_path / "other", totp("other"))
    there = {
        "older": (tmp_path / "vault.bak").read_bytes(),
        "damaged": made.path.read_bytes()[:-1],
        "other": other.path.read_bytes(),
        "empty": b"",
    }
    if what == "missing":
        made.path.unlink()
    else:
        made.path.write_bytes(there[what])
    made.vault.add([totp("two")])
    with pytest.raises(VaultReplaced):
        made.vault.save()
    with pytest.raises(VaultReplaced):
        made.vault.refresh()
    assert made.path.exists() == (what != "missing")
    assert what == "missing" or made.path.read_bytes() == there[what]
    assert made.vault.dirty

    made.vault.save(replacing=True)
    assert names(made.open_again()) == ["one", "two"]
    aside = list((tmp_path / "backups").glob("set-aside-*"))
    assert [path.read_bytes() for path in aside] == ([] if what == "missing" else [there[what]])


def test_replacing_still_merges_what_is_this_vaults_next_generation(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    second = made.open_again()
    made.vault.add([totp("one")])
    made.vault.save()
    second.add([totp("two")])
    second.save(replacing=True)
    assert names(made.open_again()) == ["one", "two"]
    assert not list((tmp_path / "backups").glob("set-aside-*"))


def test_a_vault_of_a_newer_version_is_never_overwritten(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    data = bytearray(made.path.read_bytes())
    data[9] = 2
    newer = bytes(data[:-32]) + storage.file_format.crypto.sha256(bytes(data[:-32]))
    made.path.write_bytes(newer)
    made.vault.add([totp("one")])
    for replacing in (False, True):
        with pytest.raises(NotSaved, match="newer"):
            made.vault.save(replacing=replacing)
    assert made.path.read_bytes() == newer


# ---- odd files


@pytest.mark.parametrize("odd", ["folder", "link", "fifo"])
def test_what_is_no_file_is_refused_and_left(tmp_path: Path, odd: str) -> None:
    path = tmp_path / "vault"
    if odd == "folder":
        path.mkdir()
    elif odd == "link":
        path.symlink_to("/etc/passwd")
    else:
        os.mkfifo(path)
    with pytest.raises(VaultUnreadable):
        LockedVault(path).unlock(PASSWORD)
    with pytest.raises(VaultError):
        create_vault(path, PASSWORD, cost=CHEAPEST, clock=make_vault(tmp_path / "x").clock)
    assert path.is_symlink() == (odd == "link")


@pytest.mark.parametrize(
    "name", ["with space", "emoji 🔐", "'\";$(x)", "dot.", "nfd e\u0301", "[a]*?", "-rf"]
)
def test_any_name_of_a_file_works(tmp_path: Path, name: str) -> None:
    clock = make_vault(tmp_path / "x").clock
    path = tmp_path / name
    vault, _ = create_vault(path, PASSWORD, cost=CHEAPEST, clock=clock)
    (tmp_path / f".{name}.0123abcd.tmp").write_bytes(b"torn")
    vault.add([totp("one")])
    vault.save()
    assert names(LockedVault(path).unlock(PASSWORD)) == ["one"]
    assert not list(tmp_path.glob(".*.tmp"))
    assert (tmp_path / f"{name}.backups").is_dir()


def test_a_name_that_is_too_long_is_said(tmp_path: Path) -> None:
    clock = make_vault(tmp_path / "x").clock
    with pytest.raises(NotSaved, match="too long"):
        create_vault(tmp_path / ("n" * 300), PASSWORD, cost=CHEAPEST, clock=clock)


def test_a_file_larger_than_any_vault_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    with path.open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    with pytest.raises(VaultDamaged, match="longer"):
        LockedVault(path).unlock(PASSWORD)


# ---- the lock


def test_a_save_waits_until_the_lock_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = make_vault(tmp_path).vault.places
    other = ExitStack()
    other.enter_context(VaultFile(places).locked())
    waits: list[float] = []

    def pause(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            other.close()

    monkeypatch.setattr(storage.time, "sleep", pause)
    before = open_descriptors()
    with VaultFile(places, wait=1_000.0).locked():
        assert waits == [storage._LOCK_PAUSE_SECONDS] * 3
        # The lock itself is in the place of the other's: what was tried in between is closed.
        assert open_descriptors() == before


def test_a_lock_that_fails_leaves_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = make_vault(tmp_path).vault.places

    def fail(descriptor: int) -> bool:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(storage, "try_lock", fail)
    before = open_descriptors()
    with pytest.raises(NotSaved), VaultFile(places).locked():
        pass
    assert open_descriptors() == before


def open_descriptors() -> int:
    """Return how many files this process has open."""
    return len(list(Path("/dev/fd").iterdir()))


def test_a_save_waits_for_the_lock_and_gives_up_in_time(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    impatient = LockedVault(made.path, wait=0.05).unlock(PASSWORD, clock=made.clock)
    impatient.add([totp("one")])
    with LockedVault(made.path).holding_the_lock(), pytest.raises(VaultBusy):
        impatient.save()
    assert impatient.dirty
    impatient.save()
    assert names(made.open_again()) == ["one"]


def test_what_opens_the_vault_under_the_lock_saves_under_it(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    locked = LockedVault(made.path, wait=0.05)
    with locked.holding_the_lock():
        vault = locked.unlock(PASSWORD, clock=made.clock)
        vault.add([totp("one")])
        vault.save()
    assert names(made.open_again()) == ["one"]


def test_a_deleted_lock_file_gives_nobody_two_locks(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    waiting = VaultFile(Places.beside(made.path), wait=5)
    entered = threading.Event()

    def wait() -> None:
        with waiting.locked():
            entered.set()

    with VaultFile(Places.beside(made.path)).locked():
        thread = threading.Thread(target=wait)
        thread.start()
        (tmp_path / "vault.lock").unlink()
    thread.join(5)
    assert entered.is_set()


def test_threads_of_one_process_save_one_after_the_other(tmp_path: Path) -> None:
    made = make_vault(tmp_path)

    def add(number: int) -> None:
        for step in range(5):
            made.vault.add([totp(f"{number}.{step}")])
            made.vault.save()

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made.open_again().accounts) == 20


def test_a_lock_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    (tmp_path / "vault.lock").unlink()
    (tmp_path / "vault.lock").symlink_to("/etc/passwd")
    made.vault.add([totp("one")])
    with pytest.raises(NotSaved, match="link"):
        made.vault.save()


# ---- the three outcomes


Breaker = Callable[[pytest.MonkeyPatch], None]


def failing(name: str, error: int, owner: Any = durable) -> Breaker:
    def fail(*_: object, **__: object) -> None:
        raise OSError(error, os.strerror(error))

    return lambda patch: patch.setattr(owner, name, fail)


@pytest.mark.parametrize(
    ("breaker", "words"),
    [
        (failing("settle_file", errno.EIO), "reported an error"),
        (failing("_write_all", errno.ENOSPC), "disk is full"),
        (failing("_write_all", errno.EDQUOT), "share of the disk"),
        (failing("put_in_place", errno.EROFS), "only be read"),
        (failing("hardlink_to", errno.ENOSPC, Path), "disk is full"),
        (lambda patch: patch.setattr(durable, "_read_back", lambda *_: b"?"), "reported an error"),
        (lambda patch: patch.setattr(durable.os, "write", lambda *_: 0), "reported an error"),
        (lambda patch: patch.setattr(durable, "put_in_place", lambda *_: None), "reported an er"),
    ],
)
def test_not_saved_leaves_the_old_vault_and_keeps_the_changes(
    tmp_path: Path, breaker: Breaker, words: str
) -> None:
    made = make_vault(tmp_path, totp("one"))
    before = made.path.read_bytes()
    made.vault.add([totp("two")])
    with pytest.MonkeyPatch.context() as patch:
        breaker(patch)
        with pytest.raises(NotSaved, match=words):
            made.vault.save()
    assert made.path.read_bytes() == before
    assert made.vault.dirty
    assert not list(tmp_path.glob(".*.tmp"))
    made.vault.save()
    assert names(made.open_again()) == ["one", "two"]


def test_unconfirmed_when_the_folder_does_not_settle(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    made.vault.add([totp("one")])
    with pytest.MonkeyPatch.context() as patch:
        failing("settle_folder", errno.EIO)(patch)
        with pytest.raises(SavedUnconfirmed):
            made.vault.save()
    assert names(made.open_again()) == ["one"]
    # It stays dirty, so that the next save writes again.
    assert made.vault.dirty
    made.vault.save()
    assert not made.vault.dirty
    assert made.open_again().generation == 3


def renames_and_fails(patch: pytest.MonkeyPatch) -> None:
    def rename(new: Path, old: Path) -> None:
        new.replace(old)
        if old.name == "vault":
            raise OSError(errno.EIO, "after the rename")

    patch.setattr(durable, "put_in_place", rename)


def test_a_rename_that_fails_after_it_happened_is_unconfirmed(tmp_path: Path) -> None:
    # Network disks do this; the first sweep showed the next one, where looking fails as well.
    made = make_vault(tmp_path)
    made.vault.add([totp("one")])
    with pytest.MonkeyPatch.context() as patch:
        renames_and_fails(patch)
        with pytest.raises(SavedUnconfirmed):
            made.vault.save()
    assert names(made.open_again()) == ["one"]


def test_a_file_that_cannot_be_looked_at_is_unconfirmed(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    made.vault.add([totp("one")])
    with pytest.MonkeyPatch.context() as patch:
        failing("lstat", errno.EIO, Path)(patch)
        with pytest.raises(SavedUnconfirmed):
            made.vault.save()
    assert names(made.open_again()) == ["one"]


def test_where_links_are_not_possible_copies_are_made(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        failing("hardlink_to", errno.EPERM, Path)(patch)
        made = make_vault(tmp_path, totp("one"))
        before = made.path.read_bytes()
        made.vault.add([totp("two")])
        made.vault.save()
    assert (tmp_path / "vault.bak").read_bytes() == before
    assert (tmp_path / "vault.bak").stat().st_ino != made.path.stat().st_ino
    assert not list(tmp_path.glob(".*.tmp"))


def test_a_new_password_that_is_not_saved_is_not_the_password(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        failing("settle_file", errno.EIO)(patch)
        with pytest.raises(NotSaved):
            change_password(made.vault, "new words", made.clock, cost=CHEAPEST)
    made.vault.add([totp("one")])
    made.vault.save()
    assert names(made.open_again(PASSWORD)) == ["one"]


def test_a_new_recovery_key_that_is_unconfirmed_is_returned_and_told(tmp_path: Path) -> None:
    # It was raised, and the key was lost with it: by then the older one opened nothing any more.
    made = make_vault(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        failing("settle_folder", errno.EIO)(patch)
        key = add_recovery_key(made.vault, made.clock, cost=CHEAPEST)
    assert made.vault.dirty
    assert any("not confirmed" in text for text in made.vault.take_notices())
    LockedVault(made.path).unlock_with_recovery_key(key, clock=made.clock).lock()


def test_a_new_password_that_is_unconfirmed_is_the_password(tmp_path: Path) -> None:
    made = make_vault(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        failing("settle_folder", errno.EIO)(patch)
        with pytest.raises(SavedUnconfirmed):
            change_password(made.vault, "new words", made.clock, cost=CHEAPEST)
    made.vault.add([totp("one")])
    made.vault.save()
    assert names(made.open_again("new words")) == ["one"]


def test_a_counter_that_was_not_saved_was_not_used(tmp_path: Path) -> None:
    account = hotp("one")
    made = make_vault(tmp_path, account)
    with pytest.MonkeyPatch.context() as patch:
        failing("settle_file", errno.EIO)(patch)
        with pytest.raises(NotSaved):
            made.vault.advance_counter(account.id)
    assert made.vault.advance_counter(account.id).counter == 0


def on_a_tiny_disk(made: Made) -> None:
    made.vault.add([replace(totp(f"n{n}"), note="x" * 4_000) for n in range(40)])


def test_a_full_disk_for_real(tmp_path: Path) -> None:
    import subprocess

    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(place)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk needs root and mount")
    try:
        made = make_vault(place, totp("one"))
        before = made.path.read_bytes()
        on_a_tiny_disk(made)
        with pytest.raises(NotSaved, match="full"):
            made.vault.save()
        assert made.path.read_bytes() == before
        for account in made.vault.accounts[1:]:
            made.vault.replace(replace(account, note=""))
        made.vault.save()
        assert len(made.open_again().accounts) == 41
    finally:
        subprocess.run(["umount", str(place)], check=True)
