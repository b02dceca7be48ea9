"""Whose folder it is: real folders with the marks that sync programs leave."""

import json
import os
from pathlib import Path

import pytest

from watchword.errors import KnownError
from watchword.system import folders, network_disks
from watchword.system.folders import refuse_synced, sync_program, synced_notice

MOUNTED = b"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:35 / %s rw - nfs4 server:/home rw
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let nothing of this machine's sync programs reach a test."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in (
        *("OneDrive", "OneDriveConsumer", "OneDriveCommercial", "APPDATA", "LOCALAPPDATA"),
        *("XDG_CONFIG_HOME", "XDG_STATE_HOME"),
    ):
        monkeypatch.delenv(name, raising=False)
    return home


def put(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(
    ("mark", "program"),
    [
        (".dropbox", "Dropbox"),
        (".dropbox.cache/", "Dropbox"),
        (".849C9593-D756-4E56-8D6E-42412F2A707B", "OneDrive"),
        (".nextcloudsync.log", "Nextcloud"),
        (".owncloudsync.log", "ownCloud"),
        (".sync_3f1bd5c20a3e.db", "Nextcloud or ownCloud"),
        ("._sync_3f1bd5c20a3e.db", "Nextcloud or ownCloud"),
        (".stfolder/", "Syncthing"),
        (".stfolder", "Syncthing"),
        (".sync/ID", "Resilio Sync"),
        (".megaignore", "MEGA"),
        (".shortcut-targets-by-id/", "Google Drive"),
        (".tmp.driveupload/", "Google Drive"),
        (".tmp.drivedownload/", "Google Drive"),
    ],
)
def test_the_mark_at_a_folder_s_root_tells_for_all_below(
    home: Path, mark: str, program: str
) -> None:
    root = home / "Files"
    if mark.endswith("/"):
        (root / mark).mkdir(parents=True)
    else:
        put(root / mark)
    assert sync_program(root) == program
    assert sync_program(root / "not" / "made" / "yet") == program
    assert sync_program(home) == ""
    assert sync_program(home / "Files elsewhere") == ""


@pytest.mark.parametrize(
    "name", [".dropbox/", ".sync/", ".sync_me.txt", "sync_1.db", ".nextcloudsync.log/"]
)
def test_what_only_looks_like_a_mark_tells_nothing(home: Path, name: str) -> None:
    """In a home folder `.dropbox` is a folder: all of the home is not Dropbox's."""
    if name.endswith("/"):
        (home / name).mkdir()
    else:
        put(home / name)
    assert sync_program(home / ".local" / "share" / "watchword") == ""


def test_a_link_into_a_synced_folder_is_followed(home: Path) -> None:
    put(home / "Sync" / ".stfolder")
    (home / "elsewhere").symlink_to(home / "Sync")
    assert sync_program(home / "elsewhere" / "data") == "Syncthing"
    (home / "Sync" / "out").symlink_to(home)
    assert sync_program(home / "Sync" / "out" / "data") == ""


def test_links_in_a_circle_tell_nothing(home: Path) -> None:
    (home / "a").symlink_to(home / "b")
    (home / "b").symlink_to(home / "a")
    assert sync_program(home / "a") == ""
    assert network_disks.network_disk(home / "a") == ""


def test_where_dropbox_says_that_its_folders_are(home: Path) -> None:
    told = {"personal": {"path": str(home / "Mine")}, "business": {"path": str(home / "Firm")}}
    put(home / ".dropbox" / "info.json", json.dumps(told))
    assert sync_program(home / "Mine" / "x") == "Dropbox"
    assert sync_program(home / "Firm") == "Dropbox"
    assert sync_program(home) == ""


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "7", '{"personal": 3}', '{"personal": {"path": 3}}', "[" * 60_000),
        *('{"personal": {"path": "relative"}}', '{"personal": {"path": "/\\u0000"}}'),
    ],
)
def test_settings_that_cannot_be_read_tell_nothing(home: Path, text: str) -> None:
    put(home / ".dropbox" / "info.json", text)
    assert sync_program(home / "relative") == ""


