"""Writes the vault vectors that are not there yet (see README.md).

    python tests/vectors/vault/make_vectors.py

Sound files come from the app's own building blocks, put together here step by step, so that each
step can be done wrongly on purpose.
"""

import hashlib
import json
import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from watchword.vault import crypto, file_format, keyslots, recovery_key, strict_json
from watchword.vault.crypto import CHEAPEST, KdfCost
from watchword.vault.file_format import Header, Slot

HERE = Path(__file__).parent
WORDS = "correct horse"
CREATED = 1_700_000_000
SHA = 32
Json = dict[str, Any]


@dataclass
class Recipe:
    """A vault about to be built; scenarios change it before or after."""

    vault_id: bytes = field(default_factory=lambda: crypto.random_bytes(16))
    vault_key: bytearray = field(default_factory=crypto.random_key)
    generation: int = 1
    minor: int = 0
    slots: list[Slot] = field(default_factory=list)
    psks: dict[bytes, bytes] = field(default_factory=dict)
    members: Json = field(default_factory=dict)
    header_unknown: Json = field(default_factory=dict)
    shown: bool = True
    recovery: str = ""

    def add(self, kind: str, secret: bytes, cost: KdfCost | None = CHEAPEST) -> Slot:
        slot, psk = keyslots.new_slot(kind, secret, cost, CREATED)
        slot = file_format.sealed_to(slot, self.vault_id, self.vault_key, psk)
        self.slots.append(slot)
        self.psks[slot.id] = psk
        return slot

    def add_password(self, password: str = WORDS, cost: KdfCost = CHEAPEST) -> Slot:
        return self.add("password", keyslots.spelling(password), cost)

    def add_recovery(self) -> Slot:
        key = recovery_key.new_recovery_key()
        self.recovery = recovery_key.write(key)
        return self.add("recovery", key)

    def header(self) -> Header:
        count = len(self.members.get("accounts", []))
        return Header(
            vault_id=self.vault_id,
            generation=self.generation,
            salt=crypto.random_bytes(32),
            slots=tuple(self.slots),
            writer="watchword 0.1.0",
            accounts=count if self.shown else None,
            saved_at=CREATED if self.shown else None,
            minor=self.minor,
            unknown=self.header_unknown,
        )

    def payload(self) -> Json:
        empty: Json = {
            "lamport": 1,
            "accounts": [],
            "order": [0, ""],
            "trash": [],
            "purged": {},
            "history": [],
            "answered": [],
            "slot_psks": {key.hex(): b64(psk) for key, psk in self.psks.items()},
            "settings": {},
        }
        return {**empty, **self.members}

    def build(self, plain: bytes | None = None) -> bytes:
        return file_format.build(
            self.header(), self.vault_key, padded(plain or strict_json.dumps(self.payload()))
        )


def b64(data: bytes) -> str:
    return file_format._base64(data)


def padded(data: bytes) -> bytes:
    return data + b" " * (-len(data) % 4_096)


def account(number: int = 1, **changes: Any) -> Json:
    members: Json = {
        "id": f"{number:016x}",
        "issuer": "Example",
        "account": f"me{number}@example.org",
        "otp": otp(),
        "stamp": [1, "00000000"],
    }
    return {**members, **changes}


def otp(**changes: Any) -> Json:
    members: Json = {
        "type": "totp",
        "secret": b64(b"12345678901234567890"),
        "algorithm": "SHA1",
        "digits": 6,
        "period": 30,
    }
    return {**members, **changes}


KINDS: dict[str, Json] = {
    "steam": otp(type="steam", digits=5),
    "motp": otp(type="motp", algorithm="MD5", period=10, pin="90217"),
    "yandex": otp(
        type="yandex", secret=b64(b"1234567890123456"), algorithm="SHA256", digits=8, pin="5239"
    ),
}


def link(**changes: Any) -> Json:
    members: Json = {
        "kind": "native",
        "origin": "https://login.example",
        "service": "Example",
        "user": "kim",
        "user_id": "u",
        "device_id": "d",
        "device_name": "Desk",
        "tls_pin": "",
        "state": "active",
        "device_key": b64(bytes(32)),
        "server_key": b64(bytes(32)),
        "backup_codes": ["1111 1111"],
        "used_backup_codes": [],
    }
    return {**members, **changes}


