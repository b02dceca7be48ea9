"""Odd surroundings get a clean exit status and a text, never a traceback."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_home import PASSWORD, SECRET, Home
from programs import CLI
from terminal import Terminal

from watchword.cli import program

KALOS = f"otpauth://totp/B%C3%BCcher:ann?secret={SECRET}"


def run(
    home: Home, *arguments: str, environment: dict[str, str], **more: Any
) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(
        [CLI, "--password-stdin", *arguments],
        input=f"{PASSWORD}\n".encode(),
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        timeout=60,
        check=False,
        **more,
    )
    assert b"Traceback" not in done.stderr
    return done


@pytest.mark.parametrize(
    "locale",
    [
        {"LANG": "C"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "nonsense", "TZ": "Nowhere/Never"},
        {"TZ": ":::"},
    ],
    ids=str,
)
def test_any_locale(home: Home, locale: dict[str, str]) -> None:
    home.add(KALOS)
    environment = {"WATCHWORD_HOME": str(home.path), **locale}
    listed = run(home, "--json", "list", environment=environment)
    assert (listed.returncode, listed.stderr) == (0, b"")
    assert '"Bücher"'.encode() in listed.stdout
    assert run(home, "list", environment=environment).returncode == 0
    assert run(home, "code", "nobody", environment=environment).returncode == 5


def test_no_home_at_all(home: Home) -> None:
    assert run(home, "--vault", str(home.vault), "list", environment={}).returncode == 0


def test_a_home_that_cannot_be_written(home: Home) -> None:
    refused = run(home, "init", environment={"HOME": "/proc/nowhere"})
    assert (refused.returncode, refused.stdout) == (1, b"")
    assert refused.stderr.startswith(b"watchword-cli: ")


def test_the_platforms_folder(home: Home, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    home.path.rename(tmp_path / "data" / "watchword")
    environment = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    assert run(home, "list", environment=environment).returncode == 0


@pytest.mark.parametrize("name", ["a b", "ü 🔑", "'\";$(x)", "dot.", "[1]", "x" * 200])
def test_any_name_of_a_vault(home: Home, name: str) -> None:
    home.vault.rename(home.path / name)
    added = home.run("add", KALOS, "--vault", str(home.path / name))
    assert added.returncode == 0
    assert home.run("--vault", str(home.path / name), "list").returncode == 0


@pytest.mark.parametrize("kind", ["folder", "fifo", "device", "standard input", "address", "none"])
def test_what_can_never_be_a_vault_is_a_usage_error(home: Home, kind: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    path = {
        "folder": str(tmp_path),
        "fifo": str(tmp_path / "fifo"),
        "device": "/dev/zero",
        "standard input": "-",
        "address": "https://example.org/vault",
        "none": "",
    }[kind]
    for command in ("list", "init"):
        refused = home.run(f"--vault={path}", command)
        assert (refused.returncode, refused.stdout) == (2, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--vault", "a", "--vault", "b", "list"],
        ["--vault", "a", "list", "--vault", "b"],
        ["--no-such-option", "list"],
        ["no-such-command"],
        ["list", "surplus"],
        ["vault"],
        [],
        ["scan"],
        ["list"] + ["x"] * 20_000,
    ],
    ids=lambda arguments: " ".join(arguments)[:30],
)
def test_usage_errors(home: Home, arguments: list[str]) -> None:
    refused = home.run(*arguments)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "Traceback" not in refused.stderr
    assert len(refused.stderr) < 1000


def test_a_link_in_the_wrong_place_is_not_repeated(home: Home) -> None:
    for arguments in (["list", KALOS], [KALOS], ["--vault", KALOS, "list"]):
        refused = home.run(*arguments)
        assert refused.returncode == 2
        assert SECRET not in refused.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_standard_files(home: Home, closed: str) -> None:
    home.add(KALOS)
    before = home.vault.read_bytes()
    reader, writer = os.pipe()
    os.write(writer, f"{PASSWORD}\n".encode())
    os.close(writer)
    # Without a guard the vault would be opened as the closed file, and printed into.
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", CLI, "--password-fd", str(reader), "list"],
        env={"PATH": os.environ["PATH"], "WATCHWORD_HOME": str(home.path)},
        capture_output=True,
        pass_fds=[reader],
        timeout=60,
        check=False,
    )
    os.close(reader)
    assert (done.returncode, done.stderr) == (0, b"")
    assert home.vault.read_bytes() == before


def test_a_reader_that_has_seen_enough(home: Home) -> None:
    home.add(KALOS)
    process = subprocess.Popen(
        [CLI, "--password-stdin", "list"],
        env={"PATH": os.environ["PATH"], "WATCHWORD_HOME": str(home.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate(f"{PASSWORD}\n".encode(), timeout=60)
    assert (process.returncode, errors) == (1, b"")


def test_a_full_disk_for_the_output(home: Home) -> None:
    home.add(KALOS)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [CLI, "--password-stdin", "list"],
            env={"PATH": os.environ["PATH"], "WATCHWORD_HOME": str(home.path)},
            input=f"{PASSWORD}\n".encode(),
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert b"No space left" in done.stderr
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopped_while_it_asks(home: Home, number: signal.Signals) -> None:
    environment = {"PATH": os.environ["PATH"], "WATCHWORD_HOME": str(home.path)}
    with Terminal([CLI, "list"], environment) as terminal:
        terminal.expect("Password: ")
        terminal.process.send_signal(number)
        status, output, errors = terminal.finish()
    assert (status, output) == (1, "")
    assert errors.startswith("watchword-cli: Stopped.")


@pytest.fixture
def own_signals() -> Iterator[None]:
    """Give this process its signals back after a command ran in it."""
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


def in_a_class(number: signal.Signals) -> None:
    """Python 3.11 wraps what is raised while a class is made."""

    class Stops:
        def __set_name__(self, owner: type, name: str) -> None:
            signal.raise_signal(number)

    type("Imported", (), {"member": Stops()})


def in_a_module_of_c(number: signal.Signals) -> None:
    """`_ssl` imports `_socket` from C, and gives every error there as an ImportError of its own."""
    try:
        signal.raise_signal(number)
    finally:
        raise ImportError("PyCapsule_Import could not import module")


@pytest.mark.usefixtures("own_signals")
@pytest.mark.parametrize("imported", [in_a_class, in_a_module_of_c])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopped_during_an_import(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    number: signal.Signals,
    imported: Callable[[signal.Signals], None],
) -> None:
    """A signal during an import came out as a traceback of something else."""

    def run(_: object) -> int:
        imported(number)
        return 0

    monkeypatch.setattr(program, "_run", run)
    assert program.main([]) == 1
    assert capsys.readouterr().err.startswith("watchword-cli: Stopped.")


@pytest.mark.usefixtures("own_signals")
def test_what_nobody_stopped_is_not_called_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_: object) -> int:
        raise ImportError("no such module")

    monkeypatch.setattr(program, "_run", run)
    with pytest.raises(ImportError):
        program.main([])


def test_stopped_at_any_moment_of_a_save(home: Home) -> None:
    """Whenever SIGTERM comes, the vault opens, and "done" is only said of what is saved."""
    for step in range(1, 12):
        process = subprocess.Popen(
            [CLI, "--password-stdin", "add", KALOS.replace("ann", f"a{step}"), "--yes"],
            env={"PATH": os.environ["PATH"], "WATCHWORD_HOME": str(home.path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            output, errors = process.communicate(f"{PASSWORD}\n", timeout=0.08 * step)
        except subprocess.TimeoutExpired:
            process.terminate()
            output, errors = process.communicate(timeout=60)
        names = [account.account for account in home.accounts()]
        assert "Traceback" not in errors or process.returncode == -signal.SIGTERM
        assert process.returncode in {0, 1, -signal.SIGTERM}
        if output:
            assert f"a{step}" in names
        assert not list(home.path.glob(".vault.*.tmp"))
