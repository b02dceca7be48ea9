"""Older generations of the vault: kept, verified, and never rotated down to nothing."""

import secrets
from datetime import UTC, datetime

from watchword.vault import storage
from watchword.vault.loaded import Loaded
from watchword.vault.storage import VaultFile


def put_aside(file: VaultFile, now: float) -> None:
    """Keep what lies in the vault's place among the backups. Raises NotSaved, VaultUnreadable."""
    data = file.read()
    if data is None:
        return
    day = _day(now)
    name = f"set-aside-{day}-{secrets.token_hex(4)}.backup"
    try:
        file.places.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
        storage.write_new(file.places.backups / name, data)
    except OSError as error:
        raise storage.not_saved(error) from None


def before_save(file: VaultFile, old: Loaded, new: Loaded, now: float) -> None:
    """Pin a backup when a save would drop more than half of the accounts."""


def after_save(file: VaultFile, old: Loaded, new: Loaded, data: bytes, now: float) -> None:
    """Keep a rotating backup when accounts or slots changed."""


def _day(now: float) -> str:
    try:
        return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")
    except (ValueError, OverflowError, OSError):
        return "0000-00-00"
