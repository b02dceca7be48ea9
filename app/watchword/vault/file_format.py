"""The bytes of a vault file: taken apart and put together, without opening anything.

docs/vault-format.md §1 to §3 is what this file says in Python.
"""

import struct
from base64 import b64encode
from binascii import a2b_base64
from dataclasses import dataclass, field, replace
from typing import Any, Final

from watchword.errors import VaultDamaged
from watchword.vault import crypto, limits, strict_json
from watchword.vault.crypto import KdfCost, SealContext
from watchword.vault.errors import VaultNewer, damaged

MAGIC: Final = b"\x89WWV\r\n\x1a\n"
MAJOR: Final = 1
MINOR: Final = 1

_FIXED = struct.Struct(">8sHHI")
_SHA = 32
_LENGTH = struct.Struct(">I")
SHORTEST: Final = _FIXED.size + 2 + 2 * _SHA + _LENGTH.size + crypto.TAG_BYTES + _SHA
_BIGGEST_INTEGER = 2**53 - 1

SLOT_KINDS: Final = ("password", "recovery", "keyring")
PASSWORD, RECOVERY, KEYRING = SLOT_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One way to the vault key, as the header holds it."""

    id: bytes  # 8 bytes
    kind: str
    cost: KdfCost | None  # None: the secret is a random key, nothing is derived
    salt: bytes
    commitment: bytes
    public_key: bytes
    ephemeral_key: bytes = b""
    sealed_key: bytes = b""
    created_at: int
    unknown: dict[str, Any] = field(default_factory=dict)

    def context(self, vault_id: bytes) -> SealContext:
        """Return what this slot's sealed key is bound to."""
        return SealContext(vault_id, self.id, self.public_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a vault file says in clear."""

    vault_id: bytes  # 16 bytes
    generation: int
    salt: bytes
    slots: tuple[Slot, ...]
    writer: str
    accounts: int | None = None
    saved_at: int | None = None
    minor: int = MINOR
    unknown: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VaultBytes:
    """A file taken apart; its checksum agreed."""

    header: Header
    covered: bytes  # what the header's MAC covers
    mac: bytes
    before: bytes  # every byte ahead of the payload
    payload: bytes  # encrypted, with its tag
    checksum: bytes  # the file's last 32 bytes


def new_vault_id() -> bytes:
    """Return a fresh vault id."""
    return crypto.random_bytes(16)


def whole_seconds(now: float) -> int:
    """Return a time as the header can hold it, however wrong the clock is."""
    return int(min(max(now, 0.0), float(_BIGGEST_INTEGER)))


def is_sound(data: bytes) -> bool:
    """Tell, without a key, whether `data` is a whole vault file of any version."""
    return len(data) >= SHORTEST and crypto.same(crypto.sha256(data[:-_SHA]), data[-_SHA:])


def parse(data: bytes) -> VaultBytes:
    """Take a file apart. Raises VaultDamaged, or VaultNewer for a later major version."""
    if not data:
        raise damaged("The file is empty")
    if len(data) < SHORTEST:
        raise damaged("The file is too short to be a vault")
    if len(data) > limits.FILE_BYTES:
        raise damaged("The file is longer than any vault")
    if not is_sound(data):
        raise damaged("Its checksum does not agree: bytes were changed, lost or added")
    magic, major, minor, header_length = _FIXED.unpack_from(data)
    if magic != MAGIC:
        raise damaged("This is not a vault file")
    if major > MAJOR:
        raise VaultNewer(
            "This vault was written by a newer Watchword",
            f"It has format {major}.{minor}, and this version reads format {MAJOR}",
            "Nothing was changed. Install the newer version",
        )
    if major != MAJOR:
        raise damaged(f"There never was a format {major}")
    return _parse_version_1(data, minor, header_length)


def _parse_version_1(data: bytes, minor: int, header_length: int) -> VaultBytes:
    header_end = _FIXED.size + header_length
    mac_start = header_end + _SHA
    length_start = mac_start + _SHA
    payload_start = length_start + _LENGTH.size
    if header_length > limits.HEADER_BYTES or payload_start > len(data) - _SHA:
        raise damaged("The header's length is impossible")
    if not crypto.same(crypto.sha256(data[:header_end]), data[header_end:mac_start]):
        raise damaged("The header's checksum does not agree")
    (payload_length,) = _LENGTH.unpack_from(data, length_start)
    if (
        payload_start + payload_length + _SHA != len(data)
        or payload_length % limits.PADDING != crypto.TAG_BYTES
    ):
        raise damaged("The payload's length is impossible")
    return VaultBytes(
        parse_header(data[_FIXED.size : header_end], minor),
        data[:mac_start],
        data[mac_start:length_start],
        data[:payload_start],
        data[payload_start:-_SHA],
        data[-_SHA:],
    )


def believable_header(data: bytes) -> Header | None:
    """Return the header of a file that may be damaged elsewhere, if its own checksum agrees."""
    if len(data) < SHORTEST:
        return None
    magic, major, minor, length = _FIXED.unpack_from(data)
    end = _FIXED.size + length
    if magic != MAGIC or major != MAJOR or length > limits.HEADER_BYTES:
        return None
    if not crypto.same(crypto.sha256(data[:end]), data[end : end + _SHA]):
        return None
    try:
        return parse_header(data[_FIXED.size : end], minor)
    except VaultDamaged:
        return None


def build(header: Header, vault_key: bytearray, payload: bytes) -> bytes:
    """Return the whole file for a padded payload; the slots must be sealed already."""
    encoded = strict_json.canonical(_header_members(header))
    covered = _FIXED.pack(MAGIC, MAJOR, header.minor, len(encoded)) + encoded
    covered += crypto.sha256(covered)
    mac = crypto.header_mac(vault_key, header.vault_id, covered)
    before = covered + mac + _LENGTH.pack(len(payload) + crypto.TAG_BYTES)
    sealed = crypto.encrypt_payload(vault_key, header.salt, header.generation, payload, before)
    whole = before + sealed
    return whole + crypto.sha256(whole)


def open_payload(parsed: VaultBytes, vault_key: bytearray) -> bytes:
    """Return the padded payload. Raises SealBroken when the key is not this file's."""
    header = parsed.header
    expected = crypto.header_mac(vault_key, header.vault_id, parsed.covered)
    if not crypto.same(expected, parsed.mac):
        raise crypto.SealBroken("The header's MAC does not agree")
    return crypto.decrypt_payload(
        vault_key, header.salt, header.generation, parsed.payload, parsed.before
    )


# ---- the header's JSON


def parse_header(encoded: bytes, minor: int) -> Header:
    """Return what the header's bytes say. Raises VaultDamaged."""
    try:
        members = strict_json.loads(encoded)
        strict_json.check_depth(members)
        if not isinstance(members, dict) or strict_json.canonical(members) != encoded:
            raise damaged("The header is not in its one spelling")
        rest = dict(members)
        slots = rest.pop("slots")
        header = Header(
            vault_id=_hexadecimal(rest.pop("vault_id"), 16),
            generation=_integer(rest.pop("generation"), 1),
            salt=_bytes(rest.pop("salt"), 32),
            slots=tuple(_parse_slot(slot) for slot in slots),
            writer=_text(rest.pop("writer")),
            accounts=_integer(rest.pop("accounts")) if "accounts" in rest else None,
            saved_at=_integer(rest.pop("saved_at")) if "saved_at" in rest else None,
            minor=minor,
            unknown=rest,
        )
    except (KeyError, TypeError, AttributeError, ValueError):
        # Whatever a header may lack or hold in place of what belongs there comes down to
        # the same answer, and its MAC would not have agreed either.
        raise damaged("The header lacks something or holds what it must not") from None
    ids = {slot.id for slot in header.slots}
    if not 1 <= len(header.slots) <= limits.SLOTS or len(ids) != len(header.slots):
        raise damaged("The list of slots is impossible")
    return header


def _parse_slot(members: dict[str, Any]) -> Slot:
    rest = dict(members)
    kdf = dict(rest.pop("kdf"))
    name = kdf.pop("name")
    if name == "argon2id":
        cost = KdfCost(
            _integer(kdf.pop("memory_kib")),
            _integer(kdf.pop("passes")),
            _integer(kdf.pop("lanes")),
        )
        if not crypto.within_limits(cost):
            raise damaged("The file asks for an impossible key derivation")
    elif name == "none":
        cost = None
    else:
        raise damaged("The file names an unknown key derivation")
    if kdf:
        raise damaged("The file names an unknown key derivation")
    return Slot(
        id=_hexadecimal(rest.pop("id"), 8),
        kind=_text(rest.pop("kind")),
        cost=cost,
        salt=_bytes(rest.pop("salt"), 16),
        commitment=_bytes(rest.pop("commitment"), 32),
        public_key=_bytes(rest.pop("public_key"), 32),
        ephemeral_key=_bytes(rest.pop("ephemeral_key"), 32),
        sealed_key=_bytes(rest.pop("sealed_key"), crypto.KEY_BYTES + crypto.TAG_BYTES),
        created_at=_integer(rest.pop("created_at")),
        unknown=rest,
    )


def _header_members(header: Header) -> dict[str, Any]:
    members: dict[str, Any] = {
        **header.unknown,
        "vault_id": header.vault_id.hex(),
        "generation": header.generation,
        "salt": _base64(header.salt),
        "slots": [_slot_members(slot) for slot in header.slots],
        "writer": header.writer,
    }
    if header.accounts is not None:
        members["accounts"] = header.accounts
    if header.saved_at is not None:
        members["saved_at"] = header.saved_at
    return members


def _slot_members(slot: Slot) -> dict[str, Any]:
    kdf: dict[str, Any] = {"name": "none"}
    if slot.cost:
        kdf = {
            "name": "argon2id",
            "memory_kib": slot.cost.memory_kib,
            "passes": slot.cost.passes,
            "lanes": slot.cost.lanes,
        }
    return {
        **slot.unknown,
        "id": slot.id.hex(),
        "kind": slot.kind,
        "kdf": kdf,
        "salt": _base64(slot.salt),
        "commitment": _base64(slot.commitment),
        "public_key": _base64(slot.public_key),
        "ephemeral_key": _base64(slot.ephemeral_key),
        "sealed_key": _base64(slot.sealed_key),
        "created_at": slot.created_at,
    }


def sealed_to(slot: Slot, vault_id: bytes, vault_key: bytearray, psk: bytes | bytearray) -> Slot:
    """Return the slot holding `vault_key`."""
    ephemeral_key, sealed_key = crypto.seal(vault_key, slot.context(vault_id), psk)
    return replace(slot, ephemeral_key=ephemeral_key, sealed_key=sealed_key)


def _base64(value: bytes) -> str:
    return b64encode(value).decode("ascii")


def _bytes(value: object, length: int) -> bytes:
    data = a2b_base64(_text(value), strict_mode=True)
    if len(data) != length or _base64(data) != value:
        raise ValueError("wrong length or spelling")
    return data


def _hexadecimal(value: object, length: int) -> bytes:
    data = bytes.fromhex(_text(value))
    if len(data) != length or data.hex() != value:
        raise ValueError("wrong length or spelling")
    return data


def _integer(value: object, least: int = 0) -> int:
    # bool is an int to Python and a different thing to JSON.
    if type(value) is not int or not least <= value <= _BIGGEST_INTEGER:
        raise ValueError("not an integer in range")
    return value


def _text(value: object) -> str:
    if type(value) is not str or not value.isascii() or len(value) > limits.TEXT:
        raise ValueError("not a short ASCII text")
    return value
