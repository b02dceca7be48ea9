"""The window's memory, which holds every secret, is not for other programs of the same user."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from programs import APP
from PySide6.QtCore import QLibraryInfo

SPY = Path(__file__).resolve().parents[2] / "helpers" / "memory_spy.py"
NOBODY = 65534


def as_ordinary_user(home: Path) -> list[str]:
    """Return what a command begins with so that it does not run as root; `home` becomes theirs."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("LOUD: setpriv is missing, and root may read everything: nothing was tested")
    # Qt asks by mode bits whether it may load its plugins, whatever capabilities say.
    plugins = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath))
    if not all(folder.stat().st_mode & 0o001 for folder in (plugins, *plugins.parents)):
        pytest.skip("LOUD: Qt lies where an ordinary user may not look: nothing was tested")
    for path in (home, *home.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    # Python may lie in root's home; reading files is no help to whoever wants to read memory.
    return [
        "setpriv",
        f"--reuid={NOBODY}",
        f"--regid={NOBODY}",
        "--clear-groups",
        "--inh-caps=+dac_read_search",
        "--ambient-caps=+dac_read_search",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="LOUD: tried on Linux only")
def test_other_programs_of_the_user_cannot_read_the_windows_memory() -> None:
    with tempfile.TemporaryDirectory(prefix="ww-") as folder:
        home = Path(folder)
        (home / "run").mkdir(mode=0o700)
        first = as_ordinary_user(home)
        done = subprocess.run(
            [*first, sys.executable, str(SPY), str(APP)],
            env={
                "PATH": os.environ["PATH"],
                "HOME": folder,
                "WATCHWORD_HOME": f"{folder}/data",
                "XDG_RUNTIME_DIR": f"{folder}/run",
                "QT_QPA_PLATFORM": "offscreen",
                "LANG": "C.UTF-8",
            },
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    # What the spy can do to a program that does not mind shows that the refusal is our doing.
    assert (seen["plain"]["memory"], seen["plain"]["ptrace"]) == ("read", "attached")
    assert seen["program"] == {
        "running": True,
        "memory": "refused",
        "ptrace": "Operation not permitted",
        "core": ["0", "0"],
    }
