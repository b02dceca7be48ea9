"""The signature over an HTTP request: RFC 9421 with one fixed form, RFC 9530 digest always.

Both ends build the same signature base from the same five components; the header has one
spelling, so it is compared, not interpreted. What signs and verifies is signing.py.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from watchword.protocol.encoding import to_base64url
from watchword.protocol.errors import BadSignature
from watchword.protocol.version import SIGNATURE_TAG

COMPONENTS: Final = '("@method" "@authority" "@path" "@query" "content-digest")'

_INPUT = re.compile(
    r"ww=" + re.escape(COMPONENTS) + r";created=(?P<created>[1-9][0-9]{0,11})"
    r";expires=(?P<expires>[1-9][0-9]{0,11})"
    r';nonce="(?P<nonce>(?P<issued>[0-9]{1,12})\.(?P<mac>[A-Za-z0-9_-]{0,22})'
    r'\.(?P<unique>[A-Za-z0-9_-]{22}))"'
    r';keyid="(?P<keyid>[A-Za-z0-9_-]{43})"'
    r';alg="ed25519";tag="' + re.escape(SIGNATURE_TAG) + r'"'
)
_SIGNATURE = re.compile(r"ww=:(?P<signature>[A-Za-z0-9+/]{86}==):")


def key_id(device_key: bytes) -> str:
    """Return the keyid of an Ed25519 public key: base64url of its SHA-256, 43 characters."""
    return to_base64url(hashlib.sha256(device_key).digest())


def content_digest(body: bytes) -> str:
    """Return the Content-Digest header of `body` (RFC 9530), also of an empty one."""
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode("ascii")
    return f"sha-256=:{digest}:"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureInput:
    """The parameters of one signature, as the header carries them."""

    created: int
    expires: int
    nonce: str  # ISSUED "." MAC "." UNIQUE
    keyid: str

    @property
    def issued(self) -> int:
        """When the server issued its part of the nonce, by its clock; 0: the app had none yet."""
        return int(self.nonce.split(".")[0])

    @property
    def server_mac(self) -> str:
        """The server's part of the nonce; empty: the app had none yet."""
        return self.nonce.split(".")[1]

    @property
    def parameters(self) -> str:
        """Return the value of @signature-params."""
        return (
            f"{COMPONENTS};created={self.created};expires={self.expires}"
            f';nonce="{self.nonce}";keyid="{self.keyid}";alg="ed25519";tag="{SIGNATURE_TAG}"'
        )

    def base(self, method: str, authority: str, path: str, query: str, digest: str) -> bytes:
        """Return the signature base (RFC 9421 §2.5).

        `query` is without its question mark and may be empty; `digest` is the header's value.
        """
        lines = (
            f'"@method": {method}',
            f'"@authority": {authority}',
            f'"@path": {path}',
            f'"@query": ?{query}',
            f'"content-digest": {digest}',
            f'"@signature-params": {self.parameters}',
        )
        return "\n".join(lines).encode("ascii")


def read_signature(headers: Iterable[tuple[str, str]]) -> tuple[SignatureInput, bytes, str]:
    """Return the parameters, the signature (64 bytes) and the Content-Digest of a request.

    `headers` are (name in lower case, value) pairs as received. Each of the three must stand
    there once and in its only spelling; else BadSignature.
    """
    found: dict[str, str] = {}
    for name, value in headers:
        if name in {"signature", "signature-input", "content-digest"}:
            if name in found:
                raise BadSignature(f"The header {name} stands twice")
            found[name] = value
    if len(found) != 3:
        raise BadSignature("The request is not signed")
    parameters = _INPUT.fullmatch(found["signature-input"])
    signature = _SIGNATURE.fullmatch(found["signature"])
    if parameters is None or signature is None:
        raise BadSignature("The signature is not written as the protocol says")
    return (
        SignatureInput(
            created=int(parameters["created"]),
            expires=int(parameters["expires"]),
            nonce=parameters["nonce"],
            keyid=parameters["keyid"],
        ),
        base64.b64decode(signature["signature"]),
        found["content-digest"],
    )
