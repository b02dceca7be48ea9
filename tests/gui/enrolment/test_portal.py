"""From the screen on Wayland: a portal on a private bus, the real decoding, and what is said."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import qr_scenes
from add_pages_outside import Outside, make_pages
from mock_portal import MockPortal, gives, needs_bus, session_bus
from pytestqt.qtbot import QtBot
from video_frames import frame_of

from watchword.desktop.background.jobs import Jobs
from watchword.desktop.enrolment import screen_grab
from watchword.desktop.enrolment.add_pages import AddPages
from watchword.system.screenshot_portal import screenshot

pytestmark = needs_bus
LINK = "otpauth://totp/Kalos:ana?secret=JBSWY3DPEHPK3PXPJBSWY3DP&issuer=Kalos"


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockPortal]:
    with tempfile.TemporaryDirectory(prefix="ww-") as folder, session_bus(Path(folder)) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        with MockPortal(address).running() as running:
            yield running


@pytest.fixture
def pages(qtbot: QtBot, jobs: Jobs, outside: Outside) -> AddPages:
    pages = make_pages(jobs, outside, screenshot=screenshot)
    qtbot.addWidget(pages, before_close_func=AddPages.leave)
    pages.show()
    pages.open_scan()
    qtbot.waitUntil(lambda: outside.source.running)
    return pages


def test_a_code_on_the_screen(
    qtbot: QtBot, pages: AddPages, outside: Outside, portal: MockPortal, tmp_path: Path
) -> None:
    picture = tmp_path / "screen.png"
    seen: list[tuple[bool, bool]] = []

    def make() -> tuple[int, dict[str, object]]:
        seen.append((outside.source.running, pages.scan_page.view.has_picture))
        picture.write_bytes(qr_scenes.encoded(qr_scenes.on_table(qr_scenes.qr(LINK))))
        return gives(picture)

    portal.answer = make
    outside.source.frame_arrived.emit(frame_of(qr_scenes.on_table(qr_scenes.qr("x")[:10])))
    qtbot.waitUntil(lambda: pages.scan_page.view.has_picture)
    pages.scan_page.screen_card.click()
    qtbot.waitUntil(lambda: pages.currentWidget() is pages.preview_page, timeout=20_000)
    # Our own window may be on the picture, and must not show a code of its own.
    assert seen == [(False, False)]
    assert not picture.exists()


@pytest.mark.parametrize(
    ("answer", "said"), [((1, {}), "did not allow"), ((2, {}), "gave no picture")]
)
def test_a_person_who_says_no_goes_on_with_the_camera(
    qtbot: QtBot,
    pages: AddPages,
    outside: Outside,
    portal: MockPortal,
    answer: tuple[int, dict[str, object]],
    said: str,
) -> None:
    portal.answer = lambda: answer
    pages.scan_page.screen_card.click()
    qtbot.waitUntil(lambda: said in pages.scan_page.notice.text())
    assert outside.source.running
    assert "screens" not in pages.scan_page.view.message()


def test_a_desktop_without_a_portal_says_why_and_the_other_ways_stay(
    qtbot: QtBot, pages: AddPages, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={os.devnull}/none")
    pages.scan_page.screen_card.click()
    qtbot.waitUntil(lambda: "no session bus" in pages.scan_page.notice.text())
    assert outside.source.running
    assert pages.scan_page.picture_card.isVisible()


def test_leaving_ends_the_waiting_for_an_answer(
    qtbot: QtBot, pages: AddPages, portal: MockPortal
) -> None:
    pages.scan_page.screen_card.click()
    qtbot.waitUntil(lambda: bool(portal.asked))
    pages.open_manual()
    pages.leave()  # the thread that waited ends, or the test fails


def test_on_wayland_the_screens_are_not_grabbed_but_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from watchword.desktop.shell import adding

    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert not screen_grab.can_grab_screens()
    assert adding._screenshot() is screenshot
    monkeypatch.delenv("WAYLAND_DISPLAY")
    assert adding._screenshot() is None
