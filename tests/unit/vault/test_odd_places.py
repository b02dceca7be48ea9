"""Odd things where the vault belongs: refused in time, left as they are, never taken for a first run."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_clock import FakeClock
from ordinary_user import as_ordinary_user, folder_of_an_ordinary_user, give
from vaults import PASSWORD, Made, hotp, make_vault, totp

from watchword.errors import VaultDamaged, VaultError
from watchword.vault import (
    CHEAPEST,
    LockedVault,
    NotSaved,
    Places,
    VaultExists,
    VaultUnreadable,
    create_vault,
    recovery,
)

pytestmark = pytest.mark.timeout(30)

ODD = (
    "empty",
    "folder",
    "full-folder",
    "link",
    "dangling-link",
    "loop",
    "fifo",
    "socket",
    "device",
)


def put(odd: str, path: Path, outside: Path) -> None:
    """Put an odd thing at `path`; links point to `outside`."""
    outside.write_bytes(b"root:x:0:0:root:/root:/bin/bash\n")
    if odd == "empty":
        path.touch()
    elif odd == "folder":
        path.mkdir()
    elif odd == "full-folder":
        path.mkdir()
        (path / "file").write_bytes(b"kept")
    elif odd == "link":
        path.symlink_to(outside)
    elif odd == "dangling-link":
        path.symlink_to(outside.with_name("nothing"))
    elif odd == "loop":
        path.symlink_to(path)
    elif odd == "fifo":
        os.mkfifo(path)
    elif odd == "socket":
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
    elif odd == "device":
        if os.geteuid():
            pytest.skip("making a device needs root")
        os.mknod(path, 0o20600, os.makedev(1, 5))  # /dev/zero: endless


def same_thing(path: Path) -> tuple[int, int, str]:
    status = path.lstat()
    return status.st_ino, status.st_mode, str(path.readlink()) if path.is_symlink() else ""


@pytest.mark.parametrize("odd", ODD)
def test_it_is_refused_and_no_first_run(tmp_path: Path, odd: str) -> None:
    path, outside = tmp_path / "vault", tmp_path / "outside"
    put(odd, path, outside)
    before = same_thing(path)
    locked = LockedVault(path)
    assert locked.exists()
    with pytest.raises(VaultDamaged if odd == "empty" else VaultUnreadable):
        locked.unlock(PASSWORD)
    with pytest.raises(VaultExists):
        create_vault(path, PASSWORD, cost=CHEAPEST, clock=FakeClock())
    assert same_thing(path) == before
    assert outside.read_bytes().startswith(b"root:")


@pytest.mark.parametrize("odd", ODD[1:])
def test_nothing_is_saved_or_restored_over_it(tmp_path: Path, odd: str) -> None:
    made = make_vault(tmp_path / "home", totp("one"))
    outside = tmp_path / "outside"
    made.path.unlink()
    put(odd, made.path, outside)
    before = same_thing(made.path)
    made.vault.add([totp("two")])
    for replacing in (False, True):
        with pytest.raises(NotSaved):
            made.vault.save(replacing=replacing)
    with pytest.raises(NotSaved):
        made.vault.refresh()
    previous = made.vault.places.previous
    with pytest.raises(VaultError):
        recovery.restore(made.vault.places, previous, PASSWORD, made.clock.now())
    assert same_thing(made.path) == before
    assert outside.read_bytes().startswith(b"root:")
    # Taken out of the way by hand, the session goes on: its changes were kept.
    made.path.rename(tmp_path / "aside")
    made.vault.save(replacing=True)
    assert [each.issuer for each in made.open_again().accounts] == ["one", "two"]


@pytest.mark.parametrize("odd", ODD)
def test_starting_over_moves_it_away_whole(tmp_path: Path, odd: str) -> None:
    path, outside = tmp_path / "home" / "vault", tmp_path / "outside"
    path.parent.mkdir()
    put(odd, path, outside)
    before = same_thing(path)
    folder = recovery.start_over(Places.beside(path), 1_700_000_000.0)
    assert same_thing(folder / "vault") == before
    assert not LockedVault(path).exists()
    assert outside.read_bytes().startswith(b"root:")


@pytest.mark.parametrize("odd", ["folder", "link", "dangling-link", "fifo", "socket"])
@pytest.mark.parametrize("name", ["vault.bak", "backups", "state", "vault.lock"])
def test_beside_the_vault_they_lose_nothing(tmp_path: Path, odd: str, name: str) -> None:
    """A save succeeds and says what it could not keep, or says that it did not succeed."""
    made = make_vault(tmp_path / "home")
    outside = tmp_path / "outside"
    place = tmp_path / "home" / name
    if place.is_dir():
        place.rename(tmp_path / "was")
    else:
        place.unlink(missing_ok=True)
    put(odd, place, outside)
    made.vault.add([totp("one")])
    try:
        made.vault.save()
        names = ["one"]
    except NotSaved:
        assert made.vault.dirty
        names = []
    assert [each.issuer for each in made.open_again().accounts] == names
    assert outside.read_bytes() == b"root:x:0:0:root:/root:/bin/bash\n"
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_vault_inside_a_file_is_none_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "vault"
    assert not LockedVault(path).exists()
    with pytest.raises(NotSaved):
        create_vault(path, PASSWORD, cost=CHEAPEST, clock=FakeClock())


# ---- permissions, as somebody who is not root


@pytest.fixture
def theirs() -> Iterator[Made]:
    """A vault of an ordinary user."""
    with folder_of_an_ordinary_user() as folder:
        made = make_vault(folder, totp("one"))
        give(*folder.rglob("*"))
        yield made


def test_a_vault_that_may_not_be_read_says_so_and_is_no_first_run(theirs: Made) -> None:
    theirs.path.chmod(0)

    def work() -> None:
        assert LockedVault(theirs.path).exists()
        with pytest.raises(VaultUnreadable, match="You may not read it"):
            theirs.open_again()
        with pytest.raises(VaultExists):
            create_vault(theirs.path, PASSWORD, cost=CHEAPEST, clock=FakeClock())

    as_ordinary_user(work)


def test_notes_that_may_not_be_read_stop_nobody_and_are_a_trace(theirs: Made) -> None:
    theirs.vault.places.state.chmod(0)
    theirs.vault.places.backups.chmod(0)

    def work() -> None:
        vault = theirs.open_again()
        vault.add([totp("two")])
        vault.save()
        assert "backup could not be written" in vault.take_notices()[0]
        assert len(theirs.open_again().accounts) == 2
        theirs.path.unlink()
        theirs.vault.places.previous.unlink()
        assert LockedVault(theirs.path).exists()

    as_ordinary_user(work)


@pytest.mark.parametrize("lock", ["there", "gone"])
def test_a_folder_that_may_not_be_written_is_read_and_says_so(theirs: Made, lock: str) -> None:
    if lock == "gone":
        theirs.vault.places.lock.unlink()
    before = theirs.path.read_bytes()
    theirs.path.parent.chmod(0o500)
    counted = hotp("counted")

    def work() -> None:
        vault = theirs.open_again()
        vault.add([counted])
        with pytest.raises(NotSaved, match="You may not write there"):
            vault.save()
        with pytest.raises(NotSaved, match="You may not write there"):
            vault.advance_counter(counted.id)
        assert theirs.path.read_bytes() == before
        theirs.path.parent.chmod(0o700)
        vault.save()
        assert [each.issuer for each in theirs.open_again().accounts] == ["one", "counted"]

    as_ordinary_user(work)


def test_a_vault_of_another_user_becomes_ones_own(theirs: Made) -> None:
    if os.geteuid():
        pytest.skip("another user's file needs root to be made")
    os.chown(theirs.path, 0, 0)
    theirs.path.chmod(0o644)
    before = theirs.path.read_bytes()

    def work() -> None:
        vault = theirs.open_again()
        vault.add([totp("two")])
        vault.save()
        assert [each.issuer for each in theirs.open_again().accounts] == ["one", "two"]
        for path in (theirs.path, theirs.vault.places.previous):
            assert (path.stat().st_uid, path.stat().st_mode & 0o777) == (os.geteuid(), 0o600)
        assert theirs.vault.places.previous.read_bytes() == before

    as_ordinary_user(work)


@pytest.mark.parametrize("mode", [0o644, 0o666, 0o640])
def test_what_others_may_read_is_ones_own_after_a_save(tmp_path: Path, mode: int) -> None:
    made = make_vault(tmp_path, totp("one"))
    made.path.chmod(mode)
    made.vault.add([totp("two")])
    made.vault.save()
    for path in (made.path, made.vault.places.previous):
        assert path.stat().st_mode & 0o777 == 0o600


# ---- names


# A save in progress has the longest name: ".NAME.12345678.tmp", 14 bytes more than the vault's.
@pytest.mark.parametrize("name", ["n" * 200, "n" * 241, "ü" * 120, "🔑" * 60])
def test_a_long_name_works(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    vault, _ = create_vault(path, PASSWORD, cost=CHEAPEST, clock=FakeClock())
    vault.add([totp("one")])
    vault.save()
    assert vault.take_notices() == ()
    assert vault.info()["backups"] == 1
    assert len(LockedVault(path).unlock(PASSWORD).accounts) == 1


@pytest.mark.parametrize(
    "name", ["n" * 242, "n" * 250, "n" * 255, "ü" * 121, "🔑" * 63, "n" * 400]
)
def test_a_name_that_is_too_long_is_said_and_makes_no_half_vault(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    assert not LockedVault(path).exists()
    with pytest.raises(NotSaved, match="name is too long"):
        create_vault(path, PASSWORD, cost=CHEAPEST, clock=FakeClock())
    assert not LockedVault(path).exists()
    assert [each.suffix for each in tmp_path.iterdir()] in ([], [".lock"])


@pytest.mark.parametrize("name", ["line\nbreak", os.fsdecode(b"not \xff utf-8"), "~", "%s{0}"])
def test_names_that_programs_trip_over(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    vault, _ = create_vault(path, PASSWORD, cost=CHEAPEST, clock=FakeClock())
    vault.add([totp("one")])
    vault.save()
    vault.add([totp("two")])
    vault.save()
    recovery.restore(vault.places, vault.places.previous, PASSWORD, 1_700_000_000.0)
    assert len(LockedVault(path).unlock(PASSWORD).accounts) == 1
    assert not list(tmp_path.rglob("*.tmp"))
