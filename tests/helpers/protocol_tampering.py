"""Every message as it should be and as it should not: messages.json of the protocol's vectors.

What a member may hold is written down here from docs/protocol.md, not taken from the code, so
that a bound that only the code has is found by these cases.
"""

import base64
import json
from typing import Any

from protocol_material import (
    NEW_DEVICE,
    NEW_SERVER,
    NOW,
    PACKAGE,
    SERVER,
    STRANGER,
    all_messages,
    fixed,
    fixed_id,
)

from watchword.protocol import key_messages as k
from watchword.protocol import messages as m
from watchword.protocol.encoding import canonical, to_base64url
from watchword.protocol.members import Message
from watchword.protocol.signing import SigningKey

LATEST = 253_402_300_799
WORDS = {"match", "activation", "state", "result", "via", "decided", "algorithm"}
IDS = {"e", "id", "login", "device_id", "account"}
TIMES = {"time", "exp", "issued", "expires", "revoked_at", "not_before"}
# Members that hold bytes: the sizes that are just out of bounds.
BYTES = {
    **dict.fromkeys(("server_key", "f", "device_key", "seal_key", "offer", "package"), (31, 33)),
    **dict.fromkeys(("request", "old", "new", "new_key", "result's decision"), (31, 33)),
    **dict.fromkeys(("nonce_c", "nonce_s", "nonce2"), (15, 17)),
    **dict.fromkeys(("handoff", "ticket"), (15, 17)),
    **dict.fromkeys(("tls_pin", "hint_key"), (31, 33)),
    "sealed": (8193,),
    "seed": (15, 65),
}
# Members that hold text: the least and the most characters.
TEXTS = {
    "origin": (0, 300), "service": (1, 128), "user": (1, 128), "place": (0, 128),
    "user_agent": (0, 128), "ip": (0, 64), "name": (1, 64), "platform": (0, 64),
    "decided_by": (0, 64), "code": (0, 16), "reason": (0, 256),
}  # fmt: skip
NUMBERS = {
    "digits": (6, 8), "period": (15, 300), "interval": (0, 3600), "tries_left": (0, 10),
    "waiting": (0, 32), "seq": (1, LATEST),
}  # fmt: skip

# What the receiver knows before it opens the message: these must be the same in it.
KNOWN = {
    "watchword/enrol-info": ("origin", "e", "server_key", "nonce_c"),
    "watchword/enrol-offer": (
        "origin", "e", "f", "tls_pin", "device_key", "nonce_c", "nonce_s", "exp",
    ),
    "watchword/enrol-taken": ("e", "offer"),
    "watchword/enrol-state": ("e", "nonce", "offer"),
    "watchword/enrol-package": ("e", "device_id"),
    "watchword/acknowledge": ("e", "device_id", "package"),
    "watchword/acknowledged": ("nonce", "device_id"),
    "watchword/request": ("device_id", "account", "origin"),
    "watchword/decision": ("id", "request"),
    "watchword/result": ("nonce", "id", "decision"),
    "watchword/poll": ("nonce", "device_id"),
    "watchword/revoked": ("nonce", "device_id"),
    "watchword/unlink": ("device_id",),
    "watchword/unlinked": ("nonce", "device_id"),
    "watchword/hint-key": ("device_id",),
    "watchword/hint-key-taken": ("nonce", "device_id"),
    "watchword/hint": ("nonce",),
    "watchword/key-change": ("old",),
    "watchword/rekey": ("device_id",),
    "watchword/rekeyed": ("nonce", "device_id", "new_key"),
}  # fmt: skip
# Of messages that are signed twice: the second key, and the member that names it.
SECOND = {
    "watchword/key-change": ("new", NEW_SERVER),
    "watchword/rekey": ("new_key", NEW_DEVICE),
}
Case = dict[str, Any]


def kind_of(typ: str, name: str) -> str:
    if (typ, name) == ("watchword/result", "decision"):
        return "result's decision"
    if (typ, name) in {("watchword/revoked", "reason"), ("watchword/decision", "decision")}:
        return "word"
    return "word" if name in WORDS else name


