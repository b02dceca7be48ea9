"""Where the window's vault and what belongs to it lie."""

from pathlib import Path

from watchword.system.folders import local_backups
from watchword.vault import LockedVault, Places


def places_of(path: Path) -> Places:
    """Return the places of the vault at `path`; on a network disk, with backups on this computer."""
    return Places.beside(path, local_backups(path))


def locked_vault(path: Path) -> LockedVault:
    """Return the vault at `path`, locked, if there is one."""
    return LockedVault(path, places=places_of(path))
