"""The enrolment's endpoints, docs/protocol.md §4."""

from typing import Any

from sqlalchemy import Row
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchword.protocol.encoding import from_base64url, parse_json, sha256
from watchword.protocol.errors import MessageRefused
from watchword.protocol.http_signing import key_id
from watchword.protocol.members import Envelope
from watchword.protocol.messages import (
    Acknowledge,
    Acknowledged,
    EnrolOffer,
    EnrolState,
    EnrolStateWord,
)
from watchword.protocol.signing import open_envelope
from watchword.protocol.version import API
from watchword_server import enrolments, joining
from watchword_server.api.answers import (
    ApiError,
    envelope_answer,
    signed_answer,
    wait_seconds,
)
from watchword_server.api.device_auth import (
    Signed,
    Unauthorized,
    claim_of,
    signed_by,
    use_nonce,
)
from watchword_server.site import Site


async def info(request: Request) -> Response:
    """Say who this server is."""
    site: Site = request.app.state.site
    body = parse_json(await request.body())
    nonce_c = _bytes(body, "nonce_c", 16)
    async with site.database.read() as connection:
        enrolment = await enrolments.find(connection, request.path_params["e"])
    if enrolment is None:
        raise ApiError(404, "not_found")
    state = enrolments.standing(enrolment, site.now())
    if state == "expired" or state in {"refused", "burnt"}:
        raise ApiError(410, "expired")
    if state != "open":
        raise ApiError(409, "used")
    return JSONResponse(enrolments.info(site, enrolment, nonce_c).to_json())


async def offer(request: Request) -> Response:
    """Take the device's offer."""
    site: Site = request.app.state.site
    body = parse_json(await request.body())
    envelope, mac = _envelope(body), _bytes(body, "mac", 32)
    e = request.path_params["e"]
    async with site.database.write() as connection:
        enrolment = await enrolments.find(connection, e)
        if enrolment is None:
            raise ApiError(404, "not_found")
        taken = await enrolments.take_offer(site, connection, enrolment, envelope, mac)
    site.wakeups.wake(f"enrolment {e}")
    keyid = key_id(EnrolOffer.parse(envelope.signed).device_key)
    return envelope_answer(site.signing_key.seal(taken), site, keyid)


async def state(request: Request) -> Response:
    """Tell the device whether the browser confirmed; hold the answer while it has not."""
    site: Site = request.app.state.site
    e = request.path_params["e"]
    enrolment, signed = await _signed_enrolment(site, request)

    async def look() -> tuple[tuple[EnrolStateWord, bytes], bool]:
        async with site.database.read() as connection:
            current = await enrolments.find(connection, e)
        if current is None:
            return (EnrolStateWord.EXPIRED, b""), True
        told = enrolments.state_for_device(current, site.now())
        return told, told[0] is not EnrolStateWord.WAITING

    word, sealed = await site.wakeups.held(f"enrolment {e}", wait_seconds(request), look)
    message = EnrolState(
        e=e,
        nonce=signed.nonce,
        offer=sha256(enrolment.offer),
        state=word,
        sealed=sealed,
        time=site.time(),
    )
    return signed_answer(site, message, signed)


async def acknowledge(request: Request) -> Response:
    """Make the device active."""
    site: Site = request.app.state.site
    enrolment, signed = await _signed_enrolment(site, request)
    public_key = EnrolOffer.parse(enrolment.offer).device_key
    envelope = _envelope(parse_json(signed.body))
    message = open_envelope(envelope, public_key, Acknowledge)
    async with site.database.write(f"user {enrolment.user_id}") as connection:
        await use_nonce(connection, signed, site.now())
        current = await enrolments.find(connection, enrolment.id)
        if current is None:
            raise ApiError(410, "expired")
        await joining.acknowledge(site, connection, current, message)
    site.wakeups.wake(f"enrolment {enrolment.id}")
    answer = Acknowledged(nonce=signed.nonce, device_id=enrolment.device_id, time=site.time())
    return signed_answer(site, answer, signed)


async def _signed_enrolment(site: Site, request: Request) -> tuple[Row[Any], Signed]:
    """Return the enrolment whose offer's key signed this; raise Unauthorized."""
    body = await request.body()
    async with site.database.read() as connection:
        enrolment = await enrolments.find(connection, request.path_params["e"])
    public_key = (
        EnrolOffer.parse(enrolment.offer).device_key
        if enrolment is not None and enrolment.offer is not None
        else None
    )
    signed = signed_by(site, request, claim_of(request), body, public_key)
    if enrolment is None:
        raise Unauthorized
    return enrolment, signed


def _bytes(body: dict[str, Any], name: str, size: int) -> bytes:
    value = body.get(name)
    try:
        return from_base64url(value, size) if isinstance(value, str) else _refuse(name)
    except ValueError as error:
        raise MessageRefused(f"Its member {name} is not {size} bytes") from error


def _refuse(name: str) -> bytes:
    raise MessageRefused(f"Its member {name} is missing")


def _envelope(body: dict[str, Any]) -> Envelope:
    try:
        return Envelope.from_json(body)
    except ValueError as error:
        raise MessageRefused("It is not a signed message") from error


ROUTES = [
    Route(f"{API}/enrol/{{e}}/info", info, methods=["POST"]),
    Route(f"{API}/enrol/{{e}}/offer", offer, methods=["POST"]),
    Route(f"{API}/enrol/{{e}}/acknowledge", acknowledge, methods=["POST"]),
    Route(f"{API}/enrol/{{e}}", state, methods=["GET"]),
]
