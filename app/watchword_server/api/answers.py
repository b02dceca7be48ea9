"""How the API answers: envelopes, plain errors, and one body for every way of being nobody."""

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from watchword.errors import WatchwordError
from watchword.protocol.encoding import parse_json
from watchword.protocol.errors import MessageRefused
from watchword.protocol.members import Envelope, Message
from watchword.protocol.messages import Revoked
from watchword.protocol.version import LONGEST_WAIT
from watchword_server.api.device_auth import (
    DeviceRevoked,
    Signed,
    Unauthorized,
    fresh_nonce,
)
from watchword_server.noting import noted
from watchword_server.site import Site

NONCE_HEADER = "Watchword-Nonce"
_WAIT = re.compile(r"(?:^|[,;\s])wait=([0-9]{1,3})(?:$|[,;\s])")


class ApiError(Exception):
    """An answer that is an error: status and word of docs/protocol.md §8."""

    def __init__(self, status: int, word: str, *, retry_after: int | None = None) -> None:
        """Keep what is answered."""
        super().__init__(word)
        self.status = status
        self.word = word
        self.retry_after = retry_after


def signed_answer(site: Site, message: Message, signed: Signed, status: int = 200) -> Response:
    """Return the message in its envelope, with the next nonce."""
    return envelope_answer(site.signing_key.seal(message), site, signed.inputs.keyid, status)


def envelope_answer(envelope: Envelope, site: Site, keyid: str, status: int = 200) -> Response:
    """Return an envelope, with the next nonce for `keyid`."""
    headers = {NONCE_HEADER: fresh_nonce(site, keyid)}
    return JSONResponse(envelope.to_json(), status, headers)


def envelope_of(body: bytes) -> Envelope:
    """Return the signed message that a body is; raise MessageRefused."""
    try:
        return Envelope.from_json(parse_json(body))
    except ValueError as error:
        raise MessageRefused("It is not a signed message") from error


def api_error(_request: Request, error: Exception) -> Response:
    """Answer an ApiError."""
    assert isinstance(error, ApiError)  # noqa: S101 - registered for this class only
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return JSONResponse({"error": error.word}, error.status, headers)


def bad_message(_request: Request, error: Exception) -> Response:
    """Answer a message that could not be used: what was wrong with it helps only its author."""
    reason = error.reason if isinstance(error, WatchwordError) else ""
    return JSONResponse({"error": "bad_request", "reason": reason}, 400)


def unauthorized(request: Request, error: Exception) -> Response:
    """Answer the same whatever was wrong, with a nonce to try again."""
    site: Site = request.app.state.site
    keyid = error.keyid if isinstance(error, Unauthorized) else ""
    headers = {NONCE_HEADER: fresh_nonce(site, keyid)}
    return JSONResponse({"error": "unauthorized"}, 401, headers)


def revoked(request: Request, error: Exception) -> Response:
    """Tell a revoked device so, signed over its nonce."""
    site: Site = request.app.state.site
    assert isinstance(error, DeviceRevoked)  # noqa: S101 - registered for this class only
    noted("revoked_device", error.device.user_id)
    message = Revoked(
        nonce=error.signed.nonce,
        device_id=error.device.id,
        reason=error.device.reason,
        revoked_at=int(error.device.revoked_at),
        time=site.time(),
    )
    return signed_answer(site, message, error.signed, 403)


def wait_seconds(request: Request) -> float:
    """Return how long the caller wants to be held (RFC 7240 `Prefer: wait=N`), at most 25."""
    found = _WAIT.search(request.headers.get("prefer", "")[:200])
    return float(min(int(found[1]), LONGEST_WAIT)) if found else 0.0
