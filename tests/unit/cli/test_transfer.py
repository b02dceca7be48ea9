"""`import` and `export`: the contract of docs/cli.md, by the installed program."""

import json
import os
import resource
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cli_home import PASSWORD, Home
from programs import CLI
from terminal import Terminal
from transfer_files import EMPTY, KALOS, OTHER_SECRET, SAFE, SECRET, google_part, links

from watchword.otp import otpauth

FILE_PASSWORD = "another one entirely"


def with_file_password(
    home: Home, *arguments: str, file_password: str = FILE_PASSWORD, **more: Any
) -> subprocess.CompletedProcess[str]:
    reader, writer = os.pipe()
    os.write(writer, f"{file_password}\n".encode())
    os.close(writer)
    try:
        return home.run(
            "--json",
            *arguments,
            "--file-password-fd",
            str(reader),
            pass_fds=[reader],
            **more,
        )
    finally:
        os.close(reader)


def test_a_list_is_imported_with_exact_counts(home: Home, tmp_path: Path) -> None:
    file = links(tmp_path, "# mine", "", KALOS, SAFE, KALOS, EMPTY, "hello")
    done = home.json("import", str(file))
    assert list(done) == ["format", "added", "duplicates", "skipped", "accounts"]
    assert (done["format"], done["added"], done["duplicates"]) == ("otpauth", 2, 1)
    assert [each["name"] for each in done["skipped"]] == ["Line 6", "Line 7"]
    assert "no secret" in done["skipped"][0]["reason"]
    assert done["accounts"] == home.json("list")
    assert [(a.issuer, a.account) for a in home.accounts()] == [("Kalos", "ann"), ("Safe", "door")]


def test_importing_again_adds_nothing_and_saves_nothing(home: Home, tmp_path: Path) -> None:
    many = [KALOS.replace("ann", f"ann{number}") for number in range(500)]
    file = links(tmp_path, *many)
    assert home.json("import", str(file))["added"] == 500
    before = home.vault.read_bytes()
    again = home.run("import", str(file))
    assert (again.returncode, again.stdout) == (0, "")
    assert "0 added, 500 already here, 0 skipped" in again.stderr
    assert home.vault.read_bytes() == before


def test_a_dry_run_changes_nothing(home: Home, tmp_path: Path) -> None:
    before = home.vault.read_bytes()
    done = home.json("import", "--dry-run", str(links(tmp_path, KALOS, EMPTY)))
    assert (done["added"], len(done["skipped"])) == (1, 1)
    assert done["accounts"][0]["issuer"] == "Kalos"
    assert done["accounts"][0]["id"] is None
    assert home.vault.read_bytes() == before


def test_an_account_like_one_that_is_there_is_kept_beside_it(home: Home, tmp_path: Path) -> None:
    home.add(KALOS)
    other = KALOS.replace(SECRET, OTHER_SECRET)
    done = home.run("import", str(links(tmp_path, other)))
    assert done.returncode == 0
    assert "Kalos: ann was kept beside Kalos: ann" in done.stderr
    kept = {account.otp.secret for account in home.accounts() if account.otp}
    assert len(kept) == 2


def test_what_to_know_about_an_account_is_said(home: Home, tmp_path: Path) -> None:
    weak = [f"otpauth://totp/Weak:ann{number}?secret=MFRGG" for number in range(30)]
    done = home.run("import", str(links(tmp_path, *weak)))
    assert done.stderr.count("unusually short") == 20
    assert "And 10 more like these" in done.stderr
    assert len(home.accounts()) == 30


def test_google_parts_in_any_order(home: Home, tmp_path: Path) -> None:
    parts = [
        google_part([("Kalos", f"ann{index}", b"12345678901234567890")], index=index, size=3)
        for index in (2, 0)
    ]
    done = home.run("--json", "import", str(links(tmp_path, *parts)))
    result = json.loads(done.stdout)
    assert (result["format"], result["added"], result["skipped"]) == ("google", 2, [])
    assert "Still missing: 2." in done.stderr


def test_a_google_entry_with_md5_is_listed(home: Home, tmp_path: Path) -> None:
    part = google_part([("Kalos", "ann", b"12345678901234567890")], algorithm=4)
    done = home.json("import", str(links(tmp_path, part)))
    assert (done["added"], done["skipped"][0]["name"]) == (0, "ann")
    assert "MD5" in done["skipped"][0]["reason"]


