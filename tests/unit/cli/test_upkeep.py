"""`vault check | passwd | backup | restore | slots`, as scripts use them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_home import PASSWORD, SECRET, Home

from watchword.vault import LockedVault

GITHUB = f"otpauth://totp/GitHub:ann?secret={SECRET}&issuer=GitHub"
NEW = "a new password"


def two_lines(home: Home, *arguments: str, second: str = NEW) -> tuple[int, str, str]:
    done = home.run(*arguments, standard_input=f"{second}\n")
    return done.returncode, done.stdout, done.stderr


def test_check_opens_all_of_it_and_names_every_copy(home: Home) -> None:
    home.add(GITHUB)
    checked = home.json("vault", "check")
    assert (checked["sound"], checked["generation"], checked["accounts"]) == (True, 2, 1)
    assert [copy["sound"] for copy in checked["copies"]] == [True, True]
    (home.path / "vault.bak").write_bytes(b"broken")
    again = home.run("--json", "vault", "check")
    assert again.returncode == 0
    assert "vault.bak is damaged" in again.stderr


def test_check_of_one_file(home: Home, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.write_bytes(home.vault.read_bytes())
    assert home.json("vault", "check", str(copy))["sound"] is True
    assert home.run("vault", "check", str(copy), password="wrong").returncode == 3
    copy.write_bytes(home.vault.read_bytes()[:-1])
    assert home.run("vault", "check", str(copy)).returncode == 4
    assert home.run("vault", "check", str(tmp_path / "none")).returncode == 1


def test_the_second_line_is_the_new_password(home: Home) -> None:
    home.add(GITHUB)
    status, _, errors = two_lines(home, "vault", "passwd")
    assert status == 0
    assert "still open with an earlier password" in errors
    assert home.run("list").returncode == 3
    assert home.run("list", password=NEW).returncode == 0
    assert LockedVault(home.path / "vault.bak").unlock(PASSWORD).accounts


@pytest.mark.parametrize("what", ["reseal", "delete"])
def test_a_new_password_can_reach_the_backups(home: Home, what: str) -> None:
    home.add(GITHUB)
    home.add(GITHUB.replace("ann", "bob"))
    status, _, errors = two_lines(home, "vault", "passwd", "--backups", what)
    assert (status, errors) == (0, "")
    copies = [p for p in (home.path / "backups").iterdir() if p.suffix == ".backup"]
    copies += [p for p in [home.path / "vault.bak"] if p.exists()]
    assert copies
    assert [c.name for c in copies if not LockedVault(c).unlock(NEW).accounts] == []
    assert ((home.path / "vault.bak").exists()) == (what == "reseal")


def test_passwd_needs_the_old_password_and_a_new_one(home: Home) -> None:
    before = home.vault.read_bytes()
    done = home.run("vault", "passwd", password="wrong", standard_input="x\n")
    assert done.returncode == 3
    assert two_lines(home, "vault", "passwd", second="")[0] == 1
    assert home.run("vault", "passwd").returncode == 2
    assert home.vault.read_bytes() == before


def test_backup_and_restore(home: Home, tmp_path: Path) -> None:
    home.add(GITHUB)
    copy = tmp_path / "copy"
    made = home.json("vault", "backup", str(copy))
    assert made == {"file": str(copy), "generation": 2, "accounts": 1}
    assert copy.read_bytes() == home.vault.read_bytes()
    again = home.run("vault", "backup", str(copy))
    assert again.returncode == 1
    assert "there already" in again.stderr

    home.json("remove", "GitHub")
    later = home.vault.read_bytes()
    refused = home.run("vault", "restore", str(copy))
    assert refused.returncode == 1
    restored = home.json("--yes", "vault", "restore", str(copy))
    assert (restored["generation"], restored["accounts"]) == (2, 1)
    assert len(home.json("list")) == 1
    assert Path(restored["kept"]).read_bytes() == later


def test_a_damaged_vault_is_restored_from_the_copy_beside_it(home: Home) -> None:
    home.add(GITHUB)
    home.vault.write_bytes(b"broken")
    assert home.run("list").returncode == 4
    home.json("vault", "restore", str(home.path / "vault.bak"))
    assert home.json("list") == []
    newest = max((home.path / "backups").glob("vault-*"))
    home.json("--yes", "vault", "restore", str(newest))
    assert len(home.json("list")) == 1


def test_a_missing_vault_is_restored_and_never_made_anew(home: Home) -> None:
    home.add(GITHUB)
    home.vault.unlink()
    assert home.run("list").returncode == 1
    assert home.run("init").returncode == 1
    home.json("vault", "restore", str(home.path / "vault.bak"))
    assert home.json("list") == []


def test_what_does_not_open_is_never_put_in_place(home: Home, tmp_path: Path) -> None:
    before = home.vault.read_bytes()
    copy = tmp_path / "copy"
    copy.write_bytes(before[:-1])
    assert home.run("--yes", "vault", "restore", str(copy)).returncode == 4
    copy.write_bytes(before)
    assert home.run("--yes", "vault", "restore", str(copy), password="wrong").returncode == 3
    assert home.run("--yes", "vault", "restore", str(tmp_path / "none")).returncode == 1
    assert home.vault.read_bytes() == before


def test_a_recovery_key_is_added_used_and_removed(home: Home) -> None:
    home.add(GITHUB)
    added = home.json("vault", "slots", "add", "recovery")
    assert [slot["kind"] for slot in added["slots"]] == ["password", "recovery"]
    opened = LockedVault(home.vault).unlock_with_recovery_key(added["recovery_key"])
    assert len(opened.accounts) == 1
    left = home.json("vault", "slots", "remove", added["slots"][1]["id"])
    assert [slot["kind"] for slot in left["slots"]] == ["password"]
    assert home.json("vault", "slots") == left


UNSETTLED = """
import sys
from watchword.cli import program
from watchword.vault import durable

def fail(_):
    raise OSError(5, "Input/output error")

durable.settle_folder = fail
sys.exit(program.main(sys.argv[1:]))
"""


@pytest.mark.parametrize("command", [("remove", "GitHub"), ("vault", "slots", "add", "recovery")])
def test_a_save_that_the_disk_does_not_confirm_fails_and_the_key_is_printed_all_the_same(
    home: Home, command: tuple[str, ...]
) -> None:
    home.add(GITHUB)
    done = subprocess.run(
        [sys.executable, "-c", UNSETTLED, "--password-stdin", "--json", *command],
        input=f"{PASSWORD}\n",
        env={"PATH": os.environ["PATH"], "HOME": str(home.path), "WATCHWORD_HOME": str(home.path)},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 1
    assert "Saved, but not confirmed" in done.stderr
    assert "Save again before you switch off" in done.stderr
    if "slots" in command:
        key = json.loads(done.stdout)["recovery_key"]
        LockedVault(home.vault).unlock_with_recovery_key(key).lock()
    else:
        assert done.stdout == ""


def test_slots_refuses_what_cannot_be(home: Home) -> None:
    (password,) = home.json("vault", "slots")["slots"]
    assert home.run("vault", "slots", "remove", password["id"]).returncode == 1
    assert home.run("vault", "slots", "remove", "0" * 16).returncode == 5
    assert home.run("vault", "slots", "remove").returncode == 2
    assert home.run("vault", "slots", "add", "fingerprint").returncode == 2
    assert home.run("vault", "slots", password="wrong").returncode == 3
