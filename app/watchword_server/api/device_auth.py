"""Who signed this request? Everything of docs/protocol.md §5 that the server judges."""

import hmac
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request

from watchword.protocol.errors import BadSignature
from watchword.protocol.http_signing import SignatureInput, key_id, read_signature
from watchword.protocol.signing import HttpRequest, server_nonce, verify_request
from watchword.protocol.version import NONCE_LIFETIME, SIGNATURE_WINDOW
from watchword_server import devices
from watchword_server.site import Site
from watchword_server.store.questions import Reading
from watchword_server.store.tables import nonces

_USE = insert(nonces)


class Unauthorized(Exception):
    """The request is not signed as it must be; whatever the reason, it is answered the same."""

    def __init__(self, keyid: str = "") -> None:
        """Keep for which key the next nonce is made."""
        super().__init__()
        self.keyid = keyid


class DeviceRevoked(Exception):
    """The key was revoked, and signed correctly: it is told so, signed."""

    def __init__(self, device: Row[Any], signed: "Signed") -> None:
        """Keep what the answer is made of."""
        super().__init__()
        self.device = device
        self.signed = signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A request whose signature is right."""

    inputs: SignatureInput
    body: bytes

    @property
    def nonce(self) -> str:
        """What a signed answer repeats."""
        return self.inputs.nonce


def fresh_nonce(site: Site, keyid: str) -> str:
    """Return the Watchword-Nonce for a key; any text will do as a key that is none."""
    return server_nonce(site.secret, int(site.now()), keyid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a request says of its signature, which is still to be checked."""

    inputs: SignatureInput | None = None  # None: it is not written as it must be
    signature: bytes = b""
    digest: str = ""

    @property
    def keyid(self) -> str:
        """The key that it says it is signed with; empty: it says none."""
        return self.inputs.keyid if self.inputs else ""


def claim_of(request: Request) -> Claim:
    """Read the headers of a signature."""
    try:
        inputs, signature, digest = read_signature(request.headers.items())
    except BadSignature:
        return Claim()
    return Claim(inputs=inputs, signature=signature, digest=digest)


def _check(site: Site, request: Request, claim: Claim, body: bytes, public_key: bytes) -> Signed:
    """Return the signed request if `public_key` made it; else raise BadSignature."""
    inputs = claim.inputs
    if inputs is None:
        raise BadSignature("The request is not signed")
    verify_request(
        HttpRequest(
            method=request.method,
            authority=site.settings.origin.authority,
            path=request.scope["raw_path"].decode("ascii", "replace"),
            query=request.scope["query_string"].decode("ascii", "replace"),
            body=body,
        ),
        inputs,
        claim.signature,
        claim.digest,
        public_key,
    )
    now = site.now()
    expected = server_nonce(site.secret, inputs.issued, inputs.keyid)
    given = f"{inputs.issued}.{inputs.server_mac}"
    if not hmac.compare_digest(expected, given) or not (
        now - NONCE_LIFETIME <= inputs.issued <= now + 1
    ):
        raise BadSignature("The nonce is not one of ours, or too old")
    if abs(inputs.created - now) > SIGNATURE_WINDOW or not (
        now <= inputs.expires <= inputs.created + SIGNATURE_WINDOW
    ):
        raise BadSignature("The signature is not of this time")
    if not hmac.compare_digest(key_id(public_key), inputs.keyid):
        raise BadSignature("The key is another one")
    return Signed(inputs=inputs, body=body)


def signed_by(
    site: Site, request: Request, claim: Claim, body: bytes, public_key: bytes | None
) -> Signed:
    """Return the signed request if this key made it; raise Unauthorized.

    With no key (nobody is known by the keyid) a signature is checked all the same.
    """
    try:
        signed = _check(site, request, claim, body, public_key or site.signing_key.public)
    except BadSignature as error:
        raise Unauthorized(claim.keyid) from error
    if public_key is None:
        raise Unauthorized(claim.keyid)
    return signed


async def device_of(site: Site, request: Request, body: bytes) -> tuple[Row[Any], Signed]:
    """Return the active device that signed; raise Unauthorized or DeviceRevoked."""
    device, signed = await joined_or_joining(site, request, body)
    if device.state == "pending":
        raise Unauthorized(device.keyid)
    return device, signed


async def joined_or_joining(site: Site, request: Request, body: bytes) -> tuple[Row[Any], Signed]:
    """Return the device that signed, also one that has not acknowledged yet."""
    claim = claim_of(request)
    device = await devices.by_keyid(site.database, claim.keyid)
    return judged(site, request, claim, body, device)


def judged(
    site: Site, request: Request, claim: Claim, body: bytes, device: Row[Any] | None
) -> tuple[Row[Any], Signed]:
    """Return the device that the claim names if it signed; raise Unauthorized or DeviceRevoked."""
    signed = signed_by(site, request, claim, body, device.public_key if device else None)
    if device is None:
        raise Unauthorized(signed.inputs.keyid)
    if device.state == "revoked":
        raise DeviceRevoked(device, signed)
    return device, signed


async def hint_key_of(site: Site, request: Request, body: bytes) -> tuple[Row[Any], Signed]:
    """Return the hint key that signed; raise Unauthorized. It signs for nothing but hints."""
    claim = claim_of(request)
    asking = await devices.by_hint_keyid(site.database, claim.keyid)
    signed = signed_by(site, request, claim, body, asking.public_key if asking else None)
    if asking is None:
        raise Unauthorized(signed.inputs.keyid)
    return asking, signed


async def still_active(reading: Reading, device: Row[Any], signed: Signed) -> None:
    """Check a device again whose request was held; raise Unauthorized or DeviceRevoked.

    The signature was right when the request came: its time may have run out while it waited.
    """
    current = await devices.by_keyid(reading, device.keyid)
    if current is None:
        raise Unauthorized(device.keyid)
    if current.state == "revoked":
        raise DeviceRevoked(current, signed)


async def use_nonce(connection: AsyncConnection, signed: Signed, now: float) -> None:
    """Use the request's nonce up, in the transaction of its effect; raise Unauthorized."""
    try:
        await connection.execute(
            _USE,
            {
                "keyid": signed.inputs.keyid,
                "nonce": signed.nonce,
                "expires": now + NONCE_LIFETIME + 60,
            },
        )
    except IntegrityError as error:
        raise Unauthorized(signed.inputs.keyid) from error
