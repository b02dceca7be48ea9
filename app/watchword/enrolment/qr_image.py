"""QR texts out of a grey picture: one fast reader, then the same reader on a mended picture, then others.

zxing-cpp reads nearly everything that any library reads, in the shortest time, and it has not
been seen to return a wrong text. What it misses is mostly light: too dark, too pale, uneven, too
small. So the rescue stages change the picture and ask it again. OpenCV and zbar come last,
where they are installed, and what they say is believed only under `_believed`.

A picture here is a two-dimensional array of bytes, rows by columns, 0 black to 255 white. Rows
may be further apart than they are long: the Y plane of a camera frame fits as it is.
"""

import importlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from zxingcpp import Binarizer

Grey = NDArray[np.uint8]

# Rescue work grows with the pixels. A code that is unreadable only in a larger picture than
# this is not what people hold up; the first stage still sees every pixel.
RESCUE_PIXELS = 4_000_000
_DOUBLED_PIXELS = 2_000_000
_BLOCK = 16  # pixels a side; a block and the eight around it make "local" in local contrast
_LEAST_CONTRAST = 16  # grey levels
_MOST_CODES = 64  # more codes than this in one picture are noise


@dataclass(frozen=True, slots=True)
class Stage:
    """One way to look at a picture again: how to change it, and how to cut black from white."""

    name: str
    change: Callable[[Grey], Grey]
    binarizer: Binarizer = Binarizer.LocalAverage
    doubled: bool = False


def _gamma(exponent: float) -> Callable[[Grey], Grey]:
    steps = np.arange(256) / 255
    table = np.round(255 * steps**exponent).astype(np.uint8)
    return lambda picture: np.asarray(table[picture], np.uint8)


def _unchanged(picture: Grey) -> Grey:
    return picture


