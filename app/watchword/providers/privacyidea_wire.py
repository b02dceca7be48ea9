"""What one privacyIDEA server says: one address, JSON in one shape, errors by number."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from watchword.protocol.errors import MessageRefused
from watchword.remote.client import Reply, Sender

POLLING_FORBIDDEN = 303
UNKNOWN_TOKEN = 601  # also: its enrolment is over


@dataclass(frozen=True, slots=True)
class PushReply:
    """An answer: either a value, or an error's number."""

    status: int  # HTTP's
    value: Any = None
    detail: Mapping[str, Any] = field(default_factory=dict, repr=False)
    error: int = 0  # the server's own number; 0: none
    date: float | None = None  # the server's clock, unsigned; None: it did not say


class PushServer:
    """The one address of one server; thread-safe as its sender is."""

    def __init__(self, sender: Sender, path: str) -> None:
        """Nothing is contacted yet."""
        self._sender = sender
        self._path = path

    def get(self, **values: str) -> PushReply:
        """Ask; raises MessageRefused and the family of RemoteError."""
        return _read(
            self._sender.send("GET", f"{self._path}?{urlencode(values)}" if values else self._path)
        )

    def post(self, body: str) -> PushReply:
        """Send a form; raises MessageRefused and the family of RemoteError."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return _read(self._sender.send("POST", self._path, headers=headers, body=body.encode()))

    def close(self) -> None:
        """Close the connections."""
        self._sender.close()


def _read(reply: Reply) -> PushReply:
    message = reply.json()
    result = message.get("result") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(result, dict):
        raise MessageRefused("It is not in privacyIDEA's shape")
    detail = message.get("detail")
    error = result.get("error")
    if reply.status == 200 and result.get("status") is True and "value" in result:
        return PushReply(
            200,
            result["value"],
            detail if isinstance(detail, dict) else {},
            date=reply.date,
        )
    code = error.get("code") if isinstance(error, dict) else None
    return PushReply(reply.status, error=code if type(code) is int else -1, date=reply.date)
