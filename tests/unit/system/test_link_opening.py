"""Who opens links on Linux: as real gio and xdg-open see it, and whatever the lists look like."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchword.system import link_opening
from watchword.system.link_opening import LinksNotChanged, Openers, switch
from watchword.system.link_opening_linux import ENTRY, DesktopEntry, _edited, _values

LINK = "otpauth://totp/Kalos:ana?secret=JBSWY3DPEHPK3PXP&issuer=Kalos"
KIND = "x-scheme-handler/otpauth"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a home whose path needs quotes, and no system's programs."""
    made = tmp_path / "ana's home"
    made.mkdir()
    monkeypatch.setenv("HOME", str(made))
    for name in list(os.environ):
        if name.startswith(("XDG_", "WATCHWORD_", "DBUS_", "FLATPAK_")) or "DISPLAY" in name:
            monkeypatch.delenv(name)
    shared = tmp_path / "shared"
    shared.mkdir()
    monkeypatch.setenv("XDG_DATA_DIRS", str(shared))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(shared))
    return made


def program(folder: Path) -> tuple[Path, Path]:
    """Return a program that writes down its arguments, and where."""
    folder.mkdir(exist_ok=True)
    written = folder / "opened"
    path = folder / "opener"
    target = shlex.quote(str(written))
    path.write_text(f'#!/bin/sh\nprintf %s "$1 $2" >{target}.new\nmv {target}.new {target}\n')
    path.chmod(0o755)
    return path, written


def install(name: str, called: str, folder: Path, kind: str = KIND) -> None:
    """Put another program there, as a package does."""
    applications = folder / "applications"
    applications.mkdir(parents=True, exist_ok=True)
    entry = f"[Desktop Entry]\nType=Application\nName={called}\nExec=/bin/true %u\n"
    (applications / name).write_text(f"{entry}MimeType={kind};\n")
    (applications / "mimeinfo.cache").write_text(f"[MIME Cache]\n{kind}={name};\n")


def choices(home: Path) -> Path:
    return home / ".config" / "mimeapps.list"


@pytest.mark.parametrize("folder", ["plain", 'with space, $HOME and "quotes"'])
def test_a_link_is_opened_by_gio(tmp_path: Path, folder: str) -> None:
    path, written = program(tmp_path / folder)
    DesktopEntry([str(path), "100%"]).take()
    subprocess.run(["gio", "open", LINK], check=True, timeout=30)
    while not written.exists():
        pass
    assert written.read_text() == f"100% {LINK}"


def test_a_link_is_opened_by_xdg_open(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":9")  # without one it looks for browsers
    monkeypatch.setenv("HOME", str(home.rename(tmp_path / "home")))  # spaces are too much for it
    path, written = program(tmp_path / "plain")
    DesktopEntry([str(path), "-m"]).take()
    subprocess.run(["xdg-open", LINK], check=True, timeout=30)
    assert written.read_text() == f"-m {LINK}"


def test_nobody_has_them_then_we_then_nobody(home: Path) -> None:
    way = DesktopEntry(["/opt/watchword"])
    assert way.look() == Openers(ours=False)
    assert switch(way, on=True) == Openers(ours=True)
    assert switch(way, on=False) == Openers(ours=False)
    assert not (home / ".local/share/applications" / ENTRY).exists()
    assert choices(home).read_text().split() in ([], ["[Default", "Applications]"])


def test_who_has_them_is_named_and_has_them_again_afterwards(home: Path, tmp_path: Path) -> None:
    install("org.keys.desktop", "Keys\u202e and\tmore", tmp_path / "shared")
    way = DesktopEntry(["/opt/watchword"])
    (name,) = way.look().others
    assert name.isprintable()
    assert name.startswith("Keys")
    assert "\u202e" not in name
    assert switch(way, on=True) == Openers(ours=True)
    assert switch(way, on=False).others == (name,)


def test_what_else_the_person_chose_stays(home: Path, tmp_path: Path) -> None:
    install("keys.desktop", "Keys", tmp_path / "shared")
    install("other.desktop", "Other", home / ".local/share", "text/plain")
    before = (
        "# mine\n[Added Associations]\ntext/plain=other.desktop;\n\n[Default Applications]\n"
        f"text/plain=other.desktop\n{KIND}=keys.desktop\n\n[Removed Associations]\na/b=c.desktop;\n"
    )
    choices(home).parent.mkdir()
    really = tmp_path / "dotfiles"
    really.write_text(before)
    really.chmod(0o600)
    choices(home).symlink_to(really)
    way = DesktopEntry(["/opt/watchword"])
    assert way.look() == Openers(ours=False, others=("Keys",))
    way.take()
    assert way.look().ours
    assert f"{KIND}={ENTRY};keys.desktop;" in choices(home).read_text()
    way.give_back()
    assert choices(home).is_symlink()
    assert really.stat().st_mode & 0o777 == 0o600
    after = choices(home).read_text()
    assert sorted(line.rstrip(";") for line in after.split()) == sorted(
        line.rstrip(";") for line in before.split()
    )
    assert way.look() == Openers(ours=False, others=("Keys",))


