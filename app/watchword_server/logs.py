"""Log lines: `name=value` for people and grep, or JSON; one line each, whatever is in them."""

import json
import logging
import sys
import time
from typing import Any, Literal

LogFormat = Literal["text", "json"]
requests = logging.getLogger("watchword_server.requests")


def set_up(kind: LogFormat) -> None:
    """Write everything that is logged to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if kind == "json" else _Text())
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.WARNING)
    requests.setLevel(logging.INFO)


def _values(record: logging.LogRecord) -> dict[str, Any]:
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    values: dict[str, Any] = {
        "time": f"{moment}.{int(record.msecs):03}Z",
        "level": record.levelname.lower(),
        "message": record.getMessage(),
        **getattr(record, "values", {}),
    }
    if record.exc_info:
        values["error"] = logging.Formatter().formatException(record.exc_info)
    return values


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Return one JSON object."""
        return json.dumps(_values(record), ensure_ascii=False)


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Return time, level, message, then name=value; an error with its lines below."""
        values = _values(record)
        error = values.pop("error", "")
        first = [values.pop("time"), values.pop("level"), _one_line(values.pop("message"))]
        line = " ".join([*first, *(f"{name}={_quoted(each)}" for name, each in values.items())])
        return f"{line}\n{error}" if error else line


def _one_line(text: str) -> str:
    return text if text.isprintable() else json.dumps(text)


def _quoted(value: Any) -> str:
    text = str(value)
    return text if text.isprintable() and not set(text) & set(' "=') else json.dumps(text)