def out_of_bounds(kind: str) -> list[tuple[str, Any]]:
    """Return (why, value) of values that no such member may have."""
    if kind == "word":
        return [("an unknown word", "maybe")]
    if kind in IDS:
        good = fixed_id("bounds")
        return [
            ("15 bytes", to_base64url(fixed("bounds", 15))),
            ("padded", good + "=="),
            ("unused bits set", good[:-1] + chr(ord(good[-1]) + 1)),
            ("base64 of another alphabet", "+" + good[1:]),
        ]
    if kind in BYTES:
        return [(f"{size} bytes", to_base64url(fixed("bounds", size))) for size in BYTES[kind]]
    if kind in TEXTS:
        least, most = TEXTS[kind]
        short = [("empty", "")] if least else []
        return [*short, (f"{most + 1} characters", "a" * (most + 1)), ("a line break", "a\nb")]
    if kind == "nonce":
        return [("empty", ""), ("no dots", "1" * 40), ("a sign", "-1..AAAAAAAAAAAAAAAAAAAAAA")]
    if kind == "requests":
        one = {"signed": "e30", "sig": to_base64url(bytes(64))}
        return [("33 of them", [one] * 33), ("one without sig", [{"signed": "e30"}])]
    if kind == "backup_codes":
        return [("21 of them", ["a"] * 21), ("one of 33", ["a" * 33]), ("a number", [1])]
    low, high = NUMBERS.get(kind, (0, LATEST))
    return [("too low", low - 1), ("too high", high + 1), ("true", True)]


def another(name: str, value: Any) -> Any:
    """Return a value that is as good as `value`, and another one."""
    if isinstance(value, int):
        return value - 1
    if name == "origin":
        return "https://login.example:8443"
    if name == "nonce":
        return value[:-22] + fixed_id("another")
    if name == "tls_pin":
        return to_base64url(fixed("another"))
    return to_base64url(fixed(f"another {name}", len(base64.urlsafe_b64decode(value + "=="))))


