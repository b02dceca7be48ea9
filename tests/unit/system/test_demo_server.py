"""The demo server as the app starts it: a real process that leaves nothing behind."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx2
import pytest

from watchword.system.demo_server import DemoNotStarted, DemoServer, demo_command

SAYS_WHY = "import sys; sys.exit('No room on the disk')"
KILLED_APP = """
import os, signal, sys
from watchword.system.demo_server import DemoServer
demo = DemoServer()
demo.start()
print(demo._process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the server's own temporary folder is seen."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


def test_it_is_there_until_it_is_stopped_and_leaves_nothing(temporary: Path) -> None:
    demo = DemoServer()
    assert demo.access is None
    access = demo.start()
    assert demo.start() == demo.access == access  # the same one
    assert httpx2.get(f"{access.address}/sign-in", trust_env=False).status_code == 200
    assert len(list(temporary.iterdir())) == 1
    demo.stop()
    assert demo.access is None
    assert not list(temporary.iterdir())
    demo.stop()


def test_a_killed_app_leaves_no_server_behind(temporary: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", KILLED_APP], capture_output=True, timeout=60, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    # Nobody waits for a child of a killed process: it is gone when it cannot be looked up.
    number = int(done.stdout)
    try:
        waiting = os.pidfd_open(number)
    except ProcessLookupError:
        pass
    else:
        import select

        assert select.select([waiting], [], [], 20)[0]
        os.close(waiting)
    assert not list(temporary.iterdir())


def test_one_that_does_not_start_says_why() -> None:
    demo = DemoServer([sys.executable, "-I", "-c", SAYS_WHY])
    with pytest.raises(DemoNotStarted, match="No room on the disk"):
        demo.start()
    assert demo.access is None
    with pytest.raises(DemoNotStarted, match="did not start"):
        DemoServer(["/no/such/program"]).start()


def test_one_that_ended_by_itself_is_started_anew() -> None:
    once = "print('Demo server  http://127.0.0.1:1\\nUser  demo\\nPassword  p', flush=True)"
    demo = DemoServer([sys.executable, "-I", "-c", once])
    demo.start()
    process = demo._process
    assert process is not None
    process.wait(20)
    assert demo.access is None
    assert demo.start().user == "demo"
    demo.stop()


def test_where_the_server_is_not_installed_nothing_is_offered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert demo_command() is not None
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "watchword"))
    assert demo_command() is None
    with pytest.raises(DemoNotStarted, match="installed without it"):
        DemoServer().start()
    (tmp_path / "watchword-server").touch()
    assert demo_command() == (str(tmp_path / "watchword-server"), "demo")
