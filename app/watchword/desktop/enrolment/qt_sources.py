"""Frames from Qt's multimedia part: cameras by name, with hot-plug, and video files."""

from pathlib import Path

from PySide6.QtCore import (
    QCameraPermission,
    QCoreApplication,
    QObject,
    QPermission,
    Qt,
    QTimer,
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
_SILENCE_MS = 6000  # some cameras need three seconds for the first frame


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
        self._in_use = ""  # of `_camera`
        self._preferred = ""  # the one the person chose, there or not
        self._wanted = False
        self._allowed = False  # by the system and the person
        # Asking for the devices loads the whole back-end; that waits for the first start.
        self._devices: QMediaDevices | None = None
        # A camera that another program has may open, and then give nothing.
        self._silence = QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.setInterval(_SILENCE_MS)
        self._silence.timeout.connect(self._failed)

    def start(self) -> None:
        self._wanted, self._allowed = True, False
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
        return self._in_use or self._preferred

    def choose(self, camera_id: str) -> None:
        self._preferred = camera_id
        # One that did not start is tried again.
        if self._wanted and (camera_id != self._in_use or self._camera is None):
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

    def _open(self, otherwise: SourceState = SourceState.NO_CAMERA) -> None:
        """Use the preferred camera, or another where that is not there; without any, `otherwise`."""
        self._allowed = True
        self._close()
        inputs = {_id_of(device): device for device in self._inputs()}
        default = _id_of(QMediaDevices.defaultVideoInput())
        device = inputs.get(self._preferred) or inputs.get(default)
        device = device or next(iter(inputs.values()), None)
        if device is None:
            self._set_state(otherwise)
            return
        self._in_use = _id_of(device)
        self._camera = self._camera_of(device)
        self._camera.errorOccurred.connect(self._failed)
        self._set_state(SourceState.STARTING)
        self._silence.start()
        self._camera.start()

    def _camera_of(self, device: QCameraDevice) -> QCamera:
        camera = QCamera(device, self)
        if (wanted := best_format(device.videoFormats())) is not None:
            camera.setCameraFormat(wanted)
        self._session.setCamera(camera)
        return camera

    def _close(self) -> None:
        self._silence.stop()
        self._in_use = ""
        if self._camera is not None:
            self._camera.errorOccurred.disconnect(self._failed)
            self._camera.stop()
            self._camera.deleteLater()
            self._camera = None

    def _failed(self) -> None:
        """Say what is wrong; some systems tell of a pulled plug as of an error."""
        if self._in_use not in self._present():
            self._open(SourceState.UNPLUGGED)
        else:
            self._close()
            self._set_state(SourceState.BUSY)

    def _present(self) -> set[str]:
        return {camera.id for camera in self.cameras()}

    def _devices_changed(self) -> None:
        if self._wanted and self._allowed:
            present = self._present()
            back = self._preferred in present and self._in_use != self._preferred
            if self._camera is None:
                # Whatever the reason was, it may be over.
                never = self._state is SourceState.NO_CAMERA
                self._open(SourceState.NO_CAMERA if never else SourceState.UNPLUGGED)
            elif back or self._in_use not in present:
                self._open(SourceState.UNPLUGGED)
        self.cameras_changed.emit()

    def _frame(self, frame: QVideoFrame) -> None:
        if self._camera is not None and frame.isValid():
            self._silence.start()
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
