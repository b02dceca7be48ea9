"""Keys that change: the server's own (docs/protocol.md §11), and a device's (§12)."""

from sqlalchemy.exc import IntegrityError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchword.protocol.encoding import parse_json, sha256
from watchword.protocol.errors import MessageRefused
from watchword.protocol.http_signing import key_id
from watchword.protocol.key_changes import open_countersigned
from watchword.protocol.key_messages import Rekey, Rekeyed
from watchword.protocol.members import Countersigned
from watchword.protocol.version import API
from watchword_server import devices, signing_keys
from watchword_server.api.answers import signed_answer
from watchword_server.api.device_auth import (
    DeviceRevoked,
    Unauthorized,
    claim_of,
    signed_by,
    use_nonce,
)
from watchword_server.site import Site


async def changes(request: Request) -> Response:
    """Publish the last changes of the server's key."""
    site: Site = request.app.state.site
    async with site.database.read() as connection:
        found = await signing_keys.published(connection)
    return JSONResponse({"changes": [one.to_json() for one in found]})


async def rekey(request: Request) -> Response:
    """Give a device another key; who lost the answer gets it again by the same message."""
    site: Site = request.app.state.site
    body = await request.body()
    claim = claim_of(request)
    device = await devices.by_keyid(site.database, claim.keyid)
    signed = signed_by(site, request, claim, body, device.public_key if device else None)
    if device is None or device.state == "pending":
        raise Unauthorized(signed.inputs.keyid)
    twice = _countersigned(body)
    async with site.database.write(f"user {device.user_id}") as connection:
        current = await devices.find(connection, device.id)
        if current.state == "revoked":
            raise DeviceRevoked(current, signed)
        await use_nonce(connection, signed, site.now())
        digest = sha256(twice.signed)
        done = await devices.replacement(connection, device.id, digest)
        if done is None and current.keyid != signed.inputs.keyid:
            # Of two copies that moved, the other one was first.
            replaced = await devices.by_keyid(connection, signed.inputs.keyid)
            raise DeviceRevoked(replaced or device, signed)
        if done is not None:
            message = Rekey.parse(twice.signed)  # these bytes were verified then
        else:
            message = open_countersigned(twice, current.public_key, Rekey)
            message.expect(device_id=current.id)
            known = await devices.knows_key(connection, key_id(message.new_key))
            if known or await signing_keys.is_ours(connection, site.signing_key, message.new_key):
                raise MessageRefused("Its member new_key is a key that is known already")
            try:
                await devices.replace_key(connection, current, message, digest, site.now())
            except IntegrityError as error:
                raise MessageRefused("Its member new_key was taken meanwhile") from error
    if done is None:
        # What the old key still asks is answered now: it is revoked.
        site.wakeups.wake(f"user {device.user_id}", f"device {device.id}")
    answer = Rekeyed(
        nonce=signed.nonce, device_id=device.id, new_key=message.new_key, time=site.time()
    )
    return signed_answer(site, answer, signed)


def _countersigned(body: bytes) -> Countersigned:
    try:
        return Countersigned.from_json(parse_json(body))
    except ValueError as error:
        raise MessageRefused("It is not a message signed twice") from error


ROUTES = [
    Route(f"{API}/keys", changes, methods=["GET"]),
    Route(f"{API}/device/rekey", rekey, methods=["POST"]),
]
