"""While a vault is locked: how many requests wait, and nothing else (docs/protocol.md §10)."""

import re

from sqlalchemy.exc import IntegrityError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from watchword.protocol.errors import MessageRefused
from watchword.protocol.http_signing import key_id
from watchword.protocol.key_messages import Hint, HintKey, HintKeyTaken
from watchword.protocol.signing import open_envelope
from watchword.protocol.version import API, KNOWN_LIMIT
from watchword_server import challenges, devices, signing_keys
from watchword_server.api.answers import ApiError, envelope_of, signed_answer, wait_seconds
from watchword_server.api.device_auth import (
    Unauthorized,
    device_of,
    hint_key_of,
    still_active,
    use_nonce,
)
from watchword_server.site import Site

_KNOWN = re.compile(r"[0-9]{1,2}")


async def take(request: Request) -> Response:
    """Take the key that may ask from now on, in place of the one before; an empty one ends it."""
    site: Site = request.app.state.site
    body = await request.body()
    device, signed = await device_of(site, request, body)
    message = open_envelope(envelope_of(body), device.public_key, HintKey)
    message.expect(device_id=device.id)
    async with site.database.write(f"user {device.user_id}") as connection:
        await still_active(connection, device, signed)
        await use_nonce(connection, signed, site.now())
        if not message.hint_key:
            await devices.end_hint_key(connection, device.id)
        else:
            keyid = key_id(message.hint_key)
            if await signing_keys.is_ours(connection, site.signing_key, message.hint_key):
                raise MessageRefused("Its member hint_key is a key of the server")
            try:
                is_new = await devices.take_hint_key(
                    connection, device.id, keyid, message.hint_key
                )
            except IntegrityError:  # two devices sent it at the same moment
                is_new = False
            if not is_new:
                raise MessageRefused("Its member hint_key is a key that is known already")
    site.wakeups.wake(f"device {device.id}")
    answer = HintKeyTaken(nonce=signed.nonce, device_id=device.id, time=site.time())
    return signed_answer(site, answer, signed)


async def waiting(request: Request) -> Response:
    """Answer with how many requests wait; hold while it is as many as are known."""
    site: Site = request.app.state.site
    known = _known(request)
    body = await request.body()
    asking, signed = await hint_key_of(site, request, body)

    async def look() -> tuple[int, bool]:
        if await devices.by_hint_keyid(site.database, asking.keyid) is None:
            raise Unauthorized(asking.keyid)  # replaced, or ended, while it was held
        found = await challenges.open_requests(site.database, asking.device_id, site.now())
        return len(found), len(found) != known

    # As in a poll: that there are none changes only by what wakes.
    number = await site.wakeups.held(
        f"device {asking.device_id}", wait_seconds(request), look, lasts=lambda number: not number
    )
    answer = Hint(nonce=signed.nonce, waiting=number, time=site.time())
    return signed_answer(site, answer, signed)


def _known(request: Request) -> int | None:
    given = request.query_params.getlist("known")
    if not given:
        return None
    if len(given) > 1 or not _KNOWN.fullmatch(given[0]) or int(given[0]) > KNOWN_LIMIT:
        raise ApiError(400, "bad_request")
    return int(given[0])


ROUTES = [
    Route(f"{API}/device/hint", take, methods=["POST"]),
    Route(f"{API}/hint", waiting, methods=["GET"]),
]
