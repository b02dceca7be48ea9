"""Runs benchmarks: `make bench` all of them, `make bench ARGS=otp` one.
Options go to each: `make bench ARGS="scan --share=0.1"`.

Each is a program tests/benchmarks/bench_NAME.py. It measures Watchword beside a named peer in the same
run and prints ratios (under 1.00 is faster than the peer): seconds depend on the machine.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(arguments: list[str]) -> int:
    known = {path.stem.removeprefix("bench_"): path for path in sorted(HERE.glob("bench_*.py"))}
    options = [argument for argument in arguments if argument.startswith("-")]
    names = [argument for argument in arguments if argument not in options] or list(known)
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    worst = 0
    for name in names:
        print(f"== {name}", flush=True)
        done = subprocess.run(
            [sys.executable, known[name], *options], cwd=HERE.parents[1], check=False
        )
        worst = max(worst, done.returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