def _local_contrast(picture: Grey) -> Grey:
    """Return the picture with each neighbourhood stretched to run from black to white."""
    rows, columns = picture.shape
    widths = ((0, -rows % _BLOCK), (0, -columns % _BLOCK))
    padded = np.pad(picture, widths, mode="edge")
    blocks = padded.reshape(padded.shape[0] // _BLOCK, _BLOCK, -1, _BLOCK)
    low = _of_neighbours(blocks.min(axis=(1, 3)), np.minimum)
    high = _of_neighbours(blocks.max(axis=(1, 3)), np.maximum)
    # The floor keeps the noise of a blank wall from becoming a pattern.
    gain = 65_280 // np.maximum(high - low, _LEAST_CONTRAST).astype(np.uint16)
    stretched: NDArray[np.uint16] = (padded - _spread(low)) * _spread(gain) >> 8
    return stretched[:rows, :columns].astype(np.uint8)


def _of_neighbours(grid: Grey, choose: np.ufunc) -> Grey:
    """Return for each block what `choose` makes of it and the eight around it."""
    for axis in (0, 1):
        widths = [(0, 0), (0, 0)]
        widths[axis] = (1, 1)
        wide = np.pad(grid, widths, mode="edge")
        last = wide.shape[axis]
        before, here, after = (
            np.take(wide, range(start, last - 2 + start), axis) for start in range(3)
        )
        grid = np.asarray(choose(choose(before, here), after), np.uint8)
    return grid


def _spread(grid: NDArray[np.unsignedinteger]) -> NDArray[np.unsignedinteger]:
    return np.repeat(np.repeat(grid, _BLOCK, axis=0), _BLOCK, axis=1)


_SINGLE = (
    Stage("gamma 0.4", _gamma(0.4)),
    Stage("gamma 3", _gamma(3.0)),
    Stage("global histogram", _unchanged, Binarizer.GlobalHistogram),
    Stage("local contrast", _local_contrast),
)
RESCUE: tuple[Stage, ...] = (
    *_SINGLE,
    Stage("2x", _unchanged, doubled=True),
    *(
        Stage(f"2x, {stage.name}", stage.change, stage.binarizer, doubled=True)
        for stage in _SINGLE
    ),
)

# What a camera frame can afford beside the first stage: one of these, a different one each time.
FRAME_RESCUE: tuple[Stage, ...] = (*_SINGLE, RESCUE[len(_SINGLE)])


def read_fast(picture: Grey) -> tuple[str, ...]:
    """Return every QR text the first stage finds, each once, in the order found."""
    return _zxing(picture, Binarizer.LocalAverage)


def read_with(stage: Stage, picture: Grey) -> tuple[str, ...]:
    """Return every QR text one rescue stage finds; nothing where the picture is too large for it."""
    picture = _reduced(picture)
    if stage.doubled:
        if picture.size > _DOUBLED_PIXELS:
            return ()
        picture = _doubled(picture)
    return _zxing(stage.change(picture), stage.binarizer)


def read_still(picture: Grey) -> tuple[str, ...]:
    """Return every QR text of a picture that does not move, trying everything until one is found."""
    if texts := read_fast(picture):
        return texts
    for stage in RESCUE:
        if texts := read_with(stage, picture):
            return texts
    return _late_engines(_reduced(picture))


def _zxing(picture: Grey, binarizer: Binarizer) -> tuple[str, ...]:
    found = zxingcpp.read_barcodes(
        picture,
        formats=zxingcpp.BarcodeFormats(zxingcpp.QRCode),
        text_mode=zxingcpp.TextMode.Plain,
        binarizer=binarizer,
    )
    texts = (_text_of(code) for code in found[:_MOST_CODES])
    return tuple(dict.fromkeys(text for text in texts if text is not None))


def _text_of(code: zxingcpp.Barcode) -> str | None:
    """Return the text of a code, or None where its bytes are not text in any declared way."""
    if code.content_type != zxingcpp.ContentType.Binary:
        return code.text or None
    # Bytes declared as binary are text only if they are UTF-8; nothing is guessed or replaced.
    try:
        return code.bytes.decode("utf-8") or None
    except UnicodeDecodeError:
        return None


def _reduced(picture: Grey) -> Grey:
    """Return the picture with every second (third, …) row and column if it is too large to rescue."""
    step = 1
    while (picture.shape[0] // step) * (picture.shape[1] // step) > RESCUE_PIXELS:
        step += 1
    return picture[::step, ::step] if step > 1 else picture


def _doubled(picture: Grey) -> Grey:
    """Return the picture twice as large, the pixels between as the mean of their neighbours."""
    for axis in (0, 1):
        following = np.concatenate(
            (np.take(picture, range(1, picture.shape[axis]), axis), np.take(picture, [-1], axis)),
            axis,
        )
        between = ((picture.astype(np.uint16) + following) // 2).astype(np.uint8)
        shape = list(picture.shape)
        shape[axis] *= 2
        picture = np.stack((picture, between), axis + 1).reshape(shape)
    return picture


def _late_engines(picture: Grey) -> tuple[str, ...]:
    return _believed([engine(picture) for engine in (_opencv, _zbar)])


def _believed(answers: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the texts of other engines that can be believed.

    zbar was measured to return a wrong text for a quarter of the links with raw UTF-8 in their
    label. A text counts when it is a plain ASCII login link, or when two engines agree on it.
    """
    every = [text for answer in answers for text in dict.fromkeys(answer)]
    plain_link = re.compile(r"(?i)(otpauth|otpauth-migration|watchword)://[\x21-\x7e]+")
    return tuple(
        dict.fromkeys(
            text for text in every if plain_link.fullmatch(text) or every.count(text) > 1
        )
    )


def _opencv(picture: Grey) -> tuple[str, ...]:
    try:
        cv2 = importlib.import_module("cv2")
    except ImportError:
        return ()
    try:
        answer = cv2.QRCodeDetector().detectAndDecodeMulti(np.ascontiguousarray(picture))
    except (cv2.error, UnicodeDecodeError):
        # OpenCV raises on some pictures it merely cannot read, and where it read no UTF-8.
        return ()
    return tuple(text for text in answer[1] if text)


def _zbar(picture: Grey) -> tuple[str, ...]:
    try:
        pyzbar = importlib.import_module("pyzbar.pyzbar")
    except ImportError:
        # Either pyzbar or the system library it wraps is not there.
        return ()
    found = pyzbar.decode(np.ascontiguousarray(picture), symbols=[pyzbar.ZBarSymbol.QRCODE])
    texts = (code.data.decode("utf-8", "ignore") for code in found)
    return tuple(
        text for text, code in zip(texts, found, strict=True) if text.encode() == code.data
    )
