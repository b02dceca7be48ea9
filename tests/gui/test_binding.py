"""The trap of PySide6 6.12 on Python 3.11: every void call drops a reference of None.

The process then aborts ("deallocating None") after some thousand calls. The requirements keep
such a pair away; this test says so where somebody loosens them.
"""

import subprocess
import sys

CALLS = """
from PySide6.QtCore import QObject
thing = QObject()
for number in range(20_000):
    thing.setObjectName("name")
print("alive")
"""


def test_twenty_thousand_void_calls_do_not_abort_the_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CALLS], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "alive\n"), done.stderr
