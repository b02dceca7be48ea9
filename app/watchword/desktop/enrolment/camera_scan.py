"""From frames to a code that is meant, without the picture ever waiting for the decoder.

Each frame goes into two mailboxes of one slot: one is emptied by the decoder, the other by what
makes the small picture to show. A frame that comes while both are at work takes the place of
the one that waited, so that nothing is ever shown or read late.
"""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from watchword.clock import Clock
from watchword.desktop.background.jobs import Job, Jobs, Lane
from watchword.desktop.enrolment.frame_source import FrameSource, SourceState
from watchword.enrolment.scanned import NotALoginCode, is_login_code, recognise
from watchword.enrolment.steady_scan import SteadyScan

PREVIEW_WIDTH = 640


class Mailbox(QObject):
    """Does `work` with the newest thing offered, one at a time; what it replaces is forgotten."""

    answered = Signal(object)

    def __init__(
        self, jobs: Jobs, work: Callable[[Any], Any], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._work = work
        self._newest: Any = None
        self._job: Job | None = None

    def offer(self, thing: object) -> None:
        """Put `thing` into the slot; work begins when none is under way."""
        self._newest = thing
        if self._job is None:
            self._begin()

    def empty(self) -> None:
        """Forget what waits, and the answer that is under way."""
        self._newest = None
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _begin(self) -> None:
        thing, self._newest = self._newest, None
        work = self._work
        self._job = self._jobs.run(
            lambda: work(thing), on_done=self._done, on_error=self._failed, lane=Lane.DECODE
        )

    def _done(self, answer: object) -> None:
        self._job = None
        if self._newest is not None:
            self._begin()
        self.answered.emit(answer)

    def _failed(self, _error: object) -> None:
        # A bug, which the exception hook has heard of. The next frame gets its chance.
        self._job = None


class FrameReader:
    """Reads the codes of a QVideoFrame from its grey plane."""

    def __init__(self) -> None:
        self._read: Any = None

    def __call__(self, frame: Any) -> tuple[str, ...]:
        """Return the QR texts of a frame; runs in a worker."""
        # Loaded here, so that neither numpy nor the decoder is imported on the GUI thread.
        from watchword.desktop.enrolment.frames import grey_plane
        from watchword.enrolment import cascade

        if self._read is None:
            self._read = cascade.FrameReader()
        with grey_plane(frame) as picture:
            texts: tuple[str, ...] = self._read(picture)
            return texts


def _picture_of(frame: Any) -> Any:
    """Return a small picture of a QVideoFrame, and where the codes are on it; runs in a worker."""
    import numpy as np

    from watchword.desktop.enrolment.frames import small_picture
    from watchword.enrolment.outlines import outlines

    picture = small_picture(frame, PREVIEW_WIDTH)
    if picture.isNull():
        return picture, ()
    grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return picture, outlines(rows[:, : grey.width()])


class CameraScan(QObject):
    """Watches a source: what it sees, what is steady in it, and what is something else."""

    pictured = Signal(object, object)  # QImage to show, and the outlines of the codes on it
    found = Signal(object)  # tuple[str, ...]: login codes that are steady; then it stops looking
    something_else = Signal(str)  # a QR code that is no login code: what it is

    def __init__(
        self, source: FrameSource, jobs: Jobs, clock: Clock, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._source = source
        self._steady = SteadyScan(clock)
        self._looking = False
        self._reading = Mailbox(jobs, FrameReader(), self)
        self._reading.answered.connect(self._read)
        self._picturing = Mailbox(jobs, _picture_of, self)
        self._picturing.answered.connect(self._show)
        source.frame_arrived.connect(self._frame)
        source.state_changed.connect(self._state_changed)

    def start(self) -> None:
        """Turn the source on and look."""
        self._steady.start_over()
        self._looking = True
        self._source.start()

    def stop(self) -> None:
        """Turn the source off and forget every frame."""
        self._looking = False
        self._source.stop()
        self._reading.empty()
        self._picturing.empty()

    def look_again(self) -> None:
        """Look for codes again after `found`, with the source still on."""
        self._steady.start_over()
        self._looking = True

    def _frame(self, frame: object) -> None:
        self._picturing.offer(frame)
        if self._looking:
            self._reading.offer(frame)

    def _show(self, pictured: tuple[Any, Any]) -> None:
        self.pictured.emit(*pictured)

    def _state_changed(self) -> None:
        # What an unplugged camera saw last is not shown over the words that it is gone.
        if self._source.state is not SourceState.ON:
            self._reading.empty()
            self._picturing.empty()

    def _read(self, texts: tuple[str, ...]) -> None:
        if not self._looking:
            return
        codes = [text for text in texts if is_login_code(text)]
        if accepted := self._steady.saw(codes):
            self._looking = False
            self.found.emit(accepted)
        elif texts and not codes:
            other = recognise(texts[0])
            if isinstance(other, NotALoginCode):
                self.something_else.emit(other.what)