def test_on_windows_dropbox_and_onedrive_tell_in_the_environment(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(
        home / "Roaming" / "Dropbox" / "info.json", json.dumps({"personal": {"path": f"{home}/D"}})
    )
    monkeypatch.setenv("APPDATA", str(home / "Roaming"))
    monkeypatch.setenv("OneDriveCommercial", str(home / "OneDrive - School"))
    assert sync_program(home / "D") == "Dropbox"
    assert sync_program(home / "OneDrive - School" / "Documents") == "OneDrive"
    assert sync_program(home / "OneDrive") == ""


@pytest.mark.parametrize(
    ("config", "root"),
    [
        (None, "OneDrive"),
        ("monitor_interval = 300\n", "OneDrive"),
        ('# sync_dir = "~/no"\nsync_dir = "~/Cloud/One"\n', "Cloud/One"),
    ],
)
def test_the_onedrive_client_for_linux(home: Path, config: str | None, root: str) -> None:
    assert sync_program(home / root) == ""
    put(home / ".config" / "onedrive" / "refresh_token")
    if config is not None:
        put(home / ".config" / "onedrive" / "config", config)
    assert sync_program(home / root / "x") == "OneDrive"
    assert sync_program(home / "no") == ""


@pytest.mark.parametrize(
    ("place", "program"),
    [
        ("Library/Mobile Documents/com~apple~CloudDocs", "iCloud Drive"),
        ("Library/CloudStorage/GoogleDrive-ana@example.org/My Drive", "Google Drive"),
        ("Library/CloudStorage/OneDrive-Personal", "OneDrive"),
        ("Library/CloudStorage/Dropbox", "Dropbox"),
        ("Library/CloudStorage", ""),
        ("Library/Application Support/watchword", ""),
    ],
)
def test_the_folders_of_macos(home: Path, place: str, program: str) -> None:
    assert sync_program(home / place) == program


def test_a_refusal_says_what_and_why_and_what_to_do(home: Path) -> None:
    put(home / "Sync" / ".stfolder")
    with pytest.raises(folders.SyncedFolder) as caught:
        refuse_synced(home / "Sync" / "data")
    error: KnownError = caught.value
    assert "Syncthing" in error.title
    assert "conflicted copy" in error.reason
    assert "not synced" in error.what_to_do
    assert "Syncthing" in synced_notice(home / "Sync" / "data")
    refuse_synced(home)
    assert synced_notice(home) == ""


# ---- backups on this computer's own disk


def on_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, point: Path) -> None:
    text = tmp_path / "mountinfo"
    text.write_bytes(MOUNTED % os.fsencode(point))
    monkeypatch.setattr(network_disks, "_MOUNTINFO", text)


def test_a_vault_on_a_share_has_its_backups_in_the_home(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_network(monkeypatch, tmp_path, tmp_path / "share")
    first = folders.local_backups(tmp_path / "share" / "vault")
    other = folders.local_backups(tmp_path / "share" / "other" / "vault")
    assert first is not None
    assert other is not None
    assert first.parent == other.parent == home / ".local" / "state" / "watchword"
    assert first != other
    assert folders.local_backups(home / "vault") is None


def test_a_home_on_a_server_has_them_on_the_disk_at_hand(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_network(monkeypatch, tmp_path, home)
    own = tmp_path / "var" / f"watchword-{os.getuid()}"
    monkeypatch.setattr(folders, "_SHARED", tmp_path / "var")
    backups = folders.local_backups(home / "vault")
    assert backups is not None
    assert backups.parent == own
    assert own.stat().st_mode & 0o777 == 0o700
    assert not (home / ".local").exists()
    # Whoever else may write there could put a copy of theirs in our way.
    own.chmod(0o777)
    assert folders.local_backups(home / "vault") is None
    own.rmdir()
    own.symlink_to(home)
    assert folders.local_backups(home / "vault") is None


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give a folder to somebody else")
def test_a_folder_of_somebody_else_is_not_used(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_network(monkeypatch, tmp_path, home)
    monkeypatch.setattr(folders, "_SHARED", tmp_path / "var")
    own = tmp_path / "var" / "watchword-0"
    own.mkdir(parents=True, mode=0o700)
    os.chown(own, 65534, 65534)
    assert folders.local_backups(home / "vault") is None
