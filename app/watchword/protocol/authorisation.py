"""OAuth 2.0 as far as "sign in from this computer" needs it: what both ends write and check.

RFC 8252 with PKCE S256 (RFC 7636), `state`, and `iss` (RFC 9207); docs/protocol.md §13. Pure:
who listens and who asks is not here.
"""

import hmac
import re
import secrets
from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import parse_qsl, quote, urlencode

from watchword.protocol.encoding import parse_json, sha256, to_base64url
from watchword.protocol.enrol_link import EnrolLink, parse_enrol_link
from watchword.protocol.errors import (
    BadSignature,
    LinkRefused,
    MessageRefused,
    NotForUs,
    OriginRefused,
    SignInRefused,
)
from watchword.protocol.origin import Origin
from watchword.protocol.version import DEVICE_NAME_LIMIT

CLIENT: Final = "watchword"
SCOPE: Final = "enrol"
DISCOVERY: Final = "/.well-known/oauth-authorization-server"
QUERY_LIMIT: Final = 2048  # characters

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")  # state, verifier, challenge and code: 32 bytes each
_REDIRECT = re.compile(r"http://127\.0\.0\.1:([1-9][0-9]{0,4})/")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def new_secret() -> str:
    """Return a fresh state, verifier or code: 32 random bytes, 43 characters."""
    return to_base64url(secrets.token_bytes(32))


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a PKCE verifier."""
    return to_base64url(sha256(verifier.encode("ascii")))


def check_verifier(verifier: str, challenge: str) -> None:
    """Return if `verifier` is the challenge's; else raise BadSignature."""
    if not _SECRET.fullmatch(verifier) or not hmac.compare_digest(
        challenge_of(verifier), challenge
    ):
        raise BadSignature("The verifier does not fit the challenge")


# Discovery


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Where the server authorises, and where a code is exchanged for an enrolment."""

    authorise: str  # URL under the origin, without query
    exchange: str

    def to_json(self, origin: Origin) -> dict[str, Any]:
        """Return the document that the server publishes (RFC 8414)."""
        return {
            "issuer": str(origin),
            "authorization_endpoint": self.authorise,
            "token_endpoint": self.exchange,
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "scopes_supported": [SCOPE],
            "authorization_response_iss_parameter_supported": True,
        }


def read_discovery(raw: bytes, origin: Origin) -> Endpoints:
    """Return the endpoints of `origin`. Raises MessageRefused, or NotForUs for another server's."""
    document = parse_json(raw)
    if document.get("issuer") != str(origin):
        raise NotForUs("Its member issuer is not the address that was asked")
    for name, value in (
        ("response_types_supported", "code"),
        ("code_challenge_methods_supported", "S256"),
    ):
        supported = document.get(name)
        if not isinstance(supported, list) or value not in supported:
            raise MessageRefused(f"Its member {name} does not list {value}")
    if document.get("authorization_response_iss_parameter_supported") is not True:
        raise MessageRefused("Its answers do not name the server")
    return Endpoints(
        authorise=_endpoint(document, "authorization_endpoint", origin),
        exchange=_endpoint(document, "token_endpoint", origin),
    )


def _endpoint(document: dict[str, Any], name: str, origin: Origin) -> str:
    value = document.get(name)
    start = str(origin)
    if not isinstance(value, str) or len(value) > QUERY_LIMIT or not value.startswith(start):
        raise MessageRefused(f"Its member {name} is not an address of this server")
    # Only plain paths: none that a browser would read as another one.
    path = value[len(start) :]
    if not _PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise MessageRefused(f"Its member {name} is not an address of this server")
    return value


