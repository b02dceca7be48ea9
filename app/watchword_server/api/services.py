"""What other services call: docs/services-api.md."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchword.plain_text import plain_text
from watchword.protocol.members import Message
from watchword_server import service_logins, services
from watchword_server.api.answers import wait_seconds
from watchword_server.api.service_document import ERRORS, PREFIX, STATES, document
from watchword_server.api.service_members import ATTEMPT, fits, read_body
from watchword_server.service_logins import Declined, Wanted, state_of
from watchword_server.services import Caller, Scope
from watchword_server.site import Site
from watchword_server.user_agents import for_people

_STATUS = {word: status for status, words in ERRORS.items() for word in words}


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, headers: dict[str, str] | None = None, **body: str) -> None:
        """Keep what is answered."""
        super().__init__(body["error"])
        self.response = JSONResponse(body, status, headers)


def refusal(_request: Request, error: Exception) -> Response:
    """Answer a Refusal."""
    assert isinstance(error, Refusal)  # noqa: S101 - registered for this class only
    return error.response


def declined(_request: Request, error: Exception) -> Response:
    """Answer what was declined."""
    assert isinstance(error, Declined)  # noqa: S101 - registered for this class only
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return JSONResponse({"error": error.word}, _STATUS[error.word], headers)


async def _caller(request: Request, scope: Scope) -> Caller:
    """Return whose key this is; whatever is wrong with a key, it is answered the same."""
    site: Site = request.app.state.site
    given = request.headers.getlist("authorization")
    scheme, _, key = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    async with site.database.read() as connection:
        caller = await services.caller_of(connection, key.strip())
    if caller is None or scheme.lower() != "bearer":
        raise Refusal(401, {"WWW-Authenticate": "Bearer"}, error="unauthorized")
    if scope not in caller.scopes:
        raise Refusal(403, error="scope")
    return caller


def _where_to_allow(site: Site, caller: Caller, error: Declined) -> Exception:
    """Return a Declined as it is answered: to whom nobody allowed anything, with where to."""
    if error.word != "not_allowed":
        return error
    return Refusal(403, error=error.word, allow=f"{site.origin}/services/{caller.id}")


async def begin(request: Request) -> Response:
    """Ask the devices of a user."""
    site: Site = request.app.state.site
    caller = await _caller(request, Scope.LOGINS)
    attempt = request.headers.getlist("idempotency-key")
    if len(attempt) != 1 or not fits(ATTEMPT, attempt[0]):
        raise Refusal(400, error="bad_request", reason="It wants one Idempotency-Key")
    body = await read_body(request, "login")
    wanted = Wanted(
        user=body["user"],
        binding=body["binding"],
        attempt=attempt[0],
        ip=plain_text(body["ip"], limit=64),
        user_agent=for_people(body["user_agent"]),
    )
    try:
        asked = await service_logins.begin(site, caller, wanted)
    except Declined as error:
        raise _where_to_allow(site, caller, error) from error
    site.wakeups.wake(*asked.wake)
    more = {"code": asked.login.code, "match": asked.login.match}
    return JSONResponse(_standing(site, asked.login) | more, 201 if asked.is_new else 200)


async def wait(request: Request) -> Response:
    """Say what a login has come to; hold the answer while it is `?is`."""
    site: Site = request.app.state.site
    caller = await _caller(request, Scope.LOGINS)
    shown = request.query_params.getlist("is") or ["open"]
    if len(shown) > 1 or shown[0] not in STATES:
        raise Refusal(400, error="bad_request", reason="Its parameter is names no state")
    login_id = request.path_params["id"]

    async def look() -> tuple[dict[str, Any], bool]:
        async with site.database.read() as connection:
            login = await service_logins.find(connection, caller, login_id)
        told = _standing(site, login)
        return told, told["state"] != shown[0]

    told = await site.wakeups.held(f"login {login_id}", wait_seconds(request), look)
    return JSONResponse(told)


def _standing(site: Site, login: Any) -> dict[str, Any]:
    state, left = state_of(login, site.now())
    return {"id": login.id, "state": state, "expires_in": left}


async def result(request: Request) -> Response:
    """Give the result, an approval once."""
    site: Site = request.app.state.site
    caller = await _caller(request, Scope.LOGINS)
    body = await read_body(request, "result")
    message, wake = await service_logins.result(
        site, caller, request.path_params["id"], binding=body["binding"], nonce=body["nonce"]
    )
    site.wakeups.wake(*wake)
    return _signed(site, message)


async def cancel(request: Request) -> Response:
    """Withdraw a login."""
    site: Site = request.app.state.site
    caller = await _caller(request, Scope.LOGINS)
    site.wakeups.wake(*await service_logins.cancel(site, caller, request.path_params["id"]))
    return Response(status_code=204)


async def check_code(request: Request) -> Response:
    """Check a one-time or backup code, and use it up."""
    site: Site = request.app.state.site
    caller = await _caller(request, Scope.CODES)
    body = await read_body(request, "code")
    try:
        message = await service_logins.check_code(site, caller, **body)
    except Declined as error:
        raise _where_to_allow(site, caller, error) from error
    return _signed(site, message)


def _signed(site: Site, message: Message) -> Response:
    return JSONResponse(site.signing_key.seal(message).to_json())


async def openapi(request: Request) -> Response:
    """Describe all this to machines."""
    site: Site = request.app.state.site
    return JSONResponse(document(site.origin))


ROUTES = [
    Route(f"{PREFIX}/openapi.json", openapi, methods=["GET"]),
    Route(f"{PREFIX}/logins", begin, methods=["POST"]),
    Route(f"{PREFIX}/logins/{{id}}", wait, methods=["GET"]),
    Route(f"{PREFIX}/logins/{{id}}", cancel, methods=["DELETE"]),
    Route(f"{PREFIX}/logins/{{id}}/result", result, methods=["POST"]),
    Route(f"{PREFIX}/codes/check", check_code, methods=["POST"]),
]
