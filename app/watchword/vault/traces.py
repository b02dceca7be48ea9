"""What is left of a vault at a place: the reason why a first run is or is not possible.

Also the note of the newest generation seen, kept outside the vault: it announces that an older copy
was put back. It catches accidents; whoever can replace the vault can replace the note.
"""

import json
import math
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from watchword.errors import VaultDamaged
from watchword.vault import durable, file_format, limits
from watchword.vault.errors import VaultUnreadable
from watchword.vault.places import Places

_MARKER_BYTES = 4_096


class TraceKind(StrEnum):
    """What a trace is."""

    VAULT = "vault"
    PREVIOUS = "previous"  # .bak
    BACKUP = "backup"
    UNFINISHED = "unfinished"  # a save that was interrupted after its bytes were complete
    MARKER = "marker"


@dataclass(frozen=True, slots=True)
class Trace:
    """One file that shows that a vault is or was here; what its clear part says, if anything."""

    kind: TraceKind
    path: Path
    sound: bool  # its checksum agrees (a marker: it can be read)
    vault_id: str = ""
    generation: int = 0
    accounts: int | None = None
    saved_at: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """The note of the newest generation seen."""

    vault_id: str
    generation: int
    accounts: int | None
    saved_at: int | None


def describe(kind: TraceKind, path: Path) -> Trace | None:
    """Return what one file is, without a key; None when there is none."""
    try:
        data = durable.read_file(path)
    except (VaultUnreadable, VaultDamaged):
        return Trace(kind, path, sound=False)
    if data is None:
        return None
    header = file_format.believable_header(data)
    if header is None:
        return Trace(kind, path, sound=file_format.is_sound(data))
    return Trace(
        kind,
        path,
        file_format.is_sound(data),
        header.vault_id.hex(),
        header.generation,
        header.accounts,
        header.saved_at,
    )


def find_traces(places: Places) -> tuple[Trace, ...]:
    """Return every trace, the vault first, then .bak and backups with the newest first."""
    found = _described(TraceKind.VAULT, [places.vault])
    found += _described(TraceKind.PREVIOUS, [places.previous])
    backups = _described(TraceKind.BACKUP, backup_files(places))
    found += sorted(backups, key=lambda trace: trace.generation, reverse=True)
    # A torn temporary file is a save nobody was told of: nothing can be won from it.
    unfinished = _described(TraceKind.UNFINISHED, places.temporaries())
    found += [trace for trace in unfinished if trace.sound]
    if seen := read_marker(places):
        found.append(
            Trace(
                TraceKind.MARKER,
                places.marker,
                sound=True,
                vault_id=seen.vault_id,
                generation=seen.generation,
                accounts=seen.accounts,
                saved_at=seen.saved_at,
            )
        )
    elif describe(TraceKind.MARKER, places.marker):
        found.append(Trace(TraceKind.MARKER, places.marker, sound=False))
    return tuple(found)


def _described(kind: TraceKind, paths: list[Path]) -> list[Trace]:
    return [trace for path in paths if (trace := describe(kind, path))]


def backup_files(places: Places) -> list[Path]:
    """Return the files in the backup folders, by name."""
    return [path for folder in places.backup_folders for path in backups_in(folder)]


def backups_in(folder: Path) -> list[Path]:
    """Return the backups in one folder, by name."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".backup")
    except OSError:
        return []


def read_marker(places: Places) -> Seen | None:
    """Return the note, or None when there is none that can be read."""
    try:
        data = durable.read_file(places.marker, _MARKER_BYTES)
        members: dict[str, Any] = json.loads(data or b"{}")
        return Seen(
            str(members["vault_id"]),
            int(members["generation"]),
            members.get("accounts"),
            members.get("saved_at"),
        )
    except (VaultUnreadable, VaultDamaged, ValueError, TypeError, KeyError, AttributeError):
        return None


def write_marker(places: Places, header: file_format.Header) -> None:
    """Remember a generation. A note that cannot be written is no reason to fail a save."""
    data = {
        "vault_id": header.vault_id.hex(),
        "generation": header.generation,
        "accounts": header.accounts,
        "saved_at": header.saved_at,
    }
    _write_note(places, places.marker, json.dumps(data))


def looks_older(places: Places, header: file_format.Header) -> bool:
    """Tell whether a newer generation of this vault was seen here before."""
    seen = read_marker(places)
    return (
        seen is not None
        and seen.vault_id == header.vault_id.hex()
        and seen.generation > header.generation
    )


def note_password(places: Places, vault_id: str, now: float) -> None:
    """Remember that the password was given; best effort, and at most once a day."""
    if _password_age(places, vault_id, now) < limits.DAY:
        return
    data = {"vault_id": vault_id, "at": now}
    _write_note(places, places.password_note, json.dumps(data))


def password_is_due(places: Places, vault_id: str, now: float) -> bool:
    """Tell whether the password should be asked for, so that it is not forgotten.

    A note that is missing, of another vault or from the future counts as due.
    """
    return _password_age(places, vault_id, now) > limits.PASSWORD_DAYS * limits.DAY


def _password_age(places: Places, vault_id: str, now: float) -> float:
    """Return how many seconds ago the password was given; infinite when nobody knows."""
    try:
        data = durable.read_file(places.password_note, _MARKER_BYTES)
        members: dict[str, Any] = json.loads(data or b"{}")
        age = now - float(members["at"])
        return age if members["vault_id"] == vault_id and age >= 0 else math.inf
    except (VaultUnreadable, VaultDamaged, ValueError, TypeError, KeyError, OverflowError):
        return math.inf


def read_installation(places: Places) -> str:
    """Return the id that this computer remembers beside the vault; empty: none."""
    try:
        data = durable.read_file(places.installation_note, _MARKER_BYTES)
        members: dict[str, Any] = json.loads(data or b"{}")
        return str(members["id"])
    except (VaultUnreadable, VaultDamaged, ValueError, TypeError, KeyError):
        return ""


def own_installation(places: Places) -> str:
    """Return that id, drawn when it is first asked for; empty: this computer cannot remember one.

    Of several processes that draw one at the same time, the first decides.
    """
    if known := read_installation(places):
        return known
    text = json.dumps({"id": secrets.token_hex(16)})
    new = places.installation_note.with_name(f"installation.{secrets.token_hex(4)}.new")
    with suppress(OSError):
        places.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        new.write_text(text, encoding="utf-8")
        with suppress(OSError):
            os.link(new, places.installation_note)
        if not read_installation(places):  # no links on this disk, or a note that is damaged
            new.replace(places.installation_note)
    with suppress(OSError):
        new.unlink(missing_ok=True)
    return read_installation(places)


def _write_note(places: Places, path: Path, text: str) -> None:
    new = path.with_name(f"{path.name}.new")
    with suppress(OSError):
        places.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        new.write_text(text, encoding="utf-8")
        new.replace(path)
