"""Fills the disk under the vault, makes it read-only and frees it again, and looks at what is there.

    python tests/faults/disks.py [--sizes 64] [--turns 100] [--seed S]

Every command of scenarios.py is run on a disk (tmpfs) with more and more room, from none to enough. Then a disk turns read-only
while saves run, at a random moment. Needs root.
"""

import argparse
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from kills import last_told, save_until_killed
from scenarios import CLOCK, OLD, SCENARIOS, Scenario, account, fresh_home, judge, run

from watchword.vault import CHEAPEST, LockedVault, NotSaved, create_vault

PAGE = os.sysconf("SC_PAGE_SIZE") if sys.platform != "win32" else 4_096
AMPLE = 64 << 20
LONGEST_SECONDS = 0.1


@dataclass
class Filled:
    """What one command did on disks with more and more room."""

    runs: int = 0
    saved: int = 0
    refused: int = 0  # "not saved", and the old vault was there
    pages: int = 0  # what it takes in all
    problems: list[str] = field(default_factory=list)


@dataclass
class Turned:
    """What came of disks that turned read-only while saves ran."""

    runs: int = 0
    acknowledged: int = 0
    inside: int = 0  # turned in the middle of a save: something unfinished was left
    problems: list[str] = field(default_factory=list)


def why_not() -> str:
    """Return why no disk can be made here, or an empty text."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "disks of one's own need root on Linux"
    with tempfile.TemporaryDirectory() as folder:
        try:
            with memory_disk(Path(folder)):
                return ""
        except (subprocess.CalledProcessError, OSError) as error:
            return f"nothing can be mounted here: {error}"


@contextmanager
def memory_disk(place: Path, size: int = AMPLE) -> Iterator[Path]:
    """Mount a disk of `size` bytes; it can be made smaller, larger and read-only with `again`."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "none", str(place)]
    subprocess.run(mount, check=True, capture_output=True)
    try:
        # An empty disk without a page of room would be one of size 0: without any limit.
        (place / "other").write_bytes(b"x")
        yield place
    finally:
        for _ in range(100):
            if not subprocess.run(["umount", place], capture_output=True, check=False).returncode:
                break
            time.sleep(0.05)


def again(place: Path, *options: str) -> bool:
    """Mount it again with other options; tell whether that was possible."""
    command = ["mount", "-o", ",".join(["remount", *options]), str(place)]
    return not subprocess.run(command, capture_output=True, check=False).returncode


def used_pages(place: Path) -> int:
    facts = os.statvfs(place)
    return (facts.f_blocks - facts.f_bfree) * facts.f_frsize // PAGE


def fill(scenario: Scenario, sizes: int, place: Path, templates: Path) -> Filled:
    """Run a command with room for 0 pages, and so on up to what it needs."""
    result = Filled()
    home = fresh_home(scenario, templates, place)
    before = used_pages(place)
    status, errors = run(scenario, home, [])
    result.problems += judge(scenario, home, status, errors).problems
    # The longest way there: what stays, and what is written beside it meanwhile.
    result.pages = max(sizes, used_pages(place) - before + 2)
    for number in range(sizes):
        room = number * result.pages // (sizes - 1)
        again(place, f"size={AMPLE}")
        home = fresh_home(scenario, templates, place)
        if not again(place, f"size={(used_pages(place) + room) * PAGE}"):
            result.problems.append(f"room for {room} pages: cannot be made")
            continue
        status, errors = run(scenario, home, [])
        again(place, f"size={AMPLE}")
        result.runs += 1
        result.saved += status == 0
        refused = "Not saved" in errors or "Not exported" in errors
        full = refused and "disk is full" in errors
        result.refused += full
        outcome = judge(scenario, home, status, errors)
        problems = outcome.problems + ([] if status == 0 or full else ["it does not say why"])
        result.problems += [f"room for {room} pages: {each}: {errors}" for each in problems]
    if not (result.saved and result.refused):
        result.problems.append("it was never refused, or never saved: nothing was tried")
    return result


def fill_under_an_open_vault(sizes: int, place: Path) -> Filled:
    """Save in one session as a window has it: refused, still in memory, saved once there is room."""
    result = Filled(pages=sizes)
    home = place / "home"
    for room in range(sizes):
        shutil.rmtree(home, ignore_errors=True)
        path = home / "vault"
        vault, _ = create_vault(path, OLD, recovery_key=False, cost=CHEAPEST, clock=CLOCK)
        vault.add([account("one")])
        vault.save()
        old = path.read_bytes()
        names = ["one", *(f"new {number}" for number in range(300))]
        vault.add(account(name) for name in names[1:])
        again(place, f"size={(used_pages(place) + room) * PAGE}")
        result.runs += 1
        try:
            vault.save()
            result.saved += 1
        except NotSaved as error:
            result.refused += "disk is full" in str(error)
            if path.read_bytes() != old or not vault.dirty or list(home.glob(".*.tmp")):
                result.problems.append(f"room for {room} pages: something was left or lost")
        again(place, f"size={AMPLE}")
        vault.save()
        vault.lock()
        found = LockedVault(path).unlock(OLD, clock=CLOCK)
        if [each.issuer for each in found.accounts] != names or list(home.rglob("*.tmp")):
            result.problems.append(f"room for {room} pages: not saved once there was room")
        found.lock()
    if result.saved + result.refused != sizes or not (result.saved and result.refused):
        result.problems.append("it was never refused or never saved, or did not say why")
    return result


