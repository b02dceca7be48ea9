"""The screens by way of the desktop's portal: a real bus, and a portal of the test's own on it."""

import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from mock_portal import MockPortal, gives, needs_bus, session_bus

from watchword.system.screenshot_portal import (
    NoScreenshot,
    ScreenshotDeclined,
    portal_answers,
    screenshot,
)

pytestmark = needs_bus


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockPortal]:
    with tempfile.TemporaryDirectory(prefix="ww-") as folder, session_bus(Path(folder)) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        with MockPortal(address).running() as running:
            yield running


def _take() -> bytes:
    with screenshot(threading.Event()) as path:
        return path.read_bytes()


def test_the_picture_is_given_once_and_does_not_stay(portal: MockPortal, tmp_path: Path) -> None:
    picture = tmp_path / "Screenshot ä 1.png"

    def make() -> tuple[int, dict[str, object]]:
        picture.write_bytes(b"a secret")
        return gives(picture)

    portal.answer = make
    assert portal_answers()
    with screenshot(threading.Event()) as path:
        assert path.read_bytes() == b"a secret"
    assert not picture.exists()
    (options,) = portal.asked
    assert options["interactive"] is False
    assert options["handle_token"].startswith("watchword_")


def test_a_file_that_was_there_before_is_left_alone(portal: MockPortal, tmp_path: Path) -> None:
    kept = tmp_path / "thesis.png"
    kept.write_bytes(b"mine")
    os.utime(kept, (1_000_000_000, 1_000_000_000))
    link = tmp_path / "link.png"
    link.symlink_to(kept)
    for path in (kept, link):
        portal.answer = lambda path=path: gives(path)
        assert _take() == b"mine"
        assert path.exists()
    assert kept.read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        ((1, {}), ScreenshotDeclined, "did not allow"),
        ((2, {}), NoScreenshot, "gave no picture"),
        ((0, {}), NoScreenshot, "no file"),
        ((0, {"uri": ("s", "https://evil.example/x.png")}), NoScreenshot, "no file"),
        ((0, {"uri": ("s", "file://evil.example/x.png")}), NoScreenshot, "no file"),
        ((0, {"uri": ("i", 7)}), NoScreenshot, "no file"),
    ],
)
def test_why_there_is_no_picture(
    portal: MockPortal, answer: tuple[int, dict[str, object]], error: type, said: str
) -> None:
    portal.answer = lambda: answer
    with pytest.raises(error) as refused:
        _take()
    assert said in refused.value.reason
    assert "clipboard" in refused.value.what_to_do


def test_only_the_portal_itself_is_believed(portal: MockPortal, tmp_path: Path) -> None:
    forged, real = tmp_path / "forged.png", tmp_path / "real.png"
    forged.write_bytes(b"forged")
    real.write_bytes(b"real")
    portal.forged = gives(forged)
    portal.answer = lambda: gives(real)
    assert _take() == b"real"
    assert forged.exists()


def test_a_portal_without_screenshots(portal: MockPortal) -> None:
    portal.has_screenshots = False
    with pytest.raises(NoScreenshot) as refused:
        _take()
    assert "xdg-desktop-portal" in refused.value.reason


def test_waiting_for_a_person_can_be_stopped(portal: MockPortal) -> None:
    stop = threading.Event()

    def never() -> None:
        stop.set()

    portal.answer = never
    with pytest.raises(ScreenshotDeclined), screenshot(stop):
        pass
    assert portal.asked


def test_no_portal_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(prefix="ww-") as folder, session_bus(Path(folder)) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        with pytest.raises(NoScreenshot, match="could not be read") as refused:
            _take()
        assert not portal_answers()
    assert "xdg-desktop-portal" in refused.value.reason


@pytest.mark.parametrize("address", [None, "unix:path=/nonexistent/bus", "nonsense"])
def test_no_bus(monkeypatch: pytest.MonkeyPatch, address: str | None) -> None:
    if address is None:
        monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    else:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    with pytest.raises(NoScreenshot) as refused:
        _take()
    assert "session bus" in refused.value.reason
    assert not portal_answers()
