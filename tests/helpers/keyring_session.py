"""A real gnome-keyring-daemon on a bus of its own, for a program of its own.

Keyring libraries keep their bus for ever, so nothing of it runs in the tests' own process.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SESSION = "printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; "

needs_daemon = pytest.mark.skipif(
    not (shutil.which("gnome-keyring-daemon") and shutil.which("dbus-run-session")),
    reason="gnome-keyring-daemon or dbus-run-session is not installed",
)


def in_session(folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    """Run Python text in `folder`, where it finds an unlocked keyring and the tests' helpers."""
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    helpers = Path(__file__).parent
    return subprocess.run(
        [
            "dbus-run-session",
            "--",
            "sh",
            "-c",
            f'{SESSION} exec "$0" -c "$1"',
            sys.executable,
            program,
        ],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_DATA_HOME": str(folder / "data"),
            "PYTHONPATH": str(helpers),
            "LANG": "C.UTF-8",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