def answer(**changes: Any) -> Json:
    members: Json = dict.fromkeys(
        ("account_id", "service", "account", "ip", "place", "user_agent", "request_id"), "x"
    )
    return {"at": 1.5, **members, "decision": "approve", "result": "approved", **changes}


def recipe(*accounts: Json, **members: Any) -> Recipe:
    made = Recipe(members={"accounts": list(accounts), **members} if accounts else members)
    made.add_password()
    return made


@dataclass
class Vector:
    name: str
    comment: str
    expect: str
    data: bytes
    password: str = WORDS
    recovery: str = ""
    contents: Json | None = None

    def write(self) -> None:
        head = [f"comment: {self.comment}", f"expect: {self.expect}"]
        head.append(
            f"recovery-key: {self.recovery}" if self.recovery else f"password: {self.password}"
        )
        if self.contents is not None:
            head.append(f"accounts: {len(self.contents['accounts'])}")
            canonical = strict_json.canonical(self.contents)
            head.append(f"contents: {hashlib.sha256(canonical).hexdigest()}")
        text = "\n".join(head) + "\n\n"
        (HERE / f"{self.name}.vault").write_bytes(text.encode("utf-8") + self.data)


def opens(name: str, comment: str, made: Recipe, **typed: str) -> Vector:
    return Vector(name, comment, "opens", made.build(), contents=made.payload(), **typed)


# ---- changing bytes and keeping the outer checksums right: what an attacker can do


def resealed(data: bytes) -> bytes:
    return data[:-SHA] + hashlib.sha256(data[:-SHA]).digest()


def header_end(data: bytes) -> int:
    return 16 + int(struct.unpack_from(">I", data, 12)[0])


def with_header(data: bytes, encoded: bytes) -> bytes:
    """Replace the header's bytes and every checksum; the MAC cannot be made."""
    end = header_end(data)
    start = data[:12] + struct.pack(">I", len(encoded)) + encoded
    return resealed(start + hashlib.sha256(start).digest() + data[end + SHA :])


def edited_header(data: bytes, change: Callable[[Json], Any]) -> bytes:
    members = json.loads(data[16 : header_end(data)])
    change(members)
    return with_header(data, strict_json.canonical(members))


def flipped(data: bytes, at: int, bit: int = 0) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1 << bit
    return bytes(changed)


# ---- the scenarios


