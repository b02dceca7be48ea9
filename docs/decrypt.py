#!/usr/bin/env python3
"""Opens a Watchword vault without Watchword: prints its contents as JSON.

    python3 decrypt.py VAULT [--recovery-key]      (asks, or reads one line from a pipe)

Written from docs/vault-format.md alone; needs Python 3.11 and `cryptography` 47 or newer.
Exit status: 0 opened, 1 newer format or not a file, 2 usage, 3 wrong password, 4 damaged.
"""

import getpass
import hashlib
import hmac
import json
import sys
import unicodedata
from base64 import b64decode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NONCE = bytes(12)


class Stop(Exception):
    def __init__(self, status, why):
        super().__init__(why)
        self.status = status


def sha256(data):
    return hashlib.sha256(data).digest()


def hkdf(key, salt, info, length=32):
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(key)


def need(condition, why):
    if not condition:
        raise Stop(4, f"damaged: {why}")


def once(pairs):
    need(len(dict(pairs)) == len(pairs), "a name is given twice")
    return dict(pairs)


def secret_of(kind, typed):
    if kind == "password":
        text = "".join(" " if unicodedata.category(c) == "Zs" else c for c in typed)
        return unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass")
    typed = "".join(c for c in typed.upper() if c not in "- ").translate(
        str.maketrans("OIL", "011")
    )
    if len(typed) != 28 or not set(typed) <= set(CROCKFORD):
        raise Stop(3, "the recovery key is mistyped")
    number = sum(CROCKFORD.index(c) << 5 * place for place, c in enumerate(reversed(typed)))
    key = (number >> 12).to_bytes(16, "big")
    if number & 0xFFF != int.from_bytes(sha256(key)[:2], "big") >> 4:
        raise Stop(3, "the recovery key is mistyped")
    return key


def vault_key_from(slot, secret, vault_id):
    kdf, salt = slot["kdf"], b64decode(slot["salt"], validate=True)
    m, t, p = kdf["memory_kib"], kdf["passes"], kdf["lanes"]
    need(8192 <= m <= 2**20 and 1 <= t <= 16 and 1 <= p <= 8, "impossible key derivation")
    stretched = Argon2id(salt=salt, length=32, iterations=t, lanes=p, memory_cost=m).derive(secret)
    keys = hkdf(stretched, salt, b"watchword-vault-1 slot", 96)
    commitment, private, psk = (
        keys[:32],
        X25519PrivateKey.from_private_bytes(keys[32:64]),
        keys[64:],
    )
    if not hmac.compare_digest(commitment, b64decode(slot["commitment"], validate=True)):
        return None
    public, ephemeral = b64decode(slot["public_key"]), b64decode(slot["ephemeral_key"])
    need(private.public_key().public_bytes_raw() == public, "public key of a slot")
    context = b"watchword-vault-1 seal" + vault_id + bytes.fromhex(slot["id"]) + ephemeral + public
    shared = private.exchange(X25519PublicKey.from_public_bytes(ephemeral))
    key = hkdf(shared + psk, vault_id, context)
    return AESGCM(key).decrypt(NONCE, b64decode(slot["sealed_key"]), context)


def open_vault(data, typed, kind="password"):
    """Return (header, payload) of a vault's bytes, or raise Stop."""
    need(148 <= len(data) <= 64 << 20 and sha256(data[:-32]) == data[-32:], "checksum")
    need(data[:8] == b"\x89WWV\r\n\x1a\n", "not a vault")
    major, length = int.from_bytes(data[8:10], "big"), int.from_bytes(data[12:16], "big")
    if major > 1:
        raise Stop(1, f"written by a newer Watchword (format {major})")
    end = 16 + length
    need(major == 1 and length <= 65_536 and end + 68 <= len(data) - 32, "version or lengths")
    need(sha256(data[:end]) == data[end : end + 32], "header checksum")
    need(int.from_bytes(data[end + 64 : end + 68], "big") == len(data) - 32 - end - 68, "lengths")
    header = json.loads(data[16:end], object_pairs_hook=once)
    spelling = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    need(spelling == data[16:end], "header spelling")
    slots = header["slots"]
    need(1 <= len(slots) <= 8 and len({s["id"] for s in slots}) == len(slots), "slots")
    vault_id, secret = bytes.fromhex(header["vault_id"]), secret_of(kind, typed)
    keys = (vault_key_from(slot, secret, vault_id) for slot in slots if slot["kind"] == kind)
    key = next((key for key in keys if key), None)
    if key is None:
        raise Stop(3, f"wrong {kind}")
    mac = hmac.digest(hkdf(key, vault_id, b"watchword-vault-1 header"), data[: end + 32], "sha256")
    need(hmac.compare_digest(mac, data[end + 32 : end + 64]), "header MAC")
    info = b"watchword-vault-1 payload" + header["generation"].to_bytes(8, "big")
    payload_key = hkdf(key, b64decode(header["salt"], validate=True), info)
    plain = AESGCM(payload_key).decrypt(NONCE, data[end + 68 : -32], data[: end + 68])
    need(len(plain) % 4096 == 0, "padding")
    payload = json.loads(plain, object_pairs_hook=once)
    need(set(payload["slot_psks"]) == {slot["id"] for slot in slots}, "slots and their keys")
    return header, payload


def read(data, typed, kind="password"):
    try:
        return open_vault(data, typed, kind)
    except (InvalidTag, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Stop(4, f"damaged: {type(error).__name__}") from None


def main(arguments):
    kind = "recovery" if "--recovery-key" in arguments else "password"
    names = [a for a in arguments if a != "--recovery-key"]
    if len(names) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    asked = (
        getpass.getpass(f"{kind}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    )
    try:
        with open(names[0], "rb") as file:
            header, payload = read(file.read((64 << 20) + 1), asked, kind)
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.status
    print(json.dumps({"header": header, "payload": payload}, ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
