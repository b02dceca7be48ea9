"""One way to write everything: base64url, canonical JSON, Crockford characters.

Each value has exactly one accepted spelling, so that what is hashed or signed cannot be
written twice (docs/protocol.md, "Encodings").
"""

import base64
import binascii
import hashlib
import json
from typing import Any, Final, NoReturn

import rfc8785

from watchword.protocol.errors import MessageRefused
from watchword.protocol.version import BODY_LIMIT

CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_DEEPEST = 16
_TYPED = str.maketrans({"I": "1", "L": "1", "O": "0", " ": None, "-": None, "\u00a0": None})


def to_base64url(data: bytes) -> str:
    """Return base64url without padding (RFC 4648 §5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str, size: int | None = None) -> bytes:
    """Return the bytes of unpadded base64url; ValueError unless `text` is their only spelling.

    With `size`, exactly so many bytes are wanted.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64url") from error
    if to_base64url(data) != text:
        raise ValueError("not base64url in its one spelling")
    if size is not None and len(data) != size:
        raise ValueError(f"not {size} bytes")
    return data


def canonical(value: dict[str, Any]) -> bytes:
    """Return the RFC 8785 bytes of a JSON object of text, integers, booleans, lists, objects.

    Names are ASCII: then it is what Python's own encoder writes, in a tenth of the time. What
    comes from outside is compared with what the package for the RFC writes, below.
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def parse_canonical(raw: bytes) -> dict[str, Any]:
    """Return the JSON object whose RFC 8785 bytes are `raw`; any other spelling is refused.

    Raises MessageRefused.
    """
    value = parse_json(raw)
    try:
        same = rfc8785.dumps(value) == raw
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeError) as error:
        raise MessageRefused("It cannot be written as canonical JSON") from error
    if not same:
        raise MessageRefused("It is not canonical JSON")
    return value


def parse_json(raw: bytes, *, limit: int = BODY_LIMIT) -> dict[str, Any]:
    """Return a JSON object; doubled names, fractions, NaN, depth and size are refused.

    Raises MessageRefused.
    """
    if len(raw) > limit:
        raise MessageRefused(f"It is larger than {limit} bytes")
    if raw.count(b"[") + raw.count(b"{") > 4096:
        raise MessageRefused("It is nested too much")
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except MessageRefused:
        raise
    except (ValueError, RecursionError) as error:
        raise MessageRefused("It is not JSON") from error
    if not isinstance(value, dict):
        raise MessageRefused("It is not a JSON object")
    _check_depth(value, _DEEPEST)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MessageRefused("A member stands twice in it")
    return members


def _no_number(_text: str) -> NoReturn:
    raise MessageRefused("A number in it is not an integer")


def _check_depth(value: object, left: int) -> None:
    if left == 0:
        raise MessageRefused("It is nested too deeply")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        _check_depth(one, left - 1)


def sha256(data: bytes) -> bytes:
    """Return the SHA-256 of `data`, 32 bytes."""
    return hashlib.sha256(data).digest()


def to_crockford(data: bytes) -> str:
    """Return five bits per character, most significant first; `data` is 5 bytes or a multiple."""
    if len(data) % 5:
        raise ValueError("not a multiple of 40 bits")
    number = int.from_bytes(data, "big")
    count = len(data) * 8 // 5
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in reversed(range(count)))


def normalised_code(typed: str) -> str:
    """Return what a person typed as the code it stands for.

    Upper case, without spaces and hyphens, I and L as 1, O as 0; anything else stays and will
    not match. At most 64 characters are looked at.
    """
    return typed[:64].upper().translate(_TYPED)


def grouped_code(code: str) -> str:
    """Return an eight-character short code as people read it: "7KQM-2XHP"."""
    return f"{code[:4]}-{code[4:]}" if len(code) > 4 else code
