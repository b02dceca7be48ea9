"""Cameras that come, go, are busy or refused: what the page says, and that the light goes out.

No camera is here, so the devices are the test's own; all that decides which one is used, and what
is said about it, is real.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import qr_scenes
from add_pages_outside import Outside
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QColor, QImage
from PySide6.QtMultimedia import QCameraDevice
from pytestqt.qtbot import QtBot
from video_frames import frame_of

from watchword.desktop.enrolment.add_pages import AddPages
from watchword.desktop.enrolment.frame_source import Camera, SourceState
from watchword.desktop.enrolment.qt_sources import CameraSource

LINK = "otpauth://totp/Kalos:ana?secret=JBSWY3DPEHPK3PXPJBSWY3DP&issuer=Kalos"


class Device:
    """What the system says about one camera."""

    def __init__(self, name: str) -> None:
        self.name = name

    def id(self) -> Any:
        return self

    def data(self) -> bytes:
        return self.name.encode()

    def description(self) -> str:
        return f"Camera {self.name}"


class Opened(QObject):
    """A camera whose light can be seen."""

    failed = Signal()

    def __init__(self, name: str, lights: dict[str, bool]) -> None:
        super().__init__()
        self.name, self.lights = name, lights

    def as_camera(self) -> Any:
        """Return what a QCamera is to its source."""
        return SimpleNamespace(
            errorOccurred=self.failed,
            start=self.start,
            stop=self.stop,
            deleteLater=self.deleteLater,
        )

    def start(self) -> None:
        self.lights[self.name] = True

    def stop(self) -> None:
        self.lights[self.name] = False


class PluggedCameras(CameraSource):
    """The real source, on devices that the test plugs in."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.plugged = list(names)
        self.lights: dict[str, bool] = {}
        self.states: list[SourceState] = []
        self.state_changed.connect(lambda: self.states.append(self.state))

    def _inputs(self) -> list[QCameraDevice]:
        return [Device(name) for name in self.plugged]

    def _camera_of(self, device: Any) -> Any:
        return Opened(device.name, self.lights).as_camera()

    def plug(self, *names: str) -> None:
        self.plugged = list(names)
        assert self._devices is not None
        self._devices.videoInputsChanged.emit()

    def shows(self) -> None:
        """Let a frame come."""
        self._sink.setVideoFrame(frame_of(np.full((48, 64), 100, np.uint8)))

    def on(self) -> set[str]:
        """Return the cameras whose light is on."""
        return {name for name, lit in self.lights.items() if lit}


@pytest.fixture
def plugged(qtbot: QtBot) -> Callable[..., PluggedCameras]:
    made: list[PluggedCameras] = []

    def make(*names: str) -> PluggedCameras:
        made.append(PluggedCameras(*names))
        return made[-1]

    return make


def test_a_camera_is_on_between_start_and_stop(plugged: Callable[..., PluggedCameras]) -> None:
    source = plugged("a", "b")
    source.start()
    assert source.on() == {"a"}
    source.shows()
    assert source.state is SourceState.ON
    source.choose("b")
    assert source.on() == {"b"}
    source.stop()
    assert source.on() == set()
    assert source.states[-1] is SourceState.OFF


def test_a_camera_unplugged_while_scanning_and_plugged_in_again(
    plugged: Callable[..., PluggedCameras],
) -> None:
    source = plugged("a")
    source.start()
    source.shows()
    source.plug()
    assert source.state is SourceState.UNPLUGGED
    assert source.on() == set()
    source.plug("a")
    assert source.state is SourceState.STARTING
    assert source.on() == {"a"}
    source.stop()


def test_another_camera_takes_over_and_gives_way_to_the_chosen_one(
    plugged: Callable[..., PluggedCameras],
) -> None:
    source = plugged("a", "b")
    source.choose("b")
    source.start()
    assert source.on() == {"b"}
    source.plug("a")
    assert (source.on(), source.chosen()) == ({"a"}, "a")
    source.plug("a", "b")
    assert (source.on(), source.chosen()) == ({"b"}, "b")
    source.plug("a", "b", "c")  # one more changes nothing
    assert source.on() == {"b"}
    source.stop()


def test_none_at_the_start_and_one_later(plugged: Callable[..., PluggedCameras]) -> None:
    source = plugged()
    source.start()
    assert source.state is SourceState.NO_CAMERA
    source.plug()
    assert source.state is SourceState.NO_CAMERA
    source.plug("a")
    assert source.on() == {"a"}
    source.stop()
    source.plug("a", "b")
    assert source.on() == set()  # nothing is turned on behind a closed page


def test_a_busy_camera_is_told_from_a_pulled_one_and_can_be_tried_again(
    plugged: Callable[..., PluggedCameras],
) -> None:
    source = plugged("a")
    source.start()
    source._camera.errorOccurred.emit()
    assert source.state is SourceState.BUSY
    assert source.on() == set()
    source.choose("a")
    assert source.on() == {"a"}
    source.plugged = []
    source._camera.errorOccurred.emit()  # some systems tell it so, before they tell the list
    assert source.state is SourceState.UNPLUGGED
    source.stop()


