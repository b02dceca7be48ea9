"""Many processes write one vault at once; every edit must be there afterwards.

    python tests/faults/crowd.py [--processes 4] [--edits 1000] [--adds 200] [--seed S]

First, processes of the vault's own code make interleaved edits, each saved. Then as many `watchword-cli add` as
--adds says are started at the same moment.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from scenarios import CLI, CLOCK, OLD, account, environment, link

from watchword.otp.parameters import OtpParameters, OtpType
from watchword.vault import CHEAPEST, Account, HistoryEntry, LockedVault, OpenVault, create_vault

SHARED = "f" * 16  # a HOTP account that every process counts on
PATIENCE_SECONDS = 600.0


def make(path: Path) -> None:
    vault, _ = create_vault(path, OLD, recovery_key=False, cost=CHEAPEST, clock=CLOCK)
    otp = OtpParameters(type=OtpType.HOTP, secret=b"12345678901234567890")
    vault.add([Account(id=SHARED, issuer="shared", account="", otp=otp)])
    vault.save()
    vault.lock()


def edit(path: Path, name: str, edits: int, seed: int) -> None:
    """Make random edits, save each, and print what must be there afterwards."""
    chance = random.Random(f"{seed} {name}")
    vault = LockedVault(path, wait=PATIENCE_SECONDS).unlock(OLD, clock=CLOCK)
    notes: dict[str, str] = {}
    trash: list[str] = []
    counters: list[int] = []
    requests: list[str] = []
    for number in range(edits):
        what = chance.choice(("add", "note", "note", "count", "trash", "history"))
        if what == "count":
            counters.append(vault.advance_counter(SHARED).counter)
        elif what == "history":
            requests.append(f"{name}-{number}")
            vault.record(answered(requests[-1]))
            vault.remember_answered(requests[-1])
        elif what == "add" or not notes:
            made = replace(account(f"{name}-{number}"), note="made")
            vault.add([made])
            notes[made.id] = "made"
        else:
            chosen = chance.choice(sorted(notes))
            if what == "note":
                notes[chosen] = f"note {number}"
                change_note(vault, chosen, notes[chosen])
            else:
                del notes[chosen]
                trash.append(chosen)
                vault.remove(chosen)
        vault.save()
    vault.lock()
    print(json.dumps({"notes": notes, "trash": trash, "counters": counters, "requests": requests}))


def change_note(vault: OpenVault, account_id: str, note: str) -> None:
    found = next(each for each in vault.accounts if each.id == account_id)
    vault.replace(replace(found, note=note))


def answered(request: str) -> HistoryEntry:
    return HistoryEntry(
        at=CLOCK.now(),
        account_id=SHARED,
        service="shared",
        account="",
        decision="approve",
        result="approved",
        request_id=request,
    )


def interleaved(path: Path, processes: int, edits: int, seed: int) -> list[str]:
    """Run the processes; return what is missing afterwards."""
    running = [
        subprocess.Popen(
            [sys.executable, __file__, "--edit", str(path), f"p{number}", str(edits), str(seed)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(processes)
    ]
    told: list[dict[str, Any]] = []
    problems = []
    for process in running:
        output, _ = process.communicate()
        if process.returncode:
            problems.append(f"a process failed with {process.returncode}")
        else:
            told.append(json.loads(output))
    return problems + missing(path, told)


def missing(path: Path, told: list[dict[str, Any]]) -> list[str]:
    vault = LockedVault(path).unlock(OLD, clock=CLOCK)
    notes = {each.id: each.note for each in vault.accounts}
    trash = {each.entry.account.id for each in vault.trash}
    recorded = {entry.request_id for entry in vault.history}
    problems = []
    for each in told:
        problems += [f"note of {k}" for k, note in each["notes"].items() if notes.get(k) != note]
        problems += [f"removal of {k}" for k in each["trash"] if k not in trash]
        problems += [f"history {r}" for r in each["requests"] if r not in recorded]
        problems += [f"answered {r}" for r in each["requests"][-300:] if not vault.was_answered(r)]
    counters = sorted(counter for each in told for counter in each["counters"])
    if counters != list(range(len(counters))):
        problems.append("a counter was used twice or skipped")
    expected = 1 + sum(len(each["notes"]) for each in told)
    if len(notes) != expected:
        problems.append(f"{len(notes)} accounts, {expected} expected")
    vault.lock()
    return problems


def parallel_adds(home: Path, adds: int) -> list[str]:
    """Start that many `watchword-cli add` at once; return what went wrong."""
    home.mkdir()
    make(home / "vault")
    running = []
    for number in range(adds):
        process = subprocess.Popen(
            [str(CLI), "--password-stdin", "add", link(f"cli {number}")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment(home),
        )
        assert process.stdin
        process.stdin.write(f"{OLD}\n".encode())
        process.stdin.close()
        running.append(process)
    problems = []
    for process in running:
        assert process.stderr
        errors = process.stderr.read().decode()
        process.stderr.close()
        if process.wait():
            problems.append(f"exit {process.returncode}: {errors.strip()}")
    vault = LockedVault(home / "vault").unlock(OLD, clock=CLOCK)
    found = {each.issuer for each in vault.accounts}
    vault.lock()
    return problems + [f"cli {n} is missing" for n in range(adds) if f"cli {n}" not in found]


def main() -> int:
    if sys.argv[1:2] == ["--edit"]:
        _, _, path, name, edits, seed = sys.argv
        edit(Path(path), name, int(edits), int(seed))
        return 0
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--edits", type=int, default=1_000)
    parser.add_argument("--adds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=os.getpid())
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="watchword-crowd-"))
    problems: list[str] = []
    try:
        if arguments.edits:
            path = folder / "vault"
            make(path)
            problems = interleaved(path, arguments.processes, arguments.edits, arguments.seed)
            print(
                f"seed {arguments.seed}: {arguments.processes} processes x {arguments.edits} edits: "
                f"{len(problems)} lost"
            )
        if arguments.adds:
            lost = parallel_adds(folder / "home", arguments.adds)
            print(f"{arguments.adds} parallel adds: {len(lost)} lost")
            problems += lost
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for problem in problems[:50]:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