class Group:
    """The cases of one message."""

    def __init__(self, message: Message, key: SigningKey) -> None:
        self.typ = message.TYP
        self.key = key
        self.members: dict[str, Any] = json.loads(message.to_bytes())
        self.raw = message.to_bytes()
        self.cases: list[Case] = []

    def add(self, why: str, raw: bytes, outcome: str) -> None:
        """Add a case that is signed as it should be."""
        self.cases.append({"why": why, **self.signed(raw), "outcome": outcome})

    def signed(self, raw: bytes, key: SigningKey | None = None) -> dict[str, str]:
        if self.typ == m.EnrolPackage.TYP:
            return {"bytes": to_base64url(raw)}
        signed = {
            "signed": to_base64url(raw),
            "sig": to_base64url((key or self.key).sign(raw)),
        }
        if self.typ in SECOND:
            signed["sig_new"] = to_base64url(SECOND[self.typ][1].sign(raw))
        return signed

    def changed(self, why: str, outcome: str, **members: Any) -> None:
        self.add(why, canonical({**self.members, **members}), outcome)

    def text(self, why: str, old: str, new: str, outcome: str = "refused") -> None:
        text = self.raw.decode()
        assert old in text
        self.add(why, text.replace(old, new, 1).encode(), outcome)

    def spoil_signatures(self) -> None:
        good = self.signed(self.raw)
        flipped = bytes([*self.raw[:-3], self.raw[-3] ^ 1, *self.raw[-2:]])
        sig = base64.urlsafe_b64decode(good["sig"] + "==")
        for why, outcome, more in (
            ("signed by another key", "bad_signature", self.signed(self.raw, STRANGER)),
            ("one bit of the message", "bad_signature", {"signed": to_base64url(flipped)}),
            ("one bit of the signature", "bad_signature",
             {"sig": to_base64url(bytes([sig[0] ^ 1, *sig[1:]]))}),
            ("a signature of zeros", "bad_signature", {"sig": to_base64url(bytes(64))}),
            ("a signature of 63 bytes", "refused", {"sig": to_base64url(sig[:63])}),
            ("no signature", "refused", {"sig": None}),
            ("signed is no base64url", "refused", {"signed": good["signed"] + "="}),
        ):  # fmt: skip
            case = {"why": why, **good, **more, "outcome": outcome}
            self.cases.append({name: value for name, value in case.items() if value is not None})
        if self.typ in SECOND:
            self.spoil_second_signature(good)

    def spoil_second_signature(self, good: dict[str, str]) -> None:
        other = to_base64url(STRANGER.sign(self.raw))
        for why, outcome, more in (
            ("the second by another key", "bad_signature", {"sig_new": other}),
            ("both by the old key", "bad_signature", {"sig_new": good["sig"]}),
            ("both by the new key", "bad_signature", {"sig": good["sig_new"]}),
            ("the second missing", "refused", {"sig_new": None}),
        ):
            case = {"why": why, **good, **more, "outcome": outcome}
            self.cases.append({name: value for name, value in case.items() if value is not None})
        name, _ = SECOND[self.typ]
        raw = canonical({**self.members, name: to_base64url(self.key.public)})
        twice = {"signed": to_base64url(raw), "sig": to_base64url(self.key.sign(raw))}
        case = {"why": "the new key is the old one", **twice, "sig_new": twice["sig"]}
        self.cases.append({**case, "outcome": "refused"})
        raw = canonical({**self.members, name: to_base64url(STRANGER.public)})
        self.add("it names a key that has not signed", raw, "bad_signature")

    def spoil_text(self) -> None:
        self.text("another type", '"typ":"watchword/', '"typ":"watchword/x-')
        self.text("no type", f'"typ":"{self.typ}",', "")
        self.text("version 2", '"v":1', '"v":2', "too_new")
        self.text("version as text", '"v":1', '"v":"1"', "too_new")
        self.changed("a critical member that is not known", "too_new", crit=["zone"], zone=1)
        self.changed("crit is no list", "refused", crit="zone")
        self.changed("a member that is not known", "ok", zz=1)
        self.text("a member twice", '"v":1', '"v":1,"v":1')
        self.text("a space", '"v":1', '"v": 1')
        self.text("an escape that need not be", '"typ":"w', '"typ":"\\u0077')
        first, second = list(self.members)[:2]
        swapped = {second: self.members[second], **self.members}
        out_of_order = json.dumps(swapped, separators=(",", ":"), ensure_ascii=False).encode()
        assert first != second
        self.add("members out of order", out_of_order, "refused")
        self.add("bytes after it", self.raw + b"\n", "refused")
        self.add("not UTF-8", self.raw.replace(b"watchword", b"watchw\xffrd", 1), "refused")

    def spoil_members(self) -> None:
        for name, value in self.members.items():
            if name in {"typ", "v"}:
                continue
            rest = {other: one for other, one in self.members.items() if other != name}
            self.add(f"{name}: missing", canonical(rest), "refused")
            wrong: Any = "1" if isinstance(value, int) else 1
            self.changed(f"{name}: of the wrong type", "refused", **{name: wrong})
            for why, bad in out_of_bounds(kind_of(self.typ, name)):
                self.changed(f"{name}: {why}", "refused", **{name: bad})
            if name in KNOWN[self.typ]:
                more = {name: another(name, value)}
                self.changed(f"{name}: another one", "not_for_us", **more)

    def written(self) -> dict[str, Any]:
        group: dict[str, Any] = {
            "typ": self.typ,
            "key": to_base64url(self.key.public),
            "second_key_in": SECOND[self.typ][0] if self.typ in SECOND else "",
            "expect": {name: self.members[name] for name in KNOWN[self.typ]},
            "text": self.raw.decode(),
            "cases": self.cases,
        }
        if self.typ == m.EnrolPackage.TYP:
            group["key"] = ""
        if self.typ == m.Request.TYP:
            group["now"] = NOW
        return group


