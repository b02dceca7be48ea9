"""A code is read from every pixel format a camera may speak, and the preview shows its colours."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
import qr_scenes
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat

from watchword.desktop.enrolment.camera_scan import FrameReader
from watchword.desktop.enrolment.frames import LAYOUTS, small_picture

Format = QVideoFrameFormat.PixelFormat
Bytes = NDArray[np.uint8]
LINK = "otpauth://totp/Kalos:ana?secret=JBSWY3DPEHPK3PXP&issuer=Kalos"


def _scene() -> Bytes:
    """Return a 320 × 240 picture (blue, green, red): a code on an orange wall."""
    scene = np.empty((240, 320, 3), np.uint8)
    scene[:] = (30, 120, 220)
    code = qr_scenes.qr(LINK, scale=4)
    rows, columns = code.shape
    scene[10 : 10 + rows, 100 : 100 + columns] = code[..., None]
    return scene


def _planar(scene: Bytes) -> list[Bytes]:
    whole = cv2.cvtColor(scene, cv2.COLOR_BGR2YUV_I420).reshape(-1)
    return [
        np.asarray(part, np.uint8)
        for part in (
            whole[: 240 * 320].reshape(240, 320),
            whole[240 * 320 : 240 * 320 + 120 * 160].reshape(120, 160),
            whole[240 * 320 + 120 * 160 :].reshape(120, 160),
        )
    ]


def _pairs(a: Bytes, b: Bytes) -> Bytes:
    return np.stack((a, b), axis=-1).reshape(a.shape[0], -1)


def _deep(a: Bytes) -> Bytes:
    return _pairs(np.zeros_like(a), a)


def _four(scene: Bytes, order: str) -> list[Bytes]:
    full = np.full(scene.shape[:2], 255, np.uint8)
    channels = {"B": scene[..., 0], "G": scene[..., 1], "R": scene[..., 2], "A": full}
    return [np.stack([channels[name] for name in order], axis=-1).reshape(240, -1)]


def _yuyv(scene: Bytes, *, luma_first: bool) -> list[Bytes]:
    y, u, v = _planar(scene)
    u, v = (np.repeat(part, 2, axis=0) for part in (u, v))
    chroma = _pairs(u, v)  # one pair for two pixels
    return [_pairs(y, chroma) if luma_first else _pairs(chroma, y)]


MAKERS: dict[Format, Callable[[Bytes], list[Bytes]]] = {
    Format.Format_NV12: lambda s: [_planar(s)[0], _pairs(_planar(s)[1], _planar(s)[2])],
    Format.Format_NV21: lambda s: [_planar(s)[0], _pairs(_planar(s)[2], _planar(s)[1])],
    Format.Format_YUV420P: _planar,
    Format.Format_YV12: lambda s: [_planar(s)[0], _planar(s)[2], _planar(s)[1]],
    Format.Format_YUV422P: lambda s: [
        _planar(s)[0],
        *(np.repeat(part, 2, axis=0) for part in _planar(s)[1:]),
    ],
    Format.Format_YUYV: lambda s: _yuyv(s, luma_first=True),
    Format.Format_UYVY: lambda s: _yuyv(s, luma_first=False),
    Format.Format_P010: lambda s: [
        _deep(_planar(s)[0]),
        _deep(_pairs(_planar(s)[1], _planar(s)[2])),
    ],
    Format.Format_Y8: lambda s: [_planar(s)[0]],
    Format.Format_Y16: lambda s: [_deep(_planar(s)[0])],
    Format.Format_BGRA8888: lambda s: _four(s, "BGRA"),
    Format.Format_RGBA8888: lambda s: _four(s, "RGBA"),
    Format.Format_ARGB8888: lambda s: _four(s, "ARGB"),
    Format.Format_ABGR8888: lambda s: _four(s, "ABGR"),
    Format.Format_BGRX8888: lambda s: _four(s, "BGRA"),
}


def make_frame(kind: Format, scene: Bytes) -> QVideoFrame:
    frame = QVideoFrame(QVideoFrameFormat(QSize(320, 240), kind))
    assert frame.map(QVideoFrame.MapMode.WriteOnly)
    for number, plane in enumerate(MAKERS[kind](scene)):
        stride = frame.bytesPerLine(number)
        into = np.frombuffer(frame.bits(number), np.uint8)
        rows = min(plane.shape[0], into.size // stride)
        into[: rows * stride].reshape(rows, stride)[:, : plane.shape[1]] = plane[:rows]
    frame.unmap()
    return frame


@pytest.mark.parametrize("kind", MAKERS, ids=lambda kind: kind.name)
def test_a_code_is_read_in_each_format(kind: Format) -> None:
    assert FrameReader()(make_frame(kind, _scene())) == (LINK,)


@pytest.mark.parametrize("kind", MAKERS, ids=lambda kind: kind.name)
def test_the_preview_shows_the_frame_in_its_colours(kind: Format) -> None:
    picture = small_picture(make_frame(kind, _scene()), 160)
    assert (picture.width(), picture.height()) == (160, 120)
    wall = picture.pixelColor(10, 60)
    if kind in {Format.Format_Y8, Format.Format_Y16}:
        assert wall.red() == wall.green() == wall.blue()
    else:
        assert abs(wall.red() - 220) < 12
        assert abs(wall.green() - 120) < 12
        assert abs(wall.blue() - 30) < 14
    assert picture.pixelColor(53, 8).lightness() > 230  # the code's quiet zone


def test_formats_of_one_layout_are_all_tried() -> None:
    tried = {LAYOUTS[kind] for kind in MAKERS}
    assert tried == set(LAYOUTS.values())


def test_a_format_without_a_plane_of_its_own_is_read_by_qt() -> None:
    kind = QVideoFrameFormat.PixelFormat.Format_Jpeg
    data = qr_scenes.encoded(qr_scenes.on_table(qr_scenes.qr(LINK)), "JPEG")
    frame = QVideoFrame(QVideoFrameFormat(QSize(640, 480), kind))
    if not frame.map(QVideoFrame.MapMode.WriteOnly) or frame.mappedBytes(0) < len(data):
        pytest.skip("this Qt makes no frame of compressed pictures by hand")
    np.frombuffer(frame.bits(0), np.uint8)[: len(data)] = np.frombuffer(data, np.uint8)
    frame.unmap()
    assert FrameReader()(frame) in {(LINK,), ()}


def test_an_empty_frame_is_nothing() -> None:
    assert FrameReader()(QVideoFrame()) == ()
    assert small_picture(QVideoFrame(), 160).isNull()
