"""The OpenAPI 3.1 document of docs/services-api.md; its bodies are the ones that are read by."""

from typing import Any

from watchword_server import __version__
from watchword_server.api.service_members import ATTEMPT, BODIES

PREFIX = "/api/services/v1"
STATES = ("open", "approved", "used", "denied", "expired", "withdrawn")
# Every error by its status, with the words it can have.
ERRORS = {
    400: ("bad_request",),
    401: ("unauthorized",),
    403: ("not_allowed", "scope"),
    404: ("not_found",),
    409: ("no_device", "open", "used", "key_reused"),
    413: ("too_large",),
    421: ("wrong_host",),
    429: ("slow_down",),
    503: ("unavailable",),
}
_BASE64URL = r"^[A-Za-z0-9_-]+$"
_ID: dict[str, Any] = {"type": "string", "pattern": r"^[A-Za-z0-9_-]{22}$"}
_STANDING: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": _ID,
        "state": {"enum": list(STATES)},
        "expires_in": {"type": "integer", "minimum": 0, "maximum": 120},
    },
    "required": ["id", "state", "expires_in"],
}
_BEGUN: dict[str, Any] = {
    "type": "object",
    "properties": {
        **_STANDING["properties"],
        "code": {"type": "string", "description": "Show it in the browser that signs in"},
        "match": {"enum": ["type4"]},
    },
    "required": [*_STANDING["required"], "code", "match"],
}
_ENVELOPE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "signed": {"type": "string", "pattern": _BASE64URL},
        "sig": {"type": "string", "pattern": r"^[A-Za-z0-9_-]{86}$"},
    },
    "required": ["signed", "sig"],
}


def document(origin: str) -> dict[str, Any]:
    """Return the document of the server at `origin`."""
    login = f"{PREFIX}/logins/{{id}}"
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Watchword for other services",
            "version": __version__,
            "description": "Ask a person's devices, or check a person's code. "
            "What the members mean is in docs/services-api.md.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": origin}],
        "security": [{"key": []}],
        "paths": {
            f"{PREFIX}/logins": {
                "post": _operation(
                    "begin",
                    "Ask the person's devices",
                    body="login",
                    parameters=[
                        {
                            "name": "Idempotency-Key",
                            "in": "header",
                            "required": True,
                            "schema": ATTEMPT,
                        }
                    ],
                    answers={201: _BEGUN, 200: _BEGUN},
                    errors=(400, 403, 409, 429),
                )
            },
            login: {
                "parameters": [_path_id()],
                "get": _operation(
                    "wait",
                    "Say what the login has come to; held while it is `is`",
                    parameters=[
                        {"name": "is", "in": "query", "schema": {"enum": list(STATES)}},
                        {"name": "Prefer", "in": "header", "schema": {"type": "string"}},
                    ],
                    answers={200: _STANDING},
                    errors=(400, 403, 404),
                ),
                "delete": _operation(
                    "cancel", "Withdraw the login", answers={204: None}, errors=(403, 404)
                ),
            },
            f"{login}/result": {
                "parameters": [_path_id()],
                "post": _operation(
                    "result",
                    "The signed result, an approval once",
                    body="result",
                    answers={200: _ENVELOPE},
                    errors=(400, 403, 404, 409),
                ),
            },
            f"{PREFIX}/codes/check": {
                "post": _operation(
                    "checkCode",
                    "Check a one-time or backup code, and use it up",
                    body="code",
                    answers={200: _ENVELOPE},
                    errors=(400, 403, 409, 429),
                )
            },
            f"{PREFIX}/openapi.json": {
                "get": {
                    "operationId": "openapi",
                    "summary": "This document",
                    "security": [],
                    "responses": {"200": _answer({"type": "object"}, "The document")},
                }
            },
        },
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "responses": {str(status): _error(status) for status in ERRORS},
        },
    }


def _path_id() -> dict[str, Any]:
    return {"name": "id", "in": "path", "required": True, "schema": _ID}


def _operation(
    name: str,
    summary: str,
    *,
    answers: dict[int, dict[str, Any] | None],
    errors: tuple[int, ...],
    body: str = "",
    parameters: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    responses = {str(status): _answer(schema, summary) for status, schema in answers.items()}
    # Every address can answer so: no key, too much, another host, a server that is busy.
    for status in (*errors, 401, 413, 421, 503):
        responses[str(status)] = {"$ref": f"#/components/responses/{status}"}
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "responses": responses,
    }
    if parameters:
        operation["parameters"] = parameters
    if body:
        content = {"application/json": {"schema": BODIES[body]}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _answer(schema: dict[str, Any] | None, summary: str) -> dict[str, Any]:
    if schema is None:
        return {"description": summary}
    return {"description": summary, "content": {"application/json": {"schema": schema}}}


def _error(status: int) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {
            "error": {"enum": list(ERRORS[status])},
            "reason": {"type": "string"},
            "allow": {"type": "string", "format": "uri"},
        },
        "required": ["error"],
    }
    answer = _answer(schema, " or ".join(ERRORS[status]))
    if status in {429, 503}:
        wait = {"type": "integer", "minimum": 1}
        answer["headers"] = {"Retry-After": {"required": True, "schema": wait}}
    return answer
