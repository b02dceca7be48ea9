"""A code that was seen but not read, drawn flat from where it is: once more, and unrolled.

What is printed on a bottle or a page that bulges has its rows and columns on arcs. A few guesses
at the arc are enough, since a code forgives displacements of a third of a module.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from watchword.enrolment import engines, mending
from watchword.enrolment.engines import Corners, Grey, Reading

_SIDE = 384  # pixels; the longest login code has some sixty modules
_MARGIN = 56
_MOST_PLACES = 3
_CELLS = 12  # the arcs are drawn as this many straight pieces
_BEND = 0.6  # half of the angle a curved code spans, in radians
# How far the arcs rise or fall in the middle, as a share of the side.
_RISES = (-0.12, -0.07, -0.03, 0.03, 0.07, 0.12)
_RADII = (3, 6)  # pixels, for sharpening

Points = NDArray[np.float64]  # x and y in the last dimension


def read_located(picture: Grey, first: Reading) -> Reading:
    """Return what `first` read in the picture, and what can be read of the codes it only saw."""
    image = Image.fromarray(np.ascontiguousarray(picture))
    texts, unread = list(first.texts), list(first.unread[_MOST_PLACES:])
    for corners in first.unread[:_MOST_PLACES]:
        tries = (engines.read(flat).texts for flat in _flattened(image, corners))
        if found := next((each for each in tries if each), ()):
            texts += found
        else:
            unread.append(corners)
    return Reading(tuple(dict.fromkeys(texts)), tuple(unread))


def _flattened(image: Image.Image, corners: Corners) -> Iterator[Grey]:
    """Give one drawing of the code after another; none where the corners enclose nothing."""
    change = _projection(corners)
    if change is None:
        return
    flat = _drawn(image, change, _grid(0, upright=True))
    for radius in _RADII:
        yield mending.unsharp(flat, radius)
    # Three corners are seen, the fourth is worked out from lines, which arcs lead astray.
    (x, y), (right, top), _, (left, bottom) = corners
    change = _projection(
        ((x, y), (right, top), (right + left - x, top + bottom - y), (left, bottom))
    )
    if change is None:
        return
    for rise in _RISES:
        for upright in (True, False):
            yield _drawn(image, change, _grid(rise, upright=upright))


def _projection(corners: Corners) -> Points | None:
    """Return the 3 by 3 matrix from the unit square to the corners, or None if there is none."""
    seen = np.array(corners, np.float64)
    rows = []
    for (u, v), (px, py) in zip(((0, 0), (1, 0), (1, 1), (0, 1)), seen, strict=True):
        rows.append((u, v, 1, 0, 0, 0, -px * u, -px * v))
        rows.append((0, 0, 0, u, v, 1, -py * u, -py * v))
    try:
        solved = np.linalg.solve(np.array(rows), seen.ravel())
    except np.linalg.LinAlgError:
        return None
    return np.append(solved, 1).reshape(3, 3)


@lru_cache(maxsize=2 * len(_RISES) + 1)
def _grid(rise: float, *, upright: bool) -> Points:
    """Return where the corners of each cell lie in the unit square, if the code is bent.

    `upright` says that the axis it is bent around stands upright. Without rise it is flat.
    """
    lines = np.linspace(-_MARGIN / _SIDE, 1 + _MARGIN / _SIDE, _CELLS + 1)
    along, down = np.meshgrid(lines, lines)
    if rise:
        if not upright:
            along, down = down, along
        angle = (2 * along - 1) * _BEND
        along = (np.sin(angle) / np.sin(_BEND) + 1) / 2
        down = down + rise * (np.cos(angle) - np.cos(_BEND)) / (1 - np.cos(_BEND))
        if not upright:
            along, down = down, along
    return np.stack((along, down), axis=-1)


def _drawn(image: Image.Image, change: Points, grid: Points) -> Grey:
    """Return the code drawn flat: each cell of a square from where the grid says it is."""
    flat = np.concatenate((grid, np.ones((*grid.shape[:2], 1))), axis=-1) @ change.T
    # Behind the viewer is no place for a code; a hair before him keeps the numbers finite.
    places = flat[..., :2] / np.maximum(flat[..., 2:], 1e-3)
    size = _SIDE + 2 * _MARGIN
    edges = np.linspace(0, size, _CELLS + 1).round().astype(int).tolist()
    mesh = []
    for row in range(_CELLS):
        for column in range(_CELLS):
            box = (edges[column], edges[row], edges[column + 1], edges[row + 1])
            around = ((row, column), (row + 1, column), (row + 1, column + 1), (row, column + 1))
            mesh.append((box, tuple(float(at) for place in around for at in places[place])))
    drawn = image.transform((size, size), Image.Transform.MESH, mesh, Image.Resampling.BICUBIC)
    return np.asarray(drawn)
