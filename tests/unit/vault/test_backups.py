"""Rotating backups, pins, restoring, rescuing, starting over: nothing readable is ever lost."""

import errno
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from fake_clock import FakeClock
from hypothesis import given
from hypothesis import strategies as st
from vaults import PASSWORD, Made, hotp, make_vault, totp

from watchword.errors import VaultDamaged, WrongPassword
from watchword.vault import (
    CHEAPEST,
    LockedVault,
    NotSaved,
    OpenVault,
    Places,
    SavedUnconfirmed,
    TraceKind,
    VaultKeyChanged,
    VaultMissing,
    backups,
    create_vault,
    durable,
    file_format,
    keyslots,
    payload,
    recovery,
    strict_json,
)
from watchword.vault.backups import Backup
from watchword.vault.errors import Cancelled
from watchword.vault.slots import change_password, remove_slot

DAY = 86_400


def kept_names(made: Made) -> list[str]:
    return sorted(path.name for path in made.path.parent.glob("backups/vault-*"))


def broken(patch: pytest.MonkeyPatch, name: str, only: str = "") -> None:
    """Let a step of writing fail, for files whose path holds `only`."""
    real = getattr(durable, name)

    def fail(*arguments: object) -> object:
        if only in str(arguments[0]):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*arguments)

    patch.setattr(durable, name, fail)


# ---- rotating


