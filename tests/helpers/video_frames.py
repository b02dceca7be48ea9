"""Grey pictures as a camera's frames."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat


def frame_of(picture: NDArray[np.uint8]) -> QVideoFrame:
    """Return `picture` as an NV12 frame without colour."""
    rows, columns = (size - size % 2 for size in picture.shape)
    kind = QVideoFrameFormat.PixelFormat.Format_NV12
    frame = QVideoFrame(QVideoFrameFormat(QSize(columns, rows), kind))
    assert frame.map(QVideoFrame.MapMode.WriteOnly)
    for plane, values in ((0, picture[:rows, :columns]), (1, np.full((rows // 2, columns), 128))):
        stride = frame.bytesPerLine(plane)
        into = np.frombuffer(frame.bits(plane), np.uint8)
        height = values.shape[0]
        into[: height * stride].reshape(height, stride)[:, :columns] = values
    frame.unmap()
    return frame
