"""QR codes as pictures: plain ones, and the ones a designer had in hand."""

import cv2
import numpy as np
import qrcode
from numpy.typing import NDArray
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q

from scan_scenes.texts import Chance

Plane = NDArray[np.float32]  # rows by columns, 0 black to 255 white

_LEVELS = (ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q, ERROR_CORRECT_H)


def modules(text: str, level: int) -> NDArray[np.bool_]:
    """Return the modules of a code, dark ones true, without a quiet zone."""
    code = qrcode.QRCode(error_correction=_LEVELS[level], box_size=1, border=0)
    # Bytes: a label in UTF-8 is written as it is, which is what most issuers' pages do.
    code.add_data(text.encode(), optimize=0)
    return np.array(code.get_matrix(), dtype=bool)


def plain(
    dark: NDArray[np.bool_],
    pixels: int = 8,
    quiet: float = 4,
    *,
    ink: float = 0,
    paper: float = 255,
) -> Plane:
    """Return a code of `pixels` a module with its quiet zone (in modules)."""
    picture = np.where(dark, ink, paper).astype(np.float32)
    picture = np.kron(picture, np.ones((pixels, pixels), np.float32))
    return np.pad(picture, round(quiet * pixels), constant_values=paper)


def styled(dark: NDArray[np.bool_], chance: Chance, hardness: float) -> Plane:
    """Return a code with dots, rounded corners, a colour gradient and a logo; 8 pixels a module."""
    pixels, size = 8, dark.shape[0]
    ink = chance.uniform(0, 50 + 90 * hardness)
    paper = chance.uniform(245 - 60 * hardness, 255)
    mask = _dots(dark, pixels, chance.uniform(0.5 - 0.22 * hardness, 0.5))
    _finders(mask, pixels, size, round_=bool(chance.random() < 0.6))
    slope = np.linspace(0, 1, size * pixels, dtype=np.float32)
    colour = ink + chance.uniform(0, 50) * (slope[None, :] + slope[:, None]) / 2
    picture = np.where(mask, colour, paper).astype(np.float32)
    _logo(picture, chance, 0.14 + 0.22 * hardness, paper)
    picture = cv2.GaussianBlur(picture, (0, 0), 0.8)
    quiet = chance.uniform(max(0.0, 4 - 3.5 * hardness), 4)
    framed = np.pad(picture, round(quiet * pixels), constant_values=paper)
    return np.asarray(np.pad(framed, 2 * pixels, constant_values=chance.uniform(40, 255)))


def _dots(dark: NDArray[np.bool_], pixels: int, radius: float) -> NDArray[np.bool_]:
    """Return modules as dots; some designers join neighbours, most do not."""
    place = (np.arange(pixels) + 0.5) / pixels - 0.5
    distance = np.hypot(place[None, :], place[:, None])
    dot = distance <= (radius if radius < 0.48 else 1)
    return np.kron(dark, dot).astype(bool)


def _finders(mask: NDArray[np.bool_], pixels: int, size: int, *, round_: bool) -> None:
    """Draw the three large squares anew, whole, with round corners or without."""
    side = 7 * pixels
    finder = np.zeros((side, side), np.uint8)
    for start, value in ((0, 1), (1, 0), (2, 1)):
        first, last = start * pixels, side - start * pixels - 1
        if round_:
            radius = (3 - start) * pixels // 2
            corners = (
                (first + radius, first + radius),
                (last - radius, first + radius),
                (first + radius, last - radius),
                (last - radius, last - radius),
            )
            for corner in corners:
                cv2.circle(finder, corner, radius, value, -1)
            cv2.rectangle(finder, (first + radius, first), (last - radius, last), value, -1)
            cv2.rectangle(finder, (first, first + radius), (last, last - radius), value, -1)
        else:
            cv2.rectangle(finder, (first, first), (last, last), value, -1)
    end = size * pixels - side
    for top, left in ((0, 0), (0, end), (end, 0)):
        mask[top : top + side, left : left + side] = finder.astype(bool)


def _logo(picture: Plane, chance: Chance, share: float, paper: float) -> None:
    """Draw a badge in the middle, as wide as `share` of the code."""
    side = picture.shape[0]
    middle, radius = side // 2, int(side * share / 2)
    if chance.random() < 0.5:
        cv2.circle(picture, (middle, middle), radius, paper, -1)
    else:
        cv2.rectangle(picture, (middle - radius,) * 2, (middle + radius,) * 2, paper, -1)
    cv2.circle(picture, (middle, middle), int(radius * 0.8), chance.uniform(30, 160), -1)
    letter = "ABKMNOQSW"[int(chance.integers(9))]
    drawn = np.zeros(picture.shape, np.uint8)
    place = (middle - radius // 3, middle + radius // 3)
    thick = max(2, radius // 12)
    cv2.putText(
        drawn, letter, place, cv2.FONT_HERSHEY_DUPLEX, radius / 28, 255, thick, cv2.LINE_AA
    )
    np.maximum(picture, drawn, out=picture)
