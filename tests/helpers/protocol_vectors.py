"""Writes tests/vectors/protocol/*.json, the same bytes every time: `python tests/helpers/protocol_vectors.py`.

HPKE is built here from its parts (RFC 9180 §4, §5.1) with a fixed ephemeral key, so that the
sealed package is deterministic and checks the library the product uses.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from watchword.protocol import messages as m
from watchword.protocol import signing
from watchword.protocol.encoding import sha256, to_base64url
from watchword.protocol.enrol_link import EnrolLink
from watchword.protocol.members import Envelope, Message
from watchword.protocol.origin import parse_origin

FOLDER = Path(__file__).parents[1] / "vectors" / "protocol"
NOW = 1_763_900_000
ORIGIN = "https://login.example"


def fixed(name: str, size: int = 32) -> bytes:
    """Return bytes that are the same every time and look random."""
    return hashlib.shake_256(f"watchword vectors {name}".encode()).digest(size)


def fixed_id(name: str) -> str:
    return to_base64url(fixed(name, 16))


SERVER = signing.SigningKey(fixed("server"))
DEVICE = signing.SigningKey(fixed("device"))
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
OFFER = m.EnrolOffer(
    origin=ORIGIN,
    e=LINK.id,
    f=LINK.fingerprint,
    tls_pin=b"",
    device_key=DEVICE.public,
    seal_key=SEAL.public,
    nonce_c=fixed("nonce_c", 16),
    nonce_s=fixed("nonce_s", 16),
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


def enrolment() -> dict[str, Any]:
    sealed = hpke_seal(
        PACKAGE.to_bytes(), SEAL.public, signing.PACKAGE_TAG + OFFER_HASH, fixed("ephemeral")
    )
    nonce2 = fixed("nonce2", 16)
    return {
        "link": str(LINK),
        "link_key": to_base64url(LINK.key),
        "offer": to_base64url(OFFER.to_bytes()),
        "offer_hash": to_base64url(OFFER_HASH),
        "mac": to_base64url(signing.offer_mac(LINK.key, OFFER_HASH)),
        "nonce2": to_base64url(nonce2),
        "short_code": signing.short_code(OFFER_HASH, nonce2),
        "seal_private": to_base64url(SEAL.private),
        "seal_public": to_base64url(SEAL.public),
        "package": to_base64url(PACKAGE.to_bytes()),
        "sealed": to_base64url(sealed),
    }


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
                tries_left=3, time=NOW + 10,
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
    ]  # fmt: skip


def valid_messages() -> list[dict[str, Any]]:
    return [
        {
            "typ": message.TYP,
            "text": message.to_bytes().decode(),
            "key": to_base64url(key.public),
            **key.seal(message).to_json(),
        }
        for message, key in all_messages()
    ]


def tampered_messages() -> list[dict[str, Any]]:
    """Each is signed again by the right key unless the signature itself is what is wrong."""
    raw = REQUEST.to_bytes()
    text = raw.decode()

    def case(why: str, signed: bytes, error: str, key: signing.SigningKey = SERVER) -> Any:
        envelope = Envelope(signed, key.sign(signed))
        return {
            "why": why,
            "typ": REQUEST.TYP,
            "key": to_base64url(SERVER.public),
            "error": error,
            **envelope.to_json(),
        }

    bad = "MessageRefused"
    changed = bytes([*raw[:-3], raw[-3] ^ 1, *raw[-2:]])
    cases = [
        case("signed by another key", raw, "BadSignature", STRANGER),
        case("another type", text.replace("watchword/request", "watchword/poll").encode(), bad),
        case("version 2", text.replace('"v":1', '"v":2').encode(), "MessageTooNew"),
        case("version true", text.replace('"v":1', '"v":true').encode(), "MessageTooNew"),
        case("a space", text.replace('"v":1', '"v": 1').encode(), bad),
        case("a member twice", text.replace('"v":1', '"v":1,"v":1').encode(), bad),
        case("members out of order", (text[:-1].replace('{"acc', '{"zz":1,"acc') + "}").encode(), bad),
        case("a fraction", text.replace(f'"issued":{NOW}', f'"issued":{NOW}.5').encode(), bad),
        case("a time as text", text.replace(f":{NOW},", f':"{NOW}",').encode(), bad),
        case("no user", text.replace('"user":"ana@kalos.example",', "").encode(), bad),
        case("user is a number", text.replace('"ana@kalos.example"', "7").encode(), bad),
        case("user of 129", text.replace("ana@kalos.example", "a" * 129).encode(), bad),
        case("a line break", text.replace("Firefox on", "Firefox\\non").encode(), bad),
        case("an unknown match policy", text.replace("type4", "type5").encode(), bad),
        case("an id too short", text.replace(REQUEST.id, REQUEST.id[:-1]).encode(), bad),
        case(
            "an unknown critical member",
            text.replace('"device_id"', '"crit":["zone"],"device_id"').encode(),
            "MessageTooNew",
        ),
        case("not UTF-8", raw.replace(b"Firefox", b"Firef\xff"), bad),
        case("an array", b"[" + raw + b"]", bad),
        case("null", b"null", bad),
        case("nothing", b"", bad),
        case("deep", b'{"a":' * 5000 + b"1" + b"}" * 5000, bad),
        case("trailing bytes", raw + b"\n", bad),
    ]  # fmt: skip
    broken = case("one bit of the text", raw, "BadSignature")
    cases.append({**broken, "signed": to_base64url(changed)})
    good = case("an unknown member that is not critical", text[:-1].encode() + b',"zz":1}', "")
    return [*cases, good]


def http() -> dict[str, Any]:
    body = json.dumps(DEVICE.seal(DECISION).to_json(), separators=(",", ":")).encode()
    request = signing.HttpRequest(
        method="POST",
        authority="login.example",
        path=f"/api/v1/requests/{REQUEST.id}/decision",
        body=body,
    )
    headers = signing.sign_request(
        DEVICE, request, now=NOW + 9, nonce=SERVER_NONCE, unique=fixed("unique", 16)
    )
    poll = signing.HttpRequest(
        method="GET", authority="login.example", path="/api/v1/requests", query="known="
    )
    poll_headers = signing.sign_request(DEVICE, poll, now=NOW, unique=fixed("unique 2", 16))

    def written(request: signing.HttpRequest, headers: dict[str, str], **more: Any) -> Any:
        return {
            "method": request.method,
            "authority": request.authority,
            "path": request.path,
            "query": request.query,
            "body": request.body.decode(),
            "headers": [[name.lower(), value] for name, value in headers.items()],
            **more,
        }

    def tampered(why: str, old: str, new: str, header: str) -> Any:
        return written(request, {**headers, header: headers[header].replace(old, new)}, why=why)

    signature = headers["Signature"]
    inputs = "Signature-Input"
    twice = written(request, headers, why="two signatures")
    twice["headers"].append(["signature", signature])
    unsigned = written(request, {"Content-Digest": headers["Content-Digest"]}, why="not signed")
    other = base64.b64encode(STRANGER.sign(b"anything")).decode()
    return {
        "key": to_base64url(DEVICE.public),
        "keyid": signing.key_id(DEVICE.public),
        "nonce_secret": to_base64url(fixed("nonce secret")),
        "server_nonce": SERVER_NONCE,
        "nonce": NONCE,
        "valid": [written(request, headers), written(poll, poll_headers)],
        "tampered": [
            unsigned,
            twice,
            written(replace(request, body=body + b" "), headers, why="another body"),
            written(replace(request, method="PUT"), headers, why="another method"),
            written(replace(request, authority="evil.example"), headers, why="another host"),
            written(replace(request, path=request.path + "/"), headers, why="another path"),
            written(replace(request, query="a=1"), headers, why="a query added"),
            tampered("one component less", ' "@query"', "", inputs),
            tampered("one component more", '"@query"', '"@query" "date"', inputs),
            tampered(
                "components in another order", '"@path" "@query"', '"@query" "@path"', inputs
            ),
            tampered("alg none", "ed25519", "none", inputs),
            tampered("alg hmac", "ed25519", "hmac-sha256", inputs),
            tampered("alg rsa", "ed25519", "rsa-pss-sha512", inputs),
            tampered("another tag", "watchword/1", "watchword/2", inputs),
            tampered("another label", "ww=", "sig1=", inputs),
            tampered("another time", f"created={NOW + 9}", f"created={NOW + 8}", inputs),
            tampered("another keyid", signing.key_id(DEVICE.public)[:4], "AAAA", inputs),
            tampered("digest by another algorithm", "sha-256", "sha-512", "Content-Digest"),
            written(request, {**headers, "Signature": f"ww=:{other}:"}, why="another's signature"),
            written(request, {**headers, "Signature": "ww=::"}, why="an empty signature"),
        ],
    }


def links() -> dict[str, Any]:
    good = str(LINK)
    e, k, f = LINK.id, to_base64url(LINK.key), to_base64url(LINK.fingerprint)
    rest = f"&e={e}&k={k}&f={f}&x={LINK.expires}"
    pin = to_base64url(fixed("pin"))
    return {
        "now": NOW,
        "valid": [
            {"link": good, "origin": ORIGIN, "id": e, "expires": LINK.expires, "pin": ""},
            {"link": good.replace("watchword://enrol", "WATCHWORD://Enrol"), "origin": ORIGIN},
            {"link": good.replace("o=https://", "o=https%3A%2F%2F"), "origin": ORIGIN},
            {"link": f"{good}&p={pin}", "origin": ORIGIN, "pin": pin},
            {"link": f"{good}&later=1", "origin": ORIGIN},
            {"link": f"watchword://enrol/1?o=http://127.0.0.1:8765{rest}", "origin": "http://127.0.0.1:8765"},
        ],
        "refused": [
            {"why": "version 2", "link": good.replace("/1?", "/2?"), "error": "LinkTooNew"},
            {"why": "no version", "link": good.replace("/1?", "/?"), "error": "LinkRefused"},
            {"why": "expired", "link": good.replace(str(LINK.expires), str(NOW - 61)), "error": "LinkExpired"},
            {"why": "valid for years", "link": good.replace(str(LINK.expires), "9999999999"), "error": "LinkRefused"},
            {"why": "a part twice", "link": f"{good}&e={e}", "error": "LinkRefused"},
            {"why": "a part in capitals", "link": good.replace("&e=", "&E="), "error": "LinkRefused"},
            {"why": "no key", "link": good.replace(f"&k={k}", ""), "error": "LinkRefused"},
            {"why": "key of 19 bytes", "link": good.replace(k, to_base64url(LINK.key[:19])), "error": "LinkRefused"},
            {"why": "key padded", "link": good.replace(k, k + "%3D"), "error": "LinkRefused"},
            {"why": "unused bits set", "link": good.replace(e, e[:-1] + chr(ord(e[-1]) + 1)), "error": "LinkRefused"},
            {"why": "double encoding", "link": good.replace("o=https://", "o=https%253A//"), "error": "OriginRefused"},
            {"why": "broken percent", "link": good.replace("login", "log%zzin"), "error": "LinkRefused"},
            {"why": "NUL", "link": good.replace("login", "log%00in"), "error": "OriginRefused"},
            {"why": "not UTF-8", "link": good.replace("login", "log%ffin"), "error": "LinkRefused"},
            {"why": "http", "link": good.replace("https:", "http:"), "error": "OriginRefused"},
            {"why": "a path", "link": good.replace(".example", ".example/x"), "error": "OriginRefused"},
            {"why": "too long", "link": good + "&z=" + "z" * 400, "error": "LinkRefused"},
            {"why": "a blank", "link": good + " ", "error": "LinkRefused"},
            {"why": "another action", "link": good.replace("enrol", "erase"), "error": "LinkRefused"},
            {"why": "expiry negative", "link": good.replace("x=", "x=-"), "error": "LinkRefused"},
        ],
    }  # fmt: skip


def origins() -> dict[str, Any]:
    valid = [
        ["https://login.example", "https://login.example", 0],
        ["HTTPS://Login.Example:443", "https://login.example", 0],
        ["https://login.example:8443", "https://login.example:8443", 0],
        ["http://127.0.0.1:8765", "http://127.0.0.1:8765", 1],
        ["http://[::1]:8765", "http://[::1]:8765", 1],
        ["https://192.168.1.10", "https://192.168.1.10", 1],
        ["https://[fd00::10]", "https://[fd00::10]", 1],
        ["https://203.0.113.10", "https://203.0.113.10", 1],
        ["https://100.64.0.9", "https://100.64.0.9", 1],
        ["https://xn--kls-0na.example", "https://xn--kls-0na.example", 1],
        ["https://server.local", "https://server.local", 1],
        ["https://school", "https://school", 1],
        ["https://127-0-0-1.example", "https://127-0-0-1.example", 0],
    ]
    refused = [
        "http://login.example", "http://localhost:8765", "http://192.168.1.10", "http://10.0.0.1",
        "ftp://login.example", "login.example", "//login.example", "https:login.example", "https://",
        "https://ana@login.example", "https://ana:pw@login.example", "https://login.example/",
        "https://login.example/x", "https://login.example?x", "https://login.example#x",
        "https://login.example\\.evil.example", "https://login%2eexample", "https://login.example.",
        "https://.example", "https://login..example", "https://-login.example", "https://log_in.example",
        "https://" + "a" * 64 + ".example", "https://" + "a." * 150 + "example",
        "https://login.example:0", "https://login.example:65536", "https://login.example:",
        "https://login.example:0443", "https://login.example:+443", "https://login.example:443:443",
        "http://0x7f000001", "http://2130706433", "http://127.1", "http://127.0.0.01", "http://0177.0.0.1",
        "https://1.2.3.4.5", "https://256.1.1.1", "https://login.0x7f",
        "https://169.254.169.254", "https://0.0.0.0", "https://255.255.255.255", "https://224.0.0.1",
        "https://240.0.0.1", "https://[fe80::1]", "https://[fe80::1%25eth0]", "https://[ff02::1]", "https://[::]",
        "https://[::ffff:127.0.0.1]", "https://[::ffff:7f00:1]", "https://[64:ff9b::7f00:1]", "https://[2002:7f00:1::]",
        "https://[0:0:0:0:0:0:0:1]", "https://[2001:DB8:0::1]", "https://[::1", "https://::1", "https://[fec0::1]",
        "https://käse.example", "https://login．example", "https://login.example\n", " https://login.example",
        "https://login.example\t", "https://login.ex\u200bample", "https://\u2024.example", "",
    ]  # fmt: skip
    return {"valid": valid, "refused": refused}


def vectors() -> dict[str, Any]:
    return {
        "codes": [
            ["K7QM", "K7QM"], ["k7qm", "K7QM"], ["k7 - qm", "K7QM"], ["oil0", "0110"],
            ["7KQM-2XHP", "7KQM2XHP"], ["U!", "U!"],
        ],
        "enrolment": enrolment(),
        "http": http(),
        "links": links(),
        "messages": {"valid": valid_messages(), "tampered": tampered_messages()},
        "origins": origins(),
    }  # fmt: skip


def written(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, value in vectors().items():
        (FOLDER / f"{name}.json").write_text(written(value), "utf-8")


if __name__ == "__main__":
    main()
