"""QR codes drawn, and then photographed badly: the same scene for the same seed."""

import io
from collections.abc import Sequence

import cv2
import numpy as np
import qrcode
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.uint8]


def qr(text: str | bytes, *, scale: int = 6, quiet: int = 4) -> Grey:
    """Return a QR code of `scale` pixels a module with its quiet zone, black on white."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, box_size=1, border=quiet)
    code.add_data(text)
    modules = np.array(code.get_matrix(), dtype=bool)
    return np.kron(np.where(modules, 0, 255), np.ones((scale, scale))).astype(np.uint8)


def on_table(picture: Grey, *, width: int = 640, height: int = 480, level: int = 200) -> Grey:
    """Return the picture lying in the middle of a plain surface."""
    scene = np.full((height, width), level, np.uint8)
    rows, columns = picture.shape
    top, left = (height - rows) // 2, (width - columns) // 2
    scene[top : top + rows, left : left + columns] = picture
    return scene


def beside(pictures: Sequence[Grey], *, gap: int = 40) -> Grey:
    """Return several pictures in one, side by side on white."""
    height = max(picture.shape[0] for picture in pictures)
    parts: list[Grey] = []
    for picture in pictures:
        padded = np.full((height + 2 * gap, picture.shape[1] + 2 * gap), 255, np.uint8)
        padded[gap : gap + picture.shape[0], gap : gap + picture.shape[1]] = picture
        parts.append(padded)
    return np.concatenate(parts, axis=1)


def pale(picture: Grey, *, dark: int, bright: int) -> Grey:
    """Return the picture with all its light between `dark` and `bright`."""
    return (dark + picture.astype(np.float32) / 255 * (bright - dark)).astype(np.uint8)


def tilted(picture: Grey, degrees: float, *, lean: float = 0.0, paper: int = 255) -> Grey:
    """Return the picture turned, and leaning away by `lean` of its width."""
    rows, columns = picture.shape
    corners = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], np.float32)
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    middle = np.array([columns / 2, rows / 2], np.float32)
    seen = (corners - middle) @ turn.T + middle
    seen[1] += (-lean * columns, lean * rows / 2)
    seen[2] += (-lean * columns, -lean * rows / 2)
    change = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
    turned = cv2.warpPerspective(picture, change, (columns, rows), borderValue=paper)
    return np.asarray(turned, np.uint8)


def moved(picture: Grey, pixels: int) -> Grey:
    """Return the picture as a camera sees it that moves sideways by `pixels` in one exposure."""
    return np.asarray(cv2.blur(picture, (max(1, pixels), 1)), np.uint8)


def shadowed(picture: Grey, *, least: float = 0.15) -> Grey:
    """Return the picture in light that fades to `least` from one side to the other."""
    light = np.linspace(1.0, least, picture.shape[1], dtype=np.float32)
    return (picture * light[None, :]).astype(np.uint8)


def encoded(picture: Grey, kind: str = "PNG") -> bytes:
    """Return the bytes of a picture file."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, kind)
    return out.getvalue()
