"""Cuts the power while saves run, on a file system of its own, and looks at the disk after each.

    python tests/faults/power.py [--runs 1000] [--seed S] [--kind ext4|xfs] [--shape SHAPE]

A file is made a file system and mounted. A child saves and tells of each save that returned; then the file
system is shut down without writing its caches (FS_IOC_SHUTDOWN, what the file systems' own tests use) and mounted again. Every
save told of before that moment must be there. Needs root and loop devices. With --shape a wrong way to save is tried,
which must not survive.
"""

import argparse
import fcntl
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from bad_shapes import SHAPES
from kills import last_told, save_until_killed
from scenarios import CLOCK, OLD

from watchword.errors import WatchwordError
from watchword.vault import CHEAPEST, LockedVault, OpenVault, create_vault
from watchword.vault.storage import VaultFile

SHUTDOWN = 0x8004587D  # FS_IOC_SHUTDOWN
WITHOUT_CACHES = 2  # FS_SHUTDOWN_FLAGS_NOLOGFLUSH
MEBIBYTES = {"ext4": 64, "xfs": 320}
LONGEST_SECONDS = 0.12
UNMOUNTED_SECONDS = 120


@dataclass
class Cut:
    """What came of the power cuts."""

    runs: int = 0
    acknowledged: int = 0
    lost: int = 0
    torn: int = 0


def why_not(kind: str) -> str:
    """Return why power cannot be cut here, or an empty text."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "power cuts need root on Linux"
    if not shutil.which(f"mkfs.{kind}"):
        return f"mkfs.{kind} is not installed"
    with tempfile.TemporaryDirectory() as folder:
        try:
            with disk(kind, Path(folder)) as place, mounted(*place):
                return ""
        except (subprocess.CalledProcessError, OSError) as error:
            return f"loop devices cannot be mounted here: {error}"


@contextmanager
def disk(kind: str, folder: Path) -> Iterator[tuple[Path, Path]]:
    image, place = folder / "disk", folder / "place"
    with image.open("wb") as file:
        file.truncate(MEBIBYTES[kind] << 20)
    subprocess.run([f"mkfs.{kind}", "-q", str(image)], check=True, capture_output=True)
    place.mkdir()
    yield image, place


@contextmanager
def mounted(image: Path, place: Path) -> Iterator[Path]:
    subprocess.run(
        ["mount", "-o", "loop", str(image), str(place)], check=True, capture_output=True
    )
    try:
        yield place
    finally:
        unmount(image, place)


def unmount(image: Path, place: Path) -> None:
    """Take the disk away, and wait until the system has let go of it altogether.

    A process in a mount namespace of its own that began meanwhile, another test's perhaps, holds a copy of the mount.
    While it lives, mounting again would show the file system that was shut down instead of what is on the disk.
    """
    last = time.monotonic() + UNMOUNTED_SECONDS
    while True:
        done = subprocess.run(["umount", str(place)], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            break
        if time.monotonic() > last:
            raise OSError(f"the disk is still in use: {done.stderr.strip()}")
        time.sleep(0.05)
    while subprocess.run(["losetup", "-j", image], capture_output=True, check=True).stdout:
        if time.monotonic() > last:
            raise OSError("the disk is still held by another process's mounts")
        time.sleep(0.05)


def shut_down(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY)
    try:
        fcntl.ioctl(descriptor, SHUTDOWN, struct.pack("I", WITHOUT_CACHES))
    finally:
        os.close(descriptor)


def one_cut(image: Path, place: Path, seconds: float) -> tuple[int, int]:
    """Save until the power goes; return how many accounts there were and the last save told of."""
    with mounted(image, place):
        vault = open_or_create(place / "vault")
        before = len(vault.accounts)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                save_until_killed(vault, writing)
            finally:
                os._exit(1)
        os.close(writing)
        time.sleep(seconds)
        # What is in the pipe now was told before the cut; what comes later may have been told after.
        told = last_told(reading)
        shut_down(place)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)
        vault.lock()
    return before, told


def open_or_create(path: Path) -> OpenVault:
    if path.exists():
        return LockedVault(path).unlock(OLD, clock=CLOCK)
    vault, _ = create_vault(path, OLD, recovery_key=False, cost=CHEAPEST, clock=CLOCK)
    return vault


def cut_many(kind: str, runs: int, seed: int, folder: Path) -> Cut:
    chance = random.Random(seed)
    result = Cut()
    while result.runs < runs:
        # A new disk now and then: saves stay quick, and journals wrap in different places.
        with tempfile.TemporaryDirectory(dir=folder) as inner, disk(kind, Path(inner)) as at:
            image, place = at
            for _ in range(min(20, runs - result.runs)):
                before, told = one_cut(image, place, chance.random() * LONGEST_SECONDS)
                result.runs += 1
                result.acknowledged += max(0, told + 1 - before)
                if not _look(result, image, place, told):
                    break
    return result


def _look(result: Cut, image: Path, place: Path, told: int) -> bool:
    with mounted(image, place):
        try:
            vault = open_or_create(place / "vault")
        except WatchwordError as error:
            print(f"run {result.runs}: {error}")
            result.torn += 1
            return False
        names = [each.issuer for each in vault.accounts]
        vault.lock()
        # Not settled: nothing but reading. The next cut's child starts from what is there.
        if names != [f"n{number}" for number in range(len(names))] or len(names) <= told:
            print(f"run {result.runs}: {told + 1} were acknowledged, {len(names)} are there")
            result.lost += 1
            return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=sorted(MEBIBYTES), action="append")
    parser.add_argument("--shape", choices=sorted(SHAPES))
    arguments = parser.parse_args()
    if arguments.shape:
        VaultFile._put = SHAPES[arguments.shape]
    worst = 0
    for kind in arguments.kind or sorted(MEBIBYTES):
        if reason := why_not(kind):
            print(f"{kind}: skipped: {reason}")
            continue
        folder = Path(tempfile.mkdtemp(prefix="watchword-power-"))
        try:
            result = cut_many(kind, arguments.runs, arguments.seed, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        print(
            f"{kind}, seed {arguments.seed}: {result.runs} power cuts, {result.acknowledged} saves "
            f"acknowledged; {result.lost} lost, {result.torn} torn"
        )
        worst |= bool(result.lost or result.torn)
    return worst


if __name__ == "__main__":
    sys.exit(main())
