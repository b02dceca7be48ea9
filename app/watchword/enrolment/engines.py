"""The libraries that read QR codes, each behind one call; two of them may be missing.

zxing-cpp reads nearly everything that any library reads, in the shortest time, and has not been
seen to return a wrong text. OpenCV and zbar are loaded when they are needed, and what they say
is believed only under `believed`.

A picture here is a two-dimensional array of bytes, rows by columns, 0 black to 255 white. Rows
may be further apart than they are long: the Y plane of a camera frame fits as it is.
"""

import importlib
import importlib.util
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import ModuleType

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from zxingcpp import Binarizer

Grey = NDArray[np.uint8]
Corners = tuple[tuple[int, int], ...]  # (column, row), from the code's own top left, clockwise

_MOST_CODES = 64  # more codes than this in one picture are noise
_LEAST_AREA = 20 * 20  # pixels: less than one a module even for the smallest code
_LEAST_SHARE = 0.2  # of the square of the longest side: tilted by more than 75 degrees
_PLAIN_LINK = re.compile(r"(?i)(otpauth|otpauth-migration|watchword|motp)://[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """The texts one look found, each once, and where codes were seen that it could not read."""

    texts: tuple[str, ...] = field(default=(), repr=False)
    unread: tuple[Corners, ...] = ()


def read(
    picture: Grey, binarizer: Binarizer = Binarizer.LocalAverage, *, inverted: bool = True
) -> Reading:
    """Return what zxing-cpp reads; `binarizer` says how it cuts black from white.

    Without `inverted`, codes that are light on dark are not looked for, which halves the time.
    """
    found = zxingcpp.read_barcodes(
        picture,
        formats=zxingcpp.BarcodeFormats(zxingcpp.QRCodeModel2),
        text_mode=zxingcpp.TextMode.Plain,
        binarizer=binarizer,
        try_invert=inverted,
        return_errors=True,
    )[:_MOST_CODES]
    read_here = [code for code in found if code.valid]
    texts = (_text_of(code) for code in read_here)
    taken = [_middle(_corners(code)) for code in read_here]
    unread = []
    for code in found:
        corners = _corners(code)
        if code.valid or not _like_a_square(corners):
            continue
        if not any(_within(middle, corners) for middle in taken):
            taken.append(_middle(corners))
            unread.append(corners)
    return Reading(tuple(dict.fromkeys(text for text in texts if text is not None)), tuple(unread))


def _text_of(code: zxingcpp.Barcode) -> str | None:
    """Return the text of a code, or None where its bytes are not text in any declared way."""
    if code.content_type != zxingcpp.ContentType.Binary:
        return code.text or None
    # Bytes declared as binary are text only if they are UTF-8; nothing is guessed or replaced.
    try:
        return code.bytes.decode("utf-8") or None
    except UnicodeDecodeError:
        return None


def _corners(code: zxingcpp.Barcode) -> Corners:
    place = code.position
    points = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    return tuple((point.x, point.y) for point in points)


def _like_a_square(corners: Corners) -> bool:
    """Whether these can be the corners of a code that is seen from the front or the side.

    Lines of text and patterns look to the locator like codes of no height, or of no size at all.
    """
    following = (*corners[1:], corners[0])
    sides = [(bx - ax, by - ay) for (ax, ay), (bx, by) in zip(corners, following, strict=True)]
    longest = max(x * x + y * y for x, y in sides)
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = corners
    area = abs((cx - ax) * (dy - by) - (cy - ay) * (dx - bx)) / 2
    return area >= max(_LEAST_AREA, longest * _LEAST_SHARE)


def _middle(corners: Corners) -> tuple[float, float]:
    return sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4


def _within(point: tuple[float, float], corners: Corners) -> bool:
    """Whether a point lies in the upright box around the corners."""
    return all(
        min(axis) <= at <= max(axis)
        for at, axis in zip(point, zip(*corners, strict=True), strict=True)
    )


def installed() -> dict[str, bool]:
    """Return which engines this computer has, by name; loads none of them but zbar's library."""
    return {
        "zxing-cpp": True,
        "OpenCV": importlib.util.find_spec("cv2") is not None,
        "zbar": _pyzbar() is not None,
    }


def late_texts(picture: Grey) -> tuple[str, ...]:
    """Return what OpenCV and zbar read and can be believed; nothing where neither is installed."""
    return believed([engine(picture) for engine in LATE.values()])


def believed(answers: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the texts of other engines that can be believed.

    zbar was measured to return a wrong text for a quarter of the links with raw UTF-8 in their
    label. A text counts when it is a plain ASCII login link, or when two engines agree on it.
    """
    every = [text for answer in answers for text in dict.fromkeys(answer)]
    return tuple(
        dict.fromkeys(
            text for text in every if _PLAIN_LINK.fullmatch(text) or every.count(text) > 1
        )
    )


def _opencv(picture: Grey) -> tuple[str, ...]:
    try:
        cv2 = importlib.import_module("cv2")
    except ImportError:
        return ()
    try:
        # The other detector, QRCodeDetector, takes minutes over some noisy pictures.
        answer = cv2.QRCodeDetectorAruco().detectAndDecodeMulti(np.ascontiguousarray(picture))
    except (cv2.error, UnicodeDecodeError):
        # OpenCV raises on some pictures it merely cannot read, and where it read no UTF-8.
        return ()
    return tuple(text for text in answer[1] if text)


def _zbar(picture: Grey) -> tuple[str, ...]:
    pyzbar = _pyzbar()
    if pyzbar is None:
        return ()
    found = pyzbar.decode(np.ascontiguousarray(picture), symbols=[pyzbar.ZBarSymbol.QRCODE])
    texts = (code.data.decode("utf-8", "ignore") for code in found)
    return tuple(
        text for text, code in zip(texts, found, strict=True) if text.encode() == code.data
    )


def _pyzbar() -> ModuleType | None:
    try:
        return importlib.import_module("pyzbar.pyzbar")
    except ImportError:
        # Either pyzbar or the system library it wraps is not there.
        return None


LATE: dict[str, Callable[[Grey], tuple[str, ...]]] = {"OpenCV": _opencv, "zbar": _zbar}
