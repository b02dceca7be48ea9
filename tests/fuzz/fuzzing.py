"""Runs the fuzzer as a process of its own: an input that kills it must not kill the tests.

python tests/fuzz/fuzzing.py [libFuzzer's options]
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

TARGET = Path(__file__).resolve().with_name("fuzz_links.py")
ARTIFACTS = TARGET.parents[2] / "build" / "fuzz"


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """How it ended. `said` is the end of what the fuzzer printed: after a find, the traceback."""

    status: int
    runs: int
    said: str


def fuzz(*options: str, artifacts: Path) -> Fuzzed:
    """Fuzz until the options say it is enough; an input that is a find is left in `artifacts`."""
    artifacts.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, TARGET, f"-artifact_prefix={artifacts}/", "-verbosity=1", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    last = done.stdout.strip().splitlines()[-40:]
    runs = [line.split()[1] for line in last if line.startswith("Done ")]
    return Fuzzed(done.returncode, int(runs[0]) if runs else 0, "\n".join(last))


def main(options: list[str]) -> int:
    fuzzed = fuzz(*options, artifacts=ARTIFACTS)
    print(fuzzed.said.splitlines()[-1] if fuzzed.status == 0 else fuzzed.said)
    return 1 if fuzzed.status else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
