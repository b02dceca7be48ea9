"""Runs the tests in three parts at once: what keeps the processors busy, what needs a screen of its own, and the soak.

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
SOAK = "tests/faults/test_soak.py"


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
    # What has a screen of its own waits for other programs most of its time, and the soak for its
    # minutes to pass: beside them the others keep the processors busy. Their reports follow.
    with tempfile.TemporaryFile() as screens, tempfile.TemporaryFile() as soak:
        running = [
            start("-n", "2", "--dist", "loadfile", "-m", "not end2end", "--ignore", SOAK),
            start("-m", "end2end", "-p", "no:randomly", output=screens),
            start(SOAK, output=soak),
        ]
        # Below zero is the signal that ended it: no success either.
        codes = [part.wait() for part in running]
        for report in (screens, soak):
            report.seek(0)
            shutil.copyfileobj(report, sys.stdout.buffer)
        sys.stdout.flush()
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
