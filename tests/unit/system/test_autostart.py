"""What starts at login: written as each system reads it, switched off by whoever may."""

import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from watchword.system.autostart import (
    Autostart,
    LaunchAgent,
    NotChanged,
    XdgAutostart,
    autostart,
    switch,
)
from watchword.system.starting import own_command

WAYS = [XdgAutostart, LaunchAgent]


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("WATCHWORD_HOME", raising=False)
    monkeypatch.delenv("FLATPAK_ID", raising=False)
    monkeypatch.delenv("APPIMAGE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


@pytest.mark.parametrize("way", WAYS)
def test_it_is_switched_on_and_off(way: type[Autostart], tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there yet"
    one = way(folder)  # type: ignore[call-arg]
    assert not one.is_on()
    one.turn_off()
    for minimised in (True, False):
        switch(one, on=True, minimised=minimised)
        assert one.is_on()
        (file,) = folder.iterdir()
        assert ("--minimised" in file.read_text()) is minimised
    switch(one, on=False, minimised=False)
    assert not one.is_on()
    assert not list(folder.iterdir())


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"[Desktop", b"<plist/>", b"[Other]\nExec=x\n"]
)
def test_what_is_no_entry_is_not_taken_for_one(
    way: type[Autostart], data: bytes, tmp_path: Path
) -> None:
    one = way(tmp_path)  # type: ignore[call-arg]
    one.turn_on(("watchword",))
    (file,) = tmp_path.iterdir()
    file.write_bytes(data)
    assert not one.is_on()


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_what_the_desktop_switched_off_is_off(line: str, tmp_path: Path) -> None:
    one = XdgAutostart(tmp_path)
    one.turn_on(("watchword",))
    file = tmp_path / "watchword.desktop"
    file.write_text(f"{file.read_text()}{line}\n")
    assert not one.is_on()
    one.turn_on(("watchword",))
    assert one.is_on()


@pytest.mark.skipif(shutil.which("gio") is None, reason="gio is not installed")
def test_a_path_with_anything_in_it_is_started_whole(tmp_path: Path) -> None:
    folder = tmp_path / 'a "b" $HOME `c` \\d é'
    folder.mkdir()
    program = folder / "program"
    program.write_text("#!/bin/sh\nprintf '%s' \"$1\"\n")
    program.chmod(0o755)
    XdgAutostart(tmp_path).turn_on((str(program), "%f"))
    entry = tmp_path / "watchword.desktop"
    started = subprocess.run(["gio", "launch", entry], capture_output=True, timeout=20, check=True)
    assert started.stdout == b"%f"


def test_a_launch_agent_names_the_program(tmp_path: Path) -> None:
    LaunchAgent(tmp_path).turn_on(("/Applications/Watch word", "--minimised"))
    found = plistlib.loads((tmp_path / "watchword.plist").read_bytes())
    assert found["ProgramArguments"] == ["/Applications/Watch word", "--minimised"]


def test_it_is_this_very_program_that_starts(
    at_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert own_command(minimised=False) == (sys.executable, "-P", "-m", "watchword")
    monkeypatch.setenv("APPIMAGE", "/opt/Watchword.AppImage")
    monkeypatch.setenv("APPDIR", "/tmp/.mount_Editor")
    # It is that of the editor in whose terminal this was started.
    assert own_command(minimised=False) == (sys.executable, "-P", "-m", "watchword")
    monkeypatch.setenv("APPDIR", str(Path(sys.executable).parent))
    assert own_command(minimised=True) == ("/opt/Watchword.AppImage", "--minimised")
    monkeypatch.delenv("APPIMAGE")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert own_command(minimised=False) == (sys.executable,)


def test_the_persons_own_folder_is_used(at_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    way = autostart()
    assert way is not None
    way.turn_on(("watchword",))
    assert (at_home / "config/autostart/watchword.desktop").exists()
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    way = autostart()
    assert way is not None
    assert not way.is_on()
    way.turn_on(("watchword",))
    assert (at_home / ".config/autostart/watchword.desktop").exists()


@pytest.mark.parametrize("name", ["WATCHWORD_HOME", "FLATPAK_ID"])
def test_portable_and_in_a_sandbox_nothing_is_left_behind(
    name: str, at_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "anything")
    assert autostart() is None


def test_a_refusal_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotChanged) as caught:
        switch(XdgAutostart(tmp_path / "file"), on=True, minimised=False)
    assert "could not be changed" in str(caught.value)