def test_a_camera_that_gives_no_picture_is_not_waited_for_for_ever(
    qtbot: QtBot, plugged: Callable[..., PluggedCameras]
) -> None:
    source = plugged("a")
    silence = source.findChild(QTimer)
    assert isinstance(silence, QTimer)
    silence.setInterval(50)
    source.start()
    qtbot.waitUntil(lambda: source.state is SourceState.BUSY)
    assert source.on() == set()
    source.choose("a")
    source.shows()
    assert source.state is SourceState.ON
    qtbot.waitUntil(lambda: source.state is SourceState.BUSY)  # it fell silent
    source.stop()
    assert not silence.isActive()


def test_cameras_without_permission_are_not_opened_by_plugging(
    plugged: Callable[..., PluggedCameras],
) -> None:
    source = plugged("a")
    source.start()
    source.stop()
    source._wanted, source._allowed = True, False  # as while the system asks the person
    source.plug("a", "b")
    assert source.on() == set()
    source.stop()


# On the page.


def _desk() -> Any:
    return frame_of(np.full((480, 640), 90, np.uint8))


def test_unplugging_shows_words_at_once_and_no_late_picture(
    qtbot: QtBot, pages: AddPages, outside: Outside
) -> None:
    pages.open_scan()
    view = pages.scan_page.view
    qtbot.waitUntil(lambda: outside.source.running)
    outside.source.frame_arrived.emit(_desk())
    qtbot.waitUntil(lambda: view.has_picture)
    outside.source.frame_arrived.emit(_desk())  # still being converted while the plug is pulled
    outside.source._set_state(SourceState.UNPLUGGED)
    assert view.message() == "The camera was unplugged"
    assert "goes on by itself" in view.accessibleDescription()
    qtbot.wait(100)
    assert not view.has_picture
    outside.source._set_state(SourceState.ON)
    outside.source.frame_arrived.emit(_desk())
    qtbot.waitUntil(lambda: view.has_picture)
    assert view.message() == ""


def _scene(text: str) -> Any:
    """Return a frame with a code in its left half."""
    code = qr_scenes.qr(text, scale=4)
    picture = np.full((480, 640), 90, np.uint8)
    rows, columns = code.shape
    assert columns < 320
    picture[120 : 120 + rows, 60 : 60 + columns] = code
    return frame_of(picture)


def _coloured(image: QImage, colour: QColor, left: bool) -> int:
    half = image.width() // 2
    columns = range(0, half, 3) if left else range(half, image.width(), 3)
    near = 0
    for y in range(0, image.height(), 3):
        for x in columns:
            seen = image.pixelColor(x, y)
            apart = abs(seen.red() - colour.red()) + abs(seen.green() - colour.green())
            near += apart + abs(seen.blue() - colour.blue()) < 40
    return near


@pytest.mark.parametrize("mirrored", [True, False])
def test_the_code_that_was_found_is_outlined_where_it_is_seen(
    qtbot: QtBot, pages: AddPages, outside: Outside, mirrored: bool
) -> None:
    pages.resize(660, 700)
    pages.open_scan()
    page = pages.scan_page
    page.use_camera("a", mirrored=mirrored)
    qtbot.waitUntil(lambda: outside.source.running)

    def outlined() -> bool:
        outside.source.frame_arrived.emit(_scene("https://kalos.example"))
        return bool(page.view.outlined())

    qtbot.waitUntil(outlined)
    (outline,) = page.view.outlined()
    assert not outline.is_login_code
    xs, ys = zip(*outline.corners, strict=True)
    assert 60 <= min(xs) <= max(xs) <= 320
    assert min(ys) >= 120
    image = page.view.grab().toImage()
    amber = QColor("#F6B84A")
    assert _coloured(image, amber, left=not mirrored) > 20
    assert _coloured(image, amber, left=mirrored) == 0


def test_a_login_code_has_its_own_colour(qtbot: QtBot, pages: AddPages, outside: Outside) -> None:
    pages.open_scan()
    qtbot.waitUntil(lambda: outside.source.running)

    def outlined() -> bool:
        outside.source.frame_arrived.emit(_scene(LINK))
        return bool(pages.scan_page.view.outlined())

    qtbot.waitUntil(outlined)
    assert pages.scan_page.view.outlined()[0].is_login_code


def test_what_was_chosen_is_told_to_be_kept(
    qtbot: QtBot, pages: AddPages, outside: Outside
) -> None:
    kept: list[tuple[str, bool]] = []
    page = pages.scan_page
    page.camera_kept.connect(lambda *choice: kept.append(choice))
    outside.source.present += (Camera("b", "Other"),)
    page.use_camera("b", mirrored=False)
    assert outside.source.in_use == "b"
    pages.open_scan()
    qtbot.waitUntil(lambda: outside.source.running)
    actions = {each.text(): each for each in page.camera_button.menu_shown().actions()}
    assert not actions["Mirror the picture"].isChecked()
    actions["Mirror the picture"].trigger()
    actions = {each.text(): each for each in page.camera_button.menu_shown().actions()}
    actions["Integrated Camera"].trigger()
    assert kept == [("b", True), ("a", True)]
