"""Which requests were listed lately, so that their ids can be answered by a later command.

A small file outside the vault that says nothing about anybody: request ids, the vault's own
account ids, and digests. When the server no longer lists a request, the digest still lets us
ask it what became of it, signed.
"""

import contextlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchword.providers.login_request import LoginRequest, Match

_KEPT_SECONDS = 3600.0
_MOST = 200
_FILE_BYTES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRequest:
    """What is known of a request that was listed once."""

    id: str
    account_id: str
    digest: bytes
    expires_at: float  # Unix seconds by the server's clock
    match: str
    seen_at: float  # Unix seconds by our clock


class Seen:
    """The file; every trouble with it is as if nothing had been seen."""

    def __init__(self, path: Path | None) -> None:
        """Keep it at `path`; None: nowhere, and nothing is ever found."""
        self._path = path

    def find(self, request_id: str) -> SeenRequest | None:
        """Return the request of that id, or None."""
        return next((seen for seen in self._load() if seen.id == request_id), None)

    def remember(self, requests: Iterable[LoginRequest], now: float) -> None:
        """Add these requests, and forget those of more than an hour ago."""
        fresh = {
            request.id: SeenRequest(
                id=request.id,
                account_id=request.account_id,
                digest=request.digest,
                expires_at=request.expires_at,
                match=request.match.value,
                seen_at=now,
            )
            for request in requests
        }
        if not fresh or self._path is None:
            return
        kept = [s for s in self._load() if abs(now - s.seen_at) < _KEPT_SECONDS]
        kept = [s for s in kept if s.id not in fresh]
        _save(self._path, [*kept, *fresh.values()][-_MOST:])

    def _load(self) -> list[SeenRequest]:
        if self._path is None:
            return []
        try:
            with self._path.open("rb") as file:
                members: Any = json.loads(file.read(_FILE_BYTES))
            return [_from_json(one) for one in members]
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return []


def _save(path: Path, entries: list[SeenRequest]) -> None:
    text = json.dumps([_to_json(entry) for entry in entries])
    new = path.with_name(f".{path.name}-{os.getpid()}")
    # Losing this file costs an explanation, never an account: no error is worth showing.
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        new.replace(path)


def _to_json(seen: SeenRequest) -> dict[str, Any]:
    return {
        "id": seen.id,
        "account_id": seen.account_id,
        "digest": seen.digest.hex(),
        "expires_at": seen.expires_at,
        "match": seen.match,
        "seen_at": seen.seen_at,
    }


def _from_json(members: Any) -> SeenRequest:
    return SeenRequest(
        id=str(members["id"]),
        account_id=str(members["account_id"]),
        digest=bytes.fromhex(members["digest"]),
        expires_at=float(members["expires_at"]),
        match=Match(members["match"]).value,
        seen_at=float(members["seen_at"]),
    )
