"""Pictures without a QR code that resemble one, or what people photograph: nothing may be read."""

import zlib
from collections.abc import Callable, Iterator

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from scan_scenes import camera, codes, places
from scan_scenes.texts import Chance, login_text

_EACH = 20


def _texture(chance: Chance) -> NDArray[np.uint8]:
    scene = places.desk(chance)
    return camera.sensor(scene, chance, noise=chance.uniform(1, 20))


def _squares(chance: Chance) -> NDArray[np.uint8]:
    """Return tiles, woven cloth, a chessboard, a mosaic of random modules."""
    side = int(chance.integers(2, 14))
    shape = (720 // side, 1280 // side)
    if chance.random() < 0.5:
        cells = chance.random(shape) < chance.uniform(0.3, 0.7)
    else:
        rows, columns = np.indices(shape)
        cells = (rows // chance.integers(1, 4) + columns // chance.integers(1, 4)) % 2 == 0
    grid = np.kron(cells, np.ones((side, side))).astype(np.float32) * 220 + 20
    scene = places.desk(chance)
    corners = camera.facing(
        690, (640, 360), degrees=chance.uniform(0, 90), tilt=chance.uniform(0, 50)
    )
    camera.lay(scene, grid, corners)
    return camera.sensor(scene, chance)


def _text(chance: Chance) -> NDArray[np.uint8]:
    if chance.random() < 0.5:
        picture = places.screen(chance, (1080, 1920), dark=bool(chance.random() < 0.5))
        return np.clip(picture, 0, 255).astype(np.uint8)
    scene = places.desk(chance)
    sheet = places.page(chance, (800, 800))
    corners = camera.facing(
        680, (640, 360), degrees=chance.uniform(0, 360), tilt=chance.uniform(0, 40)
    )
    camera.lay(scene, sheet, corners)
    return camera.sensor(scene, chance)


_OTHER_KINDS = (
    *("EAN13", "Code128", "Code39", "ITF", "DataMatrix", "Aztec", "PDF417", "MaxiCode"),
    *("Codabar", "EAN8"),
)
_DIGITS = {
    "EAN13": "4006381333931",
    "EAN8": "96385074",
    "ITF": "12345678901231",
    "Codabar": "A40156B",
}


def _other_barcode(chance: Chance) -> NDArray[np.uint8]:
    kind = _OTHER_KINDS[int(chance.integers(len(_OTHER_KINDS)))]
    text = _DIGITS.get(kind, "WATCHWORD 0815 4711")
    code = zxingcpp.create_barcode(text, zxingcpp.barcode_format_from_str(kind))
    drawn = np.array(zxingcpp.write_barcode_to_image(code, scale=4), np.float32)
    drawn = np.pad(drawn[..., 0] if drawn.ndim == 3 else drawn, 24, constant_values=255.0)
    side = max(drawn.shape)
    square = np.full((side, side), 255, np.float32)
    top = (side - drawn.shape[0]) // 2
    left = (side - drawn.shape[1]) // 2
    square[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn
    scene = places.desk(chance)
    corners = camera.facing(
        chance.uniform(250, 640), (640, 360), degrees=chance.uniform(0, 360), tilt=20
    )
    camera.lay(scene, square, corners)
    return camera.sensor(scene, chance)


def _nearly(chance: Chance) -> NDArray[np.uint8]:
    """Return a code whose frame is right and whose contents are lost beyond mending."""
    dark = codes.modules(login_text(chance), int(chance.integers(4)))
    size = dark.shape[0]
    kept = np.zeros_like(dark)
    for rows, columns in (
        (slice(9), slice(9)),
        (slice(9), slice(-8, None)),
        (slice(-8, None), slice(9)),
    ):
        kept[rows, columns] = True
    kept[6], kept[:, 6] = True, True
    mixed = np.where(kept, dark, chance.random((size, size)) < 0.5)
    scene = places.desk(chance)
    side = float(min(640, (size + 8) * chance.uniform(3, 8)))
    corners = camera.facing(side, (640, 360), degrees=chance.uniform(0, 360), tilt=10)
    camera.lay(scene, codes.plain(mixed, ink=15, paper=235), corners)
    return camera.sensor(scene, chance)


def _noise(chance: Chance) -> NDArray[np.uint8]:
    """Return a lens cap, static, blots: what a camera sends when it sees nothing."""
    kind = chance.integers(3)
    if kind == 0:
        scene = np.full(places.FRAME, chance.uniform(0, 255), np.float32)
        return camera.sensor(scene, chance, noise=chance.uniform(0, 40))
    if kind == 1:
        return chance.integers(0, 256, places.FRAME, dtype=np.uint8)
    blots = places.clouds(chance, places.FRAME, int(chance.integers(4, 60)), 3)
    blots = cv2.GaussianBlur(blots, (0, 0), 1)
    return np.where(blots > float(np.median(blots)), 230, 20).astype(np.uint8)


NEGATIVES: dict[str, Callable[[Chance], NDArray[np.uint8]]] = {
    "texture": _texture,
    "squares": _squares,
    "text": _text,
    "other barcode": _other_barcode,
    "broken QR code": _nearly,
    "noise": _noise,
}


def negatives(seed: int, share: float = 1.0) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Give (kind, picture) for `share` of the negatives; all of them are 120."""
    for kind, draw in NEGATIVES.items():
        for number in range(max(1, round(_EACH * share))):
            yield kind, draw(np.random.default_rng([seed, zlib.crc32(kind.encode()), number]))
