"""The stamped stream in the camera's place, and what the camera scan makes of it."""

import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QUrl
from PySide6.QtMultimedia import QMediaPlayer, QPlaybackOptions, QVideoFrame
from stamped_stream import stamp_in

from watchword.clock import SystemClock
from watchword.desktop.background.jobs import Jobs
from watchword.desktop.enrolment.camera_scan import CameraScan
from watchword.desktop.enrolment.frame_source import SourceState
from watchword.desktop.enrolment.qt_sources import VideoFileSource


@contextmanager
def stream(*options: str) -> Iterator[QUrl]:
    """Serve a stamped stream as long as the block lasts."""
    program = Path(__file__).with_name("stamped_stream.py")
    serving = subprocess.Popen(
        [sys.executable, program, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert serving.stdout is not None
    assert serving.stdin is not None
    try:
        yield QUrl(f"http://127.0.0.1:{serving.stdout.readline().strip()}/")
    finally:
        serving.stdin.close()
        serving.wait(10)
        serving.stdout.close()


class StreamSource(VideoFileSource):
    """What the app does with a video file, for a live stream.

    Such a stream has no times of its own, and Qt takes it for one of 25 frames a second: of a
    faster one it falls behind by a second every five. Played at twice the speed every frame is
    late, and a late frame is shown at once.
    """

    def __init__(self, url: QUrl, parent: QObject | None = None) -> None:
        super().__init__(Path("stream"), parent)
        self._url = url

    def start(self) -> None:
        self._set_state(SourceState.STARTING)
        player = QMediaPlayer(self)
        live = QPlaybackOptions()
        live.setPlaybackIntent(QPlaybackOptions.PlaybackIntent.LowLatencyStreaming)
        live.setProbeSize(32)
        player.setPlaybackOptions(live)
        player.setPlaybackRate(2.0)
        player.setVideoSink(self._sink)
        player.errorOccurred.connect(self._failed)
        player.setSource(self._url)
        self._player = player
        player.play()


class Watched:
    """A camera scan on a stream: every frame that came, and every one that was read."""

    def __init__(self, url: QUrl, slow: Callable[[], object] = lambda: None) -> None:
        """`slow` is called in the worker after each frame: a decoder that takes its time."""
        self.jobs = Jobs()
        self.source = StreamSource(url)
        self.arrived = 0
        self.most_alive = 0
        self.numbers: list[int] = []  # of the frames that were read, in that order
        self.delays: list[float] = []  # seconds from the stamp to the texts on the GUI thread
        self.behind: list[int] = []  # of each frame that was read: how many newer ones there were
        self._alive: list[weakref.ref[QVideoFrame]] = []
        self._order: dict[int, int] = {}
        self.source.frame_arrived.connect(self._came)
        self.scan = CameraScan(self.source, self.jobs, SystemClock())
        reading = self.scan._reading
        read, begin = reading._work, reading._begin

        def work(frame: QVideoFrame) -> Any:
            texts = read(frame)
            slow()
            return texts

        def begun() -> None:
            self.behind.append(self.arrived - self._order[reading._newest.startTime()])
            begin()

        reading._work, reading._begin = work, begun
        reading.answered.connect(self._read)

    def _came(self, frame: QVideoFrame) -> None:
        self.arrived += 1
        self._order[frame.startTime()] = self.arrived
        self._order.pop(frame.startTime() - 1_000 * 40_000, None)
        self._alive = [each for each in self._alive if each() is not None] + [weakref.ref(frame)]
        self.most_alive = max(self.most_alive, len(self._alive))

    def _read(self, texts: tuple[str, ...]) -> None:
        for text in texts:
            number, made = stamp_in(text)
            self.numbers.append(number)
            self.delays.append((time.monotonic_ns() - made) / 1e9)

    def stop(self) -> None:
        self.scan.stop()
        self.jobs.stop()
