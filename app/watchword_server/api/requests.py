"""Polling, deciding, unlinking: docs/protocol.md §6 and §7."""

import re
from typing import Any

from sqlalchemy import Row, bindparam, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from watchword.protocol.encoding import sha256
from watchword.protocol.members import Envelope
from watchword.protocol.messages import Decision, Poll, Result, ResultWord, Unlink, Unlinked
from watchword.protocol.signing import open_envelope
from watchword.protocol.version import API, KNOWN_LIMIT
from watchword_server import challenges, decisions, devices, joining
from watchword_server.api.answers import (
    ApiError,
    envelope_answer,
    envelope_of,
    signed_answer,
    wait_seconds,
)
from watchword_server.api.device_auth import (
    Unauthorized,
    claim_of,
    device_of,
    judged,
    still_active,
    use_nonce,
)
from watchword_server.login_states import listeners
from watchword_server.site import Site
from watchword_server.store import tables
from watchword_server.store.questions import Question

INTERVAL = 3  # seconds between polls that are not held
_ASKED = Question(
    select(tables.requests).where(
        tables.requests.c.id == bindparam("request"),
        tables.requests.c.device_id == bindparam("device"),
    )
)
_KNOWN = re.compile(r"(?:[A-Za-z0-9_-]{22}(?:,[A-Za-z0-9_-]{22})*)?")


async def poll(request: Request) -> Response:
    """Answer with every open request of the device; hold while it knows them all."""
    site: Site = request.app.state.site
    known = _known(request)
    body = await request.body()
    claim = claim_of(request)
    before = site.wakeups.count
    device, found = await challenges.of_a_poll(site, claim.keyid)
    if device is None:
        # Its key may be one that was replaced.
        device = await devices.by_keyid(site.database, claim.keyid)
    device, signed = judged(site, request, claim, body, device)
    devices.mark_seen(site, device)
    if device.state == "pending":
        await _join(site, device)

    async def look() -> tuple[list[Any], bool]:
        # The device is checked again each time: one that was removed hears so, not requests.
        current, found = await challenges.of_a_poll(site, device.keyid)
        if current is None or current.state == "revoked":
            await still_active(site.database, device, signed)
        return found, {row.request_id for row in found} != known

    wait = wait_seconds(request)
    if wait and {row.request_id for row in found} == known:
        # Requests run out by time; that there are none changes only by what wakes.
        found = await site.wakeups.held(
            f"device {device.id}", wait, look, lasts=lambda found: not found, seen=(found, before)
        )
    # One key for all of it, also in the moment when the server's key changes (§11).
    key = site.signing_key
    message = Poll(
        nonce=signed.nonce,
        device_id=device.id,
        requests=tuple(Envelope(row.body, key.sign(row.body)) for row in found),
        interval=INTERVAL,
        time=site.time(),
    )
    return envelope_answer(key.seal(message), site, signed.inputs.keyid)


async def _join(site: Site, device: Row[Any]) -> None:
    """Let a device that polls have acknowledged by that; raise Unauthorized if it is too late."""
    async with site.database.write(f"user {device.user_id}") as connection:
        enrolment = await joining.join(connection, device.id, site.now())
        if enrolment is None:
            current = await devices.by_keyid(connection, device.keyid)
            if current is None or current.state == "pending":
                raise Unauthorized(device.keyid)
    if enrolment is not None:
        # The security page waits to hear that it has joined.
        site.wakeups.wake(f"enrolment {enrolment}")


async def decide(request: Request) -> Response:
    """Take a decision, and say what it came to."""
    site: Site = request.app.state.site
    body = await request.body()
    device, signed = await device_of(site, request, body)
    envelope = envelope_of(body)
    message = open_envelope(envelope, device.public_key, Decision)
    async with site.database.write(f"user {device.user_id}") as connection:
        await still_active(connection, device, signed)
        asked = await _ASKED.of(connection, request=request.path_params["id"], device=device.id)
        if not asked:
            raise ApiError(404, "not_found")
        (row,) = asked
        message.expect(id=row.id, request=sha256(row.body))
        await use_nonce(connection, signed, site.now())
        outcome = await decisions.decide(site, connection, row, device, envelope.signed)
        wake = await listeners(connection, [row.login_id])
    site.wakeups.wake(*wake)
    answer = Result(
        nonce=signed.nonce,
        id=row.id,
        decision=sha256(envelope.signed),
        result=outcome.result,
        decided=outcome.decided,
        decided_by=outcome.decided_by,
        tries_left=outcome.tries_left,
        ticket=outcome.ticket,
        time=site.time(),
    )
    status = 409 if outcome.result is ResultWord.ANSWERED_ELSEWHERE else 200
    return signed_answer(site, answer, signed, status)


async def unlink(request: Request) -> Response:
    """Remove the device that asks."""
    site: Site = request.app.state.site
    body = await request.body()
    device, signed = await device_of(site, request, body)
    message = open_envelope(envelope_of(body), device.public_key, Unlink)
    message.expect(device_id=device.id)
    async with site.database.write(f"user {device.user_id}") as connection:
        await still_active(connection, device, signed)
        await use_nonce(connection, signed, site.now())
        await devices.revoke(connection, device.id, device.user_id, site.now(), reason="unlinked")
    site.wakeups.wake(f"user {device.user_id}", f"device {device.id}")
    answer = Unlinked(nonce=signed.nonce, device_id=device.id, time=site.time())
    return signed_answer(site, answer, signed)


def _known(request: Request) -> set[str]:
    given = request.query_params.getlist("known")
    text = given[0] if given else ""
    if len(given) > 1 or len(text) > KNOWN_LIMIT * 23 or not _KNOWN.fullmatch(text):
        raise ApiError(400, "bad_request")
    return set(text.split(",")) if text else set()


ROUTES = [
    Route(f"{API}/requests", poll, methods=["GET"]),
    Route(f"{API}/requests/{{id}}/decision", decide, methods=["POST"]),
    Route(f"{API}/device/unlink", unlink, methods=["POST"]),
]