def sound() -> Iterator[Vector]:
    yield opens("opens-empty", "no accounts at all", recipe())
    yield opens("opens-one", "one account", recipe(account()))
    yield opens(
        "opens-hundred", "a hundred accounts", recipe(*(account(i) for i in range(1, 101)))
    )
    for digits in range(5, 11):
        yield opens(f"opens-digits-{digits}", "", recipe(account(otp=otp(digits=digits))))
    for period in (5, 60, 86_400):
        yield opens(f"opens-period-{period}", "", recipe(account(otp=otp(period=period))))
    for name in ("SHA1", "SHA256", "SHA512"):
        yield opens(f"opens-{name.lower()}", "", recipe(account(otp=otp(algorithm=name))))
    for length in (1, 10, 128):
        secret = b64(b"s" * length)
        yield opens(f"opens-secret-{length}", "bytes", recipe(account(otp=otp(secret=secret))))
    for counter in (1, 2**31, 2**63 - 1):
        hotp = account(otp=otp(type="hotp", counter=counter), epoch=1)
        yield opens(f"opens-counter-{counter}", "", recipe(hotp))
    texts = {
        "rtl": "חשבון العربية",
        "emoji": "👩‍👩‍👧 login",
        "markup": "<img src=file:///etc/passwd>&amp;",
        "longest": "x" * 256,
        "empty": "",
        "controls": "a\u0000b\u0007\u2028",
    }
    for name, text in texts.items():
        yield opens(f"opens-text-{name}", "", recipe(account(issuer=text, account=text)))
    yield opens("opens-note-longest", "", recipe(account(note="ä" * 4_096)))
    yield opens("opens-tags", "64 of them", recipe(account(tags=[f"t{i}" for i in range(64)])))
    yield opens("opens-favourite", "", recipe(account(favourite=True)))
    for name, icon in {"chosen": "github", "none": "-", "later": "a-later-icon"}.items():
        yield opens(f"opens-icon-{name}", "", recipe(account(icon=icon), minor=1))
    yield opens("opens-push", "login requests only", recipe(account(otp=None, link=link())))
    yield opens("opens-linked", "codes and login requests", recipe(account(link=link())))
    revoked = account(link=link(state="revoked", used_backup_codes=["1111 1111"]))
    yield opens("opens-revoked", "removed at the server", recipe(revoked))
    stamped = account(stamps={"issuer": [7, "abcdef01"]}, epoch=3)
    yield opens("opens-stamps", "edited by two writers", recipe(stamped, lamport=7))
    trash = [{"account": account(2), "removed_at": 1.5, "stamp": [2, "a"], "due": 3.5}]
    yield opens("opens-trash", "one account in the trash", recipe(account(), trash=trash))
    yield opens("opens-purged", "", recipe(account(), purged={"00000000000000aa": [3, "a"]}))
    yield opens("opens-history", "", recipe(account(), history=[answer(), answer(at=2.5)]))
    yield opens("opens-answered", "", recipe(account(), answered=[["r1", 1.5], ["r2", 2.5]]))
    settings = {"idle_minutes": {"value": 15, "stamp": [1, "a"]}}
    yield opens("opens-settings", "", recipe(account(), settings=settings))
    # Members of a newer version.
    yield opens("opens-unknown-top", "kept", recipe(account(), later={"a": [1, None, True]}))
    yield opens("opens-unknown-account", "kept", recipe(account(colour="#fff")))
    yield opens("opens-unknown-otp", "kept", recipe(account(otp=otp(skew=1))))
    yield opens("opens-unknown-link", "kept", recipe(account(link=link(region="eu"))))
    later = {"type": "later", "algorithm": "SHA3", "secret": {"parts": ["AA", 7]}}
    yield opens("opens-later-type", "kept unread", recipe(account(otp=later), account(2)))
    hashed = account(otp=otp(algorithm="SHA3-256"))
    yield opens("opens-later-algorithm", "kept unread", recipe(hashed))
    for name, kind in KINDS.items():
        made = recipe(account(otp=kind), account(2))
        made.minor = 1
        yield opens(f"opens-kind-{name}", "since 1.1", made)
    kept = account(otp=otp(pin="1234"))
    yield opens("opens-pin-of-totp", "unknown there, and kept", recipe(kept))
    md5 = account(otp=otp(algorithm="MD5"))
    yield opens("opens-md5-of-totp", "kept unread", recipe(md5))
    for minor in (1, 9, 65_535):
        made = recipe(account())
        made.minor, made.header_unknown = minor, {"later": {"list": [1, "two"]}}
        yield opens(f"opens-minor-{minor}", "a later minor version", made)
    made = recipe(account())
    made.shown = False
    yield opens("opens-hidden-facts", "no account count and time in clear", made)
    for generation in (2, 2**32, 2**53 - 1):
        made = recipe(account())
        made.generation = generation
        yield opens(f"opens-generation-{generation}", "", made)


