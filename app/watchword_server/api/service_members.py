"""What may stand in a service's request: one table, by which bodies are read and documented.

The schemas are JSON Schema's, of which read_body() knows what they use.
"""

import ipaddress
import re
from typing import Any

from starlette.requests import Request

from watchword.protocol.encoding import parse_json
from watchword.protocol.errors import MessageRefused

_NAME = r"^[A-Za-z0-9_-]+$"
_TEXT = r"^[^\x00-\x1f\x7f]*$"

MEMBERS: dict[str, dict[str, Any]] = {
    "user": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": _TEXT},
    "binding": {"type": "string", "minLength": 16, "maxLength": 128, "pattern": _NAME},
    "nonce": {"type": "string", "minLength": 16, "maxLength": 64, "pattern": _NAME},
    "code": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": _TEXT},
    "ip": {"type": "string", "anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]},
    "user_agent": {"type": "string", "maxLength": 1024, "pattern": _TEXT},
}
BODIES: dict[str, dict[str, Any]] = {
    name: {
        "type": "object",
        "properties": {one: MEMBERS[one] for one in (*required, *optional)},
        "required": list(required),
        "additionalProperties": False,
    }
    for name, required, optional in (
        ("login", ("user", "binding"), ("ip", "user_agent")),
        ("result", ("binding", "nonce"), ()),
        ("code", ("user", "code", "nonce"), ()),
    )
}
ATTEMPT: dict[str, Any] = {"type": "string", "minLength": 8, "maxLength": 64, "pattern": _NAME}


async def read_body(request: Request, name: str) -> dict[str, str]:
    """Return the members of a body, what was left out empty; raise MessageRefused."""
    body = parse_json(await request.body())
    schema = BODIES[name]
    for member in body:
        if member not in schema["properties"]:
            raise MessageRefused(f"Its member {member[:32]!r} is not known")
    for member in schema["required"]:
        if member not in body:
            raise MessageRefused(f"Its member {member} is missing")
    for member, value in body.items():
        if not fits(schema["properties"][member], value):
            raise MessageRefused(f"Its member {member} is out of bounds")
    return {member: body.get(member, "") for member in schema["properties"]}


def fits(schema: dict[str, Any], value: object) -> bool:
    """Whether a value is a text within the bounds of its schema."""
    if not isinstance(value, str) or not (
        schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 64)
    ):
        return False
    if any("\ud800" <= character <= "\udfff" for character in value):
        return False  # half a character, which no database holds
    if "anyOf" in schema:
        return _is_address(value)
    return re.fullmatch(schema["pattern"], value) is not None


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return "%" not in value  # a zone says nothing to anybody else
