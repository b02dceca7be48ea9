"""The vault on disks that are full, read-only, FAT, or guarded by the file system (short forms)."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import disks
import power
import pytest
from programs import cli
from scenarios import CLOCK, OLD, SCENARIOS, Scenario, account, link, open_any

from watchword.errors import VaultError
from watchword.vault import CHEAPEST, LockedVault, NotSaved, OpenVault, create_vault

WHY_NOT = disks.why_not()
needs_disks = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "-")


def make(folder: Path, *names: str) -> OpenVault:
    path = folder / "home" / "vault"
    vault, _ = create_vault(path, OLD, recovery_key=False, cost=CHEAPEST, clock=CLOCK)
    vault.add(account(name) for name in names)
    vault.save()
    return vault


def names(folder: Path) -> list[str]:
    vault = open_any(LockedVault(folder / "home" / "vault"))
    found = [each.issuer for each in vault.accounts]
    vault.lock()
    return found


def command(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run the installed program in the home on that disk."""
    done = cli("--yes", *arguments, home=folder / "home", password=OLD)
    return done.returncode, done.stderr


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "place"
    place.mkdir()
    with disks.memory_disk(place):
        yield place


@needs_disks
@pytest.mark.timeout(600)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name)
def test_a_full_disk_leaves_the_old_vault_or_has_the_new(
    scenario: Scenario, disk: Path, tmp_path: Path
) -> None:
    filled = disks.fill(scenario, 5, disk, tmp_path / "templates")
    assert filled.problems == []
    assert filled.runs == 5


@needs_disks
@pytest.mark.timeout(600)
def test_what_a_full_disk_refused_is_saved_once_there_is_room(disk: Path) -> None:
    filled = disks.fill_under_an_open_vault(64, disk)
    assert filled.problems == []
    assert filled.refused >= 10


@needs_disks
def test_a_disk_that_turns_read_only_while_saves_run(disk: Path) -> None:
    turned = disks.turn_read_only(10, 1, disk)
    assert turned.problems == []
    assert turned.acknowledged > 0


@needs_disks
def test_a_read_only_disk_can_be_read_and_says_so_when_something_is_to_be_written(
    disk: Path,
) -> None:
    make(disk, "one").lock()
    assert disks.again(disk, "ro")
    assert command(disk, "list")[0] == 0
    assert command(disk, "vault", "check")[0] == 0
    previous = str(disk / "home" / "vault.bak")
    for line in (
        ("add", link("two")),
        ("vault", "restore", previous),
        ("remove", "one"),
    ):
        status, errors = command(disk, *line)
        assert status == 1
        assert "Not saved. The disk can only be read" in errors
    assert disks.again(disk, "rw")
    assert command(disk, "add", link("two"))[0] == 0
    assert names(disk) == ["one", "two"]


# ---- FAT: no links, no owners, no permissions


@contextmanager
def fat_disk(folder: Path) -> Iterator[Path]:
    """Mount a FAT disk, by the system or, where it knows none, by a program (fusefat)."""
    image, place = folder / "fat", folder / "place"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(16 << 20)
    subprocess.run(["mkfs.vfat", str(image)], check=True, capture_output=True)
    ways = [["mount", "-t", "vfat", "-o", "loop", str(image), str(place)]]
    if shutil.which("fusefat"):
        ways.append(["fusefat", "-o", "rw+", str(image), str(place)])
    for way in ways:
        if not subprocess.run(way, capture_output=True, check=False).returncode:
            break
    else:
        pytest.skip("FAT cannot be mounted here: neither the system nor fusefat does it")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


@needs_disks
@pytest.mark.skipif(not shutil.which("mkfs.vfat"), reason="mkfs.vfat is not installed")
def test_a_vault_on_a_fat_stick(tmp_path: Path) -> None:
    with fat_disk(tmp_path) as place:
        with pytest.raises(OSError, match=r"not permitted|not supported"):
            (place / "name").hardlink_to(_file(place / "other"))
        vault = make(place, "one")
        before = vault.path.read_bytes()
        vault.add([account("two")])
        vault.save()
        assert vault.take_notices() == ()
        vault.lock()
        previous = place / "home" / "vault.bak"
        assert previous.read_bytes() == before
        status, errors = command(place, "add", link("three"))
        assert (status, errors) == (0, "")
        assert command(place, "vault", "restore", str(previous)) == (0, "")
        assert names(place) == ["one", "two"]
        assert not list(place.rglob("*.tmp"))


def _file(path: Path) -> Path:
    path.write_bytes(b"x")
    return path


# ---- ext4: what may not be changed by anybody


@pytest.fixture
def ext4(tmp_path: Path) -> Iterator[Path]:
    if reason := power.why_not("ext4"):
        pytest.skip(reason)
    with power.disk("ext4", tmp_path) as place, power.mounted(*place) as mounted:
        yield mounted


@contextmanager
def immutable(path: Path) -> Iterator[None]:
    subprocess.run(["chattr", "+i", str(path)], check=True)
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", str(path)], check=True)


@pytest.mark.parametrize("what", ["vault", "folder"])
def test_what_is_immutable_stays_and_says_so(ext4: Path, what: str) -> None:
    vault = make(ext4, "one")
    before = vault.path.read_bytes()
    vault.add([account("two")])
    with immutable(vault.path if what == "vault" else vault.path.parent):
        assert names(ext4) == ["one"]
        with pytest.raises(NotSaved, match="may not write"):
            vault.save()
        status, errors = command(ext4, "add", link("three"))
        assert status == 1
        assert "Not saved. You may not write there" in errors
        assert vault.path.read_bytes() == before
        assert vault.dirty
    vault.save()
    vault.lock()
    assert names(ext4) == ["one", "two"]
    assert not list(ext4.rglob("*.tmp"))


def test_no_vault_is_made_where_an_immutable_one_lies(ext4: Path) -> None:
    vault = make(ext4, "one")
    vault.lock()
    vault.path.write_bytes(b"")
    with immutable(vault.path), pytest.raises(VaultError, match="already"):
        create_vault(vault.path, OLD, cost=CHEAPEST, clock=CLOCK)
    assert vault.path.read_bytes() == b""


def test_a_stick_that_is_pulled_out_and_put_back(tmp_path: Path) -> None:
    if reason := power.why_not("ext4"):
        pytest.skip(reason)
    with power.disk("ext4", tmp_path) as place:
        with power.mounted(*place) as there:
            vault = make(there, "one")
            vault.add([account("two")])
            power.shut_down(there)
            with pytest.raises(NotSaved, match="disk reported an error"):
                vault.save()
            assert vault.dirty
            status, errors = command(there, "list")
            assert status == 1
            assert "cannot be read" in errors
        # Nothing is mounted: the folder is there and the vault is not.
        with pytest.raises(NotSaved, match="folder is not there"):
            vault.save()
        with power.mounted(*place) as there:
            assert names(there) == ["one"]
            vault.save()
            vault.lock()
            assert names(there) == ["one", "two"]
            assert not list(there.rglob("*.tmp"))
