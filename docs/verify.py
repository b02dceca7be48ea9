#!/usr/bin/env python3
"""Runs the vectors of the native protocol without Watchword.

    python3 verify.py tests/vectors/protocol      (prints what disagrees; exit status 1 if any)

Does what docs/protocol.md says and shares no code with Watchword; needs Python 3.11 and `cryptography` 47 or newer.
"""

import hashlib
import hmac
import ipaddress
import json
import pathlib
import re
import sys
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import parse_qsl, unquote

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

CROCKFORD, LATEST = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 253402300799
KINDS = {  # what members hold, §1: bytes of these sizes, texts and integers within these bounds
    name: kind
    for names, kind in (
        ("e id login device_id account", "id"),
        ("time exp issued expires revoked_at not_before", ("integer", 0, LATEST)),
        ("server_key f device_key seal_key offer package request old new new_key", ("bytes", 32)),
        ("nonce_c nonce_s nonce2", ("bytes", 16)),
        ("handoff ticket", ("bytes", 0, 16)),
        ("tls_pin hint_key", ("bytes", 0, 32)),
        ("sealed", ("bytes", *range(8193))),
        ("seed", ("bytes", *range(16, 65))),
        ("service user reported_by", ("text", 1, 128)),
        ("place user_agent", ("text", 0, 128)),
        ("platform ip decided_by", ("text", 0, 64)),
        ("name", ("text", 1, 64)),
        ("origin", ("text", 0, 300)),
        ("reason", ("text", 0, 256)),
        ("code", ("text", 0, 16)),
        ("digits", ("integer", 6, 8)),
        ("period", ("integer", 15, 300)),
        ("interval", ("integer", 0, 3600)),
        ("tries_left", ("integer", 0, 10)),
        ("waiting", ("integer", 0, 32)),
        ("seq", ("integer", 1, LATEST)),
        ("nonce", "nonce"),
        ("requests", "requests"),
        ("backup_codes", "backup_codes"),
        ("match", {"type4", "type6", "yesno"}),
        ("activation", {"unlocked", "each"}),
        ("state", {"waiting", "accepted", "refused", "expired"}),
        ("decision", {"approve", "deny", "not_me"}),
        ("via", {"typed", "link", "none"}),
        ("result", {"approved", "denied", "wrong_code", "expired", "answered_elsewhere"}),
        ("decided", {"", "approve", "deny", "not_me", "code"}),
        ("algorithm", {"SHA1", "SHA256", "SHA512"}),
        ("result:decision", ("bytes", 32)),
        ("revoked:reason", {"removed", "unlinked", "replaced", "disabled"}),
    )
    for name in names.split()
}
MEMBERS = {
    "enrol-info": "origin e server_key service nonce_c nonce_s time exp",
    "enrol-offer": "origin e f tls_pin device_key seal_key nonce_c nonce_s name platform exp",
    "enrol-taken": "e offer nonce2 device_id time",
    "enrol-state": "e nonce offer state sealed time",
    "enrol-package": "e device_id account user service seed algorithm digits period backup_codes"
    " match activation",
    "acknowledge": "e device_id package", "acknowledged": "nonce device_id time",
    "poll": "nonce device_id requests interval time",
    "request": "id login device_id account user origin service ip place user_agent issued expires"
    " match activation",
    "decision": "id request decision code via handoff reason time",
    "result": "nonce id decision result decided decided_by tries_left ticket time",
    "revoked": "nonce device_id reason revoked_at time",
    "unlink": "device_id time", "unlinked": "nonce device_id time",
    "hint-key": "device_id hint_key time", "hint-key-taken": "nonce device_id time",
    "hint": "nonce waiting time", "key-change": "old new seq not_before",
    "rekey": "device_id new_key name time", "rekeyed": "nonce device_id new_key time",
}  # fmt: skip


class Stop(Exception):
    """Raised with the outcome."""


def need(condition, outcome="refused"):
    if not condition:
        raise Stop(outcome)


