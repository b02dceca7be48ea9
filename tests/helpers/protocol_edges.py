"""What is no message: signed HTTP requests, links, origins, codes, chains of keys, OAuth."""

import base64
import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from protocol_material import (
    DECISION,
    DEVICE,
    LINK,
    NEW_SERVER,
    NONCE,
    NOW,
    OFFER,
    OFFER_HASH,
    ORIGIN,
    PACKAGE,
    REQUEST,
    SEAL,
    SERVER,
    SERVER_NONCE,
    STRANGER,
    fixed,
    fixed_id,
    hpke_seal,
)

from watchword.protocol import key_messages as k
from watchword.protocol import signing
from watchword.protocol.authorisation import Endpoints, Question, challenge_of, exchange_body
from watchword.protocol.encoding import to_base64url
from watchword.protocol.key_changes import countersign
from watchword.protocol.members import Countersigned
from watchword.protocol.origin import parse_origin
from watchword.protocol.request_link import RequestLink

Case = dict[str, Any]


def enrolment() -> Case:
    sealed = hpke_seal(
        PACKAGE.to_bytes(), SEAL.public, signing.PACKAGE_TAG + OFFER_HASH, fixed("ephemeral")
    )
    elsewhere = hpke_seal(
        PACKAGE.to_bytes(), SEAL.public, signing.PACKAGE_TAG + bytes(32), fixed("ephemeral")
    )
    nonce2, mac = fixed("nonce2", 16), signing.offer_mac(LINK.key, OFFER_HASH)

    def opens(why: str, outcome: str, what: bytes) -> Case:
        return {"why": why, "sealed": to_base64url(what), "outcome": outcome}

    return {
        "link": str(LINK),
        "link_key": to_base64url(LINK.key),
        "offer": to_base64url(OFFER.to_bytes()),
        "offer_hash": to_base64url(OFFER_HASH),
        "mac": [
            {"why": "the link's key", "mac": to_base64url(mac), "outcome": "ok"},
            {
                "why": "another key",
                "mac": to_base64url(signing.offer_mac(bytes(20), OFFER_HASH)),
                "outcome": "bad_signature",
            },
            {
                "why": "another offer",
                "mac": to_base64url(signing.offer_mac(LINK.key, bytes(32))),
                "outcome": "bad_signature",
            },
            {"why": "half of it", "mac": to_base64url(mac[:16]), "outcome": "bad_signature"},
            {"why": "nothing", "mac": "", "outcome": "bad_signature"},
        ],
        "short_codes": [
            {
                "offer_hash": to_base64url(offer),
                "nonce2": to_base64url(nonce),
                "code": signing.short_code(offer, nonce),
            }
            for offer, nonce in (
                (OFFER_HASH, nonce2),
                (OFFER_HASH, bytes(16)),
                (bytes(32), bytes(16)),
                (b"\xff" * 32, b"\xff" * 16),
            )
        ],
        "seal_private": to_base64url(SEAL.private),
        "seal_public": to_base64url(SEAL.public),
        "package": to_base64url(PACKAGE.to_bytes()),
        "sealed": [
            opens("as it should be", "ok", sealed),
            opens("for another offer", "bad_signature", elsewhere),
            opens("one bit", "bad_signature", bytes([*sealed[:-1], sealed[-1] ^ 1])),
            opens("another ephemeral key", "bad_signature", bytes([sealed[0] ^ 1, *sealed[1:]])),
            opens("cut", "bad_signature", sealed[:-1]),
            opens("shorter than a key", "bad_signature", sealed[:31]),
            opens("nothing", "bad_signature", b""),
        ],
    }


# Requests over HTTP


def written(request: signing.HttpRequest, headers: dict[str, str], **more: Any) -> Case:
    return {
        "why": "as it should be",
        "now": NOW + 9,
        "method": request.method,
        "authority": request.authority,
        "path": request.path,
        "query": request.query,
        "body": request.body.decode(),
        "headers": [[name.lower(), value] for name, value in headers.items()],
        # What the signature alone says; the time and the nonce are judged after it.
        "signature": "right",
        "outcome": "ok",
        **more,
    }


