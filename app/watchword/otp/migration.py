"""Google Authenticator's export QR codes: `otpauth-migration://offline?data=…`, several a batch.

The data is a Protocol Buffers message (docs: no official one; the fields are those every other
app reads): repeated entries {1 secret, 2 name, 3 issuer, 4 algorithm, 5 digits, 6 type,
7 counter, 8 id}, then 2 version, 3 batch size, 4 batch index, 5 batch id. Periods are always 30 s.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from watchword.errors import InvalidInput
from watchword.otp import base32
from watchword.otp.link import LINK_LIMIT, names_of
from watchword.otp.otpauth import OtpauthEntry
from watchword.otp.parameters import Algorithm, OtpParameters, OtpType
from watchword.otp.protobuf import MessageBroken, fields, signed
from watchword.plain_text import plain_text

ENTRIES_LIMIT = 200  # a QR code holds about ten; nothing honest comes near
BATCH_LIMIT = 1000

ALGORITHMS = {0: Algorithm.SHA1, 1: Algorithm.SHA1, 2: Algorithm.SHA256, 3: Algorithm.SHA512}
DIGITS = {1: 6, 2: 8}
TYPES = {1: OtpType.HOTP, 2: OtpType.TOTP}
_NUMBERS = (4, 5, 6, 7)
_TEXTS = (1, 2, 3)


class MigrationRefused(InvalidInput):
    """The link is not a Google Authenticator export, or one that breaks the format."""


@dataclass(frozen=True, slots=True)
class SkippedEntry:
    """An entry that cannot be taken over, by name, and why."""

    name: str
    reason: str  # one sentence, without a full stop at the end


@dataclass(frozen=True, slots=True)
class MigrationPart:
    """One QR code of an export."""

    entries: tuple[OtpauthEntry, ...]
    skipped: tuple[SkippedEntry, ...]
    batch_id: int  # the same in all parts of one export; 0 is a legitimate id
    batch_index: int  # 0-based
    batch_size: int  # how many parts there are, at least 1


def is_migration(uri: str) -> bool:
    """Tell whether `uri` claims to be a Google Authenticator export."""
    return uri.strip(" \t\r\n")[:20].lower() == "otpauth-migration://"


def parse(uri: str) -> MigrationPart:
    """Read one part. Raises MigrationRefused or MessageBroken; a bad entry is only skipped."""
    numbers = {2: 1, 3: 1, 4: 0, 5: 0}
    raw_entries: list[bytes] = []
    for number, value in fields(_data(uri)):
        if number == 1 and isinstance(value, bytes):
            raw_entries.append(value)
        elif number in numbers and isinstance(value, int):
            numbers[number] = signed(value)
        elif number == 1 or number in numbers:
            raise MessageBroken("A field is of the wrong kind")
        if len(raw_entries) > ENTRIES_LIMIT:
            raise MigrationRefused(
                "This export is too large", f"One QR code brings at most {ENTRIES_LIMIT} accounts"
            )
    size, index = numbers[3] or 1, numbers[4]
    if not (0 < size <= BATCH_LIMIT and 0 <= index < size):
        raise MigrationRefused(
            "This export is damaged", "It does not say which of how many parts it is"
        )
    if not raw_entries:
        raise MigrationRefused("This export is empty", "It holds no account")
    read = [_entry(raw, place) for place, raw in enumerate(raw_entries, 1)]
    return MigrationPart(
        entries=tuple(each for each in read if isinstance(each, OtpauthEntry)),
        skipped=tuple(each for each in read if isinstance(each, SkippedEntry)),
        batch_id=numbers[5],
        batch_index=index,
        batch_size=size,
    )


def missing_parts(parts: Iterable[MigrationPart]) -> dict[int, list[int]]:
    """Return, for each batch id that is not complete, the missing parts, counted from 1."""
    present: dict[int, set[int]] = {}
    sizes: dict[int, int] = {}
    for part in parts:
        present.setdefault(part.batch_id, set()).add(part.batch_index + 1)
        sizes[part.batch_id] = max(part.batch_size, sizes.get(part.batch_id, 1))
    missing = {
        batch: sorted(set(range(1, sizes[batch] + 1)) - have) for batch, have in present.items()
    }
    return {batch: numbers for batch, numbers in missing.items() if numbers}


def _data(uri: str) -> bytes:
    """Return the message of the link's `data`, strict about everything but lost padding."""
    text = uri.strip(" \t\r\n")
    if not is_migration(text) or len(text) > LINK_LIMIT:
        raise MigrationRefused(
            "This is not a Google Authenticator export", "Its link is of another kind or too long"
        )
    before, _, query = text[20:].partition("?")
    values = [piece[5:] for piece in query.split("&") if piece[:5].lower() == "data="]
    if before.rstrip("/").lower() != "offline" or len(values) != 1:
        raise MigrationRefused(
            "This export cannot be read", "Its link must be “offline” and hold one “data” part"
        )
    # A plus is base64 here, never a blank.
    encoded = re.sub(rb"=+\Z", b"", unquote_to_bytes(values[0].encode("utf-8", "replace")))
    try:
        data = base64.b64decode(encoded + b"=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise MessageBroken("It is not base64") from None
    if not data:
        raise MessageBroken("There is none")
    return data


def _entry(raw: bytes, place: int) -> OtpauthEntry | SkippedEntry:
    texts = dict.fromkeys(_TEXTS, b"")
    numbers = dict.fromkeys(_NUMBERS, 0)
    for number, value in fields(raw):
        if number in texts and isinstance(value, bytes):
            texts[number] = value
        elif number in numbers and isinstance(value, int):
            numbers[number] = signed(value)
        elif number in texts or number in numbers:
            raise MessageBroken("A field is of the wrong kind")
    unnamed = f"account {place}"
    try:
        name, issuer = texts[2].decode("utf-8"), texts[3].decode("utf-8")
    except UnicodeDecodeError:
        return SkippedEntry(unnamed, "its name is not valid text")
    shown = plain_text(name) or plain_text(issuer) or unnamed
    refused = _refused(numbers)
    if refused:
        return SkippedEntry(shown, refused)
    try:
        names = names_of(name, issuer)
        otp = OtpParameters(
            type=TYPES[numbers[6]],
            secret=texts[1],
            algorithm=ALGORITHMS[numbers[4]],
            digits=DIGITS[numbers[5]],
            counter=numbers[7] if TYPES[numbers[6]] is OtpType.HOTP else 0,
        )
    except InvalidInput as error:
        title = error.title[:1].lower() + error.title[1:]
        return SkippedEntry(shown, title)
    return OtpauthEntry(
        otp=otp,
        issuer=names.issuer,
        account=names.account,
        label_issuer=names.label_issuer,
        notices=(*names.notices, *base32.weakness(otp.secret)),
    )


def _refused(numbers: dict[int, int]) -> str:
    """Return why an entry of these numbers cannot be taken over; empty if it can."""
    if numbers[4] == 4:
        return "its algorithm is MD5, which is not supported"
    if numbers[4] not in ALGORITHMS:
        return "its algorithm is unknown"
    # Guessing six digits would give a person wrong codes without a word.
    if numbers[5] not in DIGITS:
        return "it does not say how many digits its codes have"
    if numbers[6] not in TYPES:
        return "it does not say what kind of codes it makes"
    return ""