def test_a_backup_is_the_vault_byte_for_byte(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    (backup,) = tmp_path.glob("backups/vault-*")
    assert backup.read_bytes() == made.path.read_bytes()
    assert backup.name.startswith("vault-2023-11-14-g000002-")
    assert backup.stat().st_mode & 0o777 == 0o600


def test_only_accounts_and_slots_make_backups(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    made.clock.advance(DAY)
    made.vault.set_setting("idle_minutes", 5)
    made.vault.remember_answered("r1")
    made.vault.save()
    assert len(kept_names(made)) == 1
    change_password(made.vault, "new words", made.clock, cost=CHEAPEST)
    assert len(kept_names(made)) == 2


def test_one_backup_a_day_the_newest(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    for number in range(3):
        made.clock.advance(60)
        made.vault.add([totp(f"more {number}")])
        made.vault.save()
    (name,) = kept_names(made)
    assert "g000005" in name


def test_ten_days_eight_weeks_twelve_months(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    account = made.vault.accounts[0]
    for number in range(500):
        made.clock.advance(DAY)
        made.vault.replace(replace(account, note=str(number)))
        made.vault.save()
    days = [backup.day for backup in backups.rotating(made.vault.places.backups)]
    assert len(days) == len(set(days))
    newest = days[0]
    assert days[:10] == [newest - timedelta(days=number) for number in range(10)]
    assert len({day.isocalendar()[:2] for day in days}) >= 8
    assert len({(day.year, day.month) for day in days}) == 12
    assert len(days) <= 10 + 8 + 12


def test_the_clock_does_not_decide_what_is_newest(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    for time in (4_294_967_295.0, 0.0, 1_700_000_000.0, 1e18, -5.0):
        made.clock.time = time
        made.vault.add([totp(f"at {time}")])
        made.vault.save()
    newest = backups.rotating(made.vault.places.backups)[0]
    assert newest.generation == made.vault.generation
    assert newest.path.read_bytes() == made.path.read_bytes()


@given(st.lists(st.tuples(st.integers(0, 2_000), st.integers(1, 10_000)), max_size=60))
def test_rotation_never_lets_the_newest_go(found: list[tuple[int, int]]) -> None:
    made = [
        Backup(Path(f"{number}"), date(2020, 1, 1) + timedelta(days=day), generation, "")
        for number, (day, generation) in enumerate(found)
    ]
    kept = backups.kept(made)
    assert len(kept) <= backups.DAYS + backups.WEEKS + backups.MONTHS
    assert bool(kept) == bool(made)
    if made:
        newest = max(backup.generation for backup in made)
        assert any(backup.path in kept for backup in made if backup.generation == newest)


def test_other_files_and_other_vaults_backups_are_left_alone(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    folder = tmp_path / "backups"
    others = ["notes.txt", "mine.backup", "vault-2020-99-99-g1-00000000.backup"]
    others += [f"vault-2020-01-{day:02}-g000001-ffffffff.backup" for day in range(1, 29)]
    for name in others:
        (folder / name).write_bytes(b"x")
    for _ in range(20):
        made.clock.advance(DAY)
        made.vault.add([totp("more")])
        made.vault.save()
    assert all((folder / name).exists() for name in others)


def test_a_backup_that_fails_fails_no_save_and_loses_no_backup(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    before = kept_names(made)
    made.clock.advance(DAY)
    made.vault.add([totp("two")])
    with pytest.MonkeyPatch.context() as patch:
        broken(patch, "write_new", only="backups")
        made.vault.save()
    assert "backup could not be written: No space" in made.vault.take_notices()[0]
    assert kept_names(made) == before
    assert len(made.open_again().accounts) == 2


def test_an_interrupted_backup_is_cleared_by_the_next(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    torn = tmp_path / "backups" / ".vault-x.backup.0123abcd.tmp"
    torn.write_bytes(b"torn")
    made.vault.add([totp("two")])
    made.vault.save()
    assert not torn.exists()


# ---- pins


def test_dropping_more_than_half_of_the_accounts_pins_a_backup(tmp_path: Path) -> None:
    made = make_vault(tmp_path, *(totp(f"n{number}") for number in range(5)))
    before = made.path.read_bytes()
    for account in made.vault.accounts[:3]:
        made.vault.remove(account.id)
    made.vault.save()
    (pinned,) = tmp_path.glob("backups/pinned-*")
    assert pinned.read_bytes() == before


def test_dropping_half_pins_nothing(tmp_path: Path) -> None:
    made = make_vault(tmp_path, *(totp(f"n{number}") for number in range(4)))
    for account in made.vault.accounts[:2]:
        made.vault.remove(account.id)
    made.vault.save()
    assert not list(tmp_path.glob("backups/pinned-*"))


def test_a_pin_that_fails_is_said_and_stops_no_removal(tmp_path: Path) -> None:
    made = make_vault(tmp_path, *(totp(f"n{number}") for number in range(4)))
    for account in made.vault.accounts[:3]:
        made.vault.remove(account.id)
    with pytest.MonkeyPatch.context() as patch:
        broken(patch, "write_new", only="backups")
        made.vault.save()
    assert "changes so much" in made.vault.take_notices()[0]
    assert len(made.open_again().accounts) == 1


# ---- restoring


def test_restoring_keeps_what_was_there(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    copy = tmp_path / "copy"
    recovery.write_backup(made.vault, copy)
    made.vault.add([totp("two")])
    made.vault.save()
    later = made.path.read_bytes()
    restored = recovery.restore(made.vault.places, copy, PASSWORD, made.clock.now())
    assert (restored.generation, restored.accounts) == (2, 1)
    assert restored.kept
    assert restored.kept.read_bytes() == later
    again = made.open_again()
    assert again.take_notices() == ()
    assert len(again.accounts) == 1


def test_a_vault_that_is_open_elsewhere_does_not_undo_a_restore(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    copy = tmp_path / "copy"
    recovery.write_backup(made.vault, copy)
    made.vault.add([totp("two")])
    made.vault.save()
    recovery.restore(made.vault.places, copy, PASSWORD, made.clock.now())
    made.vault.add([totp("three")])
    with pytest.raises(NotSaved, match="older copy"):
        made.vault.save()
    assert made.path.read_bytes() == copy.read_bytes()


@pytest.mark.parametrize("what", ["damaged", "password", "missing"])
def test_what_does_not_open_is_not_restored(tmp_path: Path, what: str) -> None:
    made = make_vault(tmp_path, totp("one"))
    copy = tmp_path / "copy"
    if what != "missing":
        copy.write_bytes(made.path.read_bytes()[: -1 if what == "damaged" else None])
    before = made.path.read_bytes()
    kinds = {"damaged": VaultDamaged, "password": WrongPassword, "missing": VaultMissing}
    password = "wrong" if what == "password" else PASSWORD
    with pytest.raises(kinds[what]):
        recovery.restore(made.vault.places, copy, password, made.clock.now())
    assert made.path.read_bytes() == before


def test_a_restore_that_is_not_saved_or_unconfirmed_says_so(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    copy = tmp_path / "copy"
    recovery.write_backup(made.vault, copy)
    made.vault.add([totp("two")])
    made.vault.save()
    before = made.path.read_bytes()
    restoring = (made.vault.places, copy, PASSWORD, made.clock.now())
    with pytest.MonkeyPatch.context() as patch:
        broken(patch, "write_new")
        with pytest.raises(NotSaved):
            recovery.restore(*restoring)
    assert made.path.read_bytes() == before
    with pytest.MonkeyPatch.context() as patch:
        real = durable.settle_folder

        def fail(folder: Path) -> None:
            if folder == tmp_path:
                raise OSError(errno.EIO, "Input/output error")
            real(folder)

        patch.setattr(durable, "settle_folder", fail)
        with pytest.raises(SavedUnconfirmed):
            recovery.restore(*restoring)
    assert made.path.read_bytes() == copy.read_bytes()


def test_a_restore_makes_the_folder_it_needs(tmp_path: Path) -> None:
    made = make_vault(tmp_path / "old", totp("one"))
    places = backups.Places.beside(tmp_path / "new" / "vault")
    restored = recovery.restore(places, made.path, PASSWORD, made.clock.now())
    assert restored.kept is None
    assert len(LockedVault(places.vault).unlock(PASSWORD).accounts) == 1
    blocked = backups.Places.beside(made.path / "below" / "vault")
    with pytest.raises(NotSaved):
        recovery.restore(blocked, made.path, PASSWORD, made.clock.now())


# ---- copies


def test_a_copy_never_replaces_a_file(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    with pytest.raises(NotSaved, match="there already"):
        recovery.write_backup(made.vault, made.path)
    with pytest.raises(NotSaved, match="folder"):
        recovery.write_backup(made.vault, tmp_path / "none" / "copy")


def test_a_copy_is_of_what_is_on_disk(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    second = made.open_again()
    second.add([totp("two")])
    second.save()
    recovery.write_backup(made.vault, tmp_path / "copy")
    assert len(LockedVault(tmp_path / "copy").unlock(PASSWORD).accounts) == 2
    made.path.unlink()
    with pytest.raises(NotSaved):
        recovery.write_backup(made.vault, tmp_path / "copy2")


# ---- after a password change


def changed(tmp_path: Path) -> Made:
    made = make_vault(tmp_path, totp("one"))
    made.clock.advance(DAY)
    made.vault.add([totp("two")])
    made.vault.save()
    change_password(made.vault, "new words", made.clock, cost=CHEAPEST)
    return made


def test_older_backups_are_counted(tmp_path: Path) -> None:
    made = changed(tmp_path)
    (tmp_path / "backups" / "junk.backup").write_bytes(b"junk")
    (tmp_path / "backups" / "folder.backup").mkdir()
    other = make_vault(tmp_path / "other", totp("x"))
    (tmp_path / "backups" / "other.backup").write_bytes(other.path.read_bytes())
    older = recovery.older_backups(made.vault)
    assert sorted(path.name.partition("-")[0] for path in older) == ["vault", "vault.bak"]


def test_older_backups_are_resealed(tmp_path: Path) -> None:
    made = changed(tmp_path)
    older = recovery.older_backups(made.vault)
    counts = [trace.accounts for trace in LockedVault(made.path).traces()]
    assert recovery.reseal_backups(made.vault, PASSWORD) == (len(older), [])
    assert recovery.older_backups(made.vault) == []
    for path in older:
        assert LockedVault(path).unlock("new words").accounts
        assert LockedVault(path).unlock_with_recovery_key(made.recovery_key).accounts
        with pytest.raises(WrongPassword):
            LockedVault(path).unlock(PASSWORD)
    assert [trace.accounts for trace in LockedVault(made.path).traces()] == counts
    assert not list(tmp_path.rglob(".*.tmp"))


def test_resealing_tells_how_far_it_is_and_stops_between_two(tmp_path: Path) -> None:
    made = changed(tmp_path)
    older = recovery.older_backups(made.vault)
    told: list[tuple[int, int]] = []
    done, left = recovery.reseal_backups(
        made.vault,
        PASSWORD,
        progress=lambda number, most: told.append((number, most)),
        still_wanted=lambda: not told,
    )
    assert told == [(1, len(older))]
    assert (done, left) == (1, older[1:])
    assert recovery.older_backups(made.vault) == older[1:]
    assert LockedVault(older[0]).unlock("new words").accounts
    for path in left:
        assert LockedVault(path).unlock(PASSWORD).accounts


def test_what_the_old_password_does_not_open_is_left(tmp_path: Path) -> None:
    made = changed(tmp_path)
    older = recovery.older_backups(made.vault)
    before = [path.read_bytes() for path in older]
    assert recovery.reseal_backups(made.vault, "not it") == (0, older)
    assert [path.read_bytes() for path in older] == before


def test_a_reseal_that_fails_leaves_the_old_copy(tmp_path: Path) -> None:
    made = changed(tmp_path)
    older = recovery.older_backups(made.vault)
    before = [path.read_bytes() for path in older]
    with pytest.MonkeyPatch.context() as patch:
        broken(patch, "write_new")
        with pytest.raises(NotSaved):
            recovery.reseal_backups(made.vault, PASSWORD)
    assert [path.read_bytes() for path in older] == before


def test_others_save_between_two_copies_that_are_resealed(tmp_path: Path) -> None:
    made = changed(tmp_path)
    older = recovery.older_backups(made.vault)
    assert older[0].name == "vault.bak"

    def save_elsewhere(number: int, _: int) -> None:
        if number == 1:
            # Its lock is another file handle's, as in another process: it would wait in vain.
            other = LockedVault(made.path, wait=0).unlock("new words", clock=made.clock)
            other.add([totp("added meanwhile")])
            other.save()
            other.lock()

    done, left = recovery.reseal_backups(made.vault, PASSWORD, progress=save_elsewhere)
    # .bak is the other's by now, and opens with the new password without our help.
    assert (done, left) == (len(older) - 1, [])
    assert recovery.older_backups(made.vault) == []
    for path in older:
        assert LockedVault(path).unlock("new words").accounts
    issuers = [account.issuer for account in made.open_again("new words").accounts]
    assert issuers == ["one", "two", "added meanwhile"]


def test_a_copy_that_is_rotated_away_meanwhile_is_not_missed(tmp_path: Path) -> None:
    made = changed(tmp_path)
    older = recovery.older_backups(made.vault)
    done, left = recovery.reseal_backups(
        made.vault, PASSWORD, progress=lambda number, _: older[number - 1].unlink()
    )
    assert (done, left) == (0, [])


@pytest.mark.parametrize("gone", [False, True])
def test_no_copy_revives_a_way_that_was_removed_meanwhile(tmp_path: Path, gone: bool) -> None:
    made = changed(tmp_path)
    older = recovery.older_backups(made.vault)
    before = [path.read_bytes() for path in older]
    if gone:
        made.path.unlink()
    else:
        other = made.open_again("new words")
        remove_slot(other, next(s.id for s in other.slots if s.kind == "recovery"))
        before[0] = older[0].read_bytes()
    with pytest.raises(VaultKeyChanged, match="changed meanwhile"):
        recovery.reseal_backups(made.vault, PASSWORD)
    assert [path.read_bytes() for path in older] == before


def test_older_backups_are_deleted_when_asked(tmp_path: Path) -> None:
    made = changed(tmp_path)
    assert recovery.delete_backups(made.vault) == 2
    assert recovery.older_backups(made.vault) == []
    assert len(kept_names(made)) == 1
    assert len(made.open_again("new words").accounts) == 2


def test_deleting_that_fails_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = changed(tmp_path)

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "unlink", fail)
    with pytest.raises(NotSaved, match="only be read"):
        recovery.delete_backups(made.vault)


# ---- rescue and starting over


def with_wrong_contents(made: Made) -> None:
    """Write a file whose key fits and whose second account no version of ours writes."""
    state = made.vault._state()
    members = strict_json.loads(payload.encode(made.vault._payload))
    members["accounts"][1]["otp"]["digits"] = 99
    data = strict_json.dumps(members)
    padded = data + b" " * (-len(data) % 4_096)
    made.path.write_bytes(file_format.build(state.header, state.ring.vault_key, padded))


def test_what_can_still_be_read_is_rescued(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"), totp("two"), hotp("three"))
    with_wrong_contents(made)
    with pytest.raises(VaultDamaged, match="account 2 of 3"):
        made.open_again()
    rescued = recovery.rescue(made.path, PASSWORD)
    assert [account.issuer for account in rescued.accounts] == ["one", "three"]
    assert "account 2 of 3" in rescued.problems[0]
    with pytest.raises(WrongPassword):
        recovery.rescue(made.path, "wrong")


def test_a_new_vault_is_made_of_what_was_rescued_and_nothing_is_deleted(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"), totp("two"), hotp("three", 7))
    with_wrong_contents(made)
    places = made.vault.places
    # Notes of what was seen are written anew; everything else stays.
    files = [p for p in tmp_path.rglob("*") if p.is_file() and p.parent != places.state]
    before = {p.read_bytes() for p in files}
    rescued = recovery.rescue(made.path, PASSWORD)
    vault, key = recovery.rebuild(
        places, rescued.accounts, PASSWORD, clock=made.clock, cost=CHEAPEST
    )
    assert vault.accounts == rescued.accounts
    assert vault.id != made.vault.id
    opened = LockedVault(made.path).unlock_with_recovery_key(key, clock=made.clock)
    assert opened.accounts == made.open_again().accounts == rescued.accounts
    assert opened.take_notices() == ()
    assert before <= {p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert any(p.name.startswith("set-aside") for p in places.backups.iterdir())


def test_a_rescue_that_is_cancelled_or_not_saved_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_vault(tmp_path, totp("one"), totp("two"))
    with_wrong_contents(made)
    damaged = made.path.read_bytes()
    accounts = recovery.rescue(made.path, PASSWORD).accounts

    def rebuild(wanted: bool) -> tuple[OpenVault, str]:
        return recovery.rebuild(
            made.vault.places,
            accounts,
            PASSWORD,
            clock=made.clock,
            cost=CHEAPEST,
            still_wanted=lambda: wanted,
        )

    with pytest.raises(Cancelled):
        rebuild(wanted=False)

    def fail(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(durable, "settle_file", fail)
        with pytest.raises(NotSaved):
            rebuild(wanted=True)
    assert made.path.read_bytes() == damaged
    with monkeypatch.context() as patch:
        real = durable.settle_folder

        def unsettled(folder: Path) -> None:
            if folder == made.path.parent:
                raise OSError(errno.EIO, "Input/output error")
            real(folder)

        patch.setattr(durable, "settle_folder", unsettled)
        vault, key = rebuild(wanted=True)
    assert key
    assert "not confirm" in " ".join(vault.take_notices())
    assert made.open_again().accounts == accounts


def test_creating_and_restoring_are_cancelled_before_anything_is_written(tmp_path: Path) -> None:
    made = make_vault(tmp_path / "made", totp("one"))
    before = {p: p.read_bytes() for p in made.path.parent.rglob("*") if p.is_file()}
    with pytest.raises(Cancelled):
        recovery.restore(
            made.vault.places,
            made.vault.places.previous,
            PASSWORD,
            made.clock.now(),
            still_wanted=lambda: False,
        )
    assert {p: p.read_bytes() for p in made.path.parent.rglob("*") if p.is_file()} == before
    path = tmp_path / "new" / "vault"

    def create(wanted: bool) -> None:
        create_vault(path, PASSWORD, cost=CHEAPEST, clock=made.clock, still_wanted=lambda: wanted)

    with pytest.raises(Cancelled):
        create(wanted=False)
    assert not LockedVault(path).exists()
    create(wanted=True)
    assert LockedVault(path).exists()


def test_a_file_changed_without_the_key_is_not_rescued(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    data = bytearray(made.path.read_bytes())
    data[-40] ^= 1
    made.path.write_bytes(bytes(data[:-32]) + keyslots.crypto.sha256(bytes(data[:-32])))
    with pytest.raises(VaultDamaged, match="without the key"):
        recovery.rescue(made.path, PASSWORD)


def test_starting_over_moves_every_trace_and_deletes_nothing(tmp_path: Path) -> None:
    made = make_vault(tmp_path, totp("one"))
    (tmp_path / ".vault.0123abcd.tmp").write_bytes(made.path.read_bytes())
    before = sorted(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    folder = recovery.start_over(made.vault.places, made.clock.now())
    assert not LockedVault(made.path).exists()
    assert folder.name.startswith("set-aside-2023-11-14")
    assert sorted(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()) == before
    kinds = {trace.kind for trace in LockedVault(folder / "vault").traces()}
    assert {TraceKind.VAULT, TraceKind.PREVIOUS, TraceKind.BACKUP} <= kinds
    make_vault(tmp_path)


def test_starting_over_that_fails_leaves_a_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_vault(tmp_path, totp("one"))
    real = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self.name == "vault":
            raise OSError(errno.EACCES, "Permission denied")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(NotSaved):
        recovery.start_over(made.vault.places, made.clock.now())
    assert LockedVault(made.path).exists()


# ---- a vault on a network disk, and backups on this computer's own


def made_far_away(folder: Path) -> tuple[OpenVault, Places, FakeClock]:
    places = Places.beside(folder / "server" / "vault", folder / "here" / "backups-1")
    clock = FakeClock()
    vault, _ = create_vault(places.vault, PASSWORD, cost=CHEAPEST, clock=clock, places=places)
    return vault, places, clock


def kept_here(places: Places) -> list[Path]:
    assert places.local_backups is not None
    return sorted(places.local_backups.glob("*.backup"))


def test_every_save_of_a_vault_far_away_is_kept_on_this_computer(tmp_path: Path) -> None:
    vault, places, _ = made_far_away(tmp_path)
    vault.add([totp("one")])
    vault.save()
    (here,) = kept_here(places)
    assert here.read_bytes() == places.vault.read_bytes()
    vault.set_setting("about", "something that is no account")
    vault.save()
    assert kept_here(places)[-1].read_bytes() == places.vault.read_bytes()
    assert len(list(places.backups.iterdir())) == 1
    assert vault.take_notices() == ()


def test_a_day_of_saves_far_away_is_one_backup_here(tmp_path: Path) -> None:
    vault, places, clock = made_far_away(tmp_path)
    for number in range(60):
        vault.add([totp(f"account {number}")])
        vault.save()
        clock.advance(DAY / 4)
    assert len(backups.rotating(places.backups)) == len(kept_here(places))
    assert len(kept_here(places)) <= 10 + 8 + 12


def test_what_lies_here_brings_back_a_vault_that_the_server_lost(tmp_path: Path) -> None:
    vault, places, clock = made_far_away(tmp_path)
    vault.add([totp("one")])
    vault.save()
    vault.lock()
    for path in sorted(places.folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    locked = LockedVault(places.vault, places=places)
    (trace,) = locked.traces()
    assert (trace.kind, trace.accounts) == (TraceKind.BACKUP, 1)
    with pytest.raises(VaultMissing, match="Restore one"):
        locked.unlock(PASSWORD)
    recovery.restore(places, trace.path, PASSWORD, clock.now())
    assert [account.issuer for account in locked.unlock(PASSWORD).accounts] == ["one"]


def test_a_full_disk_here_is_told_and_the_vault_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault, places, _ = made_far_away(tmp_path)
    vault.add([totp("one")])
    broken(monkeypatch, "write_new", only="/here/")
    vault.save()
    (notice,) = vault.take_notices()
    assert "not its backup on this computer" in notice
    assert not vault.dirty
    assert len(list(places.backups.iterdir())) == 1
    vault.add([totp("two")])
    broken(monkeypatch, "write_new", only=".backup")
    vault.save()
    (notice,) = vault.take_notices()
    assert notice.count("The vault is saved") == 2


def test_a_new_password_reaches_the_backups_here_too(tmp_path: Path) -> None:
    vault, places, clock = made_far_away(tmp_path)
    vault.add([totp("one")])
    vault.save()
    clock.advance(DAY)
    change_password(vault, "a new password", clock)
    older = recovery.older_backups(vault)
    assert {path.parent for path in older} == {places.folder, *places.backup_folders}
    assert recovery.reseal_backups(vault, PASSWORD) == (len(older), [])
    for path in kept_here(places):
        LockedVault(path).unlock("a new password").lock()


def test_starting_over_leaves_no_trace_here_and_deletes_nothing(tmp_path: Path) -> None:
    vault, places, clock = made_far_away(tmp_path)
    vault.add([totp("one")])
    vault.save()
    vault.lock()
    aside = recovery.start_over(places, clock.now())
    assert not LockedVault(places.vault, places=places).exists()
    (kept,) = (tmp_path / "here").glob("*/*.backup")
    assert kept.parent.name == f"backups-1-{aside.name}"
    assert LockedVault(kept).unlock(PASSWORD).accounts