def http() -> Case:
    body = json.dumps(DEVICE.seal(DECISION).to_json(), separators=(",", ":")).encode()
    request = signing.HttpRequest(
        method="POST",
        authority="login.example",
        path=f"/api/v1/requests/{REQUEST.id}/decision",
        body=body,
    )

    def signed(one: signing.HttpRequest, now: int = NOW + 9, nonce: str = SERVER_NONCE) -> Any:
        return signing.sign_request(DEVICE, one, now=now, nonce=nonce, unique=fixed("unique", 16))

    headers = signed(request)
    poll = signing.HttpRequest(
        method="GET",
        authority="login.example",
        path="/api/v1/requests",
        query=f"known={REQUEST.id}",
    )
    bare = replace(poll, query="")

    def refused(
        why: str, one: signing.HttpRequest, with_headers: dict[str, str], **more: Any
    ) -> Case:
        said = {"why": why, "signature": "wrong", "outcome": "unauthorized", **more}
        return written(one, with_headers, **said)

    def judged(why: str, with_headers: dict[str, str], **more: Any) -> Case:
        return refused(why, request, with_headers, signature="right", **more)

    def spoilt(why: str, old: str, new: str, header: str = "Signature-Input") -> Case:
        assert old in headers[header], why
        return refused(why, request, {**headers, header: headers[header].replace(old, new, 1)})

    def signed_anew(why: str, old: str, new: str) -> Case:
        """The header is changed first and signed as it then stands: not what the text must be."""
        text = headers["Signature-Input"].removeprefix("ww=")
        assert old in text, why
        base = "\n".join(
            (
                f'"@method": {request.method}',
                f'"@authority": {request.authority}',
                f'"@path": {request.path}',
                '"@query": ?',
                f'"content-digest": {headers["Content-Digest"]}',
                f'"@signature-params": {text.replace(old, new, 1)}',
            )
        )
        made = base64.b64encode(DEVICE.sign(base.encode())).decode()
        changed = {
            "Signature-Input": f"ww={text.replace(old, new, 1)}",
            "Signature": f"ww=:{made}:",
        }
        return refused(why, request, {**headers, **changed})

    doubled = [
        refused(f"{name} twice", request, headers)
        for name in ("signature", "signature-input", "content-digest")
    ]
    for case, name in zip(
        doubled, ("Signature", "Signature-Input", "Content-Digest"), strict=True
    ):
        case["headers"].append([name.lower(), headers[name]])
    missing = [
        refused(f"no {name}", request, {n: v for n, v in headers.items() if n != name})
        for name in headers
    ]
    keyid = signing.key_id(DEVICE.public)
    other = base64.b64encode(STRANGER.sign(b"anything")).decode()
    strangers = signing.sign_request(
        STRANGER, request, now=NOW + 9, nonce=SERVER_NONCE, unique=fixed("unique", 16)
    )
    forged = {
        **strangers,
        "Signature-Input": strangers["Signature-Input"].replace(
            signing.key_id(STRANGER.public), keyid
        ),
    }
    made_up = signing.server_nonce(b"another secret", NOW, keyid)
    others_nonce = signing.server_nonce(
        fixed("nonce secret"), NOW, signing.key_id(STRANGER.public)
    )
    future = signing.server_nonce(fixed("nonce secret"), NOW + 60, keyid)
    return {
        "key": to_base64url(DEVICE.public),
        "keyid": keyid,
        "origin": ORIGIN,
        "nonce_secret": to_base64url(fixed("nonce secret")),
        "server_nonce": SERVER_NONCE,
        "nonce": NONCE,
        "cases": [
            written(request, headers),
            written(poll, signed(poll), why="a GET with a query"),
            written(bare, signed(bare), why="a GET without a query"),
            written(request, signed(request, NOW - 51), why="created a minute ago, not over yet"),
            written(request, signed(request, NOW + 69), why="created a minute ahead"),
            written(request, signed(request, NOW + 300), now=NOW + 300, why="an old nonce"),
            *missing,
            *doubled,
            refused("not signed", request, {}),
            refused("another body", replace(request, body=body + b" "), headers),
            refused("no body", replace(request, body=b""), headers),
            refused("another method", replace(request, method="PUT"), headers),
            refused("another path", replace(request, path=request.path + "/"), headers),
            refused("another path's case", replace(request, path=request.path.upper()), headers),
            refused("a query added", replace(request, query="a=1"), headers),
            refused("another query", replace(poll, query="known="), signed(poll)),
            refused("another host", request, signed(replace(request, authority="evil.example"))),
            refused("a port", request, signed(replace(request, authority="login.example:443"))),
            refused("another's signature", request, {**headers, "Signature": f"ww=:{other}:"}),
            refused("an empty signature", request, {**headers, "Signature": "ww=::"}),
            refused("a stranger under this keyid", request, forged),
            refused("a stranger under its own keyid", request, strangers),
            spoilt("another time", f"created={NOW + 9}", f"created={NOW + 8}"),
            spoilt("another end", f"expires={NOW + 69}", f"expires={NOW + 68}"),
            spoilt("another nonce", NONCE[-4:], "AAAA"),
            spoilt("digest by another algorithm", "sha-256", "sha-512", "Content-Digest"),
            spoilt("a second digest", "sha-256", "sha-512=:AAAA:, sha-256", "Content-Digest"),
            spoilt("a second signature in the list", "ww=:", "a=:AAAA:, ww=:", "Signature"),
            signed_anew("one component less", ' "@query"', ""),
            signed_anew("one component more", '"@query"', '"@query" "date"'),
            signed_anew("another order", '"@path" "@query"', '"@query" "@path"'),
            signed_anew("a blank", ";created", "; created"),
            signed_anew("alg none", "ed25519", "none"),
            signed_anew("alg hmac", "ed25519", "hmac-sha256"),
            signed_anew("alg rsa", "ed25519", "rsa-pss-sha512"),
            signed_anew("no alg", ';alg="ed25519"', ""),
            signed_anew("another tag", "watchword/1", "watchword/2"),
            signed_anew("no tag", ';tag="watchword/1"', ""),
            signed_anew("a parameter more", ";tag", ";zone=1;tag"),
            signed_anew("a time with a zero before it", "created=", "created=0"),
            signed_anew("no end", f";expires={NOW + 69}", ""),
            {
                **signed_anew("valid for longer", f"expires={NOW + 69}", f"expires={NOW + 70}"),
                "signature": "right",
            },
            {
                **signed_anew("valid for years", f"expires={NOW + 69}", "expires=9999999999"),
                "signature": "right",
            },
            {
                **signed_anew("over before it began", f"expires={NOW + 69}", f"expires={NOW + 8}"),
                "signature": "right",
            },
            signed_anew("no unique part", NONCE.split(".")[2], ""),
            judged("created too long ago", signed(request, NOW - 52)),
            judged("created too far ahead", signed(request, NOW + 70)),
            judged("a nonce of 301 s ago", signed(request, NOW + 301), now=NOW + 301),
            judged("no nonce yet", signed(request, nonce="")),
            judged("a nonce made up", signed(request, nonce=made_up)),
            judged("a nonce of another key", signed(request, nonce=others_nonce)),
            judged("a nonce of the future", signed(request, nonce=future)),
        ],
    }


