"""A vault file opened with its key, and a new file built from what it should hold next.

Building never trusts itself: the bytes are opened again and compared before anybody may write them.
"""

from dataclasses import dataclass, field, replace

from watchword import __version__
from watchword.errors import BugError, VaultDamaged
from watchword.vault import crypto, file_format, keyslots, limits, payload
from watchword.vault.errors import NotSaved, damaged
from watchword.vault.file_format import Header, VaultBytes
from watchword.vault.keyslots import KeyRing
from watchword.vault.payload import Payload

HIDE_CLEAR_FACTS = "hide_clear_facts"  # the setting: no account count and time in the header


@dataclass(frozen=True, slots=True)
class Loaded:
    """What lies on disk: its clear part, its contents, and the ring that opens it."""

    header: Header
    checksum: bytes  # the file's last 32 bytes: what a save compares the disk with
    size: int
    contents: Payload = field(repr=False)
    ring: KeyRing = field(repr=False)


def load(parsed: VaultBytes, vault_key: bytearray) -> Loaded:
    """Open a parsed file. Raises SealBroken when the key is not this file's, VaultDamaged."""
    plain = file_format.open_payload(parsed, vault_key)
    contents = payload.decode(plain, minor=parsed.header.minor)
    ring = keyslots.ring_of(parsed.header, vault_key, dict(contents.psks))
    size = len(parsed.before) + len(parsed.payload) + len(parsed.checksum)
    return Loaded(parsed.header, parsed.checksum, size, contents, ring)


def load_with_slot(data: bytes, kind: str, secret: bytes) -> Loaded:
    """Open a file's bytes by one of its slots.

    Raises WrongPassword, VaultDamaged, VaultNewer, NotEnoughMemory.
    """
    parsed = file_format.parse(data)
    vault_key = keyslots.unlock(parsed.header, kind, secret)
    try:
        return load(parsed, vault_key)
    except crypto.SealBroken:
        crypto.wipe(vault_key)
        raise damaged(
            "The slot fits, but the file was changed by somebody without the key"
        ) from None
    except VaultDamaged:
        crypto.wipe(vault_key)
        raise


def build(
    contents: Payload, ring: KeyRing, generation: int, now: float, previous: Header | None
) -> tuple[bytes, Loaded]:
    """Return the next file and what it will load as.

    `previous` gives the members and the minor version a newer Watchword wrote. Raises NotSaved
    when the contents are beyond a limit, BugError when they would not read back.
    """
    contents = replace(contents, psks=ring.psks)
    _check_limits(contents)
    hidden = contents.settings.get(HIDE_CLEAR_FACTS)
    shown = not (hidden and hidden.value is True)
    header = Header(
        vault_id=ring.vault_id,
        generation=generation,
        salt=crypto.random_bytes(32),
        slots=ring.slots,
        writer=f"watchword {__version__}",
        accounts=len(contents.accounts) if shown else None,
        saved_at=file_format.whole_seconds(now) if shown else None,
        minor=max(file_format.MINOR, previous.minor if previous else 0),
        unknown=previous.unknown if previous else {},
    )
    data = file_format.build(header, ring.vault_key, payload.encode(contents))
    if len(data) > limits.FILE_BYTES:
        raise NotSaved(
            "Not saved",
            "The vault would be larger than 64 MiB",
            "Remove accounts or empty the trash",
        )
    return data, _read_again(data, contents, ring, header)


def _read_again(data: bytes, contents: Payload, ring: KeyRing, header: Header) -> Loaded:
    try:
        again = load(file_format.parse(data), ring.vault_key)
    except (VaultDamaged, crypto.SealBroken) as error:
        raise _would_not_read(str(error)) from None
    if again.contents != contents or again.header != header:
        raise _would_not_read("What was read back differs")
    # The caller's own contents are kept, so that "nothing changed" stays a question of identity.
    return replace(again, contents=contents, ring=ring)


def _check_limits(contents: Payload) -> None:
    for what, found, most in (
        ("accounts", len(contents.accounts), limits.ACCOUNTS),
        ("accounts in the trash", len(contents.trash), limits.TRASH),
    ):
        if found > most:
            raise NotSaved(
                "Not saved",
                f"Together there would be {found:,} {what}, and {most:,} are possible",
                "Remove some and save again",
            )


def _would_not_read(why: str) -> BugError:
    return BugError(
        "The vault was not saved because it would not have read back",
        why,
        "The vault on disk is as it was. Please report this",
    )
