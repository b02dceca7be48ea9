"""From moving pictures to a preview: the real player, sink, workers and decoder."""

import sys
import threading
import time
from pathlib import Path

import pytest
import qr_scenes
import qr_video
from PySide6.QtCore import QObject
from PySide6.QtMultimedia import QVideoSink
from pytestqt.qtbot import QtBot
from video_frames import frame_of

from watchword.clock import SystemClock
from watchword.desktop.background.jobs import Jobs
from watchword.desktop.enrolment.add_pages import AddPages
from watchword.desktop.enrolment.camera_scan import CameraScan, Mailbox
from watchword.desktop.enrolment.frame_source import (
    FrameSource,
    NoSource,
    SourceState,
    open_source,
)
from watchword.enrolment.preview import Addition

LINK = (
    "otpauth://totp/Kalos%20Club:ana@kalos.ch?secret=JBSWY3DPEHPK3PXPJBSWY3DP&issuer=Kalos%20Club"
)
OTHER = "otpauth://totp/Orchid:ben?secret=GEZDGNBVGY3TQOJQ&issuer=Orchid"


class SinkSource(FrameSource):
    """Frames put into a QVideoSink, as a camera session does it."""

    def __init__(self) -> None:
        super().__init__()
        self.sink = QVideoSink(self)
        self.sink.videoFrameChanged.connect(self.frame_arrived.emit)

    def start(self) -> None:
        self._set_state(SourceState.ON)

    def stop(self) -> None:
        self._set_state(SourceState.OFF)


def test_a_video_of_a_code_is_read_and_enrolled(qtbot: QtBot, jobs: Jobs, tmp_path: Path) -> None:
    video = tmp_path / "hand.mp4"
    qr_video.write_video(video, LINK)
    saved: list[Addition] = []
    source = open_source(video)
    pages = AddPages(
        jobs=jobs,
        clock=SystemClock(),
        source=source,
        accounts=list,
        save=lambda additions, done, _error: (saved.extend(additions), done()),
        link=lambda *_: pytest.fail("no server is asked"),
        sign_in=lambda *_: pytest.fail("no server is asked"),
        open_address=lambda _: pytest.fail("no browser is opened"),
    )
    qtbot.addWidget(pages)
    pages.resize(420, 680)
    pages.show()
    pages.open_scan()
    qtbot.waitUntil(lambda: pages.currentWidget() is pages.preview_page, timeout=15_000)
    assert source.state is SourceState.OFF  # the camera's light is out before anything else
    assert pages.scan_page.view.has_picture
    assert pages.preview_page.heading() == "Add Kalos Club?"
    assert not saved
    pages.preview_page.confirm_button.click()
    (addition,) = saved
    assert (addition.account.issuer, addition.account.account) == ("Kalos Club", "ana@kalos.ch")
    assert addition.account.otp is not None
    assert addition.account.otp.secret == b"Hello!\xde\xad\xbe\xefHello"
    pages.leave()


@pytest.mark.qt_log_ignore("Could not open media")
def test_a_file_that_is_no_video_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    source = open_source(tmp_path / "none.mp4")
    source.start()
    qtbot.waitUntil(lambda: source.state is SourceState.BUSY)
    source.stop()


def _scanning(jobs: Jobs) -> tuple[SinkSource, CameraScan, list[tuple[str, ...]], list[str]]:
    source = SinkSource()
    scan = CameraScan(source, jobs, SystemClock())
    source.setParent(scan)
    found: list[tuple[str, ...]] = []
    others: list[str] = []
    scan.found.connect(found.append)
    scan.something_else.connect(others.append)
    scan.start()
    return source, scan, found, others


def _play(qtbot: QtBot, source: SinkSource, texts: list[str], until: object) -> None:
    scene = qr_scenes.beside([qr_scenes.qr(text, scale=4) for text in texts])
    deadline = time.monotonic() + 10
    while not until and time.monotonic() < deadline:
        source.sink.setVideoFrame(frame_of(scene))
        qtbot.wait(20)


def test_frames_through_a_sink_are_accepted_when_steady(qtbot: QtBot, jobs: Jobs) -> None:
    source, scan, found, _ = _scanning(jobs)
    _play(qtbot, source, [LINK], found)
    assert found == [(LINK,)]
    scan.stop()


def test_two_codes_in_one_frame_are_both_offered(qtbot: QtBot, jobs: Jobs) -> None:
    source, scan, found, _ = _scanning(jobs)
    _play(qtbot, source, [LINK, OTHER, "https://example.org"], found)
    assert len(found) == 1
    assert set(found[0]) == {LINK, OTHER}
    scan.stop()


def test_a_code_of_another_kind_is_named(qtbot: QtBot, jobs: Jobs) -> None:
    source, scan, found, others = _scanning(jobs)
    _play(qtbot, source, ["https://evil.example/"], others)
    assert others[0] == "a web address"
    assert not found
    scan.stop()


def test_the_newest_frame_wins_and_nothing_queues_up(qtbot: QtBot, jobs: Jobs) -> None:
    """A decoder of 80 ms once made the picture fall seconds behind."""
    go_on = threading.Event()
    worked: list[int] = []

    def slowly(number: int) -> int:
        go_on.wait(5)
        worked.append(number)
        return number

    owner = QObject()
    mailbox = Mailbox(jobs, slowly, owner)
    answers: list[int] = []
    mailbox.answered.connect(answers.append)
    for number in range(100):
        mailbox.offer(number)
    go_on.set()
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert worked == answers == [0, 99]
    mailbox.offer(100)
    qtbot.waitUntil(lambda: len(answers) == 3)
    assert answers[-1] == 100


def test_an_answer_that_comes_after_the_end_is_dropped(qtbot: QtBot, jobs: Jobs) -> None:
    go_on = threading.Event()
    owner = QObject()
    mailbox = Mailbox(jobs, lambda thing: (go_on.wait(5), thing)[1], owner)
    answers: list[object] = []
    mailbox.answered.connect(answers.append)
    mailbox.offer("late")
    mailbox.empty()
    mailbox.offer("next")
    go_on.set()
    qtbot.waitUntil(lambda: bool(answers))
    assert answers == ["next"]


def test_without_qts_multimedia_the_page_says_so(
    qtbot: QtBot, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "watchword.desktop.enrolment.qt_sources", None)
    source = open_source()
    assert isinstance(source, NoSource)
    source.start()
    assert source.state is SourceState.NOT_INSTALLED
