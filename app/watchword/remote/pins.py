"""Pins of self-signed home servers: the SHA-256 of a certificate's public key."""

import hashlib
import hmac

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def key_pin(certificate: bytes) -> bytes:
    """Return the SHA-256 (32 bytes) of the SubjectPublicKeyInfo of a DER certificate.

    The same number as RFC 7469 §2.4 pins. Raises ValueError for what is no certificate.
    """
    public_key = x509.load_der_x509_certificate(certificate).public_key()
    info = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(info).digest()


def matches(certificate: bytes, pin: bytes) -> bool:
    """Return whether the DER `certificate` holds the key that was pinned."""
    try:
        return hmac.compare_digest(key_pin(certificate), pin)
    except (ValueError, UnsupportedAlgorithm):
        return False
