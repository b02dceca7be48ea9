"""Changes to a picture after which a reader may see more: sharper, larger, evenly lit, smoother."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from watchword.enrolment.engines import Grey

_COARSE = 4  # light changes slowly: it is measured on a picture this many times smaller
_NEAR = 3  # coarse pixels to each side that count as the neighbourhood
_SWING = 60  # grey levels on either side of the middle, as the mean
_MOST_OVER = 127  # grey levels
_LEAST_SWING = 2  # keeps the noise of a blank wall from becoming a pattern


Integer = TypeVar("Integer", np.uint8, np.int16)


def sharpened(picture: Grey) -> Grey:
    """Return the picture with each pixel's difference from those up to two away tripled.

    A cross of nine pixels is enough: edges of modules run along rows and columns, or nearly.
    """
    rows, columns = picture.shape
    wide = np.pad(picture, 2, mode="edge").astype(np.int16)
    sharp = 12 * wide[2:-2, 2:-2]
    for away in (-2, -1, 1, 2):
        sharp -= wide[2 + away : 2 + away + rows, 2:-2]
        sharp -= wide[2:-2, 2 + away : 2 + away + columns]
    return np.asarray((sharp >> 2).clip(0, 255), np.uint8)


def unsharp(picture: Grey, radius: float) -> Grey:
    """Return the picture with 2.5 times of what blurring by `radius` pixels takes away put on top."""
    return _filtered(picture, ImageFilter.UnsharpMask(radius, 250, 0))


def smoothed(picture: Grey, radius: float) -> Grey:
    """Return the picture with each pixel the mean of its neighbourhood."""
    return _filtered(picture, ImageFilter.GaussianBlur(radius))


def enlarged(picture: Grey, across: int, down: int) -> Grey:
    """Return the picture `across` times as wide and `down` times as high."""
    rows, columns = picture.shape
    image = Image.fromarray(np.ascontiguousarray(picture))
    size = (columns * across, rows * down)
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC))


def reduced(picture: Grey, pixels: int) -> Grey:
    """Return the picture if it has at most so many pixels, else each few by few of it as one."""
    step = 1
    while (picture.shape[0] // step) * (picture.shape[1] // step) > pixels:
        step += 1
    if step == 1:
        return picture
    return np.asarray(Image.fromarray(np.ascontiguousarray(picture)).reduce(step))


def evened(picture: Grey) -> Grey:
    """Return the picture with every neighbourhood equally bright and equally rich in contrast."""
    rows, columns = picture.shape
    widths = ((0, -rows % _COARSE), (0, -columns % _COARSE))
    padded = np.pad(picture, widths, mode="edge") if any(map(any, widths)) else picture
    over = padded.astype(np.int16).reshape(-1, _COARSE, padded.shape[1])
    over -= _for_columns(_nearby(padded)).astype(np.int16)
    swing = _nearby(np.abs(over).astype(np.uint8).reshape(padded.shape))
    # In sixteenths, so that the product stays within 16 bits.
    gain = 16 * _SWING // (swing.astype(np.int16) + _LEAST_SWING)
    np.clip(over, -_MOST_OVER, _MOST_OVER, out=over)
    over *= _for_columns(gain.clip(1, 32_767 // _MOST_OVER))
    over >>= 4
    over += 128
    np.clip(over, 0, 255, out=over)
    return np.asarray(over.astype(np.uint8).reshape(padded.shape)[:rows, :columns])


def _nearby(picture: Grey) -> Grey:
    """Return the means of each coarse pixel's neighbourhood, as a smaller picture."""
    coarse = Image.fromarray(np.ascontiguousarray(picture)).reduce(_COARSE)
    return np.asarray(coarse.filter(ImageFilter.BoxBlur(_NEAR)))


def _for_columns(coarse: NDArray[Integer]) -> NDArray[Integer]:
    """Return a value for every column of each coarse row, to be used for all its rows."""
    return np.repeat(coarse, _COARSE, axis=1)[:, None, :]


def _filtered(picture: Grey, what: ImageFilter.Filter) -> Grey:
    image = Image.fromarray(np.ascontiguousarray(picture))
    return np.asarray(image.filter(what))
