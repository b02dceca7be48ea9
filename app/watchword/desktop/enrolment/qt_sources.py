"""Frames from Qt's multimedia part: cameras by name, with hot-plug, and video files."""

from pathlib import Path

from PySide6.QtCore import (
    QCameraPermission,
    QCoreApplication,
    QObject,
    QPermission,
    Qt,
    QUrl,
)
from PySide6.QtMultimedia import (
    QCamera,
    QCameraDevice,
    QCameraFormat,
    QMediaCaptureSession,
    QMediaDevices,
    QMediaPlayer,
    QVideoFrame,
    QVideoSink,
)

from watchword.desktop.enrolment.frame_source import Camera, FrameSource, SourceState

# Larger frames cost time and show a code held before a webcam no better.
_WANTED_PIXELS = 1280 * 720
_LEAST_FRAMES_A_SECOND = 10.0


def best_format(formats: list[QCameraFormat]) -> QCameraFormat | None:
    """Return the format nearest 720p, the fastest of equals; None leaves the choice to Qt."""
    fluent = [each for each in formats if each.maxFrameRate() >= _LEAST_FRAMES_A_SECOND]

    def merit(each: QCameraFormat) -> tuple[int, float]:
        size = each.resolution()
        return -abs(size.width() * size.height() - _WANTED_PIXELS), each.maxFrameRate()

    return max(fluent, key=merit, default=None)


class CameraSource(FrameSource):
    """The computer's cameras: one at a time, and only between start and stop."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = QMediaCaptureSession(self)
        self._sink = QVideoSink(self)
        self._session.setVideoSink(self._sink)
        self._sink.videoFrameChanged.connect(self._frame)
        self._camera: QCamera | None = None
        self._chosen = ""
        self._wanted = False
        # Asking for the devices loads the whole back-end; that waits for the first start.
        self._devices: QMediaDevices | None = None

    def start(self) -> None:
        self._wanted = True
        if self._devices is None:
            self._devices = QMediaDevices(self)
            self._devices.videoInputsChanged.connect(self._devices_changed)
        self._set_state(SourceState.STARTING)
        application = QCoreApplication.instance()
        permission = QCameraPermission()
        if application is None:
            return
        match application.checkPermission(permission):
            case Qt.PermissionStatus.Granted:
                self._open()
            case Qt.PermissionStatus.Denied:
                self._set_state(SourceState.REFUSED)
            case _:
                application.requestPermission(permission, self, self._permission_answered)

    def stop(self) -> None:
        self._wanted = False
        self._close()
        self._set_state(SourceState.OFF)

    def cameras(self) -> tuple[Camera, ...]:
        return tuple(Camera(_id_of(each), each.description()) for each in self._inputs())

    def chosen(self) -> str:
        return self._chosen

    def choose(self, camera_id: str) -> None:
        if camera_id != self._chosen:
            self._chosen = camera_id
            if self._wanted:
                self._open()

    def _inputs(self) -> list[QCameraDevice]:
        return QMediaDevices.videoInputs() if self._devices is not None else []

    def _permission_answered(self, permission: QPermission) -> None:
        if not self._wanted:
            return
        if permission.status() == Qt.PermissionStatus.Granted:
            self._open()
        else:
            self._set_state(SourceState.REFUSED)

    def _open(self) -> None:
        """Use the chosen camera, or the system's first where the chosen one is gone."""
        self._close()
        inputs = {_id_of(device): device for device in self._inputs()}
        default = _id_of(QMediaDevices.defaultVideoInput())
        device = inputs.get(self._chosen) or inputs.get(default)
        if device is None:
            self._set_state(SourceState.NO_CAMERA)
            return
        self._chosen = _id_of(device)
        camera = QCamera(device, self)
        if (wanted := best_format(device.videoFormats())) is not None:
            camera.setCameraFormat(wanted)
        camera.errorOccurred.connect(self._failed)
        self._camera = camera
        self._session.setCamera(camera)
        self._set_state(SourceState.STARTING)
        camera.start()

    def _close(self) -> None:
        if self._camera is not None:
            self._camera.errorOccurred.disconnect(self._failed)
            self._camera.stop()
            self._camera.deleteLater()
            self._camera = None

    def _failed(self) -> None:
        self._close()
        self._set_state(SourceState.BUSY)

    def _devices_changed(self) -> None:
        self.cameras_changed.emit()
        present = {camera.id for camera in self.cameras()}
        if self._wanted and (self._camera is None or self._chosen not in present):
            self._open()

    def _frame(self, frame: QVideoFrame) -> None:
        if self._camera is not None and frame.isValid():
            self._set_state(SourceState.ON)
            self.frame_arrived.emit(frame)


class VideoFileSource(FrameSource):
    """A video played over and over, as if it were what a camera sees."""

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._sink = QVideoSink(self)
        self._sink.videoFrameChanged.connect(self._frame)
        self._player: QMediaPlayer | None = None

    def start(self) -> None:
        if self._player is not None:
            return
        self._set_state(SourceState.STARTING)
        player = QMediaPlayer(self)
        player.setVideoSink(self._sink)
        player.setLoops(QMediaPlayer.Loops.Infinite)
        player.errorOccurred.connect(self._failed)
        player.setSource(QUrl.fromLocalFile(str(self._path.resolve())))
        self._player = player
        player.play()

    def stop(self) -> None:
        self._close()
        self._set_state(SourceState.OFF)

    def cameras(self) -> tuple[Camera, ...]:
        return (Camera("file", self._path.name),)

    def chosen(self) -> str:
        return "file"

    def _close(self) -> None:
        if self._player is not None:
            self._player.errorOccurred.disconnect(self._failed)
            self._player.stop()
            self._player.deleteLater()
            self._player = None

    def _failed(self) -> None:
        self._close()
        self._set_state(SourceState.BUSY)

    def _frame(self, frame: QVideoFrame) -> None:
        if self._player is not None and frame.isValid():
            self._set_state(SourceState.ON)
            self.frame_arrived.emit(frame)


def _id_of(device: QCameraDevice) -> str:
    return bytes(device.id().data()).decode("utf-8", "backslashreplace")
