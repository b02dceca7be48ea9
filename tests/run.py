"""Runs the tests in two parts: side by side what can share the machine, then what needs a screen of its own.

    python tests/run.py [pytest arguments]

With arguments, one plain pytest run with just those. The closing lines are pytest's own.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    # A person's own display, bus or settings must never reach a test.
    kept = {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "CI", "USER"}
    environment = {name: value for name, value in os.environ.items() if name in kept}
    environment |= {"QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1", "PYTHONDEVMODE": ""}
    # Started in the background by a shell, a process ignores Ctrl+C, and so would all that the
    # tests start; with a handler here they begin as at a terminal.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    pytest = [sys.executable, "-m", "pytest"]
    runs = (
        [[*pytest, *arguments]]
        if arguments
        else [
            [*pytest, "-n", "2", "--dist", "loadfile", "-m", "not end2end"],
            [*pytest, "-m", "end2end", "-p", "no:randomly"],
        ]
    )
    worst = 0
    for run in runs:
        worst = max(worst, subprocess.run(run, cwd=ROOT, env=environment, check=False).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