# Links


def refuse(why: str, link: str, outcome: str = "refused") -> Case:
    return {"why": why, "link": link, "outcome": outcome}


def spoilt_link(good: str, action: str, part: str, value: str, secret: str) -> list[Case]:
    """Return what is refused of any link; `part` is one of 16 bytes, its value and a secret."""
    return [
        refuse("version 2", good.replace("/1?", "/2?"), "too_new"),
        refuse("version 20", good.replace("/1?", "/20?"), "too_new"),
        refuse("no version", good.replace("/1?", "/?")),
        refuse("a version that is none", good.replace("/1?", "/1a?")),
        refuse("no parts", good.split("?", maxsplit=1)[0]),
        refuse("empty parts", good.split("?", maxsplit=1)[0] + "?"),
        refuse("another scheme", good.replace("watchword:", "https:")),
        refuse("one slash", good.replace("://", ":/")),
        refuse("another action", good.replace(action, "erase")),
        refuse("a part twice", f"{good}&{part}={value}"),
        refuse("a part in capitals", good.replace(f"&{part}=", f"&{part.upper()}=")),
        refuse("a part missing", good.replace(f"&{part}={value}", "")),
        refuse("no origin", good.replace(f"o={ORIGIN}&", "")),
        refuse("a part without =", good + "&zz"),
        refuse("a byte less", good.replace(value, value[:-2])),
        refuse("padded", good.replace(secret, secret + "%3D")),
        refuse("unused bits set", good.replace(value, value[:-1] + chr(ord(value[-1]) + 1))),
        refuse("a plus sign", good.replace(value, "+" + value[1:])),
        refuse("double encoding", good.replace("o=https://", "o=https%253A//")),
        refuse("broken percent", good.replace("login", "log%zzin")),
        refuse("NUL", good.replace("login", "log%00in")),
        refuse("not UTF-8", good.replace("login", "log%ffin")),
        refuse("http", good.replace("https:", "http:")),
        refuse("a path", good.replace(".example", ".example/x")),
        refuse("a user name", good.replace("login.", "login@evil.")),
        refuse("401 characters", f"{good}&z=".ljust(401, "z")),
        refuse("a blank", good + " "),
        refuse("a line break", good + "\n"),
        refuse("not ASCII", good + "&z=é"),
    ]


