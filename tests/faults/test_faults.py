"""The short forms of the fault tests, and proof that the harness would notice.

README.md says what each breaks. The long forms are the programs beside this file (`make test-all`).
"""

import random
import shutil
import sys
from pathlib import Path

import crowd
import kills
import power
import pytest
from scenarios import SCENARIOS, Scenario
from sweep import Fault, Sweep

SHAPES = Path(__file__).parent / "bad_shapes.py"
SAVE = next(scenario for scenario in SCENARIOS if scenario.name == "save")

needs_strace = pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")


@needs_strace
@pytest.mark.timeout(900)
def test_no_broken_system_call_loses_the_vault(tmp_path: Path) -> None:
    sweep = Sweep(tmp_path, jobs=2)
    faults, problems = sweep.faults(SCENARIOS)
    assert problems == []
    assert len(faults) >= 2_000
    runs = 150
    tallies = sweep.run(random.Random(1).sample(faults, runs))
    assert [problem for tally in tallies.values() for problem in tally.problems] == []
    # A fault that did not happen proves nothing.
    assert sum(tally.fired for tally in tallies.values()) >= runs * 0.95
    assert set(tallies) == {scenario.name for scenario in SCENARIOS}


def by_shape(shape: str) -> Scenario:
    return SAVE.by(sys.executable, str(SHAPES), shape)


@needs_strace
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("shape", "order", "worst"),
    [
        ("in-place", "written in place", "corrupt"),
        ("delete-then-rename", "deleted", "lost"),
        ("no-fsync", "before its bytes were settled", ""),
    ],
)
def test_the_harness_fails_wrong_ways_to_save(
    shape: str, order: str, worst: str, tmp_path: Path
) -> None:
    sweep = Sweep(tmp_path, jobs=2)
    faults, problems = sweep.faults((by_shape(shape),))
    assert any(order in problem for problem in problems)
    if worst:
        assert worst in states_after_kills(sweep, faults)


def states_after_kills(sweep: Sweep, faults: list[Fault]) -> set[str]:
    near = [
        fault
        for fault in faults
        if fault.how == "signal=KILL" and fault.call.name in {"write", "rename", "fsync"}
    ]
    (tally,) = sweep.run(near).values()
    return set(tally.states)


def test_no_kill_loses_an_acknowledged_save(tmp_path: Path) -> None:
    result = kills.kill_many(200, 1, tmp_path / "home")
    assert result.sound
    assert result.inside > 20
    assert result.acknowledged > 50


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", sorted(power.MEBIBYTES))
def test_no_power_cut_loses_an_acknowledged_save(kind: str, tmp_path: Path) -> None:
    if reason := power.why_not(kind):
        pytest.skip(reason)
    result = power.cut_many(kind, 25, 1, tmp_path)
    assert (result.lost, result.torn) == (0, 0)
    assert result.acknowledged > 10


def test_interleaved_edits_of_four_processes_are_all_kept(tmp_path: Path) -> None:
    crowd.make(tmp_path / "vault")
    assert crowd.interleaved(tmp_path / "vault", processes=4, edits=40, seed=1) == []


@pytest.mark.timeout(600)
def test_parallel_adds_are_all_kept(tmp_path: Path) -> None:
    assert crowd.parallel_adds(tmp_path / "home", 40) == []
