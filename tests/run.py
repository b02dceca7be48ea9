"""Runs the tests in two parts at once: what can share the machine, and what needs a screen of its own.

    python tests/run.py [pytest arguments]

With arguments, one plain pytest run with just those. The closing lines are pytest's own.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

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

    def start(*more: str, output: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
        return subprocess.Popen([*pytest, *more], cwd=ROOT, env=environment, stdout=output)

    if arguments:
        return int(start(*arguments).wait() != 0)
    # What has a screen of its own waits for other programs most of its time: beside it the others
    # keep the processors busy. Its report follows theirs.
    with tempfile.TemporaryFile() as report:
        screens = start("-m", "end2end", "-p", "no:randomly", output=report)
        others = start("-n", "2", "--dist", "loadfile", "-m", "not end2end")
        # Below zero is the signal that ended it: no success either.
        failed = any([others.wait(), screens.wait()])
        report.seek(0)
        shutil.copyfileobj(report, sys.stdout.buffer)
        sys.stdout.flush()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