def keys() -> Iterator[Vector]:
    costs = [(8_192, 1, 1), (8_192, 2, 1), (8_192, 1, 8), (16_384, 1, 4), (9_000, 3, 2)]
    for memory, passes, lanes in costs:
        made = Recipe(members={"accounts": [account()]})
        made.add_password(WORDS, KdfCost(memory, passes, lanes))
        yield opens(f"opens-kdf-{memory}-{passes}-{lanes}", "KiB, passes, lanes", made)
    spellings = {
        "ascii": ("hunter 2", "hunter 2"),
        "decomposed": ("wörter", "wo\u0308rter"),
        "composed": ("wo\u0308rter", "wörter"),
        "no-break-space": ("two words", "two\u00a0words"),
        "ideographic-space": ("two words", "two\u3000words"),
        "angstrom": ("\u212b", "\u00c5"),
        "hangul": ("한글", "\u1112\u1161\u11ab\u1100\u1173\u11af"),
        "emoji": ("🔑🔑", "🔑🔑"),
        "cyrillic": ("пароль", "пароль"),
        "spaces-kept": (" a  b ", " a  b "),
        "longest": ("x" * 1_024, "x" * 1_024),
    }
    for name, (made_with, typed) in spellings.items():
        made = Recipe(members={"accounts": [account()]})
        made.add_password(made_with)
        yield opens(f"opens-spelling-{name}", "RFC 8265", made, password=typed)
    for count in (2, 8):
        made = Recipe(members={"accounts": [account()]})
        for number in range(count):
            made.add_password(f"password {number}")
        for number in (0, count - 1):
            name = f"opens-{count}-slots-by-{number}"
            yield opens(name, "any password slot opens", made, password=f"password {number}")
    made = recipe(account())
    made.add_recovery()
    made.add("keyring", bytes(32), None)
    yield opens("opens-three-kinds", "by the password", made)
    yield opens("opens-recovery", "by the recovery key", made, recovery=made.recovery)
    typed = made.recovery.lower().replace("-", " ").replace("0", "o")
    yield opens("opens-recovery-typed", "in small letters, o for 0", made, recovery=typed)
    data = made.build()
    wrong_passwords = {
        "case": "Correct horse",
        "trailing-space": "correct horse ",
        "leading-space": " correct horse",
        "double-space": "correct  horse",
        "newline": "correct horse\\n",
        "shorter": "correct hors",
        "empty": "",
        "wide": "\uff43orrect horse",  # NFKC would fold it, RFC 8265 does not
        "homoglyph": "\u0441orrect horse",
        "recovery-key-as-password": made.recovery,
    }
    for name, wrong in wrong_passwords.items():
        yield Vector(f"wrong-{name}", "", "wrong password", data, password=wrong)
    other = recovery_key.write(crypto.random_bytes(16))
    yield Vector("wrong-recovery", "another vault's", "wrong password", data, recovery=other)
    mistyped = made.recovery[:-1] + ("0" if made.recovery[-1] != "0" else "1")
    yield Vector("wrong-recovery-mistyped", "", "wrong password", data, recovery=mistyped)
    short = made.recovery[:-1]
    yield Vector("wrong-recovery-short", "", "wrong password", data, recovery=short)
    alone = recipe(account()).build()
    yield Vector("wrong-no-recovery-slot", "", "wrong password", alone, recovery=other)
    salted = edited_header(data, lambda h: h["slots"][0].update(salt=b64(bytes(16))))
    yield Vector("wrong-salt-replaced", "looks like another password", "wrong password", salted)


def accidents() -> Iterator[Vector]:
    made = recipe(account())
    made.add_recovery()
    data = made.build()
    end = header_end(data)
    places = {
        "magic-first": 0, "magic-last": 7, "major": 9, "minor": 11, "header-length": 15,
        "header-start": 16, "header-middle": (16 + end) // 2, "header-last": end - 1,
        "header-sha-first": end, "header-sha-last": end + 31, "mac-first": end + 32,
        "mac-last": end + 63, "payload-length": end + 67, "payload-first": end + 68,
        "payload-middle": end + 2_000, "payload-last": len(data) - 49, "gcm-tag": len(data) - 33,
        "checksum-first": len(data) - 32, "checksum-last": len(data) - 1,
    }  # fmt: skip
    for name, at in places.items():
        for bit in (0, 7):
            yield Vector(f"flip-{name}-{bit}", "one bit", "damaged", flipped(data, at, bit))
    for length in (0, 1, 8, 16, 147, 148, end, end + 68, 4_096, len(data) - 32, len(data) - 1):
        yield Vector(f"cut-{length}", "the rest is lost", "damaged", data[:length])
    for name, more in {"zero": b"\0", "newline": b"\n", "page": bytes(4_096)}.items():
        yield Vector(f"added-{name}", "bytes at the end", "damaged", data + more)
    yield Vector("added-twice", "the file after itself", "damaged", data + data)
    yield Vector("added-before", "a byte order mark", "damaged", b"\xef\xbb\xbf" + data)
    yield Vector("zeros", "a file of zeros", "damaged", bytes(len(data)))
    yield Vector("text-mode", "CR LF made LF", "damaged", data.replace(b"\r\n", b"\n"))
    half = len(data) // 2
    yield Vector("zero-tail", "lost in a crash", "damaged", data[:half] + bytes(len(data) - half))
    for major in (2, 255, 65_535):
        later = resealed(data[:8] + struct.pack(">H", major) + data[10:])
        yield Vector(f"newer-{major}", "a later major version", "newer", later)
        broken = data[:8] + struct.pack(">H", major) + data[10:]
        yield Vector(f"newer-{major}-unsound", "not believed", "damaged", broken)
    early = resealed(data[:8] + struct.pack(">H", 0) + data[10:])
    yield Vector("major-0", "there never was one", "damaged", early)
    yield Vector("sound-not-ours", "right checksum", "damaged", resealed(b"x" * 500))


