"""Codes that are tiny in a large picture: found by how restless their pixels are, read enlarged.

On a screen of 4K a browser may draw a module with little more than a pixel. Such a code cannot be read
as it is, and the whole picture cannot be enlarged; a square of sharp black and white among smooth windows
can be found, though.
"""

from collections.abc import Iterator

import numpy as np

from watchword.enrolment import engines, mending
from watchword.enrolment.engines import Grey, Reading

_CELL = 16  # pixels
_RESTLESS = 24  # grey levels from one pixel to the next, on average; text in a window has less
_SIDES = range(2, 21)  # cells: codes of 32 to 320 pixels
_MOST_PLACES = 8
_LEAST_SHAPE = 0.6  # the shorter side, as a share of the longer
_LEAST_FULL = 0.5  # restless cells, as a share of all

Box = tuple[int, int, int, int]  # top, left, bottom, right, in cells


def read_small(picture: Grey) -> Reading:
    """Return what can be read of small dense squares, sharpened and enlarged to twice their size."""
    texts: list[str] = []
    for top, left, bottom, right in _places(picture):
        rows = slice(max(0, (top - 1) * _CELL), (bottom + 1) * _CELL)
        columns = slice(max(0, (left - 1) * _CELL), (right + 1) * _CELL)
        part = mending.sharpened(picture[rows, columns])
        texts += engines.read(mending.enlarged(part, 2, 2)).texts
    return Reading(tuple(dict.fromkeys(texts)))


def _places(picture: Grey) -> list[Box]:
    """Return the most restless squares, the fullest first."""
    height, width = (length - length % _CELL for length in picture.shape)
    if not height or not width:
        return []
    # Every other row is enough to find a square.
    rows = picture[:height:2, :width].astype(np.int16)
    steps = np.abs(rows[:, 1:] - rows[:, :-1])
    cells = np.pad(steps, ((0, 0), (0, 1))).reshape(height // _CELL, _CELL // 2, -1, _CELL)
    restless = cells.mean(axis=(1, 3)) > _RESTLESS
    found = [(full, box) for box, full in _patches(restless) if _like_a_code(box, full)]
    return [box for _, box in sorted(found, reverse=True)[:_MOST_PLACES]]


def _like_a_code(box: Box, full: int) -> bool:
    top, left, bottom, right = box
    short, long = sorted((bottom - top, right - left))
    return (
        short in _SIDES
        and long in _SIDES
        and short >= long * _LEAST_SHAPE
        and full >= short * long * _LEAST_FULL
    )


def _patches(
    restless: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
) -> Iterator[tuple[Box, int]]:
    """Give the box and the number of cells of each connected patch."""
    left_over = {(int(row), int(column)) for row, column in np.argwhere(restless)}
    while left_over:
        patch = [left_over.pop()]
        for row, column in patch:  # it grows while it is walked
            around = {(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)}
            near = around & left_over
            left_over -= near
            patch += near
        rows, columns = [row for row, _ in patch], [column for _, column in patch]
        yield (min(rows), min(columns), max(rows) + 1, max(columns) + 1), len(patch)
