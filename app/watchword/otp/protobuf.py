"""Just enough of the Protocol Buffers wire format to read one small message, every length checked.

https://protobuf.dev/programming-guides/encoding/ : a message is a run of (key, value); the key
holds the field's number and how its value is laid out. Groups, which can nest without end, went
out of use before the formats read here were made, and are refused.
"""

from collections.abc import Iterator

from watchword.errors import InvalidInput

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_VARINT_BYTES = 10
_FIXED = {_FIXED64: 8, _FIXED32: 4}


class MessageBroken(InvalidInput):
    """The bytes are not a message of this format."""

    def __init__(self, reason: str) -> None:
        """Say what about the bytes is wrong."""
        super().__init__("The data in this link is damaged", reason, "Scan or copy it again")


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield (field number, value): an unsigned integer, or bytes. Raises MessageBroken."""
    position = 0
    while position < len(message):
        key, position = _varint(message, position)
        number, layout = key >> 3, key & 7
        if not number:
            raise MessageBroken("It has a field without a number")
        if layout == _VARINT:
            value, position = _varint(message, position)
            yield number, value
            continue
        if layout == _BYTES:
            length, position = _varint(message, position)
        elif layout in _FIXED:
            length = _FIXED[layout]
        else:
            raise MessageBroken("It is laid out in a way that is not in use")
        if length > len(message) - position:
            raise MessageBroken("It ends too early")
        yield number, message[position : position + length]
        position += length


def signed(value: int) -> int:
    """Return what an unsigned varint means for int32 and int64 fields."""
    return value - 2**64 if value >= 2**63 else value


def _varint(message: bytes, position: int) -> tuple[int, int]:
    value = 0
    for index in range(_VARINT_BYTES):
        if position >= len(message):
            raise MessageBroken("It ends too early")
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            if value >= 2**64:
                break
            return value, position
    raise MessageBroken("It holds a number that is too large")


def number_field(number: int, value: int) -> bytes:
    """Return a field that holds an integer; negative ones as int32 and int64 fields have them."""
    return _written(number << 3 | _VARINT) + _written(value % 2**64)


def bytes_field(number: int, value: bytes) -> bytes:
    """Return a field that holds bytes, a text in UTF-8, or another message."""
    return _written(number << 3 | _BYTES) + _written(len(value)) + value


def _written(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)
