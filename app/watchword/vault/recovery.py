"""When the vault is missing, damaged or wrong: restore, rescue, start over. Nothing is deleted."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from watchword.clock import Clock
from watchword.errors import VaultDamaged, VaultError, WrongPassword
from watchword.vault import (
    backups,
    contents,
    crypto,
    durable,
    file_format,
    keyslots,
    loaded,
    payload,
    slots,
    traces,
)
from watchword.vault.account import Account
from watchword.vault.crypto import KdfCost
from watchword.vault.errors import (
    SavedUnconfirmed,
    VaultKeyChanged,
    VaultMissing,
    check_wanted,
    damaged,
)
from watchword.vault.open_vault import OpenVault
from watchword.vault.places import Places
from watchword.vault.storage import VaultFile
from watchword.vault.vault import first_ring, with_key_unconfirmed


@dataclass(frozen=True, slots=True)
class Rescued:
    """What could still be read of a vault whose key fits."""

    accounts: tuple[Account, ...] = field(repr=False)
    problems: tuple[str, ...]


def read_vault_file(path: Path) -> bytes:
    """Return a vault file's bytes. Raises VaultMissing, VaultUnreadable, VaultDamaged."""
    data = durable.read_file(path)
    if data is None:
        raise VaultMissing("There is no such file", str(path), "Look for it among the backups")
    return data


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in the vault's place."""

    generation: int
    accounts: int
    kept: Path | None  # where what was there before is kept


def restore(
    places: Places,
    source: Path,
    password: str,
    now: float,
    *,
    still_wanted: Callable[[], bool] | None = None,
) -> Restored:
    """Put a copy of the vault in its place, byte for byte, after opening it with `password`.

    What lies there now is kept among the backups. A copy that does not open is never put in
    place. `still_wanted` is asked before anything is written. Raises WrongPassword,
    VaultDamaged, VaultError, Cancelled, NotSaved, SavedUnconfirmed.
    """
    data = read_vault_file(source)
    state = slots.open_with_password(data, password)
    state.ring.wipe()
    check_wanted(still_wanted)
    file = VaultFile(places)
    try:
        places.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise durable.not_saved(error) from None
    with file.locked():
        kept = backups.put_aside(file, now)
        try:
            file.replace(data, keep_previous=False)
        except SavedUnconfirmed:
            traces.write_marker(places, state.header)
            raise
        traces.write_marker(places, state.header)
    return Restored(state.header.generation, len(state.contents.accounts), kept)


def rescue(path: Path, password: str) -> Rescued:
    """Return the accounts that can still be read of a vault whose contents are damaged.

    Raises WrongPassword, VaultDamaged when the key does not fit or nothing can be read.
    """
    parsed = file_format.parse(read_vault_file(path))
    vault_key = keyslots.unlock(parsed.header, file_format.PASSWORD, keyslots.spelling(password))
    problems: list[str] = []
    try:
        plain = file_format.open_payload(parsed, vault_key)
        found = payload.decode(plain, problems, minor=parsed.header.minor)
    except crypto.SealBroken:
        raise damaged("The file was changed by somebody without the key") from None
    finally:
        crypto.wipe(vault_key)
    return Rescued(tuple(entry.account for entry in found.accounts.values()), tuple(problems))


def rebuild(
    places: Places,
    accounts: Iterable[Account],
    password: str,
    *,
    clock: Clock,
    cost: KdfCost | None = None,
    still_wanted: Callable[[], bool] | None = None,
) -> tuple[OpenVault, str]:
    """Put a new vault of the rescued accounts in the damaged one's place.

    Returns it open, and its recovery key as it is shown, once. The damaged file is kept among
    the backups. `cost` and `still_wanted` are as for create_vault. Raises LimitReached,
    PasswordRefused, Cancelled, NotSaved.
    """
    secret = slots.password_bytes(password)
    wanted = contents.added(payload.Payload(), crypto.random_bytes(4).hex(), accounts)
    ring, shown = first_ring(secret, cost, clock, with_key=True, still_wanted=still_wanted)
    file = VaultFile(places)
    told = ""
    try:
        first = with_key_unconfirmed(wanted, ring)
        data, state = loaded.build(first, ring, 1, clock.now(), None)
        with file.locked():
            backups.put_aside(file, clock.now())
            try:
                file.replace(data, keep_previous=False)
            except SavedUnconfirmed as error:
                # It stands, and its recovery key must be shown all the same.
                told = str(error)
            traces.write_marker(places, state.header)
            traces.note_password(places, state.ring.vault_id.hex(), clock.now())
    except VaultError:
        ring.wipe()
        raise
    vault = OpenVault(file, state, clock)
    vault.notice(told)
    return vault, shown or ""


