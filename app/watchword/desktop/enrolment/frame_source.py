"""Where moving pictures come from: a camera, a video file, or nowhere and why.

The pages know only this class; Qt's multimedia part, which is not always installed, is loaded
when a source is opened.
"""

from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QObject, Signal


class SourceState(Enum):
    """What a source is doing, or why it shows nothing."""

    OFF = auto()
    STARTING = auto()
    ON = auto()
    NO_CAMERA = auto()
    UNPLUGGED = auto()  # it was there a moment ago
    REFUSED = auto()  # the person or the system does not let us use it
    BUSY = auto()  # it is there and gives nothing: another program may have it
    NOT_INSTALLED = auto()  # this installation has no camera support


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera to choose."""

    id: str  # stable between starts
    name: str


class FrameSource(QObject):
    """Gives frames while started; used on the GUI thread."""

    frame_arrived = Signal(object)  # QVideoFrame
    state_changed = Signal()
    cameras_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = SourceState.OFF

    @property
    def state(self) -> SourceState:
        """What it is doing."""
        return self._state

    def _set_state(self, state: SourceState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit()

    def start(self) -> None:
        """Begin to give frames; `state` says what comes of it."""
        raise NotImplementedError

    def stop(self) -> None:
        """Let go of the camera: its light goes out."""
        raise NotImplementedError

    def cameras(self) -> tuple[Camera, ...]:
        """Return what there is to choose from."""
        return ()

    def chosen(self) -> str:
        """Return the id of the camera in use, else of the one to be used; may be empty."""
        return ""

    def choose(self, camera_id: str) -> None:
        """Use this camera whenever it is there; one that did not start is tried again."""


class NoSource(FrameSource):
    """Camera support is not installed."""

    def start(self) -> None:
        self._set_state(SourceState.NOT_INSTALLED)

    def stop(self) -> None:
        self._set_state(SourceState.OFF)


def open_source(video: Path | None = None) -> FrameSource:
    """Return the computer's cameras, or the file `video` played over and over in their place."""
    try:
        from watchword.desktop.enrolment.qt_sources import CameraSource, VideoFileSource
    except ImportError:
        # PySide6-Addons is an extra, and on Linux it wants libraries that may be missing.
        return NoSource()
    return CameraSource() if video is None else VideoFileSource(video)
