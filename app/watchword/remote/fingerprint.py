"""Whose key is it? What a server shows before anything is said to it, for a person to compare.

A fingerprint is the SHA-256 of a key as pins.py makes it, written for people in sixteen groups of
four hexadecimal digits.
"""

import base64
import binascii
import contextlib
import re
import ssl
import time

from watchword.errors import InvalidInput
from watchword.protocol.origin import Origin
from watchword.remote import pins
from watchword.remote.errors import Unreachable

_SIZE = 32


def shown_fingerprint(pin: bytes) -> str:
    """Return the fingerprint as people compare it: "3F2A 9C01 …"."""
    digits = pin.hex().upper()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def read_fingerprint(text: str) -> bytes:
    """Return the 32 bytes of a fingerprint in hexadecimal or base64; raises InvalidInput."""
    plain = re.sub(r"[\s:-]", "", text)
    if re.fullmatch(r"[0-9A-Fa-f]{64}", plain):
        return bytes.fromhex(plain)
    # openssl and curl write pins in base64, curl with its name before them.
    encoded = text.strip().removeprefix("sha256//")
    try:
        raw = base64.b64decode(encoded.rstrip("=") + "=", altchars=b"-_", validate=False)
    except (binascii.Error, ValueError):
        raw = b""
    if len(encoded.rstrip("=")) == 43 and len(raw) == _SIZE:
        return raw
    raise InvalidInput(
        "This is not a fingerprint",
        "One has 64 hexadecimal digits, or 44 characters of base64",
        "It is the SHA-256 of the server's public key: ask whoever runs the server",
    )


def fetch_fingerprint(origin: Origin, *, seconds: float = 5.0) -> bytes:
    """Return the SHA-256 of the key that the server at `origin` shows; nothing is sent to it.

    It proves nothing: a person compares it. Raises Unreachable, AddressRefused, TlsRefused.
    """
    import httpcore2

    from watchword.remote.wire import DeadlineBackend, tls_refused

    deadline = time.monotonic() + seconds
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    backend = DeadlineBackend(origin, b"", by_proxy=False)
    try:
        stream = backend.connect_tcp(origin.host, origin.port, deadline)
        with contextlib.closing(stream.start_tls(context, origin.host, deadline)) as secured:
            shown: ssl.SSLSocket = secured.get_extra_info("socket")
            return pins.key_pin(shown.getpeercert(binary_form=True) or b"")
    except ValueError as error:
        raise tls_refused(origin, ssl.SSLError("it shows no certificate")) from error
    except (httpcore2.TimeoutException, httpcore2.NetworkError) as error:
        raise Unreachable(
            f"{origin.host} could not be reached",
            "Nobody answers there",
            "Look at your network",
        ) from error
