"""JSON read strictly: one meaning per text, bounded depth, nothing a writer of ours makes otherwise."""

import json
import math
from typing import Any, NoReturn

from watchword.vault import limits


class JsonRefused(ValueError):
    """The text is not the strict JSON of docs/vault-format.md §5; says where it can."""


def loads(data: bytes) -> Any:
    """Return what UTF-8 JSON `data` says. Raises JsonRefused.

    Refused: other encodings and byte order marks, names given twice, NaN, Infinity, numbers
    beyond a double, lone surrogates, more than 16 levels.
    """
    try:
        text = data.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_float,
        )
    except RecursionError:
        raise JsonRefused("it is nested too deeply") from None
    except UnicodeDecodeError:
        raise JsonRefused("it is not UTF-8") from None
    except JsonRefused:
        raise
    except ValueError as error:
        # The parser's message names a position and never quotes the text; the error of an
        # integer with too many digits neither.
        raise JsonRefused(str(error)) from None
    # Written without \u escapes but for control characters: only a strange writer's text
    # can hide a surrogate or has to be walked in full.
    if b"\\u" in data:
        check_text(value)
    return value


def check_depth(value: Any, levels: int = limits.DEPTH) -> None:
    """Raise JsonRefused when `value` has more than `levels` levels."""
    if isinstance(value, dict | list):
        if levels == 0:
            raise JsonRefused("it is nested too deeply")
        for item in value.values() if isinstance(value, dict) else value:
            check_depth(item, levels - 1)


def check_text(value: Any) -> None:
    """Raise JsonRefused when a text in `value` holds a lone surrogate."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            try:
                item.encode("utf-8")
            except UnicodeEncodeError:
                raise JsonRefused("a text holds half a character (a lone surrogate)") from None
        elif isinstance(item, dict):
            pending.extend(item.keys())
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)


def dumps(value: Any) -> bytes:
    """Return `value` as compact UTF-8 JSON."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8")


def canonical(value: Any) -> bytes:
    """Return `value` as canonical JSON of ASCII texts and integers (RFC 8785 for such values)."""
    return json.dumps(value, sort_keys=True, allow_nan=False, separators=(",", ":")).encode()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise JsonRefused("a name is given twice")
    return made


def _constant(name: str) -> NoReturn:
    raise JsonRefused(f"{name} is not a number")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise JsonRefused("a number is too large")
    return value
