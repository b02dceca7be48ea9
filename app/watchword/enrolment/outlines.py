"""Where the codes are that can be read in the small picture of a viewfinder, to draw on it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from watchword.enrolment.scanned import is_login_code

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Outline:
    """The corners of one code in pixels, clockwise, and whether it is one of those we read."""

    corners: tuple[Point, Point, Point, Point]
    is_login_code: bool


def outlines(picture: NDArray[np.uint8]) -> Sequence[Outline]:
    """Return where the codes of a grey picture are, rows by columns; a millisecond at 640 × 480."""
    if not picture.size:
        return ()
    found = zxingcpp.read_barcodes(
        np.ascontiguousarray(picture),
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
    )
    drawn = []
    for code in found:
        at = code.position
        places = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
        first, second, third, fourth = ((float(each.x), float(each.y)) for each in places)
        drawn.append(Outline((first, second, third, fourth), is_login_code(code.text)))
    return drawn