def test_a_list_for_one_desktop_goes_before_and_is_heeded(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "Budgie:GNOME")
    install("keys.desktop", "Keys", tmp_path / "shared")
    special = home / ".config" / "gnome-mimeapps.list"
    special.parent.mkdir()
    special.write_text(f"[Default Applications]\n{KIND}=keys.desktop\n")
    way = DesktopEntry(["/opt/watchword"])
    assert way.look().others == ("Keys",)
    way.take()
    assert way.look() == Openers(ours=True)


def test_the_entry_of_a_package_is_used_and_not_doubled(home: Path, tmp_path: Path) -> None:
    install(ENTRY, "Watchword", tmp_path / "shared")
    way = DesktopEntry(["/opt/watchword"])
    way.take()
    assert way.look() == Openers(ours=True)
    assert not (home / ".local/share/applications" / ENTRY).exists()


def test_an_entry_that_starts_what_was_moved_away_counts_as_none(home: Path) -> None:
    DesktopEntry(["/opt/old/watchword"]).take()
    moved = DesktopEntry(["/opt/new/watchword"])
    assert not moved.look().ours
    moved.take()
    assert moved.look().ours


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe",
        b"[Default Applications",
        f"[Default Applications]\n{KIND}=../../x.desktop;;".encode(),
    ],
)
def test_a_list_that_says_nothing_usable_is_no_obstacle(home: Path, content: bytes) -> None:
    choices(home).parent.mkdir()
    choices(home).write_bytes(content)
    way = DesktopEntry(["/opt/watchword"])
    assert way.look() == Openers(ours=False)
    way.take()
    assert way.look().ours


def test_what_is_no_text_in_a_list_stays_there(home: Path) -> None:
    choices(home).parent.mkdir()
    choices(home).write_bytes(b"# caf\xe9\n[Default Applications]\ntext/html=firefox.desktop;\n")
    way = DesktopEntry(["/opt/watchword"])
    way.take()
    assert way.look().ours
    text = choices(home).read_bytes()
    assert b"# caf\xe9\n" in text
    assert b"text/html=firefox.desktop;" in text


def test_a_list_that_cannot_be_read_whole_is_left_alone(home: Path) -> None:
    choices(home).parent.mkdir()
    content = b"# long\n" * 200_000
    choices(home).write_bytes(content)
    with pytest.raises(OSError, match="too large"):
        DesktopEntry(["/opt/watchword"]).take()
    assert choices(home).read_bytes() == content


_pieces = st.sampled_from(
    [
        "[Default Applications]",
        "[Added Associations]",
        "[",
        "a/b=c.desktop;",
        f"{KIND}=",
        "# é",
        "",
        f"{KIND}={ENTRY};keys.desktop",
        f" {KIND} = x.desktop ",
        "\x0b\u2028;=",
        "\r",
    ]
)


@settings(max_examples=60)
@given(
    lines=st.lists(_pieces | st.text(max_size=8).filter(lambda text: "\n" not in text), max_size=9)
)
def test_no_line_of_somebody_else_is_touched(lines: list[str]) -> None:
    def others(text: str) -> list[str]:
        ours = [f"x-scheme-handler/{scheme}" for scheme in link_opening.SCHEMES]
        kept = [line for line in text.split("\n") if line.partition("=")[0].strip() not in ours]
        return [line for line in kept if line.strip() not in {"", "[Default Applications]"}]

    before = "\n".join(lines)
    taken = _edited(before, add=True)
    assert _values(taken, "[Default Applications]", KIND)[0] == ENTRY
    assert others(taken) == others(before)
    given_back = _edited(taken, add=False)
    assert ENTRY not in _values(given_back, "[Default Applications]", KIND)
    assert others(given_back) == others(before)


def test_a_list_that_cannot_be_written_is_told(home: Path) -> None:
    choices(home).parent.write_text("a file where a folder belongs")
    with pytest.raises(LinksNotChanged) as told:
        switch(DesktopEntry(["/opt/watchword"]), on=True)
    assert told.value.what_to_do


@pytest.mark.parametrize("name", ["WATCHWORD_HOME", "FLATPAK_ID"])
def test_portable_mode_and_sandboxes_leave_links_alone(
    monkeypatch: pytest.MonkeyPatch, name: str, tmp_path: Path
) -> None:
    assert link_opening.link_opening() is not None
    monkeypatch.setenv(name, str(tmp_path))
    assert link_opening.link_opening() is None