def special(group: Group) -> None:
    """Add what only this message can have wrong: members that do not go together, its times."""
    handoff = to_base64url(fixed("handoff", 16))
    if group.typ == m.Decision.TYP:
        group.changed("a denial", "ok", decision="deny", code="", via="none")
        group.changed("by link", "ok", code="", via="link", handoff=handoff)
        group.changed("yes without a code", "ok", code="", via="none")
        for why, more in {
            "a code and via none": {"via": "none"},
            "no code and via typed": {"code": ""},
            "a code and a hand-off": {"via": "link", "handoff": handoff},
            "a hand-off and via typed": {"handoff": handoff},
            "via link without a hand-off": {"via": "link", "code": ""},
            "a denial with a code": {"decision": "deny"},
            "a denial by link": {
                "decision": "not_me", "code": "", "via": "link", "handoff": handoff
            },
        }.items():  # fmt: skip
            group.changed(why, "refused", **more)
    if group.typ == m.Result.TYP:
        ticket = to_base64url(fixed("ticket", 16))
        group.changed("with a ticket", "ok", ticket=ticket)
        group.changed("a ticket, but denied", "refused", ticket=ticket, result="denied")
        for result in ("denied", "expired", "answered_elsewhere", "wrong_code"):
            group.changed(f"it is {result}", "ok", result=result)
    if group.typ == k.HintKey.TYP:
        group.changed("no hint key any more", "ok", hint_key="")
    if group.typ == m.Request.TYP:
        for why, issued, expires, outcome in (
            ("issued a minute ahead", NOW + 60, NOW + 120, "ok"),
            ("issued later", NOW + 61, NOW + 120, "not_for_us"),
            ("expires now", NOW - 100, NOW, "not_for_us"),
            ("expires in a second", NOW - 100, NOW + 1, "ok"),
            ("valid for 121 seconds", NOW, NOW + 121, "not_for_us"),
            ("expires before it was issued", NOW + 30, NOW + 20, "not_for_us"),
        ):
            group.changed(why, outcome, issued=issued, expires=expires)
        for why, reported_by, outcome in (
            ("for a service, whose word user_agent is", "Bookshop", "ok"),
            ("reported_by: empty, which is another spelling of left out", "", "refused"),
            ("reported_by: 129 characters", "a" * 129, "refused"),
            ("reported_by: a line break", "a\nb", "refused"),
            ("reported_by: of the wrong type", 1, "refused"),
        ):
            group.changed(why, outcome, reported_by=reported_by)
        group.add("an array", b"[" + group.raw + b"]", "refused")
        group.add("nothing", b"", "refused")
        group.text("a fraction", f'"issued":{NOW}', f'"issued":{NOW}.0', "refused")
        group.text("an exponent", f'"issued":{NOW}', '"issued":1e9', "refused")
        group.text("minus nothing", f'"issued":{NOW}', '"issued":-0', "refused")
        for why, end in (
            ("an integer beyond 2^53", b"9007199254740993"),
            ("half a character", b'"\\ud800"'),
            ("not a number", b"NaN"),
        ):
            group.add(why, group.raw[:-1] + b',"zz":' + end + b"}", "refused")
        group.changed("letters of every kind", "ok", zz='é\u2028\U0001f511"\\\b')
        # The message is the first level, each value inside it is one deeper.
        group.changed("16 levels", "ok", zz=nested(14))
        group.changed("17 levels", "refused", zz=nested(15))


def nested(depth: int) -> Any:
    return {"a": nested(depth - 1)} if depth else 1


def groups() -> list[dict[str, Any]]:
    written = []
    for message, key in [*all_messages(), (PACKAGE, SERVER)]:
        group = Group(message, key)
        group.add("as it should be", group.raw, "ok")
        if message is not PACKAGE:
            group.spoil_signatures()
        group.spoil_text()
        group.spoil_members()
        special(group)
        written.append(group.written())
    return written