def test_the_format_can_be_said(home: Home, tmp_path: Path) -> None:
    file = links(tmp_path, KALOS)
    assert home.json("import", str(file), "--format", "google")["skipped"][0]["name"] == "Line 1"
    assert home.run("import", str(file), "--format", "paper").returncode == 2
    refused = home.run("import", str(file), "--format", "watchword", password=PASSWORD)
    assert (refused.returncode, refused.stdout) == (2, "")


def test_a_backup_goes_from_one_vault_to_another(home: Home, tmp_path: Path) -> None:
    home.add(KALOS, SAFE)
    home.json("edit", "kalos", "--tag", "work", "--note", "two\nlines", "--favourite")
    file = tmp_path / "mine.watchword"
    exported = with_file_password(home, "export", str(file), "--format", "watchword")
    assert json.loads(exported.stdout) == {"format": "watchword", "exported": 2, "skipped": []}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for needle in (SECRET.encode(), b"Kalos", b"two"):
        assert needle not in file.read_bytes()

    for account in home.json("list"):
        home.json("remove", account["id"])
    done = json.loads(with_file_password(home, "import", str(file)).stdout)
    assert (done["format"], done["added"], done["duplicates"]) == ("watchword", 2, 0)
    kalos, safe = home.accounts()
    assert (kalos.tags, kalos.note, kalos.favourite) == (("work",), "two\nlines", True)
    assert safe.otp is not None
    assert safe.otp.counter == 3
    again = json.loads(with_file_password(home, "import", str(file)).stdout)
    assert (again["added"], again["duplicates"]) == (0, 2)


def test_a_backup_is_a_vault_of_its_own(home: Home, tmp_path: Path) -> None:
    home.add(KALOS)
    file = tmp_path / "mine.watchword"
    assert with_file_password(home, "export", str(file), "--format", "watchword").returncode == 0
    opened = home.json("--vault", str(file), "list", password=FILE_PASSWORD)
    assert opened[0]["issuer"] == "Kalos"
    assert home.run("--vault", str(file), "list", password=PASSWORD).returncode == 3
    mine, its = (
        home.json("vault", "info"),
        home.json("--vault", str(file), "vault", "info", password=FILE_PASSWORD),
    )
    assert mine["vault_id"] != its["vault_id"]
    assert [slot["kind"] for slot in its["slots"]] == ["password"]


def test_a_copy_of_a_vault_is_imported_by_its_password(home: Home, tmp_path: Path) -> None:
    home.add(KALOS)
    copy = tmp_path / "copy"
    home.json("vault", "backup", str(copy))
    home.json("remove", "kalos")
    done = json.loads(with_file_password(home, "import", str(copy), file_password=PASSWORD).stdout)
    assert done["added"] == 1


def test_wrong_password_of_a_file(home: Home, tmp_path: Path) -> None:
    home.add(KALOS)
    file = tmp_path / "mine.watchword"
    with_file_password(home, "export", str(file), "--format", "watchword")
    home.json("remove", "kalos")
    before = home.vault.read_bytes()
    refused = with_file_password(home, "import", str(file), file_password="wrong")
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "not the file's password" in refused.stderr
    assert home.vault.read_bytes() == before


def test_a_damaged_backup(home: Home, tmp_path: Path) -> None:
    home.add(KALOS)
    file = tmp_path / "mine.watchword"
    with_file_password(home, "export", str(file), "--format", "watchword")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    refused = with_file_password(home, "import", str(file))
    assert (refused.returncode, refused.stdout) == (4, "")
    assert "The file is damaged" in refused.stderr


@pytest.mark.parametrize(("vault_password", "status"), [("wrong", 3), (PASSWORD, 0)])
def test_the_vaults_own_password(
    home: Home, tmp_path: Path, vault_password: str, status: int
) -> None:
    file = links(tmp_path, KALOS)
    assert home.run("import", str(file), password=vault_password).returncode == status
    target = tmp_path / "out.txt"
    exported = home.run("export", str(target), "--format", "otpauth", password=vault_password)
    assert exported.returncode == status
    assert target.exists() == (status == 0)