def unbase(text, *sizes):
    need(isinstance(text, str) and re.fullmatch(r"[A-Za-z0-9_-]*", text) and len(text) % 4 != 1)
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    need(base(data) == text and (not sizes or len(data) in sizes))
    return data


def base(data):
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def sha256(data):
    return hashlib.sha256(data).digest()


def verify(key, signature, data, outcome="bad_signature"):
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, data)
    except (InvalidSignature, ValueError):
        raise Stop(outcome) from None


def parse_json(raw):
    def once(pairs):
        need(len(dict(pairs)) == len(pairs))
        return dict(pairs)

    def no_fraction(_):
        raise Stop("refused")

    try:
        value = json.loads(
            raw.decode(),
            object_pairs_hook=once,
            parse_float=no_fraction,
            parse_constant=no_fraction,
        )
    except (ValueError, RecursionError):
        raise Stop("refused") from None
    need(len(raw) <= 65536 and isinstance(value, dict))
    return value


def levels(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    need(type(value) is not int or abs(value) < 2**53)
    return 1 + max(map(levels, inner), default=0)


def fits(kind, value):
    if kind == "id":
        return unbase(value, 16)
    if kind == "nonce":
        of = r"[0-9]{1,12}\.[A-Za-z0-9_-]{0,22}\.[A-Za-z0-9_-]{22}"
        return need(isinstance(value, str) and re.fullmatch(of, value))
    if kind in ("requests", "backup_codes"):
        need(isinstance(value, list) and len(value) <= (32 if kind == "requests" else 20))
        return [
            envelope(one) if kind == "requests" else fits(("text", 0, 32), one) for one in value
        ]
    if isinstance(kind, set):
        return need(isinstance(value, str) and value in kind)
    if kind[0] == "bytes":
        return unbase(value, *kind[1:])
    if kind[0] == "integer":
        return need(type(value) is int and kind[1] <= value <= kind[2])
    need(isinstance(value, str) and kind[1] <= len(value) <= kind[2])
    return need(not re.search(r"[\x00-\x1f\x7f]", value))


def parse_message(raw, typ):
    m = parse_json(raw)
    need(levels(m) <= 16)
    try:  # RFC 8785; the names of our members are ASCII, so that sorting by code point is right
        spelling = json.dumps(
            m, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()
    except UnicodeEncodeError:
        raise Stop("refused") from None
    need(spelling == raw and m.get("typ") == typ)
    need(type(m.get("v")) is int and m["v"] == 1, "too_new")
    short = typ.removeprefix("watchword/")
    names = MEMBERS[short].split()
    optional = {"reported_by"} if short == "request" else set()
    crit = m.get("crit", [])
    need(isinstance(crit, list) and all(isinstance(one, str) for one in crit))
    need(set(crit) <= optional.union(names), "too_new")
    for name in names:
        need(name in m)
    for name in [*names, *optional.intersection(m)]:
        fits(KINDS.get(f"{short}:{name}", KINDS.get(name)), m[name])
    if typ == "watchword/decision":
        need(
            bool(m["code"]) == (m["via"] == "typed") and bool(m["handoff"]) == (m["via"] == "link")
        )
        need(m["decision"] == "approve" or m["via"] == "none")
    if typ == "watchword/result":
        need(not m["ticket"] or m["result"] == "approved")
    return m


def envelope(value, *more):
    need(isinstance(value, dict) and all(name in value for name in ("signed", "sig", *more)))
    return unbase(value["signed"]), *(unbase(value[name], 64) for name in ("sig", *more))


def message(group, case):
    if not group["key"]:
        m = parse_message(unbase(case["bytes"]), group["typ"])
    else:
        key, second = unbase(group["key"], 32), group["second_key_in"]
        raw, sig, *sig_new = envelope(case, *(["sig_new"] if second else []))
        verify(key, sig, raw)
        m = parse_message(raw, group["typ"])
        if second:
            need(unbase(m[second]) != key)
            verify(unbase(m[second]), sig_new[0], raw)
    need(all(m[name] == value for name, value in group["expect"].items()), "not_for_us")
    if "now" in group:
        lasts = m["issued"] < m["expires"] <= m["issued"] + 120
        need(
            lasts and m["issued"] <= group["now"] + 60 and group["now"] < m["expires"],
            "not_for_us",
        )


def chain(case):
    need(len(case["changes"]) <= 16)
    key, seq = unbase(case["pinned"]["key"]), case["pinned"]["seq"]
    since, met, answer = 0, {key}, envelope(case["answer"])
    steps = []
    for change in case["changes"]:
        try:
            raw, old_sig, new_sig = envelope(change, "sig_new")
            m = parse_message(raw, "watchword/key-change")
            if not steps and unbase(m["old"]) != key:
                continue
            need(unbase(m["old"]) == key and m["seq"] > seq and m["not_before"] >= since)
            new = unbase(m["new"])
            need(new not in met)
            verify(key, old_sig, raw)
            verify(new, new_sig, raw)
        except Stop:
            raise Stop("no_proof") from None
        key, seq, since = new, m["seq"], m["not_before"]
        met.add(new)
        steps.append((key, seq, since))
    for key, seq, since in steps:
        try:
            verify(key, answer[1], answer[0])
        except Stop:
            continue
        need(parse_message(answer[0], "watchword/hint")["time"] >= since, "no_proof")
        return need({"key": base(key), "seq": seq} == case["then"], "another pin")
    raise Stop("no_proof")


def http(group, case):
    headers, bad = case["headers"], "unauthorized"
    need(sorted(n for n, _ in headers) == ["content-digest", "signature", "signature-input"], bad)
    headers, key = dict(headers), unbase(group["key"])
    digest = f"sha-256=:{b64encode(sha256(case['body'].encode())).decode()}:"
    found = re.fullmatch(
        r'ww=(\("@method" "@authority" "@path" "@query" "content-digest"\);created=([1-9]\d*)'
        r';expires=([1-9]\d*);nonce="((\d{1,12})\.([\w-]{0,22})\.[\w-]{22})";keyid="([\w-]{43})"'
        r';alg="ed25519";tag="watchword/1")', headers["signature-input"], re.ASCII)  # fmt: skip
    signature = re.fullmatch(r"ww=:([A-Za-z0-9+/]{86}==):", headers["signature"])
    need(found and signature and digest == headers["content-digest"], bad)
    lines = [f'"@method": {case["method"]}', f'"@authority": {case["authority"]}']
    lines += [f'"@path": {case["path"]}', f'"@query": ?{case["query"]}']
    lines += [f'"content-digest": {headers["content-digest"]}', f'"@signature-params": {found[1]}']
    need(f"https://{case['authority']}" == group["origin"], bad)
    verify(key, b64decode(signature[1]), "\n".join(lines).encode(), bad)
    created, expires, issued, now = int(found[2]), int(found[3]), int(found[5]), case["now"]
    need(found[7] == base(sha256(key)), bad)
    tag = b"watchword/1 request nonce\0" + f"{issued}.{found[7]}".encode()
    mac = hmac.digest(unbase(group["nonce_secret"]), tag, "sha256")[:16]
    need(found[6] == base(mac) and now - 300 <= issued <= now + 1, bad)
    need(abs(created - now) <= 60 and now <= expires <= created + 60, bad)


HIDING = ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")


def origin_of(text):
    found = re.fullmatch(
        r"(https?)://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::([1-9]\d{0,4}))?", text.lower()
    )
    need(text.isascii() and found and int(found[3] or 1) <= 65535)
    scheme, host, port = found.groups()
    labels, loopback = host.split("."), False
    if host[0] == "[" or re.fullmatch(r"\d+|0x[0-9a-f]*", labels[-1]):
        try:
            address = ipaddress.ip_address(host.strip("[]"))
        except ValueError:
            raise Stop("refused") from None
        loopback, six = address.is_loopback, address.version == 6
        need(str(address) == host.strip("[]"))
        if not loopback:
            need(not (address.is_link_local or address.is_multicast or address.is_unspecified))
            need(not address.is_reserved and not (six and address.is_site_local))
            need(not any(six and address in ipaddress.ip_network(net) for net in HIDING))
            need(six or int(address) >> 24 != 0)
    else:
        need(len(host) <= 253)
        need(all(re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", one) for one in labels))
    need(scheme == "https" or loopback)
    own = {"https": "443", "http": "80"}[scheme]
    return f"{scheme}://{host}" + (f":{port}" if port not in (None, own) else "")


def link_parts(text, action, sizes, now=None):
    start, _, query = text.partition("?")
    need(len(text) <= 400 and re.fullmatch(r"[!-~]+", text) and "?" in text)
    found = re.fullmatch(rf"watchword://{action}/(.*)", start, re.IGNORECASE)
    need(found)
    need(found[1] == "1", "too_new" if found[1].isdigit() else "refused")
    parts = {}
    for part in query.split("&"):
        name, equals, value = part.partition("=")
        need(equals and name == name.lower() and name not in parts)
        need(not re.search("%(?![0-9A-Fa-f]{2})", value))
        try:
            parts[name] = unquote(value, errors="strict")
        except UnicodeDecodeError:
            raise Stop("refused") from None
    need({"o", *sizes} - {"p"} <= set(parts))
    read = {"o": origin_of(parts["o"]), "p": ""} if "p" in sizes else {"o": origin_of(parts["o"])}
    for name, size in sizes.items():
        if name == "x":
            need(re.fullmatch(r"[1-9]\d{0,11}", parts["x"]))
            read["x"] = int(parts["x"])
        elif name in parts:
            read[name] = base(unbase(parts[name], size))
    if now is not None:
        need(read["x"] + 60 >= now, "expired")
        need(read["x"] <= now + 600 + 86400)
    return read


ENROL = {"e": 16, "k": 20, "f": 32, "x": 0, "p": 32}


def link(case, action, sizes, now=None):
    need(link_parts(case["link"], action, sizes, now) == case["reads"], "read otherwise")


def offer_mac(group, case):
    tagged = b"watchword/1 enrol-offer mac\0" + sha256(unbase(group["offer"]))
    right = hmac.digest(unbase(group["link_key"]), tagged, "sha256")
    need(hmac.compare_digest(right, unbase(case["mac"])), "bad_signature")


def sealed(group, case):
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    key = X25519PrivateKey.from_private_bytes(unbase(group["seal_private"]))
    info = b"watchword/1 enrol-package\0" + unbase(group["offer_hash"])
    try:
        need(suite.decrypt(unbase(case["sealed"]), key, info=info) == unbase(group["package"]))
    except (InvalidTag, ValueError):
        raise Stop("bad_signature") from None


def short_code(case):
    tagged = b"watchword/1 short code\0" + unbase(case["offer_hash"]) + unbase(case["nonce2"])
    bits = int.from_bytes(sha256(tagged)[:5], "big")
    return "".join(CROCKFORD[bits >> shift & 31] for shift in range(35, -1, -5))


def form(query, **fixed):
    need(len(query) <= 2048 and query.isascii())
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:
        raise Stop("refused") from None
    need(len(dict(pairs)) == len(pairs))
    need(all(dict(pairs).get(name) == value for name, value in fixed.items()))
    return dict(pairs)


def pkce(case):
    need(re.fullmatch(r"[A-Za-z0-9_-]{43}", case["verifier"]), "bad_signature")
    need(base(sha256(case["verifier"].encode())) == case["challenge"], "bad_signature")


def discovery(group, case):
    found, path = parse_json(case["document"].encode()), r"(/[A-Za-z0-9._~-]+)+"
    need(found.get("issuer") == group["origin"], "not_for_us")
    for name, value in (("response_types", "code"), ("code_challenge_methods", "S256")):
        listed = found.get(f"{name}_supported")
        need(isinstance(listed, list) and value in listed)
    need(found.get("authorization_response_iss_parameter_supported") is True)
    for name in ("authorization_endpoint", "token_endpoint"):
        url = found.get(name)
        need(isinstance(url, str) and url.startswith(group["origin"]))
        rest = url.removeprefix(group["origin"])
        need(re.fullmatch(path, rest) and not {".", ".."} & set(rest.split("/")))


def question(group, case):
    parts = form(case["query"], response_type="code", client_id="watchword", scope="enrol",
                 code_challenge_method="S256")  # fmt: skip
    back = re.fullmatch(r"http://127\.0\.0\.1:([1-9]\d{0,4})/", parts.get("redirect_uri", ""))
    need(back and int(back[1]) <= 65535)
    unbase(parts.get("state"), 32), unbase(parts.get("code_challenge"), 32)
    fits(("text", 1, 64), parts.get("device_name"))
    need(all(parts[name] == group[name] for name in ("state", "device_name")), "read otherwise")


def callback(group, case):
    path, _, query = case["target"].partition("?")
    need(path == "/" and query, "not_for_us")
    parts = form(query)
    right = parts.get("state") == group["state"] and parts.get("iss") == group["origin"]
    need(right, "not_for_us")
    if "error" in parts:
        raise Stop("denied" if parts["error"] == "access_denied" else "failed")
    unbase(parts.get("code"), 32)


def exchanged(case):
    parts = form(case["body"], grant_type="authorization_code", client_id="watchword")
    unbase(parts.get("code"), 32), unbase(parts.get("code_verifier"), 32)


def enrolment(group, case):
    text = parse_json(case["answer"].encode()).get("enrolment")
    need(isinstance(text, str))
    read = link_parts(text, "enrol", ENROL)
    need(read["o"] == group["origin"] and not read["p"], "not_for_us")


def origin(case):
    need(origin_of(case["text"]) == case["spelling"], "spelt otherwise")


def results(folder):
    """Yield (where, what was expected, what came out) of every case."""
    files = {path.stem: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}
    enrol, oauth, links = files["enrolment"], files["oauth"], files["links"]
    work = [
        *((g["typ"], c, lambda c, g=g: message(g, c)) for g in files["messages"] for c in g["cases"]),
        *(("http", c, lambda c: http(files["http"], c)) for c in files["http"]["cases"]),
        *(("key change", c, chain) for c in files["key_changes"]["cases"]),
        *(("enrol link", c, lambda c: link(c, "enrol", ENROL, links["now"])) for c in links["enrol"]),
        *(("link", c, lambda c: link(c, "request", {"r": 16, "h": 16})) for c in links["request"]),
        *(("mac", c, lambda c: offer_mac(enrol, c)) for c in enrol["mac"]),
        *(("sealed", c, lambda c: sealed(enrol, c)) for c in enrol["sealed"]),
        *(("pkce", c, pkce) for c in oauth["pkce"]),
        *(("exchanged", c, exchanged) for c in oauth["exchanged"]),
        *((do.__name__, c, lambda c, do=do: do(oauth, c))
          for do in (discovery, question, callback, enrolment) for c in oauth[do.__name__]),
        *(("origin", {"why": t, "text": t, "spelling": s, "outcome": "ok"}, origin)
          for t, s, _ in files["origins"]["valid"]),
        *(("origin", {"why": t, "text": t, "outcome": "refused"}, origin)
          for t in files["origins"]["refused"]),
    ]  # fmt: skip
    for where, case, check in work:
        try:
            check(case)
            outcome = "ok"
        except Stop as stop:
            outcome = str(stop)
        yield f"{where}: {case['why']}", case["outcome"], outcome
    for case in enrol["short_codes"]:
        yield "short code", case["code"], short_code(case)
    for typed, code in files["codes"]:
        table = str.maketrans("ILO", "110", " -\u00a0")
        yield f"typed: {typed}", code, typed.upper().translate(table)


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    found = list(results(pathlib.Path(arguments[0])))
    wrong = [one for one in found if one[1] != one[2]]
    for where, expected, outcome in wrong:
        print(f"{where}: expected {expected}, found {outcome}")
    print(f"{len(found)} cases, {len(wrong)} disagree")
    return 1 if wrong or not found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
