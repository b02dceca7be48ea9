"""The protocol's cryptography, all of it: Ed25519, the two MACs, HPKE, and the short code.

A signature is made over the canonical bytes of a message, which begin with `{`; a request
signature over a signature base, which begins with `"@method"`: neither can pass for the other.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Self, TypeVar

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from watchword.protocol.encoding import sha256, to_base64url, to_crockford
from watchword.protocol.errors import BadSignature, MessageRefused, WrongServer
from watchword.protocol.http_signing import (
    SignatureInput,
    content_digest,
    key_id,
    read_signature,
)
from watchword.protocol.members import Envelope, Message
from watchword.protocol.version import SIGNATURE_WINDOW

OFFER_TAG = b"watchword/1 enrol-offer mac\x00"
SHORT_CODE_TAG = b"watchword/1 short code\x00"
PACKAGE_TAG = b"watchword/1 enrol-package\x00"
NONCE_TAG = b"watchword/1 request nonce\x00"

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)

M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 private key: a device's, or the server's."""

    private: bytes = field(repr=False)  # 32 bytes, RFC 8032 §5.1.5
    _ready: Ed25519PrivateKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work out the public half once: that takes as long as a signature."""
        ready = Ed25519PrivateKey.from_private_bytes(self.private)
        object.__setattr__(self, "_ready", ready)

    @classmethod
    def generate(cls) -> Self:
        """Return a fresh key."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def public(self) -> bytes:
        """The public half, 32 bytes."""
        return self._ready.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """Return the signature over `data`, 64 bytes."""
        return self._ready.sign(data)

    def seal(self, message: Message) -> Envelope:
        """Return the message in its signed envelope."""
        raw = message.to_bytes()
        return Envelope(raw, self.sign(raw))


def verify(public: bytes, signature: bytes, data: bytes) -> None:
    """Return if `signature` over `data` was made by `public`; else raise BadSignature."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError) as error:
        raise BadSignature from error


def open_envelope(envelope: Envelope, public: bytes, kind: type[M]) -> M:
    """Return the message inside, verified and parsed.

    Raises BadSignature, MessageRefused, MessageTooNew.
    """
    verify(public, envelope.sig, envelope.signed)
    return kind.parse(envelope.signed)


def check_server_key(public: bytes, fingerprint: bytes) -> None:
    """Return if `public` is the key of the enrolment link; else raise WrongServer."""
    if not hmac.compare_digest(sha256(public), fingerprint):
        raise WrongServer


# Enrolment


@dataclass(frozen=True, slots=True)
class SealKey:
    """An X25519 private key to which the server seals one enrolment's package."""

    private: bytes = field(repr=False)  # 32 bytes, RFC 7748

    @classmethod
    def generate(cls) -> Self:
        """Return a fresh key; it is used for one enrolment and then forgotten."""
        return cls(X25519PrivateKey.generate().private_bytes_raw())

    @property
    def public(self) -> bytes:
        """The public half, 32 bytes."""
        return X25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw()

    def open(self, sealed: bytes, offer: bytes) -> bytes:
        """Return the package's bytes; `offer` is SHA-256 of the offer. Raises BadSignature."""
        key = X25519PrivateKey.from_private_bytes(self.private)
        try:
            return _SUITE.decrypt(sealed, key, info=PACKAGE_TAG + offer)
        except (InvalidTag, ValueError) as error:
            raise BadSignature("The enrolment package was not sealed for this device") from error


def seal_package(package: bytes, seal_key: bytes, offer: bytes) -> bytes:
    """Return HPKE enc ‖ ciphertext (RFC 9180 base mode) for the device's X25519 public key.

    Raises MessageRefused if the key is not a usable point.
    """
    try:
        return _SUITE.encrypt(
            package, X25519PublicKey.from_public_bytes(seal_key), info=PACKAGE_TAG + offer
        )
    except ValueError as error:
        raise MessageRefused("Its member seal_key is not a usable key") from error


def offer_mac(key: bytes, offer: bytes) -> bytes:
    """Return what proves knowledge of the link's key; `offer` is SHA-256 of the offer."""
    return hmac.digest(key, OFFER_TAG + offer, hashlib.sha256)


def check_offer_mac(key: bytes, offer: bytes, mac: bytes) -> None:
    """Return if `mac` was made with the link's key; else raise BadSignature."""
    if not hmac.compare_digest(offer_mac(key, offer), mac):
        raise BadSignature("The one-time key of the link does not fit")


def short_code(offer: bytes, nonce2: bytes) -> str:
    """Return the eight characters both screens show; `offer` is SHA-256 of the offer."""
    return to_crockford(sha256(SHORT_CODE_TAG + offer + nonce2)[:5])


# Requests over HTTP


def server_nonce(secret: bytes, issued: int, keyid: str) -> str:
    """Return the server's part of a nonce, `ISSUED "." MAC`: stateless, for one key."""
    mac = hmac.digest(secret, NONCE_TAG + f"{issued}.{keyid}".encode("ascii"), hashlib.sha256)
    return f"{issued}.{to_base64url(mac[:16])}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """What is signed of an HTTP request."""

    method: str  # upper case
    authority: str  # host[:port] of the origin
    path: str  # as sent, "/api/v1/…"
    query: str = ""  # as sent, without "?"
    body: bytes = field(default=b"", repr=False)


def sign_request(
    key: SigningKey, request: HttpRequest, *, now: int, nonce: str = "", unique: bytes = b""
) -> dict[str, str]:
    """Return the headers that sign `request`: Content-Digest, Signature-Input, Signature.

    `now` is Unix seconds by the *server's* clock as far as it is known; `nonce` the server's
    last Watchword-Nonce, empty at first; `unique` 16 bytes, drawn here unless a test gives
    them. A request is never sent twice with the same headers: sign it again.
    """
    inputs = SignatureInput(
        created=now,
        expires=now + SIGNATURE_WINDOW,
        nonce=f"{nonce or '0.'}.{to_base64url(unique or secrets.token_bytes(16))}",
        keyid=key_id(key.public),
    )
    digest = content_digest(request.body)
    base = inputs.base(request.method, request.authority, request.path, request.query, digest)
    signature = base64.b64encode(key.sign(base)).decode("ascii")
    return {
        "Content-Digest": digest,
        "Signature-Input": f"ww={inputs.parameters}",
        "Signature": f"ww=:{signature}:",
    }


def nonce_of(headers: dict[str, str]) -> str:
    """Return the whole nonce of headers that sign_request made: signed answers repeat it."""
    pairs = ((name.lower(), value) for name, value in headers.items())
    return read_signature(pairs)[0].nonce


def verify_request(
    request: HttpRequest, inputs: SignatureInput, signature: bytes, digest: str, public: bytes
) -> None:
    """Return if `request` was signed so by `public`; else raise BadSignature.

    Times and nonce are the server's to judge; they are in `inputs`, covered by the signature.
    """
    if not hmac.compare_digest(digest.encode(), content_digest(request.body).encode()):
        raise BadSignature("The digest does not fit the body")
    base = inputs.base(request.method, request.authority, request.path, request.query, digest)
    verify(public, signature, base)
