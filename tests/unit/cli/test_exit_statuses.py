"""What a script learns when a vault does not open: 3, 4 and 1 mean the same to every command.

The commands are those of the argument parser: one that is added later is tested here, or fails.
"""

import argparse
import hashlib
import importlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cli_home import PASSWORD, SECRET, Home

from watchword.cli.arguments import new_parser
from watchword.cli.program import _MODULES
from watchword.vault import LockedVault, file_format, keyslots

KALOS = f"otpauth://totp/Kalos:ann?secret={SECRET}"
SAMPLES = Path(__file__).parents[2] / "samples" / "transfer-1"

# What follows each command's name. A command that is missing here fails below.
OPENS: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {
    ("add",): ((KALOS,),),
    ("list",): ((),),
    ("code",): (("x",),),
    ("remove",): (("x",),),
    ("trash",): ((),),
    ("restore",): (("x",),),
    ("edit",): (("x", "--note", "y"),),
    ("export-secret",): (("x",),),
    ("requests",): ((),),
    ("approve",): (("x", "--code", "1234"),),
    ("deny",): (("x",),),
    ("history",): ((),),
    ("import",): ((str(SAMPLES / "links.txt"),), (str(SAMPLES / "links.txt"), "--dry-run")),
    ("export",): (("{home}/out.txt", "--format", "otpauth"),),
    ("vault", "info"): ((),),
    ("vault", "check"): ((), ("{vault}",)),
    ("vault", "passwd"): ((),),
    ("vault", "backup"): (("{home}/copy",),),
    ("vault", "restore"): (("{vault}", "--yes"),),
    ("vault", "moved"): ((),),
    ("vault", "copied"): ((),),
    ("vault", "slots"): ((), ("add", "recovery"), ("remove", "0123456789abcdef")),
}
MAKES = ("init",)
NEEDS_NONE = {("scan",)}


def in_parser(parser: argparse.ArgumentParser, before: tuple[str, ...] = ()) -> Iterator[tuple]:
    """Yield the words of every command that has none below it."""
    groups = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    if not groups:
        yield before
    for group in groups:
        for word, below in group.choices.items():
            yield from in_parser(below, (*before, word))


def every_command() -> list[tuple[str, ...]]:
    parser, commands = new_parser()
    for module in dict.fromkeys(_MODULES.values()):
        importlib.import_module(f"watchword.cli.{module}").add_to(commands)
    return list(in_parser(parser))


def test_every_command_of_the_program_is_tested_here() -> None:
    assert set(every_command()) == {*OPENS, MAKES, *NEEDS_NONE}


def flipped(place: int) -> Callable[[bytes], bytes]:
    def flip(data: bytes) -> bytes:
        changed = bytearray(data)
        changed[place] ^= 1
        return bytes(changed)

    return flip


def newer(data: bytes) -> bytes:
    """The same vault as a later major version would write it, as far as this one can tell."""
    changed = data[:8] + (file_format.MAJOR + 1).to_bytes(2, "big") + data[10:-32]
    return changed + hashlib.sha256(changed).digest()


def damaged_inside(data: bytes) -> bytes:
    """Whole and sealed with its key; what it holds is not what Watchword writes."""
    parsed = file_format.parse(data)
    key = opened_key(data)
    header = replace(parsed.header, generation=9)
    return file_format.build(header, key, b'{"accounts":{}}'.ljust(4_096))


def opened_key(data: bytes) -> bytearray:
    header = file_format.parse(data).header
    return keyslots.unlock(header, file_format.PASSWORD, keyslots.spelling(PASSWORD))


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda data: data[:-1],
    "half": lambda data: data[: len(data) // 2],
    "longer": lambda data: data + b"\0",
    "another-file": lambda data: b"GIF89a" + bytes(len(data)),
    "bit-of-the-magic": flipped(0),
    "bit-of-a-slot": flipped(300),
    "bit-of-the-payload": flipped(-4_000),
    "bit-of-the-checksum": flipped(-1),
    "inside": damaged_inside,
}
LINES = [
    pytest.param(
        (*words, *more),
        id=" ".join((*words, *more)).replace(KALOS, "LINK").replace(f"{SAMPLES}/", ""),
    )
    for words, variants in OPENS.items()
    for more in variants
]


def tree(folder: Path) -> dict[str, bytes]:
    """Every file but the lock, which is always empty."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".lock"
    }


def refused(home: Home, line: tuple[str, ...], password: str = PASSWORD) -> tuple[int, str]:
    """Run a command that must change nothing; return its exit status and what it said."""
    before = tree(home.path)
    words = [word.format(vault=home.vault, home=home.path) for word in line]
    done = home.run(*words, password=password, standard_input="new password\n")
    assert done.stdout == ""
    assert done.stderr.startswith("watchword-cli: ")
    assert "Traceback" not in done.stderr
    assert tree(home.path) == before
    return done.returncode, done.stderr


@pytest.mark.parametrize("line", LINES)
def test_a_wrong_password_is_3(home: Home, line: tuple[str, ...]) -> None:
    status, said = refused(home, line, "wrong")
    assert status == 3
    assert "password is wrong" in said


@pytest.mark.parametrize("line", LINES)
def test_damage_is_4_even_with_a_wrong_password(home: Home, line: tuple[str, ...]) -> None:
    data = home.vault.read_bytes()
    for damage, password in (("bit-of-the-payload", PASSWORD), ("empty", "wrong")):
        home.vault.write_bytes(DAMAGES[damage](data))
        status, said = refused(home, line, password)
        assert status == 4
        assert "damaged" in said


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_kind_of_damage_is_4(home: Home, damage: str) -> None:
    home.vault.write_bytes(DAMAGES[damage](home.vault.read_bytes()))
    for line in (
        ("list",),
        ("vault", "restore", "{vault}", "--yes"),
        ("vault", "check", "{vault}"),
    ):
        status, said = refused(home, line)
        assert status == 4
        assert "damaged" in said


@pytest.mark.parametrize("line", LINES)
def test_a_newer_major_version_is_1_and_left_as_it_is(home: Home, line: tuple[str, ...]) -> None:
    home.vault.write_bytes(newer(home.vault.read_bytes()))
    status, said = refused(home, line)
    assert status == 1
    assert "newer Watchword" in said


@pytest.mark.parametrize("line", LINES)
def test_a_missing_vault_is_1_and_none_is_made(empty_home: Home, line: tuple[str, ...]) -> None:
    status, said = refused(empty_home, line)
    assert status == 1
    assert "There is no" in said


@pytest.mark.parametrize("line", [("list",), ("add", KALOS), ("vault", "passwd")], ids=" ".join)
def test_a_vault_whose_copies_are_left_is_missing_not_new(
    home: Home, line: tuple[str, ...]
) -> None:
    home.vault.rename(home.path / "vault.bak")
    status, said = refused(home, line)
    assert status == 1
    assert "missing" in said
    assert "Restore" in said


@pytest.mark.parametrize("damage", ["empty", "half", "newer"])
def test_init_makes_no_vault_over_one_that_does_not_open(home: Home, damage: str) -> None:
    change = newer if damage == "newer" else DAMAGES[damage]
    home.vault.write_bytes(change(home.vault.read_bytes()))
    status, said = refused(home, MAKES)
    assert status == 1
    assert "There is a vault already" in said
    assert LockedVault(home.vault).exists()
