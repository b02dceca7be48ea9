"""A video of a hand that holds a code before a camera: moving, tilted, sharp only at times."""

from pathlib import Path

import cv2
import numpy as np
import qr_scenes


def write_video(
    path: Path,
    text: str,
    *,
    seconds: float = 2.0,
    rate: int = 25,
    width: int = 640,
    height: int = 480,
) -> None:
    """Write an mp4 that shows `text`; the first frames are empty, every third is smeared."""
    writer = cv2.VideoWriter(
        str(path), cv2.VideoWriter.fourcc(*"mp4v"), float(rate), (width, height)
    )
    assert writer.isOpened()
    code = qr_scenes.qr(text, scale=5, quiet=6)
    for number in range(int(seconds * rate)):
        phase = number / rate
        scene = np.full((height, width), 90, np.uint8)
        if number >= 5:
            seen = qr_scenes.tilted(code, 14 * np.sin(2 * phase), lean=0.06 * np.cos(phase))
            rows, columns = seen.shape
            top = int((height - rows) / 2 + 20 * np.sin(3 * phase))
            left = int((width - columns) / 2 + 60 * np.cos(2.2 * phase))
            scene[top : top + rows, left : left + columns] = seen
            scene = qr_scenes.shadowed(scene, least=0.5)
        if number % 3 == 0:
            scene = qr_scenes.moved(scene, 23)
        writer.write(cv2.cvtColor(scene, cv2.COLOR_GRAY2BGR))
    writer.release()