def turn_read_only(runs: int, seed: int, place: Path) -> Turned:
    """Let a child save until its disk turns read-only; see what it said and what is there."""
    chance = random.Random(seed)
    result = Turned()
    for _ in range(runs):
        home = place / "home"
        shutil.rmtree(home, ignore_errors=True)
        create_vault(home / "vault", OLD, recovery_key=False, cost=CHEAPEST, clock=CLOCK)[0].lock()
        told, said = one_turn(place, chance.random() * LONGEST_SECONDS)
        result.runs += 1
        result.acknowledged += told + 1
        result.inside += bool(list(home.rglob(".*.tmp")))
        result.problems += [f"run {result.runs}: {each}" for each in _after(home, told, said)]
    return result


def one_turn(place: Path, seconds: float) -> tuple[int, str]:
    """Return the last save that was acknowledged, and what the first that was not said."""
    telling, writing = os.pipe()
    saying, ending = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            vault = LockedVault(place / "home" / "vault").unlock(OLD, clock=CLOCK)
            save_until_killed(vault, writing)
        except NotSaved as error:
            os.write(ending, str(error).encode())
        except BaseException as error:  # noqa: BLE001  # the parent is told, whatever it is
            os.write(ending, f"{error!r}".encode())
        finally:
            os._exit(1)
    os.close(writing)
    os.close(ending)
    select.select([telling], [], [], 30)
    time.sleep(seconds)
    # A disk on which a file is open for writing does not turn: try until it does.
    give_up = time.monotonic() + 30
    while not again(place, "ro") and time.monotonic() < give_up:
        pass
    select.select([saying], [], [], 30)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    said = os.read(saying, 4_096).decode()
    told = last_told(telling)
    os.close(saying)
    os.close(telling)
    return told, said


def _after(home: Path, told: int, said: str) -> list[str]:
    problems = []
    if "Not saved" not in said or "only be read" not in said:
        problems.append(f"it said {said!r}")
    place = home.parent
    # To look and to read codes, nothing needs to be written.
    vault = LockedVault(home / "vault").unlock(OLD, clock=CLOCK)
    names = [each.issuer for each in vault.accounts]
    if names != [f"n{number}" for number in range(told + 1)]:
        problems.append(f"{told + 1} were acknowledged, {len(names)} are there")
    vault.add([account("afterwards")])
    try:
        vault.save()
        problems.append("a save that cannot be was told as done")
    except NotSaved as error:
        if "only be read" not in str(error):
            problems.append(f"it said {error}")
    if not again(place, "rw"):
        problems.append("the disk stays read-only")
    vault.save()
    vault.lock()
    found = LockedVault(home / "vault").unlock(OLD, clock=CLOCK)
    if [each.issuer for each in found.accounts] != [*names, "afterwards"]:
        problems.append("the next save was lost")
    found.lock()
    return problems + [f"left behind: {path.name}" for path in home.rglob(".*.tmp")]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, default=64)
    parser.add_argument("--turns", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if reason := why_not():
        print(f"skipped: {reason}")
        return 0
    problems: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        place, templates = Path(folder) / "place", Path(folder) / "templates"
        place.mkdir()
        for scenario in SCENARIOS:
            with memory_disk(place):
                filled = fill(scenario, arguments.sizes, place, templates)
            print(
                f"full disk, {scenario.name}: {filled.runs} sizes up to {filled.pages} pages; "
                f"{filled.saved} saved, {filled.refused} told as not saved, "
                f"{len(filled.problems)} problems",
                flush=True,
            )
            problems += filled.problems
        with memory_disk(place):
            filled = fill_under_an_open_vault(arguments.sizes, place)
        print(
            f"full disk, an open vault: {filled.runs} sizes; {filled.saved} saved, "
            f"{filled.refused} told as not saved and saved later, {len(filled.problems)} problems",
            flush=True,
        )
        problems += filled.problems
        with memory_disk(place):
            turned = turn_read_only(arguments.turns, arguments.seed, place)
        print(
            f"seed {arguments.seed}: {turned.runs} disks turned read-only, {turned.inside} inside a "
            f"save, {turned.acknowledged} saves acknowledged; {len(turned.problems)} problems"
        )
        problems += turned.problems
    for problem in problems[:50]:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
