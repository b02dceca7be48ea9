"""What is inside a video frame: its grey plane where it lies, and a small picture to show.

Qt's own conversion to a picture takes many times as long as reading a code does. The grey plane
of most formats can be given to the decoder as it lies in memory, and the preview needs only
every second or third pixel.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat

Grey = NDArray[np.uint8]
Format = QVideoFrameFormat.PixelFormat


@dataclass(frozen=True, slots=True)
class Channel:
    """Where one component lies: its plane, the first byte, and the bytes from one to the next."""

    plane: int
    first: int = 0
    step: int = 1


@dataclass(frozen=True, slots=True)
class Layout:
    """Y, and U and V on a grid `across` and `down` times as coarse; or three colours."""

    y: Channel  # the green of an RGB format: what is black and white is so in green, too
    u: Channel | None = None
    v: Channel | None = None
    across: int = 2
    down: int = 2
    colours: tuple[Channel, Channel, Channel] | None = None


def _packed(red: int, green: int, blue: int) -> Layout:
    channels = (Channel(0, red, 4), Channel(0, green, 4), Channel(0, blue, 4))
    return Layout(channels[1], colours=channels)


_PLANES = Layout(Channel(0), Channel(1), Channel(2))
_BGRA, _RGBA, _ARGB, _ABGR = (
    *(_packed(2, 1, 0), _packed(0, 1, 2)),
    *(_packed(1, 2, 3), _packed(3, 2, 1)),
)
_TEN_BITS = Layout(Channel(0, 1, 2), Channel(1, 1, 4), Channel(1, 3, 4))
LAYOUTS: dict[Format, Layout] = {
    Format.Format_NV12: Layout(Channel(0), Channel(1, 0, 2), Channel(1, 1, 2)),
    Format.Format_NV21: Layout(Channel(0), Channel(1, 1, 2), Channel(1, 0, 2)),
    Format.Format_YUV420P: _PLANES,
    Format.Format_YV12: Layout(Channel(0), Channel(2), Channel(1)),
    Format.Format_YUV422P: Layout(Channel(0), Channel(1), Channel(2), down=1),
    Format.Format_YUYV: Layout(Channel(0, 0, 2), Channel(0, 1, 4), Channel(0, 3, 4), down=1),
    Format.Format_UYVY: Layout(Channel(0, 1, 2), Channel(0, 0, 4), Channel(0, 2, 4), down=1),
    # The high byte of each pair is the plane of eight bits.
    Format.Format_P010: _TEN_BITS,
    Format.Format_P016: _TEN_BITS,
    Format.Format_Y8: Layout(Channel(0)),
    Format.Format_Y16: Layout(Channel(0, 1, 2)),
    Format.Format_BGRA8888: _BGRA,
    Format.Format_BGRA8888_Premultiplied: _BGRA,
    Format.Format_BGRX8888: _BGRA,
    Format.Format_RGBA8888: _RGBA,
    Format.Format_RGBX8888: _RGBA,
    Format.Format_ARGB8888: _ARGB,
    Format.Format_ARGB8888_Premultiplied: _ARGB,
    Format.Format_XRGB8888: _ARGB,
    Format.Format_ABGR8888: _ABGR,
    Format.Format_XBGR8888: _ABGR,
}


@contextmanager
def grey_plane(frame: QVideoFrame) -> Iterator[Grey]:
    """Give the frame's grey plane, rows by columns, as long as the block lasts; it may be empty."""
    layout = LAYOUTS.get(frame.pixelFormat())
    if layout is None:
        yield _grey_by_qt(frame)
        return
    if not frame.map(QVideoFrame.MapMode.ReadOnly):
        yield np.empty((0, 0), np.uint8)
        return
    try:
        yield _view(frame, layout.y, frame.width(), frame.height())
    finally:
        frame.unmap()


def small_picture(frame: QVideoFrame, longest: int) -> QImage:
    """Return the frame as a picture of at most `longest` pixels in width; null if it has none."""
    layout = LAYOUTS.get(frame.pixelFormat())
    if not frame.isValid():
        return QImage()
    if layout is None:
        return frame.toImage().scaledToWidth(min(longest, max(1, frame.width())))
    if not frame.map(QVideoFrame.MapMode.ReadOnly):
        return QImage()
    try:
        colours = _small(frame, layout, max(1, -(-frame.width() // longest)))
    finally:
        frame.unmap()
    rows, columns = colours.shape[:2]
    kind = QImage.Format.Format_RGB888
    return QImage(colours.tobytes(), columns, rows, columns * 3, kind).copy()


def _view(frame: QVideoFrame, channel: Channel, width: int, height: int) -> Grey:
    """Return one component of a mapped frame without copying it."""
    stride = frame.bytesPerLine(channel.plane)
    data = np.frombuffer(frame.bits(channel.plane), np.uint8)
    rows = min(height, data.size // stride) if stride else 0
    plane = data[: rows * stride].reshape(rows, stride or 1)
    return plane[:, channel.first : channel.first + (width - 1) * channel.step + 1 : channel.step]


def _small(frame: QVideoFrame, layout: Layout, step: int) -> Grey:
    """Return every `step`th pixel of a mapped frame as rows × columns × (red, green, blue)."""
    width, height = frame.width(), frame.height()
    if layout.colours is not None:
        parts = [_view(frame, each, width, height)[::step, ::step] for each in layout.colours]
        return np.ascontiguousarray(np.stack(parts, axis=-1))
    y = _view(frame, layout.y, width, height)[::step, ::step].astype(np.int16)
    if layout.u is None or layout.v is None:
        return np.ascontiguousarray(np.stack([y] * 3, axis=-1).astype(np.uint8))
    coarse = (-(-width // layout.across), -(-height // layout.down))
    rows = np.arange(0, height, step)[: y.shape[0]] // layout.down
    columns = np.arange(0, width, step)[: y.shape[1]] // layout.across
    u, v = (
        _view(frame, each, *coarse)[np.ix_(rows, columns)].astype(np.int16) - 128
        for each in (layout.u, layout.v)
    )
    full = frame.surfaceFormat().colorRange() == QVideoFrameFormat.ColorRange.ColorRange_Full
    # ITU-R BT.601 in 1/64; BT.709 would shift hues that a viewfinder may shift.
    light = y * 64 if full else (y - 16) * 75
    red, green, blue = (
        light + (v * 90 if full else v * 102),
        light - (u * 22 + v * 46 if full else u * 25 + v * 52),
        light + (u * 113 if full else u * 129),
    )
    stacked = np.stack([np.clip(part >> 6, 0, 255) for part in (red, green, blue)], axis=-1)
    return np.ascontiguousarray(stacked.astype(np.uint8))


def _grey_by_qt(frame: QVideoFrame) -> Grey:
    picture = frame.toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    if picture.isNull():
        return np.empty((0, 0), np.uint8)
    data = np.frombuffer(picture.constBits(), np.uint8)
    return data.reshape(picture.height(), picture.bytesPerLine())[:, : picture.width()].copy()
