"""Older generations of the vault: kept, verified, and never rotated down to nothing.

A backup is a vault file, byte for byte. Its name tells day and generation; which of two is newer the
generation decides, never the clock.
"""

import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from watchword.errors import VaultDamaged
from watchword.vault import durable, file_format, traces
from watchword.vault.errors import NotSaved, VaultNewer, VaultUnreadable
from watchword.vault.loaded import Loaded
from watchword.vault.places import Places
from watchword.vault.storage import VaultFile

DAYS, WEEKS, MONTHS = 10, 8, 12

_NAME = re.compile(
    r"vault-(?P<day>\d{4}-\d\d-\d\d)-g(?P<generation>\d{1,16})-(?P<id>[0-9a-f]{8})\.backup"
)


@dataclass(frozen=True, slots=True)
class Backup:
    """A rotating backup, as its name tells."""

    path: Path
    day: date
    generation: int
    vault: str  # the first 8 digits of the vault's id


def rotating(folder: Path) -> list[Backup]:
    """Return the rotating backups of every vault in the folder, newest generation first."""
    found = []
    for path in traces.backups_in(folder):
        if match := _NAME.fullmatch(path.name):
            try:
                day = date.fromisoformat(match["day"])
            except ValueError:
                continue
            found.append(Backup(path, day, int(match["generation"]), match["id"]))
    return sorted(found, key=lambda backup: (backup.generation, backup.path.name), reverse=True)


def kept(backups: Iterable[Backup]) -> set[Path]:
    """Return which of one vault's backups stay: of 10 days, 8 weeks and 12 months the newest each."""
    ordered = sorted(backups, key=lambda backup: backup.generation, reverse=True)
    groups: tuple[tuple[Callable[[date], object], int], ...] = (
        (lambda day: day, DAYS),
        (lambda day: day.isocalendar()[:2], WEEKS),
        (lambda day: (day.year, day.month), MONTHS),
    )
    stay: set[Path] = set()
    for group_of, most in groups:
        newest: dict[object, Path] = {}
        for backup in ordered:
            newest.setdefault(group_of(backup.day), backup.path)
        stay.update(list(newest.values())[:most])
    return stay


def before_save(file: VaultFile, old: Loaded, new: Loaded, now: float) -> str:
    """Pin what is on disk before a save that drops most accounts or changes the format's version.

    Returns a notice if that failed: the removal is not refused for it (the accounts are in the
    trash, and the generation before is kept anyway).
    """
    had, has = len(old.contents.accounts), len(new.contents.accounts)
    drops = had >= 2 and has * 2 < had
    if not drops and old.header.minor == new.header.minor:
        return ""
    name = f"pinned-{_day(now)}-g{old.header.generation}-{secrets.token_hex(4)}.backup"
    try:
        data = file.read()
        if data is not None:
            _write(file.places.backups, name, data)
    except (OSError, VaultDamaged, VaultUnreadable) as error:
        return f"No backup could be made of what this save changes so much: {_why(error)}"
    return ""


def after_save(file: VaultFile, old: Loaded, new: Loaded, data: bytes, now: float) -> str:
    """Keep a rotating backup when accounts or slots changed; return a notice if that failed.

    On this computer's own disk, where there is a folder for it, every save is kept: what else there
    is of the vault lies on another computer.
    """
    same_slots = {slot.id for slot in old.ring.slots} == {slot.id for slot in new.ring.slots}
    same = same_slots and old.contents.accounts == new.contents.accounts
    places = file.places
    vault = new.ring.vault_id.hex()[:8]
    name = f"vault-{_day(now)}-g{new.header.generation:06d}-{vault}.backup"
    told = ""
    if not same:
        try:
            _rotate(places.backups, name, data, vault)
        except OSError as error:
            told = f"The vault is saved, but its backup could not be written: {_why(error)}"
    if places.local_backups:
        try:
            _rotate(places.local_backups, name, data, vault)
        except OSError as error:
            told += ". " if told else ""
            told += f"The vault is saved, but not its backup on this computer: {_why(error)}"
    return told


def _rotate(folder: Path, name: str, data: bytes, vault: str) -> None:
    _write(folder, name, data)
    # Only now, with a backup that was written, settled and read back, may older ones go.
    ours = [backup for backup in rotating(folder) if backup.vault == vault]
    stay = kept(ours)
    for backup in ours:
        if backup.path not in stay:
            backup.path.unlink()


def put_aside(file: VaultFile, now: float) -> Path | None:
    """Keep what lies in the vault's place among the backups. Raises NotSaved, VaultUnreadable."""
    try:
        data = durable.read_file(file.places.vault)
        if data is None:
            return None
        name = f"set-aside-{_day(now)}-{secrets.token_hex(4)}.backup"
        return _write(file.places.backups, name, data)
    except OSError as error:
        raise durable.not_saved(error) from None


def write_copy(path: Path, data: bytes) -> None:
    """Write a vault's bytes to a new file, durably, and compare. Raises NotSaved."""
    try:
        durable.write_named(path, data)
    except FileExistsError:
        raise NotSaved(
            "Not saved", f"{path} is there already", "Choose a name that is not taken"
        ) from None
    except OSError as error:
        raise durable.not_saved(error) from None


def _write(folder: Path, name: str, data: bytes) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    _clear_interrupted(folder)
    durable.write_over(path, data, _temporary(path))
    return path


def temporary_beside(path: Path, places: Places) -> Path:
    """Return a free name for a new version of .bak or of a backup, which a later save clears."""
    if path.parent == places.folder:
        return places.new_temporary()
    return _temporary(path)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")


def _clear_interrupted(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name.startswith(".") and path.name.endswith(".tmp"):
            path.unlink()


def _why(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _day(now: float) -> str:
    try:
        return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")
    except (ValueError, OverflowError, OSError):
        return "1970-01-01"


def opens_with_other_password(places: Places, header: file_format.Header) -> list[Path]:
    """Return .bak and backups of this vault that still open with an earlier password."""
    paths = (places.previous, *traces.backup_files(places))
    return [path for path in paths if is_under_other_password(path, header)]


def is_under_other_password(path: Path, header: file_format.Header) -> bool:
    """Tell whether this is a copy of `header`'s vault that opens with an earlier password."""
    try:
        data = durable.read_file(path)
        parsed = file_format.parse(data) if data else None
    except (VaultDamaged, VaultUnreadable, VaultNewer):
        return False
    if parsed is None or parsed.header.vault_id != header.vault_id:
        return False
    return _passwords(parsed.header) != _passwords(header)


def _passwords(header: file_format.Header) -> set[bytes]:
    return {slot.id for slot in header.slots if slot.kind == file_format.PASSWORD}
