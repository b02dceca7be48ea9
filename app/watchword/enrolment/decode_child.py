"""`python -m watchword.enrolment.decode_child`: pictures in, QR texts out, in a process that may die.

Picture files come from anywhere, and the libraries that decode them have had holes. So they are
decoded here, where there is nothing to steal and little to use: no vault, few resources, killed
by the parent when it takes too long.

Standard input holds pictures, each as its length (4 bytes, big-endian) and its bytes. Standard
output gets {"ready": true} once, then one line of JSON for each picture: {"texts": [...]} or
{"error": "format"|"large"|"damaged"}.
"""

import io
import json
import struct
import sys
import warnings
from typing import BinaryIO

import numpy as np
from PIL import Image

from watchword.enrolment.cascade import read_still
from watchword.enrolment.engines import Grey

LARGEST_PIXELS = 50_000_000
LARGEST_BYTES = 20 * 1024 * 1024
LINE_LIMIT = 64 * 1024  # bytes of one answer, its line feed included

_ADDRESS_SPACE = 2 * 1024**3  # bytes; the libraries alone map a third of it
_CPU_SECONDS = 60  # for a whole batch; the parent's three seconds a picture are the real limit
_STRIP = 256  # rows flattened at a time, so that no second copy of the picture is made

_MAGIC = {
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"BM": "BMP",
}


class PictureRefused(Exception):
    """The picture is not decoded; `args[0]` is the reason as it goes on the wire."""


def picture_format(data: bytes) -> str | None:
    """Return "PNG", "JPEG", "WEBP" or "BMP" by the first bytes, else None; names are not asked."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return next((name for magic, name in _MAGIC.items() if data.startswith(magic)), None)


def webp_size(data: bytes) -> tuple[int, int]:
    """Return width and height from the header of a WebP file (RFC 9649 §2.5 to §2.7).

    Pillow's reader sets aside memory for the whole picture before it says how large it is.
    """
    kind = data[12:16]
    try:
        if kind == b"VP8X":
            return (
                int.from_bytes(data[24:27], "little") + 1,
                int.from_bytes(data[27:30], "little") + 1,
            )
        if kind == b"VP8L":
            (bits,) = struct.unpack("<I", data[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        if kind == b"VP8 ":
            width, height = struct.unpack("<HH", data[26:30])
            return width & 0x3FFF, height & 0x3FFF
    except struct.error:
        pass
    raise PictureRefused("damaged")


def grey_picture(data: bytes) -> Grey:
    """Return the picture as grey bytes, what is transparent as white.

    Raises PictureRefused: another format ("format"), over 50 million pixels by its header
    ("large"), or not decodable ("damaged").
    """
    name = picture_format(data)
    if name is None:
        raise PictureRefused("format")
    if name == "WEBP":
        _check_size(webp_size(data))
    try:
        with Image.open(io.BytesIO(data), formats=[name]) as image:
            _check_size(image.size)
            image.draft("L", image.size)  # a JPEG need not compute its colours
            return _flattened(image)
    except (OSError, ValueError, SyntaxError, MemoryError, struct.error, EOFError) as error:
        # Pillow's own readers raise all of these for bytes that are no picture.
        raise PictureRefused("damaged") from error


def _check_size(size: tuple[int, int]) -> None:
    width, height = size
    if width <= 0 or height <= 0:
        raise PictureRefused("damaged")
    if width * height > LARGEST_PIXELS:
        raise PictureRefused("large")


def _flattened(image: Image.Image) -> Grey:
    if image.mode.startswith("I"):
        # 16 bits a pixel: Pillow would cut the values off at 255 instead of scaling them.
        return (np.asarray(image).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8)
    if image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")
    grey = np.array(image.convert("L"))
    if "A" in image.getbands():
        alpha = np.asarray(image.getchannel("A"))
        for top in range(0, grey.shape[0], _STRIP):
            rows = slice(top, top + _STRIP)
            over = alpha[rows].astype(np.uint16)
            grey[rows] = (grey[rows] * over + 255 * (255 - over)) // 255
    return grey


def answer(data: bytes) -> bytes:
    """Return the line for one picture; texts that would make it too long are left out."""
    try:
        texts = read_still(grey_picture(data))
    except PictureRefused as refused:
        return json.dumps({"error": refused.args[0]}).encode() + b"\n"
    kept: list[str] = []
    line = b'{"texts": []}\n'
    for text in texts:
        longer = json.dumps({"texts": [*kept, text]}).encode() + b"\n"
        if len(longer) <= LINE_LIMIT:
            kept.append(text)
            line = longer
    return line


def limit_resources() -> None:
    """Give up what decoding does not need: memory, files, core dumps; nothing on Windows."""
    if sys.platform == "win32":
        return
    import resource

    for kind, limit in (
        (resource.RLIMIT_AS, _ADDRESS_SPACE),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),  # pipes are not files: the answers still go out
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        least = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        try:
            resource.setrlimit(kind, (least, least))
        except (ValueError, OSError):
            # Some systems know a limit by name and do not let it be set (RLIMIT_AS on macOS).
            continue


def _exactly(source: BinaryIO, length: int) -> bytes:
    data = source.read(length)
    if len(data) != length:
        raise EOFError
    return data


def main() -> int:
    """Answer pictures until standard input ends."""
    limit_resources()
    # Pillow's own size check comes with other limits than ours; its warnings about odd
    # pictures would help nobody here.
    Image.MAX_IMAGE_PIXELS = None
    warnings.simplefilter("ignore")
    sys.stdout.buffer.write(b'{"ready": true}\n')
    sys.stdout.buffer.flush()
    while header := sys.stdin.buffer.read(4):
        try:
            (length,) = struct.unpack(">I", header)
            data = _exactly(sys.stdin.buffer, length)
        except (struct.error, EOFError):
            return 1
        sys.stdout.buffer.write(answer(data))
        sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
