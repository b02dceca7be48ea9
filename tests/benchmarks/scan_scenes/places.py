"""Where codes are seen: on a desk, on paper, on a screen; drawn, and different each time."""

import functools

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from scan_scenes.codes import Plane
from scan_scenes.texts import Chance

FRAME = (720, 1280)  # rows, columns

_TEXT = (
    "Set up two-step sign-in Scan this code with your app Account settings Security Devices "
    "Continue Cancel Help Your secret key is shown once Please keep it in a safe place Inbox "
    "Invoice 2024-117 Dear customer thank you for your order Kind regards Search Files Edit "
    "View Delivered yesterday 14:05 Report a problem Sign out Notifications Terms Privacy"
)
_WORDS = _TEXT.split()


def clouds(chance: Chance, shape: tuple[int, int], coarse: int, octaves: int = 4) -> Plane:
    """Return smooth noise between 0 and 1, its largest blots about `coarse` pixels wide."""
    rows, columns = shape
    total = np.zeros(shape, np.float32)
    weight = 1.0
    for octave in range(octaves):
        step = max(1, coarse >> octave)
        grid = chance.random((rows // step + 3, columns // step + 3), dtype=np.float32)
        layer = cv2.resize(grid, None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC)
        total += weight * layer[:rows, :columns]
        weight /= 2
    return np.asarray((total - total.min()) / max(1e-6, float(np.ptp(total))), np.float32)


def desk(chance: Chance, shape: tuple[int, int] = FRAME) -> Plane:
    """Return wood, cloth, stone or a wall, with a thing or two lying on it."""
    rows, columns = shape
    base, swing = chance.uniform(50, 190), chance.uniform(15, 60)
    if chance.random() < 0.5:
        grain = clouds(chance, (max(2, rows // 8), columns), 24)
        grain = cv2.resize(grain, (columns, rows), interpolation=cv2.INTER_LINEAR)
        picture = base + swing * np.sin(grain * chance.uniform(15, 40))
    else:
        picture = base + 2 * swing * (clouds(chance, shape, int(chance.integers(8, 300))) - 0.5)
    picture = np.asarray(picture, np.float32)
    for _ in range(int(chance.integers(0, 5))):
        _thing(picture, chance)
    return picture


def _thing(picture: Plane, chance: Chance) -> None:
    rows, columns = picture.shape
    at = (int(chance.integers(columns)), int(chance.integers(rows)))
    size = int(chance.integers(20, 160))
    light = chance.uniform(10, 250)
    kind = chance.integers(3)
    if kind == 0:
        cv2.circle(picture, at, size, light, -1, cv2.LINE_AA)
        cv2.circle(picture, at, int(size * 0.8), light * 0.7, 6, cv2.LINE_AA)
    elif kind == 1:
        box = cv2.boxPoints((at, (size * 2.0, size * 0.7), float(chance.uniform(0, 180))))
        cv2.fillConvexPoly(picture, box.astype(np.int32), light, cv2.LINE_AA)
    else:
        end = (int(chance.integers(columns)), int(chance.integers(rows)))
        cv2.line(picture, at, end, light, int(chance.integers(2, 14)), cv2.LINE_AA)


@functools.lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _sentence(chance: Chance, words: int) -> str:
    return " ".join(_WORDS[int(each)] for each in chance.integers(len(_WORDS), size=words))


def page(chance: Chance, shape: tuple[int, int], *, paper: float = 245, ink: float = 40) -> Plane:
    """Return a sheet with lines of text."""
    rows, columns = shape
    image = Image.new("L", (columns, rows), round(paper))
    draw = ImageDraw.Draw(image)
    size = int(chance.integers(11, 22))
    for top in range(size, rows - size, round(size * 1.5)):
        if chance.random() < 0.85:
            text = _sentence(chance, int(chance.integers(3, max(4, columns // (size * 4)))))
            draw.text((size, top), text, fill=round(ink), font=_font(size))
    return np.asarray(image, np.float32).copy()


def screen(chance: Chance, shape: tuple[int, int], *, dark: bool) -> Plane:
    """Return a desktop with windows, buttons and text, in a light or a dark theme."""
    rows, columns = shape
    back = chance.uniform(15, 50) if dark else chance.uniform(150, 240)
    wallpaper = back + 30 * (clouds(chance, (rows // 8, columns // 8), 60, 2) - 0.5)
    picture = cv2.resize(wallpaper, (columns, rows), interpolation=cv2.INTER_LINEAR)
    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(int(chance.integers(2, 5))):
        width, height = (
            int(chance.integers(columns // 4, columns // 2)),
            int(chance.integers(rows // 3, rows // 2)),
        )
        left, top = int(chance.integers(columns - width)), int(chance.integers(rows - height))
        _window(draw, chance, (left, top, width, height), dark=dark)
    draw.rectangle((0, rows - 40, columns, rows), fill=25 if dark else 225)
    return np.asarray(image, np.float32).copy()


def _window(
    draw: ImageDraw.ImageDraw, chance: Chance, box: tuple[int, int, int, int], *, dark: bool
) -> None:
    left, top, width, height = box
    face, ink = (
        (int(chance.integers(24, 48)), 205) if dark else (int(chance.integers(240, 256)), 45)
    )
    draw.rounded_rectangle(
        (left, top, left + width, top + height), 10, fill=face, outline=90 if dark else 190
    )
    draw.rectangle((left, top + 8, left + width, top + 32), fill=face + (14 if dark else -22))
    draw.text((left + 12, top + 12), _sentence(chance, 3), fill=ink, font=_font(13))
    size = int(chance.integers(12, 17))
    for line in range(top + 46, top + height - 40, round(size * 1.6)):
        words = int(chance.integers(2, max(3, width // (size * 5))))
        draw.text((left + 16, line), _sentence(chance, words), fill=ink, font=_font(size))
    bottom = top + height - 8
    draw.rounded_rectangle(
        (left + width - 110, bottom - 26, left + width - 12, bottom), 6, fill=110
    )
