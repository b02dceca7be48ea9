"""Log lines: `name=value` for people and grep, or JSON; one line each, whatever is in them."""

import contextlib
import json
import logging
import sys
import time
from collections.abc import Callable
from typing import Any, Literal, TextIO

LogFormat = Literal["text", "json"]
_Line = Callable[[dict[str, Any]], str]
_requests: list[tuple[TextIO, _Line]] = []  # where their lines go, and how they look


def set_up(kind: LogFormat) -> None:
    """Write everything that is logged to standard error."""
    line = _as_json if kind == "json" else _as_text
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(line))
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.WARNING)
    _requests[:] = [(sys.stderr, line)]


def request(values: dict[str, Any]) -> None:
    """Write the line of a request, past `logging`, which takes as long as a tenth of a poll."""
    for stream, line in _requests:
        text = line(_values(time.time(), "info", "request", values))
        with contextlib.suppress(OSError, ValueError):  # that nobody reads it ends nothing
            stream.write(f"{text}\n")
            stream.flush()


def _values(at: float, level: str, message: str, more: dict[str, Any]) -> dict[str, Any]:
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at))
    stamp = f"{moment}.{int(at % 1 * 1000):03}Z"
    return {"time": stamp, "level": level, "message": message, **more}


class _Lines(logging.Formatter):
    def __init__(self, line: _Line) -> None:
        super().__init__()
        self._line = line

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, an error with its own below."""
        more = dict(getattr(record, "values", {}))
        if record.exc_info:
            more["error"] = self.formatException(record.exc_info)
        level = record.levelname.lower()
        return self._line(_values(record.created, level, record.getMessage(), more))


def _as_json(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _as_text(values: dict[str, Any]) -> str:
    """Return time, level, message, then name=value; an error with its lines below."""
    error = values.pop("error", "")
    first = [values.pop("time"), values.pop("level"), _one_line(values.pop("message"))]
    line = " ".join([*first, *(f"{name}={_quoted(each)}" for name, each in values.items())])
    return f"{line}\n{error}" if error else line


def _one_line(text: str) -> str:
    return text if text.isprintable() else json.dumps(text)


def _quoted(value: Any) -> str:
    text = str(value)
    if text.isprintable() and not (" " in text or '"' in text or "=" in text):
        return text
    return json.dumps(text)
