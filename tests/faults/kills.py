"""Kills a process at random moments inside saves, and looks at the disk after each.

    python tests/faults/kills.py [--runs 10000] [--seed S]

A child saves one account after the other and writes the number of each save that returned to a pipe; the parent
kills it after a random time. Every acknowledged account must be there, and nothing torn.
"""

import argparse
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from scenarios import CLOCK, OLD, account

from watchword.vault import CHEAPEST, LockedVault, OpenVault, create_vault

LONGEST_SECONDS = 0.06
ACCOUNTS = 40  # beyond, the vault is made anew: saves should stay quick, to be hit anywhere


@dataclass
class Killed:
    """What came of the kills."""

    runs: int = 0
    acknowledged: int = 0
    inside: int = 0  # kills that left an unfinished save behind
    lost: int = 0
    torn: int = 0
    left: int = 0  # temporary files after the next save

    @property
    def sound(self) -> bool:
        return not (self.lost or self.torn or self.left)


def save_until_killed(vault: OpenVault, pipe: int) -> None:
    """Save one account after the other; each number is told only after its save returned."""
    number = len(vault.accounts)
    while True:
        vault.add([account(f"n{number}")])
        vault.save()
        os.write(pipe, b"%d\n" % number)
        number += 1


def last_told(pipe: int) -> int:
    """Return the last number in the pipe, -1 if none."""
    data = b""
    while select.select([pipe], [], [], 0)[0] and (piece := os.read(pipe, 65_536)):
        data += piece
    lines = data.split(b"\n")[:-1]
    return int(lines[-1]) if lines else -1


def one_kill(vault: OpenVault, seconds: float) -> int:
    """Let a child save for `seconds`, kill it; return the last save it was told of."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            save_until_killed(vault, writing)
        finally:
            os._exit(1)  # a save that failed by itself shows as missing
    os.close(writing)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    told = last_told(reading)
    os.close(reading)
    return told


def kill_many(runs: int, seed: int, folder: Path) -> Killed:
    chance = random.Random(seed)
    result = Killed()
    path = folder / "vault"
    vault: OpenVault | None = None
    for _ in range(runs):
        if vault is None or len(vault.accounts) > ACCOUNTS:
            shutil.rmtree(folder, ignore_errors=True)
            vault, _ = create_vault(path, OLD, recovery_key=False, cost=CHEAPEST, clock=CLOCK)
        told = one_kill(vault, chance.random() * LONGEST_SECONDS)
        result.runs += 1
        result.acknowledged += max(0, told + 1 - len(vault.accounts))
        result.inside += bool(list(folder.rglob(".*.tmp")))
        vault.lock()
        try:
            vault = LockedVault(path).unlock(OLD, clock=CLOCK)
        except Exception as error:  # noqa: BLE001  # whatever it is, the vault does not open
            print(f"run {result.runs}: {error!r}")
            result.torn += 1
            vault = None
            continue
        names = [each.issuer for each in vault.accounts]
        if names != [f"n{number}" for number in range(len(names))] or len(names) <= told:
            print(f"run {result.runs}: {told + 1} were acknowledged, {len(names)} are there")
            result.lost += 1
        vault.add([account(f"n{len(names)}")])
        vault.save()
        result.left += len(list(folder.rglob(".*.tmp")))
    if vault:
        vault.lock()
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="watchword-kills-"))
    try:
        result = kill_many(arguments.runs, arguments.seed, folder / "home")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(
        f"seed {arguments.seed}: {result.runs} kills, {result.inside} inside a save, "
        f"{result.acknowledged} saves acknowledged; {result.lost} lost, {result.torn} torn, "
        f"{result.left} temporary files left"
    )
    return 0 if result.sound else 1


if __name__ == "__main__":
    sys.exit(main())
