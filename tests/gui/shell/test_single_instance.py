"""One instance: what a later start may say, and that nothing else is heard."""

import os
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from programs import APP
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from watchword.desktop.shell import instance_pipe, instance_socket
from watchword.desktop.shell.instance_line import LONGEST_LINE, MOST_CALLERS
from watchword.desktop.shell.single_instance import SingleInstance, Way, open_line

LINK = "otpauth://totp/Kalos:ana?secret=JBSWY3DPEHPK3PXP"
NOBODY = 65534


SOCKET = Way(instance_socket.tell, instance_socket.SocketListener)
PIPE = Way(
    instance_pipe.tell, instance_pipe.PipeListener
)  # Windows'; Qt makes a socket of it here


@contextmanager
def here(home: Path, way: Way = SOCKET) -> Iterator[SingleInstance]:
    instance = SingleInstance(home, way=way)
    assert instance.is_first()
    yield instance
    instance.close()


class Heard:
    """What the first instance was asked."""

    def __init__(self, instance: SingleInstance) -> None:
        self.raised = 0
        self.links: list[str] = []
        instance.raise_asked.connect(self._raise)
        instance.open_asked.connect(self.links.append)

    def _raise(self) -> None:
        self.raised += 1


@pytest.fixture(params=[SOCKET, PIPE], ids=["socket", "pipe"])
def first(
    qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[SingleInstance]:
    with here(tmp_path, request.param) as instance:
        yield instance


@pytest.fixture
def heard(first: SingleInstance) -> Heard:
    return Heard(first)


def address() -> Path:
    folder = Path(os.environ["XDG_RUNTIME_DIR"]) / "watchword"
    (found,) = folder.iterdir()
    return found


def call(line: bytes = b"") -> socket.socket:
    end = socket.socket(socket.AF_UNIX)
    end.setblocking(False)
    where = str(address())
    while True:
        try:
            end.connect(where)
            break
        except BlockingIOError:
            # Who listens is this very thread, and its queue is full.
            QCoreApplication.processEvents()
    end.sendall(line)
    return end


def is_hung_up(end: socket.socket) -> bool:
    end.setblocking(False)
    try:
        return end.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("way", [SOCKET, PIPE], ids=["socket", "pipe"])
def test_each_way_reaches_an_instance_that_listens_in_the_same(
    qtbot: QtBot, tmp_path: Path, way: Way
) -> None:
    with here(tmp_path, way) as first, qtbot.waitSignal(first.raise_asked):
        assert not SingleInstance(tmp_path, way=way).is_first()


def test_a_second_start_brings_the_first_forward(
    qtbot: QtBot, tmp_path: Path, first: SingleInstance
) -> None:
    second = SingleInstance(tmp_path)
    with qtbot.waitSignal(first.raise_asked):
        assert not second.is_first()
    elsewhere = SingleInstance(tmp_path / "other")
    assert elsewhere.is_first()
    elsewhere.close()
    first.close()
    assert second.is_first()
    second.close()


def test_a_start_at_login_leaves_the_first_where_it_is(
    qtbot: QtBot, first: SingleInstance, heard: Heard, tmp_path: Path
) -> None:
    assert not SingleInstance(tmp_path).is_first(raises=False)
    assert not SingleInstance(tmp_path).is_first("otpauth://totp/x", raises=False)
    qtbot.waitUntil(lambda: heard.links == ["otpauth://totp/x"])
    assert heard.raised == 0


def test_a_link_reaches_the_first_as_it_was_given(
    qtbot: QtBot, tmp_path: Path, first: SingleInstance, heard: Heard
) -> None:
    assert not SingleInstance(tmp_path).is_first(LINK)
    qtbot.waitUntil(lambda: heard.links == [LINK])
    # What an address cannot hold travels in its percent form.
    assert not SingleInstance(tmp_path).is_first("otpauth://totp/Kalós Club:ana\n?secret=AA")
    qtbot.waitUntil(lambda: len(heard.links) == 2)
    assert heard.links[1] == "otpauth://totp/Kal%C3%B3s%20Club:ana%0A?secret=AA"
    assert heard.raised == 0


def test_the_program_started_again_with_a_link_hands_it_over_and_ends(
    qtbot: QtBot, first: SingleInstance, heard: Heard, tmp_path: Path
) -> None:
    environment = {**os.environ, "WATCHWORD_HOME": str(tmp_path)}
    with subprocess.Popen([APP, LINK], env=environment) as again:
        qtbot.waitUntil(lambda: again.poll() is not None, timeout=60_000)
    assert again.returncode == 0
    qtbot.waitUntil(lambda: heard.links == [LINK])
    assert not (tmp_path / "vault").exists()


@pytest.mark.parametrize("link", ["--export=/tmp/all", "-platform", "otpauth:", "just words"])
def test_what_is_no_address_is_not_handed_over(
    qtbot: QtBot, tmp_path: Path, first: SingleInstance, heard: Heard, link: str
) -> None:
    assert open_line(link) is None
    with qtbot.waitSignal(first.raise_asked):
        assert not SingleInstance(tmp_path).is_first(link)
    assert heard.links == []


def test_a_link_longer_than_a_line_may_be_is_not_cut_but_left() -> None:
    longest = "otpauth://" + "a" * (LONGEST_LINE - len("open otpauth://"))
    assert open_line(longest) is not None
    assert open_line(longest + "a") is None


def test_only_this_user_can_reach_the_socket(qtbot: QtBot, tmp_path: Path) -> None:
    with here(tmp_path):
        found = address()
        assert stat.S_IMODE(found.parent.lstat().st_mode) == 0o700
        assert stat.S_IMODE(found.lstat().st_mode) == 0o600
    assert not found.exists()


@pytest.mark.parametrize(
    "said",
    [
        b"x" * 1_000_000,
        b"open otpauth://" + b"a" * LONGEST_LINE + b"\n",
        bytes(range(256)) * 8 + b"\n",
        b"quit\n",
        b"raise \n",
        b"RAISE\n",
        b"\n",
        b"open \n",
        b"open --export=/tmp/all\n",
        b"open otpauth://totp/a\0b\n",
        b"open otpauth://totp/\x1b[2J\n",
        "open otpauth://totp/\u202eana\n".encode(),
        b"open otpauth://totp/a b\n",
    ],
)
def test_anything_else_is_hung_up_on_and_changes_nothing(
    qtbot: QtBot, tmp_path: Path, first: SingleInstance, heard: Heard, said: bytes
) -> None:
    with socket.socket(socket.AF_UNIX) as end:
        end.setblocking(False)
        end.connect(str(address()))

        def pushed() -> bool:
            nonlocal said
            try:
                said = said[end.send(said) :]
            except BlockingIOError:
                return False
            except (BrokenPipeError, ConnectionResetError):
                return True
            return not said

        qtbot.waitUntil(pushed)
        qtbot.waitUntil(lambda: is_hung_up(end))
    assert (heard.raised, heard.links) == (0, [])
    with qtbot.waitSignal(first.raise_asked):
        assert not SingleInstance(tmp_path).is_first()


def test_a_line_may_come_in_pieces_and_only_one_is_heard(
    qtbot: QtBot, first: SingleInstance, heard: Heard
) -> None:
    with call(f"open {LINK[:20]}".encode()) as end:
        qtbot.waitUntil(lambda: len(first.listener.callers) == 1)
        end.sendall(f"{LINK[20:]}\nraise\n".encode())
        qtbot.waitUntil(lambda: heard.links == [LINK])
        qtbot.waitUntil(lambda: is_hung_up(end))
    assert heard.raised == 0


def test_who_says_nothing_is_hung_up_on_after_a_while(qtbot: QtBot, first: SingleInstance) -> None:
    with call() as end:
        qtbot.waitUntil(lambda: len(first.listener.callers) == 1)
        first.listener.callers[0]._patience.setInterval(1)
        first.listener.callers[0]._patience.start()
        qtbot.waitUntil(lambda: is_hung_up(end))
    assert first.listener.callers == []


def test_many_silent_callers_do_not_keep_a_second_start_out(
    qtbot: QtBot, tmp_path: Path, first: SingleInstance
) -> None:
    with ExitStack() as open_ends:
        for _ in range(10 * MOST_CALLERS):
            open_ends.enter_context(call())
            QCoreApplication.processEvents()
            assert len(first.listener.callers) <= MOST_CALLERS
        with qtbot.waitSignal(first.raise_asked):
            assert not SingleInstance(tmp_path).is_first()


def test_ten_thousand_short_calls_leave_nothing_behind(
    qtbot: QtBot, tmp_path: Path, first: SingleInstance, heard: Heard
) -> None:
    for number in range(10_000):
        call(b"nonsense\n" if number % 2 else b"half a li").close()
    qtbot.waitUntil(lambda: not first.listener.callers)
    assert (heard.raised, heard.links) == (0, [])
    with qtbot.waitSignal(first.raise_asked):
        assert not SingleInstance(tmp_path).is_first()


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="LOUD: only root can try as another user",
)
def test_another_user_is_not_heard_even_when_the_folder_is_open(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with here(tmp_path) as first:
        heard = Heard(first)
        _let_a_stranger_call(qtbot)
        assert (heard.raised, heard.links) == (0, [])


def _let_a_stranger_call(qtbot: QtBot) -> None:
    found = address()
    for folder in (found.parent, found.parent.parent):
        folder.chmod(0o755)
    found.chmod(0o666)
    stranger = (
        "import socket, sys\n"
        "end = socket.socket(socket.AF_UNIX)\n"
        "end.settimeout(30)\n"
        "end.connect(sys.argv[1])\n"
        "try:\n"
        "    end.sendall(b'raise\\n')\n"
        "    end.recv(1)\n"
        "except (BrokenPipeError, ConnectionResetError):\n"
        "    pass\n"
        "print('hung up')\n"
    )
    who = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    # Python may lie in root's home, which nobody can enter.
    reads = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    command = ["setpriv", *who, *reads, sys.executable, "-c", stranger, str(found)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        qtbot.waitUntil(lambda: process.poll() is not None, timeout=30_000)
        assert process.stdout is not None
        assert process.stdout.read() == "hung up\n"


def test_a_file_or_a_link_in_the_sockets_place_makes_way(qtbot: QtBot, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    with here(tmp_path):
        found = address()
    found.symlink_to(victim)
    with here(tmp_path):
        assert stat.S_ISSOCK(found.lstat().st_mode)
    assert victim.read_text() == "precious"


@pytest.mark.parametrize("kind", ["link", "file"])
def test_a_folder_that_is_not_ours_is_not_used(qtbot: QtBot, tmp_path: Path, kind: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place = Path(os.environ["XDG_RUNTIME_DIR"]) / "watchword"
    if kind == "link":
        place.symlink_to(elsewhere)
    else:
        place.write_text("")
    with here(tmp_path):
        assert list(elsewhere.iterdir()) == []
        assert not SingleInstance(tmp_path).is_first()


@pytest.mark.skipif(os.geteuid() != 0, reason="LOUD: only root can give a folder away")
def test_a_folder_made_by_another_user_is_not_used(qtbot: QtBot, tmp_path: Path) -> None:
    place = Path(os.environ["XDG_RUNTIME_DIR"]) / "watchword"
    place.mkdir(mode=0o700)
    os.chown(place, NOBODY, NOBODY)
    with here(tmp_path):
        assert list(place.iterdir()) == []
        assert not SingleInstance(tmp_path).is_first()
