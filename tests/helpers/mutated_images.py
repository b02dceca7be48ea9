"""Picture files with a QR code in them, broken at random: the same ones for the same seed."""

import random
import struct
import zlib
from collections.abc import Iterator

import numpy as np
import qr_scenes

LINK = "otpauth://totp/Kalos:ana?secret=JBSWY3DPEHPK3PXP&issuer=Kalos"
KINDS = ("PNG", "JPEG", "WEBP", "BMP")
_BOUNDARIES = (0, 1, 0x7F, 0x80, 0xFF)


def mutated(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Give `count` names and files: bytes of the file changed, or modules of the code in it."""
    chance = random.Random(seed)
    code = qr_scenes.qr(LINK, scale=2)
    sound = {kind: qr_scenes.encoded(code, kind) for kind in KINDS}
    ways = (_flipped, _cut, _repeated, _spliced)
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        if chance.random() < 0.4:
            data = qr_scenes.encoded(_other_modules(code, chance), kind)
        else:
            data = chance.choice(ways)(sound[kind], chance)
            if kind == "PNG" and chance.random() < 0.7:
                data = _with_right_sums(data)
        yield f"{number:05}.{kind.lower()}", data


def _flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 2, 5, 20, 100))):
        place = chance.randrange(8, len(changed))
        changed[place] = chance.choice((*_BOUNDARIES, chance.randrange(256)))
    return bytes(changed)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(4, len(data))]


def _repeated(data: bytes, chance: random.Random) -> bytes:
    start, length = chance.randrange(8, len(data)), chance.randrange(1, 200)
    part = data[start : start + length] * chance.randrange(2, 50)
    return data[:start] + part + data[start:]


def _spliced(data: bytes, chance: random.Random) -> bytes:
    at, to = sorted((chance.randrange(8, len(data)), chance.randrange(8, len(data))))
    return data[:at] + chance.randbytes(chance.randrange(64)) + data[to:]


def _with_right_sums(data: bytes) -> bytes:
    """Return a PNG whose checksums are right, so that what was changed gets past them."""
    out, at = data[:8], 8
    while at + 12 <= len(data):
        length = min(int.from_bytes(data[at : at + 4], "big"), len(data) - at - 12)
        body = data[at + 4 : at + 8 + length]
        out += data[at : at + 4] + body + struct.pack(">I", zlib.crc32(body))
        at += 12 + length
    return out


def _other_modules(code: qr_scenes.Grey, chance: random.Random) -> qr_scenes.Grey:
    """Return the code with modules turned over, patches painted, or rows moved."""
    changed = code.copy()
    rows, columns = code.shape
    for _ in range(chance.choice((1, 3, 10, 60, 300))):
        top, left = chance.randrange(rows // 2) * 2, chance.randrange(columns // 2) * 2
        changed[top : top + 2, left : left + 2] ^= 255
    if chance.random() < 0.3:
        top, side = chance.randrange(rows), chance.randrange(1, 40)
        changed[top : top + side] = np.roll(changed[top : top + side], chance.randrange(9), 1)
    if chance.random() < 0.3:
        left, side = chance.randrange(columns), chance.randrange(1, 30)
        changed[left : left + side, left : left + side] = chance.randrange(256)
    return changed
