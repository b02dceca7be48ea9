"""Keys, messages and an enrolment that are the same every time: what the vectors are made of.

HPKE is built here from its parts (RFC 9180 §4, §5.1) with a fixed ephemeral key, so that the
sealed package is deterministic and checks the library the product uses.
"""

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from watchword.protocol import key_messages as k
from watchword.protocol import messages as m
from watchword.protocol import signing
from watchword.protocol.encoding import sha256, to_base64url
from watchword.protocol.enrol_link import EnrolLink
from watchword.protocol.members import Message
from watchword.protocol.origin import parse_origin

NOW = 1_763_900_000
ORIGIN = "https://login.example"


def fixed(name: str, size: int = 32) -> bytes:
    """Return bytes that are the same every time and look random."""
    return hashlib.shake_256(f"watchword vectors {name}".encode()).digest(size)


def fixed_id(name: str) -> str:
    return to_base64url(fixed(name, 16))


SERVER = signing.SigningKey(fixed("server"))
DEVICE = signing.SigningKey(fixed("device"))
NEW_SERVER = signing.SigningKey(fixed("next server"))
NEW_DEVICE = signing.SigningKey(fixed("next device"))
HINT = signing.SigningKey(fixed("hint"))
STRANGER = signing.SigningKey(fixed("stranger"))
SEAL = signing.SealKey(fixed("seal"))
LINK = EnrolLink(
    origin=parse_origin(ORIGIN),
    id=fixed_id("enrolment"),
    key=fixed("link key", 20),
    fingerprint=sha256(SERVER.public),
    expires=NOW + 600,
)
SERVER_NONCE = signing.server_nonce(fixed("nonce secret"), NOW, signing.key_id(DEVICE.public))
NONCE = f"{SERVER_NONCE}.{to_base64url(fixed('unique', 16))}"
# As our own server computes it, so that its endpoint takes this offer.
NONCE_S = hmac.digest(
    fixed("nonce secret"), b"enrol nonce\0" + LINK.id.encode() + fixed("nonce_c", 16), "sha256"
)[:16]
OFFER = m.EnrolOffer(
    origin=ORIGIN,
    e=LINK.id,
    f=LINK.fingerprint,
    tls_pin=b"",
    device_key=DEVICE.public,
    seal_key=SEAL.public,
    nonce_c=fixed("nonce_c", 16),
    nonce_s=NONCE_S,
    name="Ana’s desktop",
    platform="Watchword 0.1 · Debian",
    exp=LINK.expires,
)
OFFER_HASH = sha256(OFFER.to_bytes())
PACKAGE = m.EnrolPackage(
    e=LINK.id,
    device_id=fixed_id("device id"),
    account=fixed_id("account"),
    user="ana@kalos.example",
    service="Kalos Club",
    seed=fixed("seed", 20),
    algorithm="SHA1",
    digits=6,
    period=30,
    backup_codes=("1H7KM-Q2XV3", "0ABCD-EFGH9"),
    match=m.MatchPolicy.TYPE4,
    activation=m.Activation.UNLOCKED,
)
REQUEST = m.Request(
    id=fixed_id("request"),
    login=fixed_id("login"),
    device_id=PACKAGE.device_id,
    account=PACKAGE.account,
    user=PACKAGE.user,
    origin=ORIGIN,
    service=PACKAGE.service,
    ip="203.0.113.7",
    place="",
    user_agent="Firefox on Windows",
    issued=NOW,
    expires=NOW + 120,
    match=m.MatchPolicy.TYPE4,
    activation=m.Activation.UNLOCKED,
)
DECISION = m.Decision(
    id=REQUEST.id,
    request=sha256(REQUEST.to_bytes()),
    decision=m.DecisionWord.APPROVE,
    code="K7QM",
    via=m.Via.TYPED,
    handoff=b"",
    reason="",
    time=NOW + 9,
)
CHANGE = k.KeyChange(old=SERVER.public, new=NEW_SERVER.public, seq=1, not_before=NOW - 3600)
REKEY = k.Rekey(
    device_id=PACKAGE.device_id, new_key=NEW_DEVICE.public, name="Ana’s laptop", time=NOW
)