def links() -> Case:
    good = str(LINK)
    e, key, f = LINK.id, to_base64url(LINK.key), to_base64url(LINK.fingerprint)
    rest = f"&e={e}&k={key}&f={f}&x={LINK.expires}"
    pin = to_base64url(fixed("pin"))
    home = "http://127.0.0.1:8765"
    x = str(LINK.expires)

    def enrol(why: str, link: str, **more: Any) -> Case:
        reads = {"o": ORIGIN, "e": e, "k": key, "f": f, "x": LINK.expires, "p": "", **more}
        return {"why": why, "link": link, "outcome": "ok", "reads": reads}

    login, handoff = REQUEST.login, to_base64url(fixed("handoff", 16))
    asks = str(RequestLink(origin=LINK.origin, login=login, handoff=fixed("handoff", 16)))

    def request(why: str, link: str, **more: Any) -> Case:
        reads = {"o": ORIGIN, "r": login, "h": handoff, **more}
        return {"why": why, "link": link, "outcome": "ok", "reads": reads}

    return {
        "now": NOW,
        "enrol": [
            enrol("as it is written", good),
            enrol("capitals", good.replace("watchword://enrol", "WATCHWORD://Enrol")),
            enrol("encoded", good.replace("o=https://", "o=https%3A%2F%2F")),
            enrol("with a pin", f"{good}&p={pin}", p=pin),
            enrol("a part that is not known", f"{good}&later=1"),
            enrol("400 characters", f"{good}&z=".ljust(400, "z")),
            enrol("of this computer", f"watchword://enrol/1?o={home}{rest}", o=home),
            *spoilt_link(good, "enrol", "e", e, key),
            refuse("expired", good.replace(x, str(NOW - 61)), "expired"),
            refuse("valid for years", good.replace(x, "9999999999")),
            refuse("expiry negative", good.replace("x=", "x=-")),
            refuse("expiry with a zero", good.replace("x=", "x=0")),
            refuse("expiry no number", good.replace(x, "soon")),
            refuse("key of 19 bytes", good.replace(key, to_base64url(LINK.key[:19]))),
            refuse("a pin of 31 bytes", f"{good}&p={to_base64url(fixed('pin', 31))}"),
            refuse("an empty pin", f"{good}&p="),
            refuse("the other kind of link", asks),
        ],
        "request": [
            request("as it is written", asks),
            request("capitals", asks.replace("watchword://request", "WatchWord://REQUEST")),
            request("encoded", asks.replace("o=https://", "o=https%3A%2F%2F")),
            request("a part that is not known", f"{asks}&code=K7QM"),
            request("400 characters", f"{asks}&z=".ljust(400, "z")),
            request("of this computer", asks.replace(ORIGIN, home), o=home),
            *spoilt_link(asks, "request", "r", login, handoff),
            refuse("an empty hand-off", asks.replace(handoff, "")),
            refuse("a hand-off of 17 bytes", asks.replace(handoff, to_base64url(bytes(17)))),
            refuse("the other kind of link", good),
        ],
    }


def origins() -> Case:
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


def codes() -> list[list[str]]:
    return [
        ["K7QM", "K7QM"], ["k7qm", "K7QM"], ["k7 - qm", "K7QM"], ["oil0", "0110"], ["OIL", "011"],
        ["7KQM-2XHP", "7KQM2XHP"], ["U!", "U!"], ["", ""], ["K7\u00a0QM", "K7QM"], ["123 456", "123456"],
    ]  # fmt: skip


