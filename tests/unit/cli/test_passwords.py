"""Passwords come from a descriptor, a line or a terminal, never from the command line."""

import os
from pathlib import Path

import pytest
from cli_home import OTHER_SECRET, PASSWORD, SECRET, Home
from programs import CLI
from terminal import Terminal

KALOS = f"otpauth://totp/Kalos:ann?secret={SECRET}"
COMMANDS = (("list",), ("code", "x"), ("add", KALOS), ("vault", "info"))


def at_terminal(home: Home, *arguments: str) -> Terminal:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home.path),
        "WATCHWORD_HOME": str(home.path),
        "LANG": "C.UTF-8",
    }
    return Terminal([CLI, *arguments], environment)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_vault_exits_1_without_asking(empty_home: Home, command: tuple[str, ...]) -> None:
    refused = empty_home.run(*command, password=None, start_new_session=True)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "no vault" in refused.stderr
    assert not empty_home.vault.exists()


@pytest.mark.parametrize("end", ["\n", "\r\n", "", "\nmore lines\n"])
def test_a_line_from_a_descriptor(home: Home, end: str) -> None:
    reader, writer = os.pipe()
    os.write(writer, f"{PASSWORD}{end}".encode())
    os.close(writer)
    done = home.run("list", "--password-fd", str(reader), password=None, pass_fds=[reader])
    os.close(reader)
    assert done.returncode == 0


@pytest.mark.parametrize(
    "options",
    [
        ["--password-fd", "99"],
        ["--password-fd", "-1"],
        ["--password-fd", "stdin"],
        ["--password-fd", "0", "--password-stdin"],
        ["--password", "hunter2"],
        ["--password=hunter2"],
        ["--pass", "hunter2"],
        ["hunter2"],
    ],
    ids=" ".join,
)
def test_other_ways_are_usage_errors(home: Home, options: list[str]) -> None:
    refused = home.run("list", *options, password=None)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "hunter2" not in refused.stderr


def test_nowhere_to_ask(home: Home) -> None:
    refused = home.run("list", password=None, start_new_session=True)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--password-stdin" in refused.stderr
    assert home.run("--password-stdin", "list", password=None).returncode == 2


def test_a_password_typed_at_a_terminal_is_not_shown(home: Home) -> None:
    with at_terminal(home, "list", "--json") as terminal:
        terminal.expect("Password: ")
        terminal.type(PASSWORD)
        assert terminal.finish() == (0, "[]\n", "")
        assert PASSWORD not in terminal.seen


def test_questions_are_asked_at_the_terminal(home: Home) -> None:
    home.add(KALOS)
    like = KALOS.replace("ann", "bob")
    for answer, expected in (("n", '"added": []'), ("y", '"account": "bob"')):
        with at_terminal(home, "add", like, "--json") as terminal:
            terminal.expect("Password: ")
            terminal.type(PASSWORD)
            terminal.expect("Keep both? [y/N] ")
            terminal.type(answer)
            status, output, _ = terminal.finish()
            assert status == 0
            assert expected in output
    assert len(home.accounts()) == 2


def test_init_at_a_terminal_asks_twice(empty_home: Home) -> None:
    with at_terminal(empty_home, "init", "--json") as terminal:
        terminal.expect("Choose a password for the vault: ")
        terminal.type("one password")
        terminal.expect("The same again: ")
        terminal.type("another")
        terminal.expect("Choose a password for the vault: ")
        terminal.type(PASSWORD)
        terminal.expect("The same again: ")
        terminal.type(PASSWORD)
        status, output, notices = terminal.finish()
    assert status == 0
    assert '"recovery_key": "' in output
    assert "two different passwords" in notices
    assert empty_home.run("list").returncode == 0


def test_init_from_a_script(empty_home: Home) -> None:
    made = empty_home.json("init", "--no-recovery-key")
    assert made == {"vault": str(empty_home.vault), "recovery_key": None}
    again = empty_home.run("init")
    assert (again.returncode, again.stdout) == (1, "")
    assert "already" in again.stderr
    # What a test needs only once: the real cost of a key, and the info about it.
    slots = empty_home.json("vault", "info")["slots"]
    assert [slot["kind"] for slot in slots] == ["password"]
    assert slots[0]["kdf"]["memory_kib"] == 64 * 1024
    assert slots[0]["kdf"]["passes"] >= 3


@pytest.mark.parametrize("trace", ["vault", "vault.bak"])
def test_init_on_any_trace_of_a_vault(home: Home, trace: str) -> None:
    data = home.vault.read_bytes()
    home.vault.unlink()
    left = Path(home.path / trace)
    left.write_bytes(data if trace == "vault.bak" else b"")
    refused = home.run("init")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert left.exists()


def test_an_empty_password_is_refused(empty_home: Home) -> None:
    refused = empty_home.run("init", password="")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert not empty_home.vault.exists()


def test_the_password_and_secrets_stand_in_no_output(home: Home) -> None:
    done = home.run("add", f"otpauth://hotp/x?secret={OTHER_SECRET}&counter=0")
    shown = [done, home.run("list"), home.run("vault", "info"), home.run("code", "x")]
    for each in shown:
        assert PASSWORD not in each.stdout + each.stderr
        assert OTHER_SECRET not in each.stdout + each.stderr
