"""What `make setup` leaves behind: three programs that answer."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.end2end

PROGRAMS = Path(sys.executable).parent


@pytest.mark.parametrize("program", ["watchword", "watchword-cli", "watchword-server"])
def test_program_says_its_version(program: str) -> None:
    done = subprocess.run(
        [PROGRAMS / program, "--version"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, f"{program} 0.1.0\n")
