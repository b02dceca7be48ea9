"""From a flat picture to what a camera makes of it: projection, light, blur, noise, compression."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from scan_scenes.codes import Plane
from scan_scenes.texts import Chance

_FINER = 3  # each pixel of a projection is the mean of this many squared


def facing(
    size: float,
    at: tuple[float, float],
    *,
    degrees: float = 0,
    tilt: float = 0,
    towards: float = 0,
) -> NDArray[np.float32]:
    """Return the corners of a square of `size` pixels, turned in its plane, then tilted away.

    `tilt` is the angle between the square and the picture, `towards` the direction it leans in,
    all in degrees; the camera stands three sizes away.
    """
    half = size / 2
    flat = np.array([(-half, -half), (half, -half), (half, half), (-half, half)])
    corners = np.column_stack((flat @ _turn(degrees).T, np.zeros(4)))
    lean, way = np.deg2rad(tilt), _turn(towards)
    corners[:, :2] = corners[:, :2] @ way
    depth = corners[:, 0] * np.sin(lean)
    corners[:, 0] *= np.cos(lean)
    scale = 3 * size / (3 * size + depth)
    seen = (corners[:, :2] * scale[:, None]) @ way.T
    return (seen + np.array(at)).astype(np.float32)


def _turn(degrees: float) -> NDArray[np.float64]:
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def lay(
    scene: Plane,
    thing: Plane,
    corners: NDArray[np.float32],
    mask: Plane | None = None,
    *,
    finer: int = _FINER,
) -> None:
    """Draw `thing` into `scene`, its corners (from top left, clockwise) where `corners` says."""
    rows, columns = thing.shape
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 2, scene.shape[::-1])
    width, height = (high - low).tolist()
    if width <= 0 or height <= 0:
        return
    edges = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], np.float32) - 0.5
    change = cv2.getPerspectiveTransform(edges, ((corners - low) * finer).astype(np.float32))
    size = (width * finer, height * finer)
    # A texture far finer than what is drawn of it would sparkle.
    shrink = np.sqrt(thing.size / max(1.0, cv2.contourArea(corners) * finer**2))
    source = cv2.GaussianBlur(thing, (0, 0), shrink / 2.5) if shrink > 1.5 else thing
    seen = cv2.warpPerspective(source, change, size, borderMode=cv2.BORDER_REPLICATE)
    whole = np.ones(thing.shape, np.float32) if mask is None else mask
    alpha = cv2.warpPerspective(whole, change, size, borderValue=0)
    if finer > 1:
        seen, alpha = (
            cv2.resize(each, (width, height), interpolation=cv2.INTER_AREA)
            for each in (seen, alpha)
        )
    part = scene[low[1] : high[1], low[0] : high[0]]
    part += alpha * (seen - part)


def curved(thing: Plane, bend: float, rise: float) -> tuple[Plane, Plane]:
    """Return the picture around a cylinder, and where it is (1) and is not (0).

    `bend` is half the angle it spans in radians; `rise` lifts its sides as a camera above sees
    them, as a share of the height.
    """
    rows, columns = thing.shape
    radius = columns / 2 / bend
    half = radius * np.sin(min(bend, np.pi / 2 - 0.05))
    width, height = int(2 * half), int(rows * (1 + abs(rise)))
    x = np.arange(width) - width / 2 + 0.5
    angle = np.arcsin(np.clip(x / radius, -1, 1))
    u = angle * radius + columns / 2
    lift = rows * rise * (1 - np.cos(angle)) / max(1e-6, 1 - np.cos(bend))
    v = np.arange(height)[:, None] - lift[None, :] - max(0.0, -rise) * rows
    across = np.broadcast_to(u[None, :], v.shape).astype(np.float32)
    seen = cv2.remap(thing, across, v.astype(np.float32), cv2.INTER_LINEAR, borderValue=255)
    inside = ((v >= 0) & (v < rows) & (across >= 0) & (across < columns)).astype(np.float32)
    shade = 0.55 + 0.45 * np.cos(angle)
    return np.asarray(seen * shade[None, :], np.float32), inside


def defocused(scene: Plane, radius: float) -> Plane:
    """Return the scene with every point a disc of `radius` pixels."""
    reach = int(np.ceil(radius)) + 1
    fine = 5
    place = (np.arange((2 * reach + 1) * fine) + 0.5) / fine - reach - 0.5
    disc = (np.hypot(place[None, :], place[:, None]) <= radius).astype(np.float32)
    kernel = cv2.resize(disc, (2 * reach + 1, 2 * reach + 1), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.filter2D(scene, -1, kernel / kernel.sum()), np.float32)


def moved(scene: Plane, length: float, degrees: float, bow: float = 0) -> Plane:
    """Return the scene as the camera moves by `length` pixels in one exposure, on a slight bow."""
    reach = int(np.ceil(length / 2)) + 2
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    way = np.linspace(-0.5, 0.5, 64)
    points = np.column_stack((way * length, bow * length * (4 * way**2 - 0.5))) @ _turn(degrees).T
    for x, y in points + reach:
        left, top = int(x), int(y)
        for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
            share = (1 - abs(y - top - row)) * (1 - abs(x - left - column))
            kernel[top + row, left + column] += max(0.0, share)
    return np.asarray(cv2.filter2D(scene, -1, kernel / kernel.sum()), np.float32)


def lit(scene: Plane, light: Plane | float) -> Plane:
    """Return the scene in `light` (1 is full), as a camera with a gamma of 2.2 records it."""
    return np.asarray(scene * np.power(light, np.float32(1 / 2.2)), np.float32)


def sensor(
    scene: Plane,
    chance: Chance,
    *,
    noise: float = 2.0,
    softness: float = 0.6,
    quality: int = 90,
) -> NDArray[np.uint8]:
    """Return the frame: lens, noise (grey levels), the camera's own sharpening, MJPEG."""
    if softness > 0.2:
        scene = cv2.GaussianBlur(scene, (0, 0), softness)
    grain = chance.standard_normal(scene.shape, dtype=np.float32)
    scene = scene + grain * noise * (0.5 + np.sqrt(np.clip(scene, 0, 255) / 255))
    if chance.random() < 0.5:
        scene = scene + 0.6 * (scene - cv2.GaussianBlur(scene, (0, 0), 1.2))
    return squeezed(np.clip(scene, 0, 255).astype(np.uint8), quality)


def squeezed(frame: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """Return what is left of a picture after JPEG at `quality` (1 to 100)."""
    _, data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


def sheet(pictures: Sequence[NDArray[np.uint8]], columns: int, width: int) -> NDArray[np.uint8]:
    """Return small copies side by side, to be looked at."""
    height = width * 9 // 16
    cells = [cv2.resize(each, (width, height), interpolation=cv2.INTER_AREA) for each in pictures]
    cells += [np.full((height, width), 255, np.uint8)] * (-len(cells) % columns)
    lines = [np.hstack(cells[at : at + columns]) for at in range(0, len(cells), columns)]
    return np.asarray(np.vstack(lines), np.uint8)
