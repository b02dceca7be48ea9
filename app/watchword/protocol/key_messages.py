"""The messages about keys: the hint key, the server's next key, a device's next key.

docs/protocol.md §10 to §12. Two of them are signed twice, by the old key and by the new one,
and travel Countersigned.
"""

from dataclasses import dataclass
from typing import ClassVar

from watchword.protocol.members import Message, binary, identity, integer, text
from watchword.protocol.messages import NONCE
from watchword.protocol.version import DEVICE_NAME_LIMIT, KNOWN_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class HintKey(Message):
    """App to server, signed by the device: the key that may ask, while the vault is locked."""

    TYP: ClassVar[str] = "watchword/hint-key"
    device_id: str = identity()
    hint_key: bytes = binary(32, or_empty=True)  # empty: none any more
    time: int = integer()


@dataclass(frozen=True, slots=True, kw_only=True)
class HintKeyTaken(Message):
    """Server to app, signed by S: the hint key is the one that was sent."""

    TYP: ClassVar[str] = "watchword/hint-key-taken"
    nonce: str = text(64, of=NONCE)
    device_id: str = identity()
    time: int = integer()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint(Message):
    """Server to app, signed by S: how many requests wait, and nothing else."""

    TYP: ClassVar[str] = "watchword/hint"
    nonce: str = text(64, of=NONCE)
    waiting: int = integer(0, KNOWN_LIMIT)
    time: int = integer()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange(Message):
    """Server to everybody, signed by both keys: from `not_before` on, `new` signs for `old`."""

    TYP: ClassVar[str] = "watchword/key-change"
    old: bytes = binary(32)
    new: bytes = binary(32)
    seq: int = integer(1)
    not_before: int = integer()

    @property
    def next_key(self) -> bytes:
        """The key whose signature stands beside the old one's."""
        return self.new


@dataclass(frozen=True, slots=True, kw_only=True)
class Rekey(Message):
    """App to server, signed by both keys: this device goes on with another key."""

    TYP: ClassVar[str] = "watchword/rekey"
    device_id: str = identity()
    new_key: bytes = binary(32)
    name: str = text(DEVICE_NAME_LIMIT, least=1)
    time: int = integer()

    @property
    def next_key(self) -> bytes:
        """The key whose signature stands beside the old one's."""
        return self.new_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Rekeyed(Message):
    """Server to app, signed by S: the device's key is the new one, the old one is revoked."""

    TYP: ClassVar[str] = "watchword/rekeyed"
    nonce: str = text(64, of=NONCE)
    device_id: str = identity()
    new_key: bytes = binary(32)
    time: int = integer()
