"""RSA as privacyIDEA's push uses it: PKCS#1 v1.5 with SHA-256, signatures in base32.

The format is the server's; whoever may choose takes Ed25519 (watchword.protocol.signing).
"""

import base64
import binascii

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)

from watchword.errors import BugError
from watchword.protocol.errors import BadSignature, MessageRefused

KEY_BITS = 4096  # as the official app makes them
_LEAST_BITS, _MOST_BITS = 2048, 8192


class PushKey:
    """The key of one device for one account."""

    def __init__(self, private: bytes) -> None:
        """Load the key from PKCS#8 DER, as `private` returns it."""
        # It was made here and is authenticated by the vault, so that testing its primes again
        # at every start would cost a tenth of a second for nothing.
        key = load_der_private_key(private, None, unsafe_skip_rsa_key_validation=True)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise BugError("The key of a push account is not an RSA key")
        self._key = key

    @classmethod
    def generate(cls, bits: int = KEY_BITS) -> "PushKey":
        """Return a fresh key; of 4,096 bits that takes from one second to ten."""
        key = rsa.generate_private_key(65_537, bits)
        return cls(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))

    @property
    def private(self) -> bytes:
        """PKCS#8 DER, for the vault."""
        return self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    @property
    def public(self) -> str:
        """The public half as the server wants it: base64 of its DER, on one line."""
        info = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(info).decode("ascii")

    def sign(self, text: str) -> str:
        """Return the signature of `text`, upper-case base32 with its padding."""
        signature = self._key.sign(text.encode(), padding.PKCS1v15(), SHA256())
        return base64.b32encode(signature).decode("ascii")


def read_server_key(text: str) -> bytes:
    """Return the server's key, DER, from the base64 an enrolment brings; raises MessageRefused."""
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
        key = load_der_public_key(raw)
    except (binascii.Error, ValueError, UnsupportedAlgorithm) as error:
        raise MessageRefused("The server's key cannot be read") from error
    if not isinstance(key, rsa.RSAPublicKey) or not _LEAST_BITS <= key.key_size <= _MOST_BITS:
        raise MessageRefused("The server's key is of a kind that is not used")
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def check_signature(server_key: bytes, signature: object, text: bytes) -> None:
    """Raise BadSignature unless `signature`, base32, is the server's of `text`."""
    try:
        key = load_der_public_key(server_key)
        raw = base64.b32decode(signature if isinstance(signature, str) else "")
        if not isinstance(key, rsa.RSAPublicKey):
            raise BadSignature("The server's key is of a kind that is not used")
        key.verify(raw, text, padding.PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise BadSignature from error