# Chains of the server's keys


def key_changes() -> Case:
    keys = [SERVER, NEW_SERVER, *(signing.SigningKey(fixed(f"server {n}")) for n in range(2, 19))]

    def change(number: int, **more: Any) -> Countersigned:
        message = k.KeyChange(
            old=keys[number].public,
            new=keys[number + 1].public,
            seq=number + 1,
            not_before=NOW - 10_000 + number,
        )
        old, new = keys[number], keys[number + 1]
        return countersign(replace(message, **more), old, new)

    def case(
        why: str,
        outcome: str,
        changes: list[Countersigned],
        *,
        signer: signing.SigningKey = NEW_SERVER,
        pinned: tuple[int, int] = (0, 0),
        then: int = 1,
    ) -> Case:
        answer = k.Hint(nonce=NONCE, waiting=0, time=NOW)
        pins = {"key": to_base64url(keys[then].public), "seq": then} if outcome == "ok" else None
        return {
            "why": why,
            "pinned": {"key": to_base64url(keys[pinned[0]].public), "seq": pinned[1]},
            "answer": signer.seal(answer).to_json(),
            "changes": [one.to_json() for one in changes],
            "outcome": outcome,
            "then": pins,
        }

    one, two, three = change(0), change(1), change(2)
    no = "no_proof"
    back = countersign(
        k.KeyChange(old=keys[1].public, new=keys[0].public, seq=2, not_before=NOW),
        keys[1],
        keys[0],
    )
    stranger = countersign(
        k.KeyChange(old=SERVER.public, new=STRANGER.public, seq=1, not_before=0),
        STRANGER,
        STRANGER,
    )
    later = change(1, not_before=NOW + 3600)
    hasty = change(0, not_before=NOW + 1)
    long = [change(number) for number in range(16)]
    odd = Countersigned(b"{}", one.sig, one.sig_new)
    return {
        "cases": [
            case("one change", "ok", [one]),
            case("two changes", "ok", [one, two], signer=keys[2], then=2),
            case("sixteen changes", "ok", long, signer=keys[16], then=16),
            case(
                "changes before the pinned key", "ok", [one, two, three],
                signer=keys[3], pinned=(2, 2), then=3,
            ),
            case("in force from this second", "ok", [change(0, not_before=NOW)]),
            case("the next one is announced, not in force", "ok", [one, later]),
            case("numbers may be left out", "ok", [change(0, seq=1), change(1, seq=2)],
                 signer=keys[2], then=2),
            case("no changes", no, []),
            case("none from the pinned key", no, [two], signer=keys[2]),
            case("a gap", no, [one, three], signer=keys[3]),
            case("newest first", no, [two, one], signer=keys[2]),
            case("the same one twice", no, [one, one]),
            case("the number falls", no, [one, change(1, seq=1)], signer=keys[2]),
            case("a number that was seen", no, [one], pinned=(0, 1)),
            case("the time falls", no, [one, change(1, not_before=5)], signer=keys[2]),
            case("used before its time", no, [hasty]),
            case("announced, and used already", no, [one, later], signer=keys[2]),
            case("a key comes back", no, [one, back]),
            case("without the old key", no, [stranger], signer=STRANGER),
            case("the old signature by another", no, [replace(one, sig=stranger.sig)]),
            case("the new signature by another", no, [replace(one, sig_new=stranger.sig)]),
            case("signed by the old key twice", no, [replace(one, sig_new=one.sig)]),
            case("signed by the new key twice", no, [replace(one, sig=one.sig_new)]),
            case("the signatures exchanged", no, [Countersigned(one.signed, one.sig_new, one.sig)]),
            case("no message", no, [odd]),
            case("the answer is another's", no, [one, two], signer=STRANGER),
            case("a broken one after the one in force", no, [one, replace(two, sig=one.sig)]),
            case("seventeen changes", "refused", [*long, change(16)], signer=keys[17]),
        ]
    }  # fmt: skip


# OAuth