def attacks() -> Iterator[Vector]:
    """Everything here has right checksums; only keys can tell."""
    made = recipe(account())
    made.add_recovery()
    data = made.build()
    end = header_end(data)
    for name, at in {"mac": end + 40, "payload": end + 100, "tag": len(data) - 40}.items():
        changed = resealed(flipped(data, at))
        yield Vector(f"forged-{name}", "checksum made right again", "damaged", changed)
    unmended = resealed(flipped(data, 30))
    yield Vector("forged-header-unmended", "only the last checksum is right", "damaged", unmended)
    yield Vector("forged-minor", "", "damaged", with_header_fix(flipped(data, 11)))
    changes: dict[str, Callable[[Json], Any]] = {
        "generation": lambda h: h.update(generation=2),
        "vault-id": lambda h: h.update(vault_id="00" * 16),
        "salt": lambda h: h.update(salt=b64(bytes(32))),
        "writer": lambda h: h.update(writer="watchword 9.9"),
        "accounts": lambda h: h.update(accounts=7),
        "saved-at": lambda h: h.update(saved_at=0),
        "member-added": lambda h: h.update(later=1),
        "accounts-hidden": lambda h: h.pop("accounts"),
        "slot-order": lambda h: h["slots"].reverse(),
        "slot-removed": lambda h: h["slots"].pop(),
        "slot-kind": lambda h: h["slots"][1].update(kind="keyring"),
        "slot-created": lambda h: h["slots"][0].update(created_at=0),
        "slot-id": lambda h: h["slots"][0].update(id="00" * 8),
        "slot-unknown": lambda h: h["slots"][0].update(later=1),
        "public-key": lambda h: h["slots"][0].update(public_key=b64(bytes(range(32)))),
        "ephemeral-key": lambda h: h["slots"][0].update(ephemeral_key=b64(bytes(range(32)))),
        "ephemeral-zero": lambda h: h["slots"][0].update(ephemeral_key=b64(bytes(32))),
        "sealed-key": lambda h: h["slots"][0].update(sealed_key=b64(bytes(48))),
        "seals-swapped": swap_seals,
    }
    for name, change in changes.items():
        yield Vector(f"forged-{name}", "MAC not made", "damaged", edited_header(data, change))
    other = recipe(account())
    moved = other.slots[0]
    made2 = recipe(account())
    made2.slots = [moved]
    made2.psks = {moved.id: other.psks[moved.id]}
    yield Vector("slot-of-another-vault", "", "damaged", made2.build())
    planted = Recipe(vault_id=made.vault_id, members={"accounts": [account(9)]})
    slot = made.slots[0]
    planted.slots = [file_format.sealed_to(slot, made.vault_id, planted.vault_key, bytes(32))]
    planted.psks = {slot.id: bytes(32)}
    comment = "sealed to the public half by somebody without the psk (decision 20)"
    yield Vector("planted-vault", comment, "damaged", planted.build())
    rotated = recipe(account())
    old = rotated.add_recovery()
    kept = rotated.slots[0]
    rotated.vault_key = crypto.random_key()
    again = file_format.sealed_to(kept, rotated.vault_id, rotated.vault_key, rotated.psks[kept.id])
    rotated.slots = [again, old]
    comment = "a removed slot put back: it seals the key before"
    key = rotated.recovery
    yield Vector("slot-put-back", comment, "damaged", rotated.build(), recovery=key)
    for name, psks in {"missing": {}, "of-others": {bytes(8): bytes(32)}}.items():
        bad = recipe(account())
        bad.psks = psks
        yield Vector(f"psks-{name}", "", "damaged", bad.build())


def with_header_fix(data: bytes) -> bytes:
    return with_header(data, data[16 : header_end(data)])


def swap_seals(header: Json) -> None:
    one, two = header["slots"]
    for name in ("ephemeral_key", "sealed_key"):
        one[name], two[name] = two[name], one[name]