def start_over(places: Places, now: float) -> Path:
    """Move every trace of a vault into `set-aside-DATE`, so that a first run is possible.

    Nothing is deleted. Returns the folder. Raises NotSaved; then what was moved is there, and
    calling it again moves the rest.
    """
    day = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")
    folder = places.folder / f"set-aside-{day}-{secrets.token_hex(2)}"
    file = VaultFile(places)
    try:
        with file.locked():
            folder.mkdir(mode=0o700)
            moving = [places.vault, places.previous, places.marker, *places.temporaries()]
            if places.backups.is_dir():
                moving.append(places.backups)
            local = places.local_backups
            if local is not None and local.is_dir():
                # On another disk, to which nothing can be renamed: it stays there, by another name.
                local.rename(local.with_name(f"{local.name}-{folder.name}"))
            # The vault goes last: while it is there, a first run stays impossible.
            for path in reversed(moving):
                if path.exists() or path.is_symlink():
                    path.rename(folder / path.name)
            durable.settle_folder(places.folder)
    except OSError as error:
        raise durable.not_saved(error) from None
    return folder


def write_backup(vault: OpenVault, path: Path) -> None:
    """Write the vault as it is on disk to a new file, durably, and read it back. Raises NotSaved."""
    backups.write_copy(path, vault.joined_file())


def older_backups(vault: OpenVault) -> list[Path]:
    """Return .bak and backups that open with an earlier password."""
    return backups.opens_with_other_password(vault.places, vault.header)


def reseal_backups(
    vault: OpenVault,
    old_password: str,
    *,
    progress: Callable[[int, int], None] | None = None,
    still_wanted: Callable[[], bool] | None = None,
) -> tuple[int, list[Path]]:
    """Re-encrypt what opens with `old_password` to the ways the vault opens now.

    Each is opened, built anew, verified and only then replaced, under the vault's lock. Between
    two of them others may save: what they rotate away or replace is not there to be done any more.
    `progress` is told the number of each and how many there are; `still_wanted` is asked before
    each. Returns how many were done, and those that could not be or were no longer wanted. Raises
    NotSaved.
    """
    done, left = 0, []
    file = VaultFile(vault.places)
    older = older_backups(vault)
    for number, path in enumerate(older):
        if still_wanted and not still_wanted():
            left += older[number:]
            break
        if progress:
            progress(number + 1, len(older))
        with file.locked():
            _check_ways(vault, file)
            if not backups.is_under_other_password(path, vault.header):
                continue
            if _reseal(vault, path, old_password):
                done += 1
            else:
                left.append(path)
    return done, left


def _check_ways(vault: OpenVault, file: VaultFile) -> None:
    """See that the vault on disk opens as this one does: no copy may revive what was removed."""
    data = file.read()
    found = file_format.parse(data).header.slots if data else ()
    if {slot.id for slot in found} != {slot.id for slot in vault.header.slots}:
        raise VaultKeyChanged(
            "The older backups were not all re-encrypted",
            "The password or another way to open the vault was changed meanwhile",
            "Change the password again to reach them",
        )


def _reseal(vault: OpenVault, path: Path, old_password: str) -> bool:
    """Re-encrypt one copy; tell whether it opened with `old_password`. Raises NotSaved."""
    try:
        old = slots.open_with_password(read_vault_file(path), old_password)
    except (VaultError, VaultDamaged, WrongPassword):
        return False
    new = vault.sealed_copy(old)
    old.ring.wipe()
    try:
        durable.write_over(path, new, backups.temporary_beside(path, vault.places))
    except OSError as error:
        raise durable.not_saved(error) from None
    return True


def delete_backups(vault: OpenVault) -> int:
    """Delete what opens with an earlier password; return how many were. Raises NotSaved."""
    with VaultFile(vault.places).locked():
        paths = older_backups(vault)
        try:
            for path in paths:
                path.unlink()
        except OSError as error:
            raise durable.not_saved(error) from None
    return len(paths)
