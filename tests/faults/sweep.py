"""Breaks one system call at a time, and looks at the disk after each.

    python tests/faults/sweep.py [--runs N] [--seed S] [--jobs J] [--only SCENARIO]

Without --runs, every call of every scenario that touches the home folder meets every fault. strace does the
breaking (`-e inject=`); its log tells which faults fired.
"""

import argparse
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import TimeoutExpired
from threading import local

sys.path.insert(0, str(Path(__file__).parent))

from scenarios import SCENARIOS, Scenario, fresh_home, judge, run

# What may be broken, and how each can fail. Calls that a failure of is not visible to anybody
# (fadvise) are here as well: the program must not mind.
ERRORS: dict[str, tuple[str, ...]] = {
    "openat": ("EACCES", "EMFILE", "ENOSPC", "EROFS", "EIO", "ENOENT"),
    "read": ("EIO", "EINTR"),
    "write": ("ENOSPC", "EDQUOT", "EIO", "EINTR"),
    "lseek": ("EIO",),
    "close": ("EIO", "ENOSPC", "EDQUOT"),
    "fsync": ("EIO", "ENOSPC", "EDQUOT"),
    "rename": ("ENOSPC", "EIO", "EACCES", "EROFS", "EXDEV"),
    "link": ("EPERM", "EMLINK", "ENOSPC", "EIO", "EROFS"),
    "unlink": ("EIO", "EACCES", "EROFS"),
    "mkdir": ("ENOSPC", "EACCES", "EROFS"),
    "flock": ("EINTR", "ENOLCK", "EIO"),
    "newfstatat": ("EIO", "EACCES"),
    "getdents64": ("EIO",),
    "fadvise64": ("EINVAL",),
    "fcntl": ("EBADF",),
}
# A call that says it worked and did nothing: a short write, a full one, a rename, a link.
LIES = {"write": ("retval=1", "retval=0"), "rename": ("retval=0",), "link": ("retval=0",)}
TRACED = ",".join(ERRORS)

_CALL = re.compile(r"(?P<pid>\d+) +(?P<name>\w+)\((?P<rest>.*)")


@dataclass(frozen=True)
class Call:
    """One system call of a clean run: the n-th of its name in the main process."""

    name: str
    number: int
    line: str


@dataclass(frozen=True)
class Fault:
    scenario: Scenario
    call: Call
    how: str  # strace's words: error=EIO, signal=KILL, retval=1


@dataclass
class Tally:
    """What came of a sweep."""

    runs: int = 0
    fired: int = 0
    states: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def clean_run(scenario: Scenario, templates: Path, folder: Path) -> list[Call]:
    """Run without a fault; return the calls that touch the home folder, in order."""
    log = folder / "clean.log"
    # Once before, so that everything is compiled and in the caches.
    run(scenario, fresh_home(scenario, templates, folder), [])
    home = fresh_home(scenario, templates, folder)
    status, errors = run(
        scenario, home, ["strace", "-f", "-y", "-o", str(log), "-e", f"trace={TRACED}"]
    )
    if status != 0:
        raise RuntimeError(f"{scenario.name} fails without a fault: {errors}")
    return touching(log, str(home))


def touching(log: Path, home: str) -> list[Call]:
    """Return the main process's calls whose arguments name the home folder."""
    counts: Counter[str] = Counter()
    main, found = "", []
    for line in log.read_text("utf-8", "replace").splitlines():
        match = _CALL.match(line)
        if not match:
            continue
        main = main or match["pid"]
        if match["pid"] != main:
            continue
        counts[match["name"]] += 1
        if home in match["rest"]:
            found.append(Call(match["name"], counts[match["name"]], match["rest"]))
    return found


def faults_of(scenario: Scenario, calls: list[Call]) -> Iterator[Fault]:
    for call in calls:
        yield Fault(scenario, call, "signal=KILL")
        for error in ERRORS[call.name]:
            yield Fault(scenario, call, f"error={error}")
        for lie in LIES.get(call.name, ()):
            yield Fault(scenario, call, lie)


def order_problems(calls: list[Call], vault: str) -> list[str]:
    """Tell from a clean run what only a power cut would show: names given to unsettled bytes."""
    problems = []
    settled: set[str] = set()
    folder_settled_after = -1
    placed = -1
    for place, call in enumerate(calls):
        about = re.findall(r'<([^<>]+)>|"([^"]+)"', call.line)
        paths = [one or other for one, other in about]
        if call.name == "write" and paths:
            settled.discard(paths[0])
        if call.name == "fsync" and paths:
            settled.add(paths[0])
            if paths[0] == str(Path(vault).parent):
                folder_settled_after = place
        if call.name in {"rename", "link"} and paths and paths[-1] == vault:
            placed = place
            if paths[0] not in settled:
                problems.append("a file took the vault's place before its bytes were settled")
        if call.name == "unlink" and paths and paths[0] == vault:
            problems.append("the vault is deleted")
        if call.name == "openat" and vault in paths and "O_TRUNC" in call.line:
            problems.append("the vault is written in place")
    if placed >= 0 and folder_settled_after < placed:
        problems.append("the folder is not settled after the rename")
    return problems