def test_a_script_that_gives_no_file_password(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "mine.watchword"
    refused = home.run("export", str(file), "--format", "watchword")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--file-password-fd" in refused.stderr
    assert not file.exists()


def test_the_file_password_as_second_line(home: Home, tmp_path: Path) -> None:
    home.add(KALOS)
    file = tmp_path / "mine.watchword"
    done = home.run(
        "--json", "export", str(file), "--format", "watchword", "--file-password-fd", "0",
        standard_input=f"{FILE_PASSWORD}\n",
    )  # fmt: skip
    assert done.returncode == 0
    assert json.loads(with_file_password(home, "import", str(file)).stdout)["duplicates"] == 1


def test_a_plain_file_has_no_password(home: Home, tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    refused = with_file_password(home, "export", str(target), "--format", "otpauth")
    assert refused.returncode == 2
    assert not target.exists()


def test_a_plain_export_says_that_it_is_one(home: Home, tmp_path: Path) -> None:
    home.add(KALOS, SAFE)
    target = tmp_path / "out.txt"
    done = home.run("--json", "export", str(target), "--format", "otpauth")
    assert json.loads(done.stdout) == {"format": "otpauth", "exported": 2, "skipped": []}
    assert "is not protected" in done.stderr
    assert "1 account counts its codes" in done.stderr
    assert SECRET not in done.stdout + done.stderr
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    entries = [otpauth.parse(line) for line in target.read_text("ascii").splitlines()]
    assert [entry.otp for entry in entries] == [account.otp for account in home.accounts()]


def test_a_google_export_of_many_and_back(home: Home, tmp_path: Path) -> None:
    home.add(*[KALOS.replace("ann", f"ann{number}") for number in range(23)], SAFE)
    home.add(KALOS.replace("ann", "slow") + "&period=60")
    target = tmp_path / "google.txt"
    done = home.json("export", str(target), "--format", "google")
    assert (done["exported"], [each["name"] for each in done["skipped"]]) == (24, ["slow"])
    assert "last 60 s" in done["skipped"][0]["reason"]
    assert len(target.read_text("ascii").splitlines()) >= 3
    again = home.json("import", str(target))
    assert (again["format"], again["added"], again["duplicates"]) == ("google", 0, 24)


def test_a_file_that_is_there_stays(home: Home, tmp_path: Path) -> None:
    home.add(KALOS)
    target = tmp_path / "out.txt"
    target.write_text("mine")
    refused = home.run("export", str(target), "--format", "otpauth", start_new_session=True)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "--yes" in refused.stderr
    assert target.read_text() == "mine"
    assert home.run("export", str(target), "--format", "otpauth", "--yes").returncode == 0
    assert target.read_text().startswith("otpauth://")
    assert {each.name for each in tmp_path.iterdir()} == {"home", "out.txt"}


@pytest.mark.parametrize("name", ["vault", "vault.bak", "backups/x", "state/last-seen.json"])
def test_the_vault_is_never_exported_over(home: Home, name: str) -> None:
    home.add(KALOS)
    before = home.vault.read_bytes()
    (home.path / "backups").mkdir(exist_ok=True)
    target = home.path / "state" / ".." / name
    refused = home.run("export", str(target), "--format", "otpauth", "--yes")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "lie there" in refused.stderr
    assert home.vault.read_bytes() == before
    assert home.run("list").returncode == 0


def test_what_is_no_ordinary_file_is_not_replaced(home: Home, tmp_path: Path) -> None:
    home.add(KALOS)
    kept = tmp_path / "kept"
    kept.write_text("mine")
    link = tmp_path / "link"
    link.symlink_to(kept)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for target in (link, pipe, tmp_path, tmp_path / "none" / "out.txt", tmp_path / ("x" * 300)):
        refused = home.run("export", str(target), "--format", "otpauth", "--yes")
        assert (refused.returncode, refused.stdout) == (1, ""), target
        assert "Traceback" not in refused.stderr
    assert kept.read_text() == "mine"
    assert link.is_symlink()
    assert stat.S_ISFIFO(pipe.lstat().st_mode)


def small_files() -> None:
    """Let this process write files of 4 KiB at most, as on a disk that is all but full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


def test_an_import_that_cannot_be_saved_changes_nothing(home: Home, tmp_path: Path) -> None:
    home.add(SAFE)
    many = [KALOS.replace("ann", f"ann{number}") for number in range(500)]
    file = links(tmp_path, *many)
    before = home.vault.read_bytes()
    refused = home.run("import", str(file), preexec_fn=small_files)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Not saved" in refused.stderr
    assert home.vault.read_bytes() == before
    assert not list(home.path.glob("*.tmp"))
    assert home.json("import", str(file))["added"] == 500


def test_an_export_that_cannot_be_written_leaves_no_file(home: Home, tmp_path: Path) -> None:
    home.add(*[KALOS.replace("ann", f"ann{number}") for number in range(100)])
    target = tmp_path / "out.txt"
    arguments = ("export", str(target), "--format", "otpauth", "--yes")
    refused = home.run(*arguments, preexec_fn=small_files)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Not exported" in refused.stderr
    assert {each.name for each in tmp_path.iterdir()} == {"home"}
    target.write_text("mine")
    assert home.run(*arguments, preexec_fn=small_files).returncode == 1
    assert target.read_text() == "mine"
    assert {each.name for each in tmp_path.iterdir()} == {"home", "out.txt"}


def test_a_device_that_is_full_leaves_no_file(home: Home) -> None:
    home.add(KALOS)
    refused = home.run("export", "/dev/full/out.txt", "--format", "otpauth")
    assert refused.returncode == 1


def test_at_a_terminal_the_password_is_asked_again(home: Home, tmp_path: Path) -> None:
    home.add(KALOS)
    target = tmp_path / "out.txt"
    for again, status in (("wrong", 3), (PASSWORD, 0)):
        with at_terminal(home, "export", str(target), "--format", "otpauth") as terminal:
            terminal.expect("Password: ")
            terminal.type(PASSWORD)
            terminal.expect("The password again: ")
            terminal.type(again)
            found, _, _ = terminal.finish()
        assert found == status
        assert target.exists() == (status == 0)


def test_at_a_terminal_a_files_password_is_typed_twice(home: Home, tmp_path: Path) -> None:
    home.add(KALOS)
    target = tmp_path / "mine.watchword"
    with at_terminal(home, "export", str(target), "--format", "watchword") as terminal:
        terminal.expect("Password: ")
        terminal.type(PASSWORD)
        terminal.expect("The password again: ")
        terminal.type(PASSWORD)
        for typed in (FILE_PASSWORD, "something else", FILE_PASSWORD, FILE_PASSWORD):
            terminal.expect("The same again: " if typed != FILE_PASSWORD else ": ")
            terminal.type(typed)
        status, _, _ = terminal.finish()
    assert status == 0
    with at_terminal(home, "import", str(target), "--json") as terminal:
        terminal.expect("Password: ")
        terminal.type(PASSWORD)
        terminal.expect("The file's password: ")
        terminal.type(FILE_PASSWORD)
        status, output, _ = terminal.finish()
    assert status == 0
    assert json.loads(output)["duplicates"] == 1


def test_a_file_is_replaced_after_a_yes_at_the_terminal(home: Home, tmp_path: Path) -> None:
    home.add(KALOS)
    target = tmp_path / "out.txt"
    target.write_text("mine")
    with at_terminal(home, "export", str(target), "--format", "otpauth") as terminal:
        terminal.expect("Replace it? [y/N] ")
        terminal.type("n")
        status, _, _ = terminal.finish()
    assert (status, target.read_text()) == (1, "mine")


@pytest.mark.parametrize(
    "make",
    [
        lambda path: None,
        lambda path: path.mkdir(),
        os.mkfifo,
        lambda path: path.symlink_to(path),
        lambda path: path.symlink_to("/dev/zero"),
        lambda path: path.symlink_to("/proc/self/mem"),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"[" * 100_000),
        lambda path: path.write_bytes(b"[]," * 7_000_000),
        lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n"),
        lambda path: path.write_bytes(b"otpauth-migration"),
        lambda path: path.write_bytes("caf\xe9".encode("latin-1")),
        lambda path: path.write_bytes(b"\xff\xfe\xd8"),
    ],
    ids=[
        "missing", "folder", "pipe", "loop", "zeros", "memory", "empty", "depth", "20 MB",
        "picture", "text", "Latin-1", "half UTF-16",
    ],
)  # fmt: skip
def test_hostile_files(home: Home, tmp_path: Path, make: Any) -> None:
    path = tmp_path / "file"
    make(path)
    before = home.vault.read_bytes()
    refused = home.run("import", str(path), timeout=30)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Traceback" not in refused.stderr
    assert len(refused.stderr) < 500
    assert home.vault.read_bytes() == before


def test_a_vault_that_becomes_too_full_takes_nothing(home: Home, tmp_path: Path) -> None:
    home.add(SAFE)
    lines = [KALOS.replace("ann", f"ann{number}") for number in range(20_000)]
    file = links(tmp_path, *lines)
    refused = home.run("import", str(file), timeout=90)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "20,000" in refused.stderr
    assert len(home.accounts()) == 1


def at_terminal(home: Home, *arguments: str) -> Terminal:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home.path),
        "WATCHWORD_HOME": str(home.path),
        "LANG": "C.UTF-8",
    }
    return Terminal([CLI, *arguments], environment)
