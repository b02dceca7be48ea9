"""Where a vault may lie: refused in a sync program's folder, asked about on a network disk."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_home import PASSWORD, SECRET, Home
from programs import CLI
from terminal import Terminal

from watchword.cli import program
from watchword.system import network_disks

GITHUB = f"otpauth://totp/GitHub:ann?secret={SECRET}&issuer=GitHub"


@pytest.fixture
def synced(tmp_path: Path) -> Path:
    folder = tmp_path / "Sync"
    (folder / ".stfolder").mkdir(parents=True)
    return folder


def test_no_vault_is_made_in_a_synced_folder(empty_home: Home, synced: Path) -> None:
    vault = synced / "below" / "vault"
    for more in ([], ["--yes"]):
        done = empty_home.run("init", "--vault", str(vault), *more)
        assert (done.returncode, done.stdout) == (1, "")
        assert "Syncthing looks after" in done.stderr
        assert "conflicted copy" in done.stderr
        assert "Choose a folder that is not synced" in done.stderr
    assert sorted(path.name for path in synced.iterdir()) == [".stfolder"]


def test_the_app_s_own_folder_is_looked_at_too(synced: Path) -> None:
    done = Home(synced / "data").run("init")
    assert done.returncode == 1
    assert "Syncthing" in done.stderr


def test_a_backup_may_lie_there_and_comes_back_elsewhere(home: Home, synced: Path) -> None:
    home.add(GITHUB)
    copy = str(synced / "copy.backup")
    home.json("vault", "backup", copy)
    refused = home.run("vault", "restore", copy, "--vault", str(synced / "vault"), "--yes")
    assert refused.returncode == 1
    assert "Syncthing" in refused.stderr
    elsewhere = str(synced.parent / "elsewhere" / "vault")
    assert home.json("vault", "restore", copy, "--vault", elsewhere)["accounts"] == 1


def test_a_vault_that_lies_there_already_opens_and_is_told_of(home: Home, synced: Path) -> None:
    moved = Home(home.path.rename(synced / "data"))
    moved.add(GITHUB)
    for command in (["vault", "info"], ["vault", "check"]):
        done = moved.run(*command)
        assert done.returncode == 0
        assert done.stderr.count("Syncthing") == 1
        assert "move the vault out" in done.stderr
    listed = moved.run("list")
    assert (listed.returncode, listed.stderr) == (0, "")
    # What is left of it can be used where it lies: somebody's codes are more pressing.
    moved.vault.unlink()
    assert moved.run("vault", "restore", str(moved.path / "vault.bak")).returncode == 0


# ---- on a network disk: what the system says of its mounts is a text of the test's

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    told = tmp_path / "mountinfo"
    told.write_bytes(
        b"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n40 22 0:35 / %s rw - nfs4 school:/home rw\n"
        % os.fsencode(tmp_path / "share")
    )
    monkeypatch.setattr(network_disks, "_MOUNTINFO", told)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv("WATCHWORD_HOME", str(tmp_path / "share" / "data"))
    return tmp_path / "share"


@pytest.fixture
def run(share: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process, in a session without a terminal."""

    def command(*arguments: str) -> tuple[int, str, str]:
        reading, writing = os.pipe()
        os.write(writing, f"{PASSWORD}\n".encode())
        os.close(writing)
        try:
            status = program.main(["--password-fd", str(reading), *arguments])
        finally:
            os.close(reading)
        return status, *capfd.readouterr()

    return command


@pytest.fixture
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchword.cli.password._has_terminal", lambda: False)


@pytest.mark.usefixtures("no_terminal")
def test_a_network_disk_wants_an_explicit_yes(share: Path, run: Run) -> None:
    status, output, told = run("init", "--no-recovery-key")
    assert (status, output) == (1, "")
    assert "network disk (NFS)" in told
    assert "backup on this computer" in told
    assert "--yes" in told
    assert not share.exists()


def test_every_save_there_is_kept_here(share: Path, run: Run, tmp_path: Path) -> None:
    status, _, told = run("init", "--no-recovery-key", "--yes")
    assert status == 0
    assert "network disk (NFS)" in told
    assert run("add", "--yes", GITHUB)[0] == 0
    vault = share / "data" / "vault"
    (here,) = (tmp_path / "home" / ".local" / "state" / "watchword").glob("*/*.backup")
    assert str(here.parent) in told
    assert here.read_bytes() == vault.read_bytes()
    # The server forgets all of it: what lies here is found, and brings it back.
    for path in sorted(share.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    status, _, told = run("init", "--no-recovery-key", "--yes")
    assert (status, vault.exists()) == (1, False)
    assert "There is a vault already" in told
    assert run("vault", "restore", str(here))[0] == 0
    assert "GitHub" in run("list")[1]


def test_opening_one_there_asks_and_tells_nothing(run: Run) -> None:
    assert run("init", "--no-recovery-key", "--yes")[0] == 0
    for command in ("info", "check"):
        status, _, told = run("vault", command)
        assert (status, told) == (0, "")


@pytest.mark.usefixtures("no_terminal")
def test_restoring_to_a_network_disk_for_the_first_time_asks_too(
    home: Home, share: Path, run: Run, tmp_path: Path
) -> None:
    copy = str(tmp_path / "copy.backup")
    home.json("vault", "backup", copy)
    status, _, told = run("vault", "restore", copy)
    assert (status, share.exists()) == (1, False)
    assert "network disk (NFS)" in told
    assert run("vault", "restore", copy, "--yes")[0] == 0


def test_at_a_terminal_the_person_decides(empty_home: Home, tmp_path: Path) -> None:
    told = tmp_path / "mountinfo"
    told.write_text(f"22 1 0:35 / {empty_home.path} rw - cifs //nas/home rw\n")
    # The program sees the test's text in the system's place, and nothing else is different.
    inside = [
        "unshare",
        "-m",
        "sh",
        "-c",
        f'mount --bind "{told}" /proc/$$/mountinfo && exec "$@"',
    ]
    if subprocess.run([*inside, "sh", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "WATCHWORD_HOME": str(empty_home.path),
    }
    for answer in ("n", "y"):
        command = [*inside, "sh", str(CLI), "init", "--no-recovery-key"]
        with Terminal(command, environment) as terminal:
            terminal.expect("network disk (SMB)")
            terminal.expect("Use it all the same? [y/N] ")
            assert not empty_home.vault.exists()
            terminal.type(answer)
            if answer == "n":
                assert terminal.finish()[0] == 1
                continue
            terminal.expect("Choose a password for the vault: ")
            terminal.type(PASSWORD)
            terminal.expect("The same again: ")
            terminal.type(PASSWORD)
            assert terminal.finish()[0] == 0
    assert empty_home.vault.exists()
