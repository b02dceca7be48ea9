"""The first version's sample: opened by every way, kept whole, and brought up to date when a later one saves."""

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_clock import FakeClock

from watchword.errors import VaultDamaged
from watchword.otp.parameters import Algorithm
from watchword.vault import LockedVault, OpenVault, file_format, migrations
from watchword.vault.migrations import Step

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "tests" / "samples" / "vault-1.0" / "full.vault"
WAYS = json.loads(SAMPLE.with_name("opens-with.json").read_text("utf-8"))


@pytest.fixture
def copy(tmp_path: Path) -> LockedVault:
    shutil.copy(SAMPLE, tmp_path / "vault")
    return LockedVault(tmp_path / "vault")


def opened(vault: LockedVault) -> OpenVault:
    return vault.unlock(WAYS["password"], clock=FakeClock())


def test_the_sample_is_the_one_that_was_written_then() -> None:
    digest = hashlib.sha256(SAMPLE.read_bytes()).hexdigest()
    assert digest == "cc184a39fbcb8fa71429ab983601111ab772ee77c7a59229fb4c4b4c85d647d1"


def test_every_way_opens_it(copy: LockedVault) -> None:
    for vault in (
        opened(copy),
        copy.unlock_with_recovery_key(WAYS["recovery_key"], clock=FakeClock()),
        copy.unlock_with_keyring(bytes.fromhex(WAYS["keyring"]), clock=FakeClock()),
    ):
        assert [account.issuer for account in vault.accounts] == [
            "Bank",
            "Kalos Club",
            "Router",
            "",
        ]


def test_everything_in_it_is_read(copy: LockedVault) -> None:
    vault = opened(copy)
    bank, club, router, push = vault.accounts
    assert (bank.otp and bank.otp.algorithm, bank.otp and bank.otp.digits) == (
        Algorithm.SHA512,
        10,
    )
    assert club.link is not None
    assert club.link.device_key == bytes(range(32))
    assert club.link.used_backup_codes == ("abcd-efgh",)
    assert (club.tags, club.note, club.favourite) == (("work", "früh"), "Ask Bo.\nTwice.", True)
    assert (router.otp and router.otp.counter, router.note) == (7, "set by hand")
    assert push.link is not None
    assert (push.type, push.link.state, push.link.tls_pin) == ("push", "revoked", "ab" * 32)
    assert [trashed.entry.account.issuer for trashed in vault.trash] == ["Old"]
    assert vault.history[0].request_id == "r-1"
    assert vault.was_answered("r-1")
    assert vault.setting("example") == {"nested": [1, 2.5, None, "text"]}


def test_saving_it_again_changes_nothing_but_what_was_edited(copy: LockedVault) -> None:
    before = read_independently(SAMPLE)
    vault = opened(copy)
    vault.set_setting("example", "new")
    vault.save()
    after = read_independently(copy.path)
    for changed in ("settings", "lamport"):
        del before[changed], after[changed]
    assert after == before


def read_independently(path: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "decrypt.py"), str(path)],
        input=WAYS["password"] + "\n",
        text=True,
        capture_output=True,
        check=True,
    )
    members: dict[str, Any] = json.loads(done.stdout)["payload"]
    return members


def stars_instead(members: dict[str, Any]) -> None:
    """A change of format that a later version could make: every account gets a star."""
    for account in members["accounts"]:
        account["favourite"] = True


def test_a_later_version_migrates_when_reading_and_pins_what_it_replaces(
    copy: LockedVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = copy.path.read_bytes()
    monkeypatch.setattr(migrations, "STEPS", (Step(2, stars_instead),))
    monkeypatch.setattr(file_format, "MINOR", 2)
    vault = opened(copy)
    assert all(account.favourite for account in vault.accounts)
    assert copy.path.read_bytes() == before  # reading changes no file
    vault.set_setting("example", "new")
    vault.save()
    assert vault.info()["format"] == "1.2"
    (pinned,) = vault.places.backups.glob("pinned-*.backup")
    assert pinned.read_bytes() == before
    # What is of the new version already is not changed once more.
    vault.replace(replace(vault.accounts[0], favourite=False))
    vault.save()
    assert not opened(copy).accounts[0].favourite
    assert len(list(vault.places.backups.glob("pinned-*.backup"))) == 1


def test_a_step_that_meets_what_does_not_belong_reads_as_damage(
    copy: LockedVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(members: dict[str, Any]) -> None:
        del members["never there"]

    monkeypatch.setattr(migrations, "STEPS", (Step(2, broken),))
    with pytest.raises(VaultDamaged, match="never there is missing"):
        opened(copy)
