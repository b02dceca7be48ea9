"""A window has the vault open, and the installed command line works on it meanwhile: nothing is lost."""

import ctypes
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from programs import CLI, cli, result
from vaults import PASSWORD, Made, hotp, make_vault, totp

from watchword.clock import SystemClock
from watchword.vault import (
    CHEAPEST,
    LockedVault,
    OpenVault,
    VaultBusy,
    VaultKeyChanged,
    VaultReplaced,
    create_vault,
)

LINK = "otpauth://totp/{}:me?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return make_vault(tmp_path, totp("one"), totp("two"), totp("three"), hotp("safe"))


def by_cli(made: Made, *arguments: str, password: str = PASSWORD, more: str = "") -> None:
    done = cli("--yes", *arguments, home=made.path.parent, password=password, standard_input=more)
    assert done.returncode == 0, done.stderr


def issuers(vault: OpenVault) -> list[str]:
    return [each.issuer for each in vault.accounts]


def named(vault: OpenVault, issuer: str) -> str:
    return next(each.id for each in vault.accounts if each.issuer == issuer)


def test_edits_of_both_between_two_saves_are_all_there(made: Made) -> None:
    window = made.vault
    by_cli(made, "add", LINK.format("four"))
    by_cli(made, "edit", "one", "--tag", "work")
    by_cli(made, "remove", "two")
    by_cli(made, "remove", "three")
    window.add([totp("five")])
    one, three = window.accounts[0], window.accounts[2]
    window.replace(replace(one, note="of the window"))
    window.replace(replace(three, note="still needed"))
    window.set_setting("sort", "name")
    window.save()
    # An edit beats a removal elsewhere, and says so; a removal without an edit stays one.
    assert "it was kept" in " ".join(window.take_notices())
    for vault in (window, made.open_again()):
        assert sorted(issuers(vault)) == ["five", "four", "one", "safe", "three"]
        found = {each.issuer: each for each in vault.accounts}
        assert (found["one"].note, found["one"].tags) == ("of the window", ("work",))
        assert found["three"].note == "still needed"
        assert [each.entry.account.issuer for each in vault.trash] == ["two"]
        assert vault.setting("sort") == "name"
    assert window.generation == made.open_again().generation


def test_the_window_sees_what_the_other_did_without_saving(made: Made) -> None:
    by_cli(made, "add", LINK.format("four"))
    by_cli(made, "remove", "one")
    assert made.vault.refresh()
    assert issuers(made.vault) == ["two", "three", "safe", "four"]
    by_cli(made, "restore", "one")
    assert made.vault.refresh()
    assert sorted(issuers(made.vault)) == ["four", "one", "safe", "three", "two"]
    assert not made.vault.dirty


def test_no_counter_is_used_by_both(made: Made) -> None:
    safe = named(made.vault, "safe")
    used = []
    codes = set()
    for _ in range(3):
        used.append(made.vault.advance_counter(safe).counter)
        done = cli("--json", "code", "safe", home=made.path.parent, password=PASSWORD)
        codes.add(result(done)["code"])
    assert used == [0, 2, 4]
    assert len(codes) == 3


def test_a_password_changed_by_the_other_is_asked_for_and_the_edits_stay(made: Made) -> None:
    window = made.vault
    window.add([totp("four")])
    by_cli(made, "vault", "passwd", more="new words\n")
    with pytest.raises(VaultKeyChanged):
        window.save()
    window.rejoin("new words")
    window.save()
    assert issuers(made.open_again("new words")) == ["one", "two", "three", "safe", "four"]
    by_cli(made, "add", LINK.format("five"), password="new words")
    assert window.refresh()
    assert issuers(window)[-1] == "five"


def test_an_older_copy_restored_by_the_other_is_asked_about_and_both_are_kept(made: Made) -> None:
    window = made.vault
    window.add([totp("four")])
    window.save()
    by_cli(made, "vault", "restore", str(made.path.with_name("vault.bak")))
    window.add([totp("five")])
    with pytest.raises(VaultReplaced, match="older copy"):
        window.save()
    assert issuers(made.open_again()) == ["one", "two", "three", "safe"]
    window.save(replacing=True)
    assert issuers(made.open_again())[-2:] == ["four", "five"]
    # What lay there is a whole vault among the backups.
    copies = made.path.parent / "backups"
    assert any(
        len(LockedVault(path).unlock(PASSWORD).accounts) == 4
        for path in copies.glob("set-aside-*.backup")
    )


def test_a_vault_made_anew_by_the_other_is_not_overwritten_unasked(made: Made) -> None:
    made.vault.add([totp("four")])
    for path in made.path.parent.rglob("*"):
        if path.is_file():
            path.unlink()
    vault, _ = create_vault(made.path, "other", cost=CHEAPEST, clock=SystemClock())
    vault.lock()
    by_cli(made, "add", LINK.format("theirs"), password="other")
    before = made.path.read_bytes()
    with pytest.raises(VaultReplaced, match="Another vault"):
        made.vault.save()
    assert made.path.read_bytes() == before
    made.vault.save(replacing=True)
    (aside,) = (made.path.parent / "backups").glob("set-aside-*.backup")
    assert aside.read_bytes() == before
    assert len(made.open_again().accounts) == 5