def headers() -> Iterator[Vector]:
    """Headers no writer makes; the checksums agree."""
    made = recipe(account())
    data = made.build()
    members = json.loads(data[16 : header_end(data)])

    def spelt(name: str, comment: str, encoded: bytes) -> Vector:
        return Vector(f"header-{name}", comment, "damaged", with_header(data, encoded))

    canonical = strict_json.canonical(members)
    yield spelt("spaces", "not canonical", json.dumps(members, sort_keys=True).encode())
    backwards = dict(sorted(members.items(), reverse=True))
    yield spelt("unsorted", "", json.dumps(backwards, separators=(",", ":")).encode())
    yield spelt("name-twice", "", canonical[:-1] + b',"writer":"x"}')
    yield spelt("trailing-space", "", canonical + b" ")
    yield spelt("empty", "", b"")
    yield spelt("empty-object", "", b"{}")
    yield spelt("list", "", b"[]")
    yield spelt("not-json", "", b"\xff" * 100)
    yield spelt("deep", "", b"[" * 20_000 + b"]" * 20_000)
    yield spelt("too-long", "", canonical[:-1] + b',"z":"' + b"x" * 65_536 + b'"}')

    def cost(**members: Any) -> Callable[[Json], Any]:
        return lambda h: h["slots"][0]["kdf"].update(**members)

    changes: dict[str, Callable[[Json], Any]] = {
        "no-slots": lambda h: h.update(slots=[]),
        "nine-slots": lambda h: h.update(
            slots=[{**h["slots"][0], "id": f"{i:016x}"} for i in range(9)]
        ),
        "slot-id-twice": lambda h: h["slots"].append(h["slots"][0]),
        "slots-not-list": lambda h: h.update(slots={}),
        "slot-not-object": lambda h: h.update(slots=[7]),
        "generation-0": lambda h: h.update(generation=0),
        "generation-text": lambda h: h.update(generation="1"),
        "generation-float": lambda h: h.update(generation=1.5),
        "generation-true": lambda h: h.update(generation=True),
        "generation-2e53": lambda h: h.update(generation=2**53),
        "vault-id-short": lambda h: h.update(vault_id="00"),
        "vault-id-capitals": lambda h: h.update(vault_id="AB" * 16),
        "salt-short": lambda h: h.update(salt=b64(bytes(31))),
        "salt-unpadded": lambda h: h.update(salt=b64(bytes(32)).rstrip("=")),
        "no-writer": lambda h: h.pop("writer"),
        "writer-long": lambda h: h.update(writer="x" * 257),
        "accounts-negative": lambda h: h.update(accounts=-1),
        "kdf-memory-4-tib": cost(memory_kib=2**32),
        "kdf-memory-7-mib": cost(memory_kib=7 * 1024),
        "kdf-memory-over-1-gib": cost(memory_kib=2**20 + 1),
        "kdf-passes-0": cost(passes=0),
        "kdf-passes-17": cost(passes=17),
        "kdf-passes-2e32": cost(passes=2**32 - 1),
        "kdf-lanes-0": cost(lanes=0),
        "kdf-lanes-9": cost(lanes=9),
        "kdf-unknown": cost(name="scrypt"),
        "kdf-extra": cost(extra=1),
        "kdf-missing": lambda h: h["slots"][0].pop("kdf"),
        "commitment-missing": lambda h: h["slots"][0].pop("commitment"),
    }
    for name, change in changes.items():
        made_of = edited_header(data, change)
        yield Vector(f"header-{name}", "refused before deriving", "damaged", made_of)
    long = resealed(data[:12] + struct.pack(">I", 2**32 - 1) + data[16:])
    yield Vector("header-length-4-gib", "", "damaged", long)
    end = header_end(data) + 64
    for name, length in {"0": 0, "4-gib": 2**32 - 1, "one-more": 4_113}.items():
        wrong = resealed(data[:end] + struct.pack(">I", length) + data[end + 4 :])
        yield Vector(f"payload-length-{name}", "", "damaged", wrong)


