"""From an old key to a new one, proved by both: pure, for both ends (docs/protocol.md §11, §12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from watchword.protocol.encoding import parse_json
from watchword.protocol.errors import (
    BadSignature,
    KeyWithoutProof,
    MessageRefused,
    MessageTooNew,
    ProtocolError,
)
from watchword.protocol.key_messages import KeyChange, Rekey
from watchword.protocol.members import Countersigned, Envelope, Message
from watchword.protocol.signing import SigningKey, open_envelope, verify

CHANGES_LIMIT = 16

M = TypeVar("M", bound=Message)
K = TypeVar("K", KeyChange, Rekey)


@dataclass(frozen=True, slots=True)
class PinnedKey:
    """The server's key that a link trusts, and the number of the change that led to it."""

    key: bytes
    seq: int = 0  # 0: the key of the enrolment


def countersign(message: KeyChange | Rekey, old: SigningKey, new: SigningKey) -> Countersigned:
    """Return the message signed by both keys."""
    raw = message.to_bytes()
    return Countersigned(raw, old.sign(raw), new.sign(raw))


def open_countersigned(twice: Countersigned, old_key: bytes, kind: type[K]) -> K:
    """Return the change of keys, signed by the old key and by the one it names.

    Raises BadSignature, MessageRefused, MessageTooNew.
    """
    verify(old_key, twice.sig, twice.signed)
    message = kind.parse(twice.signed)
    if message.next_key == old_key:
        raise MessageRefused("Its new key is the old one")
    verify(message.next_key, twice.sig_new, twice.signed)
    return message


def read_changes(raw: bytes) -> tuple[Countersigned, ...]:
    """Return the changes that a server publishes, oldest first; raises MessageRefused."""
    changes = parse_json(raw).get("changes")
    if not isinstance(changes, list) or len(changes) > CHANGES_LIMIT:
        raise MessageRefused(f"Its member changes is not a list of at most {CHANGES_LIMIT}")
    try:
        return tuple(Countersigned.from_json(one) for one in changes)
    except ValueError as error:
        raise MessageRefused(f"A change {error}") from error


def follow(
    pinned: PinnedKey, changes: Sequence[Countersigned], answer: Envelope, kind: type[M]
) -> tuple[PinnedKey, M]:
    """Return the key to pin from now on and the message of `answer`, which it has signed.

    `answer` is one that the pinned key did not verify. Every change from the pinned key on must
    hold; one that is announced for later is only not used yet. Raises KeyWithoutProof,
    MessageRefused or MessageTooNew.
    """
    chain = _chain(pinned, changes)
    for change in chain:
        try:
            message = open_envelope(answer, change.new, kind)
        except BadSignature:
            continue
        if getattr(message, "time", 0) < change.not_before:
            raise KeyWithoutProof("It uses a key before the time that was announced for it")
        return PinnedKey(change.new, change.seq), message
    raise KeyWithoutProof("No change that the server publishes leads from the old key to this one")


def _chain(pinned: PinnedKey, changes: Sequence[Countersigned]) -> list[KeyChange]:
    """Return the changes from the pinned key on, each verified; those before it do not matter."""
    key, seq, since, met = pinned.key, pinned.seq, 0, {pinned.key}
    chain: list[KeyChange] = []
    for twice in changes:
        try:
            if not chain and KeyChange.parse(twice.signed).old != pinned.key:
                continue
            change = open_countersigned(twice, key, KeyChange)
        except MessageTooNew:
            raise
        except ProtocolError as error:
            raise KeyWithoutProof(
                "A change that the server publishes is not signed as it must be"
            ) from error
        if change.old != key or change.seq <= seq or change.not_before < since:
            raise KeyWithoutProof("The changes that the server publishes do not form a chain")
        if change.new in met:
            raise KeyWithoutProof("A key that was given up comes back")
        chain.append(change)
        met.add(change.new)
        key, seq, since = change.new, change.seq, change.not_before
    return chain
