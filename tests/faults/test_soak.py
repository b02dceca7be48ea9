"""The short form of the soak: two minutes in which the window does not rest."""

import subprocess
import sys
from pathlib import Path

import pytest

SOAK = Path(__file__).parent / "soak.py"


@pytest.mark.timeout(600)
def test_two_minutes_of_use_leave_nothing_behind() -> None:
    command = [sys.executable, str(SOAK), "--minutes", "2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=550, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "left behind: nothing" in done.stdout