def contents() -> Iterator[Vector]:
    """The key fits, the contents are not what any writer of ours makes."""

    def bad(name: str, plain: bytes) -> Vector:
        return Vector(f"contents-{name}", "", "contents damaged", made.build(plain))

    made = recipe(account())
    good = strict_json.dumps(made.payload())
    yield bad("not-json", b"{")
    yield bad("not-object", b"[]")
    yield bad("empty", b" ")
    yield bad("not-utf-8", good.replace(b"Example", b"Ex\xffmple"))
    yield bad("utf-16", good.decode().encode("utf-16"))
    yield bad("byte-order-mark", b"\xef\xbb\xbf" + good)
    yield bad("name-twice", good[:-1] + b',"lamport":1}')
    yield bad("nan", good.replace(b'"lamport":1', b'"lamport":NaN'))
    yield bad("infinity", good.replace(b'"lamport":1', b'"lamport":Infinity'))
    yield bad("1e400", good.replace(b'"lamport":1', b'"lamport":1e400'))
    yield bad("long-integer", good.replace(b'"lamport":1', b'"lamport":' + b"1" * 4_301))
    yield bad("lone-surrogate", good.replace(b"Example", b"Ex\\ud800mple"))
    yield bad("deep", good[:-1] + b',"z":' + b"[" * 5_000 + b"]" * 5_000 + b"}")
    yield bad("17-levels", good[:-1] + b',"z":' + b"[" * 16 + b"]" * 16 + b"}")
    yield bad("trailing-text", good + b"x")
    for name in ("lamport", "accounts", "order", "trash", "purged", "history", "answered"):
        made = recipe(account())
        members = {key: value for key, value in made.payload().items() if key != name}
        yield bad(f"no-{name}", strict_json.dumps(members))
    wrong_accounts: dict[str, Json] = {
        "id-missing": {k: v for k, v in account().items() if k != "id"},
        "id-number": account(id=7),
        "id-short": account(id="00"),
        "issuer-number": account(issuer=7),
        "issuer-long": account(issuer="x" * 257),
        "account-null": account(account=None),
        "note-long": account(note="x" * 4_097),
        "tags-text": account(tags="work"),
        "tags-many": account(tags=["x"] * 65),
        "favourite-text": account(favourite="yes"),
        "icon-number": account(icon=7),
        "icon-long": account(icon="x" * 257),
        "stamp-missing": {k: v for k, v in account().items() if k != "stamp"},
        "stamp-negative": account(stamp=[-1, "a"]),
        "epoch-negative": account(epoch=-1),
        "otp-missing": {k: v for k, v in account().items() if k != "otp"},
        "otp-list": account(otp=[]),
        "type-number": account(otp=otp(type=7)),
        "algorithm-list": account(otp=otp(algorithm=["SHA1"])),
        "type-long": account(otp=otp(type="x" * 257)),
        "steam-digits-6": account(otp=KINDS["steam"] | {"digits": 6}),
        "motp-without-pin": account(otp={k: v for k, v in KINDS["motp"].items() if k != "pin"}),
        "motp-pin-number": account(otp=KINDS["motp"] | {"pin": 90217}),
        "motp-pin-blank": account(otp=KINDS["motp"] | {"pin": "90 217"}),
        "yandex-26-bytes": account(otp=KINDS["yandex"] | {"secret": b64(bytes(26))}),
        "digits-4": account(otp=otp(digits=4)),
        "digits-11": account(otp=otp(digits=11)),
        "digits-true": account(otp=otp(digits=True)),
        "period-0": account(otp=otp(period=0)),
        "period-float": account(otp=otp(period=30.5)),
        "counter-negative": account(otp=otp(type="hotp", counter=-1)),
        "counter-2e64": account(otp=otp(type="hotp", counter=2**64)),
        "secret-empty": account(otp=otp(secret="")),
        "secret-129": account(otp=otp(secret=b64(b"s" * 129))),
        "secret-number": account(otp=otp(secret=7)),
        "secret-spelling": account(otp=otp(secret="AAA")),
        "link-incomplete": account(link={"kind": "native"}),
        "link-codes-text": account(link=link(backup_codes="1111")),
    }
    for name, wrong in wrong_accounts.items():
        made = recipe(account(2), wrong)
        yield bad(f"account-{name}", strict_json.dumps(made.payload()))
    made = recipe(account(), account())
    yield bad("id-twice", strict_json.dumps(made.payload()))
    trash = [{"account": account(), "removed_at": 1.5, "stamp": [2, "a"]}]
    made = recipe(account(), trash=trash)
    yield bad("id-also-in-trash", strict_json.dumps(made.payload()))
    made = recipe(account(), history=[answer(at="now")])
    yield bad("history-time-text", strict_json.dumps(made.payload()))
    made = recipe(account(), answered=[["r", "now"]])
    yield bad("answered-time-text", strict_json.dumps(made.payload()))


def main() -> int:
    added = 0
    for group in (sound, keys, accidents, attacks, headers, contents):
        for vector in group():
            if not (HERE / f"{vector.name}.vault").exists():
                vector.write()
                added += 1
    print(f"{added} added, {len(list(HERE.glob('*.vault')))} in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