# The question, in the browser


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the app asks for, by way of the person's browser."""

    port: int  # where the app listens on 127.0.0.1
    state: str = field(repr=False)
    challenge: str
    device_name: str  # for people; 1 to 64 characters

    @property
    def redirect_uri(self) -> str:
        """Where the browser is sent back."""
        return f"http://127.0.0.1:{self.port}/"

    def to_query(self) -> str:
        """Return it as the query of an address."""
        query = {
            "response_type": "code",
            "client_id": CLIENT,
            "redirect_uri": self.redirect_uri,
            "scope": SCOPE,
            "state": self.state,
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            "device_name": self.device_name,
        }
        return urlencode(query, quote_via=quote)

    def to_url(self, endpoints: Endpoints) -> str:
        """Return the address to open in the system's browser."""
        return f"{endpoints.authorise}?{self.to_query()}"

    @classmethod
    def parse(cls, query: str) -> Self:
        """Return what a browser brought to the authorisation page; raises MessageRefused.

        Whoever asked wrongly is not sent back anywhere: `redirect_uri` is not trusted then.
        """
        values = _values(query)
        for name, value in (
            ("response_type", "code"),
            ("client_id", CLIENT),
            ("scope", SCOPE),
            ("code_challenge_method", "S256"),
        ):
            if values.get(name) != value:
                raise MessageRefused(f"Its part {name} is not {value}")
        redirect = _REDIRECT.fullmatch(values.get("redirect_uri", ""))
        if redirect is None or int(redirect[1]) > 65_535:
            raise MessageRefused("Its part redirect_uri is not an address of this computer")
        name = values.get("device_name", "")
        if not 1 <= len(name) <= DEVICE_NAME_LIMIT or _CONTROL.search(name):
            raise MessageRefused("Its part device_name is not a name")
        return cls(
            port=int(redirect[1]),
            state=_secret(values, "state"),
            challenge=_secret(values, "code_challenge"),
            device_name=name,
        )

    def answer(self, origin: Origin, *, code: str = "") -> str:
        """Return where the server sends the browser back; without a code: No was chosen."""
        result = {"code": code} if code else {"error": "access_denied"}
        query = urlencode({**result, "state": self.state, "iss": str(origin)}, quote_via=quote)
        return f"{self.redirect_uri}?{query}"


def read_callback(target: str, *, state: str, origin: Origin) -> str:
    """Return the code of the request that came to 127.0.0.1; `target` is its path and query.

    Raises SignInRefused. NotForUs and MessageRefused mean that it is not the answer to our
    question: any program and any page can send such a request, so go on listening.
    """
    path, _, query = target.partition("?")
    if path != "/":
        raise NotForUs("Its path is another one")
    values = _values(query)
    if not hmac.compare_digest(values.get("state", "").encode(), state.encode()):
        raise NotForUs("Its part state is not the one that was sent")
    if values.get("iss") != str(origin):
        raise NotForUs("Its part iss is not the server that was asked")
    if "error" in values:
        raise SignInRefused(denied=values["error"] == "access_denied")
    return _secret(values, "code")


# The exchange


def exchange_body(question: Question, *, code: str, verifier: str) -> bytes:
    """Return the form that is posted to the server for the enrolment."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": question.redirect_uri,
        "client_id": CLIENT,
        "code_verifier": verifier,
    }
    return urlencode(form, quote_via=quote).encode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What the app gives for the enrolment."""

    code: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect_uri: str

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Return what was posted; raises MessageRefused. Whether it is true is not said."""
        try:
            values = _values(body.decode("ascii"))
        except UnicodeDecodeError as error:
            raise MessageRefused("It is not a form") from error
        for name, value in (("grant_type", "authorization_code"), ("client_id", CLIENT)):
            if values.get(name) != value:
                raise MessageRefused(f"Its part {name} is not {value}")
        return cls(
            code=_secret(values, "code"),
            verifier=_secret(values, "code_verifier"),
            redirect_uri=values.get("redirect_uri", ""),
        )


def read_enrolment(raw: bytes, origin: Origin) -> EnrolLink:
    """Return the link that the server gave for the code. Raises MessageRefused or NotForUs."""
    text = parse_json(raw).get("enrolment")
    if not isinstance(text, str):
        raise MessageRefused("Its member enrolment is not a link")
    try:
        link = parse_enrol_link(text)
    except (LinkRefused, OriginRefused) as error:
        raise MessageRefused("Its member enrolment is not a link") from error
    if link.origin != origin or link.tls_pin:
        # A pin would replace the authorities' word, which is all that vouches for this link.
        raise NotForUs("Its enrolment is for another server")
    return link


def _values(query: str) -> dict[str, str]:
    """Return the parts of a query or form: each once, UTF-8, few and short."""
    if len(query) > QUERY_LIMIT or not query.isascii():
        raise MessageRefused("It is too long, or not ASCII")
    try:
        parts = parse_qsl(
            query, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=20
        )
    except ValueError as error:
        raise MessageRefused("Its parts cannot be read") from error
    values = dict(parts)
    if len(values) != len(parts):
        raise MessageRefused("A part stands twice in it")
    return values


def _secret(values: dict[str, str], name: str) -> str:
    value = values.get(name, "")
    if not _SECRET.fullmatch(value):
        raise MessageRefused(f"Its part {name} is not 32 bytes of base64url")
    return value