def oauth() -> Case:
    origin = parse_origin(ORIGIN)
    endpoints = Endpoints(authorise=f"{ORIGIN}/authorise", exchange=f"{ORIGIN}/api/v1/authorised")
    verifier, state, code = (to_base64url(fixed(name)) for name in ("verifier", "state", "code"))
    question = Question(
        port=50123, state=state, challenge=challenge_of(verifier), device_name="Ana’s desktop & co"
    )
    document = endpoints.to_json(origin)

    def found(why: str, outcome: str, **changes: Any) -> Case:
        changed = {name: one for name, one in {**document, **changes}.items() if one is not None}
        text = json.dumps(changed, separators=(",", ":"))
        return {"why": why, "document": text, "outcome": outcome}

    asked = question.to_url(endpoints).split("?")[1]

    def ask(why: str, outcome: str, query: str) -> Case:
        return {"why": why, "query": query, "outcome": outcome}

    def lacks(query: str, name: str) -> str:
        return "&".join(part for part in query.split("&") if not part.startswith(f"{name}="))

    back = question.answer(origin, code=code).removeprefix("http://127.0.0.1:50123")
    denied = question.answer(origin).removeprefix("http://127.0.0.1:50123")

    def returns(why: str, outcome: str, target: str) -> Case:
        return {"why": why, "target": target, "outcome": outcome}

    body = exchange_body(question, code=code, verifier=verifier).decode()

    def given(why: str, outcome: str, answer: Any) -> Case:
        return {"why": why, "answer": json.dumps(answer), "outcome": outcome}

    link = str(LINK)
    redirect = quote("http://127.0.0.1:50123/", safe="")
    rfc = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636, appendix B
    return {
        "origin": ORIGIN,
        "verifier": verifier,
        "state": state,
        "code": code,
        "authorise": endpoints.authorise,
        "exchange": endpoints.exchange,
        "device_name": question.device_name,
        "port": question.port,
        "pkce": [
            {"why": "RFC 7636, appendix B", "verifier": rfc,
             "challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "outcome": "ok"},
            {"why": "the challenge itself (plain)", "verifier": rfc, "challenge": rfc,
             "outcome": "bad_signature"},
            {"why": "too short", "verifier": rfc[:-1], "challenge": challenge_of(rfc[:-1]),
             "outcome": "bad_signature"},
            {"why": "empty", "verifier": "", "challenge": challenge_of(""),
             "outcome": "bad_signature"},
        ],
        "discovery": [
            found("as it should be", "ok"),
            found("more than is known", "ok", service_documentation="https://elsewhere.example"),
            found("another issuer", "not_for_us", issuer="https://evil.example"),
            found("issuer with a slash", "not_for_us", issuer=f"{ORIGIN}/"),
            found("no issuer", "not_for_us", issuer=None),
            *(
                found(f"{name}: {why}", "refused", **{name: value})
                for name in ("authorization_endpoint", "token_endpoint")
                for why, value in (
                    ("missing", None),
                    ("a number", 1),
                    ("another host", "https://evil.example/authorise"),
                    ("a host that begins the same", f"{ORIGIN}.evil.example/x"),
                    ("a user name", f"{ORIGIN}@evil.example/x"),
                    ("another port", f"{ORIGIN}:8443/x"),
                    ("http", "http://login.example/x"),
                    ("no path", ORIGIN),
                    ("a query", f"{ORIGIN}/x?y=1"),
                    ("dots", f"{ORIGIN}/x/../y"),
                    ("a backslash", f"{ORIGIN}/x\\y"),
                    ("two slashes", f"{ORIGIN}//x"),
                )
            ),
            found("only plain PKCE", "refused", code_challenge_methods_supported=["plain"]),
            found("no PKCE", "refused", code_challenge_methods_supported=None),
            found("S256 as text", "refused", code_challenge_methods_supported="S256"),
            found("no code flow", "refused", response_types_supported=["id_token"]),
            found("answers without iss", "refused",
                  authorization_response_iss_parameter_supported=False),
            {"why": "a name twice", "document": '{"issuer":"a","issuer":"b"}', "outcome": "refused"},
            {"why": "no JSON", "document": "<html>", "outcome": "refused"},
        ],
        "question": [
            ask("as it is written", "ok", asked),
            ask("a part that is not known", "ok", asked + "&prompt=none"),
            *(ask(f"no {name}", "refused", lacks(asked, name)) for name in (
                "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge",
                "code_challenge_method", "device_name",
            )),
            ask("a part twice", "refused", f"{asked}&state={state}"),
            ask("another client", "refused", asked.replace("client_id=watchword", "client_id=x")),
            ask("the implicit flow", "refused", asked.replace("=code&", "=token&", 1)),
            ask("plain PKCE", "refused", asked.replace("S256", "plain")),
            ask("a short state", "refused", asked.replace(state, state[:8])),
            ask("an empty device name", "refused", lacks(asked, "device_name") + "&device_name="),
            ask("a device name of 65", "refused",
                lacks(asked, "device_name") + "&device_name=" + "a" * 65),
            ask("a line break in the name", "refused", asked + "%0a"),
            ask("not UTF-8", "refused", asked + "%ff"),
            *(
                ask(f"back to {uri}", "refused", asked.replace(redirect, quote(uri, safe="")))
                for uri in (
                    "https://127.0.0.1:50123/", "http://localhost:50123/", "http://127.0.0.1/",
                    "http://127.0.0.1:0/", "http://127.0.0.1:65536/", "http://127.0.0.1:050123/",
                    "http://127.0.0.1:50123/x", "http://127.0.0.1:50123", "http://evil.example/",
                    "http://127.0.0.1:50123@evil.example/", "http://127.0.0.1:50123/?x=1",
                    "http://127.0.0.1:50123/#x", "http://127.0.0.1.evil.example:50123/",
                    "http://127.1:50123/", "http://[::1]:50123/", "javascript:alert(1)", "",
                )
            ),
        ],
        "callback": [
            returns("yes", "ok", back),
            returns("a part that is not known", "ok", back + "&session_state=1"),
            returns("no", "denied", denied),
            returns("the server gave up", "failed", denied.replace("access_denied", "server_error")),
            returns("an error wins over a code", "denied", f"{denied}&code={code}"),
            returns("another state", "not_for_us", back.replace(state, challenge_of(state))),
            returns("no state", "not_for_us", back.replace(f"&state={state}", "")),
            returns("an empty state", "not_for_us", back.replace(state, "")),
            returns("no, with another state", "not_for_us", denied.replace(state, "x" * 43)),
            returns("another iss", "not_for_us", back.replace("login.example", "evil.example")),
            returns("no iss", "not_for_us", lacks(back, "iss")),
            returns("iss with a slash", "not_for_us", back + "%2F"),
            returns("another path", "not_for_us", "/favicon.ico"),
            returns("another path with it all", "not_for_us", "/x" + back[1:]),
            returns("nothing", "not_for_us", "/"),
            returns("no code", "refused", back.replace(f"code={code}&", "")),
            returns("a short code", "refused", back.replace(code, code[:-1])),
            returns("code twice", "refused", f"{back}&code={code}"),
            returns("state twice", "refused", f"{back}&state={state}"),
            returns("iss twice", "refused", f"{back}&iss=https%3A%2F%2Fevil.example"),
            returns("not UTF-8", "refused", f"{back}&x=%ff"),
            returns("2,049 characters", "refused", f"{back}&x=".ljust(2051, "x")),
        ],
        "exchanged": [
            {"why": "as it is written", "body": body, "outcome": "ok"},
            *({"why": f"no {name}", "body": lacks(body, name), "outcome": "refused"}
              for name in ("grant_type", "code", "client_id", "code_verifier")),
            {"why": "another grant", "outcome": "refused",
             "body": body.replace("authorization_code", "password")},
            {"why": "a part twice", "body": f"{body}&code={code}", "outcome": "refused"},
        ],
        "enrolment": [
            given("as it should be", "ok", {"enrolment": link}),
            given("more than is known", "ok", {"enrolment": link, "expires_in": 600}),
            given("another server's", "not_for_us",
                  {"enrolment": link.replace("login.example", "evil.example")}),
            given("with a pin", "not_for_us", {"enrolment": f"{link}&p={to_base64url(bytes(32))}"}),
            given("a broken link", "refused", {"enrolment": link[:-20]}),
            given("a link to a request", "refused",
                  {"enrolment": f"watchword://request/1?o={ORIGIN}&r={fixed_id('r')}"}),
            given("an origin that is none", "refused",
                  {"enrolment": link.replace("https://", "http://")}),
            given("an error", "refused", {"error": "invalid_grant"}),
            given("a number", "refused", {"enrolment": 1}),
            given("a list", "refused", []),
        ],
    }  # fmt: skip
