"""Whose folder it is in which the vault would lie: a sync program's, another computer's, or ours alone.

A program that keeps a folder the same on several computers leaves a mark at its root, or says in a
settings file of its own where that root is. docs/decisions/0021 tells where each mark is documented.
"""

import hashlib
import json
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

import platformdirs

from watchword.errors import KnownError
from watchword.system.network_disks import network_disk

_MARKS = (
    # In a home folder “.dropbox” is a folder, and holds Dropbox's own settings.
    (".dropbox", Path.is_file, "Dropbox"),
    (".dropbox.cache", Path.is_dir, "Dropbox"),
    (".849C9593-D756-4E56-8D6E-42412F2A707B", Path.is_file, "OneDrive"),
    (".nextcloudsync.log", Path.is_file, "Nextcloud"),
    (".owncloudsync.log", Path.is_file, "ownCloud"),
    (".stfolder", Path.exists, "Syncthing"),
    (".sync/ID", Path.is_file, "Resilio Sync"),
    (".megaignore", Path.is_file, "MEGA"),
    (".shortcut-targets-by-id", Path.is_dir, "Google Drive"),
    (".tmp.drivedownload", Path.is_dir, "Google Drive"),
    (".tmp.driveupload", Path.is_dir, "Google Drive"),
)
_JOURNALS = (".sync_", "._sync_")  # and then an id and “.db”: Nextcloud's and ownCloud's journal
_ONEDRIVE = ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")
_CLOUDS = {"GoogleDrive": "Google Drive", "iCloudDrive": "iCloud Drive"}
_NAMES_READ = 10_000
_SHARED = Path("/var/tmp")  # noqa: S108 - a folder of our own is made there, and checked
_SETTINGS_BYTES = 65_536


class SyncedFolder(KnownError):
    """A sync program looks after the folder in which the vault would lie; nothing was made."""


def refuse_synced(folder: Path) -> None:
    """Raise SyncedFolder where a sync program looks after `folder`."""
    if program := sync_program(folder):
        raise SyncedFolder(
            f"The vault cannot lie in a folder that {program} looks after",
            f"{program} copies {folder} between computers. When two of them save, it keeps one "
            "vault and puts the other aside as a “conflicted copy”, and what was added there is "
            "missing",
            "Choose a folder that is not synced. Backups of the vault may lie in this one",
        )


def synced_notice(folder: Path) -> str:
    """Return what to say of a vault that lies in a sync program's folder already; "" elsewhere."""
    program = sync_program(folder)
    if not program:
        return ""
    return (
        f"The vault lies in a folder that {program} looks after. When two computers save, one of "
        f"them may lose what it added: move the vault out of {folder}, and let only backups be "
        "synced"
    )


def sync_program(folder: Path) -> str:
    """Return the name of the sync program that looks after `folder`, "" when none is known to.

    Links are followed; the folder need not exist yet. What cannot be read tells nothing.
    """
    try:
        real = folder.resolve()
    except (OSError, RuntimeError):  # RuntimeError: links in a circle
        return ""
    for program, root in _named_roots():
        with suppress(OSError, RuntimeError, ValueError):
            if root.is_absolute() and real.is_relative_to(root.resolve()):
                return program
    marked = (_marked_by(each) for each in (real, *real.parents))
    return _by_macos(real) or next(filter(None, marked), "")


def _marked_by(folder: Path) -> str:
    for name, is_so, program in _MARKS:
        with suppress(OSError):
            if is_so(folder / name):
                return program
    with suppress(OSError), os.scandir(folder) as names:
        for entry in islice(names, _NAMES_READ):
            if entry.name.startswith(_JOURNALS) and entry.name.endswith(".db"):
                return "Nextcloud or ownCloud"
    return ""


def _by_macos(real: Path) -> str:
    for home in _homes():
        if real.is_relative_to(home / "Library" / "Mobile Documents"):
            return "iCloud Drive"
        clouds = home / "Library" / "CloudStorage"
        if real != clouds and real.is_relative_to(clouds):
            # The system names them “GoogleDrive-ana@example.org”, “OneDrive-Personal”, “Dropbox”.
            name = real.relative_to(clouds).parts[0].partition("-")[0]
            return _CLOUDS.get(name, name)
    return ""


def _homes() -> list[Path]:
    with suppress(OSError, RuntimeError):
        return [Path.home().resolve()]
    return []


def _named_roots() -> Iterator[tuple[str, Path]]:
    """Yield what sync programs say themselves of where their folders are."""
    for root in _in_environment(*_ONEDRIVE):
        yield "OneDrive", root
    files = [home / ".dropbox" / "info.json" for home in _homes()]
    files += [
        root / "Dropbox" / "info.json" for root in _in_environment("APPDATA", "LOCALAPPDATA")
    ]
    for file in files:
        for root in _dropbox_roots(file):
            yield "Dropbox", root
    for home in _homes():
        settings = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "onedrive"
        if (settings / "refresh_token").is_file():
            yield "OneDrive", _onedrive_root(settings / "config", home)


def _in_environment(*variables: str) -> list[Path]:
    return [Path(named) for variable in variables if (named := os.environ.get(variable))]


def _dropbox_roots(file: Path) -> list[Path]:
    try:
        told = json.loads(_start_of(file) or "{}")
        return [Path(account["path"]) for account in told.values()]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return []


def _onedrive_root(config: Path, home: Path) -> Path:
    """Return `sync_dir` of the OneDrive client for Linux; by default it is ~/OneDrive."""
    for line in _start_of(config).splitlines():
        name, _, value = line.partition("=")
        root = value.strip().strip('"')
        if name.strip() == "sync_dir" and root:
            return home / root[2:] if root.startswith("~/") else Path(root)
    return home / "OneDrive"


def _start_of(file: Path) -> str:
    with suppress(OSError), file.open("rb") as opened:
        return opened.read(_SETTINGS_BYTES).decode("utf-8", "replace")
    return ""


# Backups on a disk of this computer ----------------------------------------------------------------


def local_backups(vault: Path) -> Path | None:
    """Return the folder on this computer's own disk for backups of a vault on a network disk.

    None where the vault lies on this computer's disk already, and where no folder of this user is
    to be had there. The folder is named after the vault's path, so that two vaults do not mix.
    """
    if not network_disk(vault.parent):
        return None
    for root in _local_roots():
        if not network_disk(root) and _is_ours(root):
            place = os.fsencode(vault.parent.resolve() / vault.name)
            return root / f"backups-{hashlib.sha256(place).hexdigest()[:16]}"
    return None


def _local_roots() -> Iterator[Path]:
    state = platformdirs.user_state_path("watchword", appauthor=False)
    if state.is_absolute():
        yield state
    if sys.platform != "win32":
        # With a home on the network this is the one place of a person's own that outlives a restart.
        yield _SHARED / f"watchword-{os.getuid()}"


def _is_ours(root: Path) -> bool:
    """Make the folder if need be, and tell whether only this user writes there."""
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = root.lstat()
    except OSError:
        return False
    safe = True
    if sys.platform != "win32":
        safe = found.st_uid == os.getuid() and not found.st_mode & 0o022
    return stat.S_ISDIR(found.st_mode) and safe