# ---- the lock of another process

HOLD = """
import sys
from pathlib import Path
from watchword.vault import LockedVault
with LockedVault(Path(sys.argv[1])).holding_the_lock():
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_by_another(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock until its input ends, or it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def next_opening(path: Path) -> Iterator[Callable[[], None]]:
    """Yield what waits until somebody opens the file from now on (inotify)."""
    libc = ctypes.CDLL(None, use_errno=True)
    opened = 0x20  # IN_OPEN
    descriptor = libc.inotify_init()
    try:
        assert libc.inotify_add_watch(descriptor, os.fsencode(path), opened) >= 0

        def wait() -> None:
            assert select.select([descriptor], [], [], 60)[0], "nobody opened it"

        yield wait
    finally:
        os.close(descriptor)


def test_a_lock_of_a_live_process_is_waited_for_and_told(made: Made) -> None:
    impatient = LockedVault(made.path, wait=0.1).unlock(PASSWORD, clock=made.clock)
    impatient.add([totp("four")])
    with held_by_another(made.path):
        # Reading needs no lock.
        assert len(made.open_again().accounts) == 4
        with pytest.raises(VaultBusy, match="in use"):
            impatient.save()
    impatient.save()
    assert issuers(made.open_again())[-1] == "four"


@pytest.mark.skipif(sys.platform != "linux", reason="inotify is of Linux")
@pytest.mark.parametrize("end", [signal.SIGKILL, None])
def test_the_lock_of_a_process_that_ended_is_taken_over(
    made: Made, end: signal.Signals | None
) -> None:
    lock = made.vault.places.lock
    with held_by_another(made.path) as holder, next_opening(lock) as wait_for_it:
        adding = subprocess.Popen(
            [CLI, "--password-stdin", "add", LINK.format("four")],
            env={"PATH": os.environ["PATH"], "WATCHWORD_HOME": str(made.path.parent)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert adding.stdin
        adding.stdin.write(f"{PASSWORD}\n".encode())
        adding.stdin.flush()
        wait_for_it()
        assert len(made.open_again().accounts) == 4
        if end:
            holder.send_signal(end)
        else:
            assert holder.stdin
            holder.stdin.close()
        _, errors = adding.communicate(timeout=60)
    assert (adding.returncode, errors) == (0, b"")
    assert issuers(made.open_again())[-1] == "four"


def test_a_lock_file_that_somebody_left_holds_nobody_up(made: Made) -> None:
    # Whatever stands in it: other programs write their process number there.
    made.vault.places.lock.write_text("999999\n")
    made.vault.add([totp("four")])
    made.vault.save()
    assert made.vault.places.lock.read_text() == "999999\n"
    assert issuers(made.open_again())[-1] == "four"


# ---- clocks

HOUR = 3_600.0
CLOCKS = {
    "1970": 0.0,
    "before 1970": -1.0,
    "2038": 2.0**31,
    "2106": 2.0**32,
    "an hour back": 1_700_000_000.0 - HOUR,
    "the end of time": 1e18,
}


@pytest.mark.parametrize("first", CLOCKS)
def test_the_order_is_the_generations_whatever_the_clock_says(tmp_path: Path, first: str) -> None:
    made = make_vault(tmp_path)
    times = [CLOCKS[first], 1_700_000_000.0, 1_700_000_000.0 - HOUR, CLOCKS[first]]
    for number, at in enumerate(times, 2):
        made.clock.time = at
        window = made.open_again()
        assert window.take_notices() == ()
        window.add([totp(f"n{number}")])
        window.save()
        assert window.generation == number
        assert window.take_notices() == ()
    again = made.open_again()
    assert issuers(again) == ["n2", "n3", "n4", "n5"]
    traces = LockedVault(made.path).traces()
    assert traces[0].generation == 5
    assert traces[1].generation == 4
    generations = [each.generation for each in traces if each.kind == "backup"]
    assert generations == sorted(generations, reverse=True)
    assert generations[0] == 5


def test_two_with_different_clocks_merge_by_what_they_did(tmp_path: Path) -> None:
    """The one whose clock is ahead by a century does not win for it."""
    made = make_vault(tmp_path, totp("one"))
    second = made.open_again()
    one = made.vault.accounts[0]
    made.clock.time = 2.0**32
    made.vault.replace(replace(one, note="first"))
    made.vault.save()
    made.clock.time = 0.0
    second.save()
    second.replace(replace(second.accounts[0], note="second"))
    second.save()
    made.clock.time = 2.0**32
    made.vault.save()
    assert [each.note for each in made.vault.accounts] == ["second"]