class Sweep:
    """Runs faults side by side, each worker in a folder of its own."""

    def __init__(self, folder: Path, jobs: int) -> None:
        self.folder, self.jobs = folder, jobs
        self.templates = folder / "templates"
        self._mine = local()
        self.done = 0

    def faults(self, scenarios: tuple[Scenario, ...]) -> tuple[list[Fault], list[str]]:
        """Return every fault, and what is wrong with the order of a clean run."""
        faults: list[Fault] = []
        problems: list[str] = []
        for scenario in scenarios:
            folder = self._folder()
            calls = clean_run(scenario, self.templates, folder)
            vault = str(folder / "home" / "vault")
            problems += [f"{scenario.name}: {each}" for each in order_problems(calls, vault)]
            faults += faults_of(scenario, calls)
        return faults, problems

    def run(self, faults: list[Fault]) -> dict[str, Tally]:
        tallies: dict[str, Tally] = {}
        with ThreadPoolExecutor(self.jobs) as pool:
            for fault, (fired, state, problems) in zip(
                faults, pool.map(self._one, faults), strict=True
            ):
                tally = tallies.setdefault(fault.scenario.name, Tally())
                tally.runs += 1
                tally.fired += fired
                tally.states[state] += 1
                tally.kinds[fault.how.partition("=")[0]] += fired
                for problem in problems:
                    where = f"{fault.scenario.name}: {fault.call.name} #{fault.call.number}"
                    told = f"{where} {fault.how}: {problem} [{fault.call.line[:150]}]"
                    tally.problems.append(told)
                    print(told, flush=True)
                self.done += 1
                if self.done % 250 == 0:
                    print(f"… {self.done} of {len(faults)}", flush=True)
        return tallies

    def _one(self, fault: Fault) -> tuple[bool, str, list[str]]:
        folder = self._folder()
        home = fresh_home(fault.scenario, self.templates, folder)
        log = folder / "fault.log"
        inject = f"inject={fault.call.name}:{fault.how}:when={fault.call.number}"
        wrapper = [
            "strace",
            "-f",
            "-y",
            "-o",
            str(log),
            "-e",
            f"trace={fault.call.name}",
            "-e",
            inject,
        ]
        try:
            status, errors = run(fault.scenario, home, wrapper)
        except TimeoutExpired:
            # A machine that stood still shows nothing; a program that hangs does so again.
            home = fresh_home(fault.scenario, self.templates, folder)
            status, errors = run(fault.scenario, home, wrapper)
        if fault.how == "signal=KILL":
            lines = log.read_text("utf-8", "replace").splitlines()
            fired = status != 0 and any("killed by SIGKILL" in line for line in lines)
        else:
            fired = any(
                "(INJECTED)" in line and str(home) in line
                for line in log.read_text("utf-8", "replace").splitlines()
            )
        outcome = judge(fault.scenario, home, status, errors)
        problems = [f"{each} (exit {status}: {errors.strip()[:200]})" for each in outcome.problems]
        return fired, outcome.state.value, problems

    def _folder(self) -> Path:
        if not hasattr(self._mine, "folder"):
            # Every worker's path is as long as any other's: the calls stay the same.
            self._mine.folder = Path(tempfile.mkdtemp(prefix="worker-", dir=self.folder))
        return Path(self._mine.folder)


def table(tallies: dict[str, Tally]) -> str:
    lines = [
        f"{'scenario':10} {'runs':>6} {'fired':>6} {'old':>6} {'new':>6} {'lost':>5} {'corrupt':>8} {'problems':>9}"
    ]
    total = Tally()
    for name, tally in [*tallies.items(), ("all", total)]:
        lines.append(
            f"{name:10} {tally.runs:6} {tally.fired:6} {tally.states['old']:6} {tally.states['new']:6} "
            f"{tally.states['lost']:5} {tally.states['corrupt']:8} {len(tally.problems):9}"
        )
        if tally is not total:
            total.runs += tally.runs
            total.fired += tally.fired
            total.states += tally.states
            total.kinds += tally.kinds
            total.problems += tally.problems
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(total.kinds.items()))
    false = sum("false saved" in each for each in total.problems)
    lines.append(f'fired by kind: {kinds}; false "saved": {false}')
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, help="a random sample of this size")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", choices=[scenario.name for scenario in SCENARIOS])
    arguments = parser.parse_args()
    scenarios = tuple(s for s in SCENARIOS if arguments.only in {None, s.name})
    folder = Path(tempfile.mkdtemp(prefix="watchword-faults-"))
    try:
        sweep = Sweep(folder, arguments.jobs)
        faults, problems = sweep.faults(scenarios)
        every = len(faults)
        if arguments.runs:
            faults = random.Random(arguments.seed).sample(faults, min(arguments.runs, every))
        print(f"seed {arguments.seed}: {len(faults)} of {every} faults", flush=True)
        tallies = sweep.run(faults)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(table(tallies))
    for problem in problems:
        print(problem)
    return 1 if problems or any(tally.problems for tally in tallies.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