def hpke_seal(plaintext: bytes, public: bytes, info: bytes, ephemeral: bytes) -> bytes:
    """DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, base mode, one message, empty aad."""

    def extract(suite: bytes, salt: bytes, label: bytes, key: bytes) -> bytes:
        return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + key, "sha256")

    def expand(suite: bytes, key: bytes, label: bytes, context: bytes, size: int) -> bytes:
        labelled = size.to_bytes(2, "big") + b"HPKE-v1" + suite + label + context
        return hmac.digest(key, labelled + b"\x01", "sha256")[:size]

    kem, suite = b"KEM\x00\x20", b"HPKE\x00\x20\x00\x01\x00\x02"
    private = X25519PrivateKey.from_private_bytes(ephemeral)
    enc = private.public_key().public_bytes_raw()
    shared = private.exchange(X25519PublicKey.from_public_bytes(public))
    eae = extract(kem, b"", b"eae_prk", shared)
    secret = expand(kem, eae, b"shared_secret", enc + public, 32)
    context = (
        b"\x00"
        + extract(suite, b"", b"psk_id_hash", b"")
        + extract(suite, b"", b"info_hash", info)
    )
    key_secret = extract(suite, secret, b"secret", b"")
    key = expand(suite, key_secret, b"key", context, 32)
    nonce = expand(suite, key_secret, b"base_nonce", context, 12)
    return enc + AESGCM(key).encrypt(nonce, plaintext, b"")


def all_messages() -> list[tuple[Message, signing.SigningKey]]:
    e, device = LINK.id, PACKAGE.device_id
    envelope = SERVER.seal(REQUEST)
    return [
        (
            m.EnrolInfo(
                origin=ORIGIN, e=e, server_key=SERVER.public, service="Kalos Club",
                nonce_c=OFFER.nonce_c, nonce_s=OFFER.nonce_s, time=NOW, exp=LINK.expires,
            ),
            SERVER,
        ),
        (OFFER, DEVICE),
        (
            m.EnrolTaken(
                e=e, offer=OFFER_HASH, nonce2=fixed("nonce2", 16), device_id=device, time=NOW
            ),
            SERVER,
        ),
        (
            m.EnrolState(
                e=e, nonce=NONCE, offer=OFFER_HASH, state=m.EnrolStateWord.WAITING, sealed=b"",
                time=NOW,
            ),
            SERVER,
        ),
        (m.Acknowledge(e=e, device_id=device, package=sha256(PACKAGE.to_bytes())), DEVICE),
        (m.Acknowledged(nonce=NONCE, device_id=device, time=NOW), SERVER),
        (REQUEST, SERVER),
        (DECISION, DEVICE),
        (
            m.Result(
                nonce=NONCE, id=REQUEST.id, decision=sha256(DECISION.to_bytes()),
                result=m.ResultWord.APPROVED, decided="approve", decided_by="Ana’s desktop",
                tries_left=3, ticket=b"", time=NOW + 10,
            ),
            SERVER,
        ),
        (
            m.Poll(nonce=NONCE, device_id=device, requests=(envelope,), interval=0, time=NOW),
            SERVER,
        ),
        (
            m.Revoked(
                nonce=NONCE, device_id=device, reason="removed", revoked_at=NOW - 60, time=NOW
            ),
            SERVER,
        ),
        (m.Unlink(device_id=device, time=NOW), DEVICE),
        (m.Unlinked(nonce=NONCE, device_id=device, time=NOW), SERVER),
        (k.HintKey(device_id=device, hint_key=HINT.public, time=NOW), DEVICE),
        (k.HintKeyTaken(nonce=NONCE, device_id=device, time=NOW), SERVER),
        (k.Hint(nonce=NONCE, waiting=1, time=NOW), SERVER),
        (CHANGE, SERVER),
        (REKEY, DEVICE),
        (
            k.Rekeyed(nonce=NONCE, device_id=device, new_key=NEW_DEVICE.public, time=NOW),
            SERVER,
        ),
    ]  # fmt: skip
