"""Where QR texts come from besides the camera: files, the clipboard, the screens, what is dropped.

Everything ends in `texts_found` or `refused`, one after the other; a new reading takes the place
of one that is under way, so that no late answer comes up under a preview.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter, QPainter

from watchword.desktop.background.jobs import Job, Jobs, Lane
from watchword.enrolment.files import FileReading, read_files, read_picture
from watchword.enrolment.findings import codes_in
from watchword.enrolment.scanned import is_login_code
from watchword.errors import InvalidInput, WatchwordError
from watchword.plain_text import plain_text

# Gives a file with a picture of all screens, as long as it is held; blocks while the person is
# asked, until the event is set. Raises a KnownError that says why there is none.
Screenshot = Callable[[threading.Event], AbstractContextManager[Path]]

MOST_FILES = 50
_NAMED = 3  # of the pictures that held nothing


class Sources(QObject):
    """Reads one place at a time, pictures in the background."""

    reading = Signal()  # it takes a moment
    texts_found = Signal(object, str)  # tuple[str, ...], and what else is to be said, or empty
    refused = Signal(object)  # WatchwordError

    def __init__(
        self,
        jobs: Jobs,
        grab_screens: Callable[[], list[QImage]] | None,
        screenshot: Screenshot | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Read the screens with `grab_screens`, or ask the desktop by `screenshot`; None: cannot."""
        super().__init__(parent)
        self._jobs = jobs
        self._grab_screens = grab_screens
        self._screenshot = screenshot
        self._job: Job | None = None
        self._stop = threading.Event()  # of the job that is under way

    def cancel(self) -> None:
        """Let nothing come of what is being read."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._stop.set()

    def read_text(self, text: str) -> None:
        """Look through a text; a line of it may be a link."""
        self.cancel()
        self.texts_found.emit(codes_in(text), "")

    def read_files(self, paths: Sequence[str]) -> None:
        """Decode picture files."""
        chosen = list(paths[:MOST_FILES])
        left_out = len(paths) - len(chosen)

        def done(readings: list[FileReading]) -> None:
            self._take_files(readings, left_out)

        self._start(lambda: read_files(chosen), done)

    def read_image(self, image: QImage) -> None:
        """Decode a picture that is no file."""
        self._start(lambda: [read_picture(as_png(image))], self._take_picture)

    def read_clipboard(self) -> None:
        """Read whatever was copied."""
        data = QGuiApplication.clipboard().mimeData()
        if not self.read_data(data):
            self.refused.emit(
                InvalidInput(
                    self.tr("The clipboard is empty"),
                    self.tr("It holds neither a picture nor a text"),
                    self.tr("Copy the QR code or its link first"),
                )
            )

    def read_data(self, data: QMimeData) -> bool:
        """Read what was dropped or copied: files, else a picture, else a text; False for nothing."""
        files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        image = data.imageData() if data.hasImage() else None
        if files:
            self.read_files(files)
        elif isinstance(image, QImage) and not image.isNull():
            self.read_image(image)
        elif data.hasText() and data.text().strip():
            self.read_text(data.text())
        else:
            return False
        return True

    @property
    def can_read_screens(self) -> bool:
        """Whether there is a way to read what is on the screens."""
        return self._grab_screens is not None or self._screenshot is not None

    def read_screens(self) -> None:
        """Read what is on the screens, without our own windows."""
        if self._screenshot is not None:
            self._ask_for_screens(self._screenshot)
            return
        if self._grab_screens is None:
            return
        pictures = [picture for picture in self._grab_screens() if not picture.isNull()]
        if not pictures:
            self.refused.emit(InvalidInput(self.tr("The screen could not be read")))
            return
        self._start(lambda: [read_picture(as_png(each)) for each in pictures], self._take_screens)

    def _ask_for_screens(self, screenshot: Screenshot) -> None:
        stop = threading.Event()

        def work() -> list[FileReading]:
            with screenshot(stop) as path:
                return read_files([path])

        # The person may take minutes to answer, and decoding must go on meanwhile.
        self._start(work, self._take_screens, lane=Lane.NETWORK)
        self._stop = stop

    def _start(
        self,
        work: Callable[[], list[FileReading]],
        on_done: Callable[[list[FileReading]], None],
        *,
        lane: Lane = Lane.DECODE,
    ) -> None:
        self.cancel()
        self.reading.emit()
        self._job = self._jobs.run(
            work, on_done=on_done, on_error=self._failed, lane=lane, page=self
        )

    def _failed(self, error: WatchwordError) -> None:
        self._job = None
        self.refused.emit(error)

    def _take_files(self, readings: list[FileReading], left_out: int) -> None:
        """Go on with what was found, and say which files held nothing: nobody would miss them."""
        if len(readings) == 1:
            self._take_picture(readings)
            return
        self._take(readings, self._remark(readings, left_out), self._nothing_in_pictures())

    def _take_picture(self, readings: list[FileReading]) -> None:
        error = readings[0].error
        nothing = (
            InvalidInput(self.tr("The picture could not be read"), error)
            if error
            else InvalidInput(
                self.tr("No QR code found in the picture"),
                self.tr("It may be too small, cut off, or too blurred"),
                self.tr("Try a larger or sharper picture, with the whole code in it"),
            )
        )
        self._take(readings, "", nothing)

    def _take_screens(self, readings: list[FileReading]) -> None:
        self._take(
            readings,
            "",
            InvalidInput(
                self.tr("No QR code found on the screen"),
                self.tr("It may lie under this window or another, or be shown very small"),
                self.tr("Move away what covers the code, and try again"),
            ),
        )

    def _take(self, readings: list[FileReading], remark: str, nothing: InvalidInput) -> None:
        self._job = None
        texts = tuple(dict.fromkeys(text for reading in readings for text in reading.texts))
        if not texts:
            self.refused.emit(nothing)
            return
        codes = tuple(text for text in texts if is_login_code(text))
        self.texts_found.emit(codes or texts[:1], remark)

    def _nothing_in_pictures(self) -> InvalidInput:
        return InvalidInput(
            self.tr("No QR code found in the pictures"),
            self.tr("They may be too small, cut off, too blurred, or of a kind that is not read"),
            self.tr("PNG, JPEG, WebP and BMP pictures are read"),
        )

    def _remark(self, readings: Sequence[FileReading], left_out: int) -> str:
        without = [each for each in readings if not any(map(is_login_code, each.texts))]
        parts = [
            self.tr("{file}: {why}.").format(
                file=plain_text(each.file.replace("\\", "/").rpartition("/")[2]),
                why=each.error or self.tr("no login code found"),
            )
            for each in without[:_NAMED]
        ]
        if more := len(without) - len(parts):
            parts.append(self.tr("{n} more held none.").format(n=more))
        if left_out:
            parts.append(
                self.tr("Only {n} files are read at once; {left} were left out.").format(
                    n=MOST_FILES, left=left_out
                )
            )
        return " ".join(parts)


def as_png(image: QImage) -> bytes:
    """Return a picture as the decoding child takes it: grey, what is transparent as white."""
    if image.hasAlphaChannel():
        opaque = QImage(image.size(), QImage.Format.Format_RGB32)
        opaque.fill(Qt.GlobalColor.white)
        painter = QPainter(opaque)
        painter.drawImage(0, 0, image)
        painter.end()
        image = opaque
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"png"))
    writer.setCompression(10)  # of 100: it is read once, by the next process
    writer.write(image.convertToFormat(QImage.Format.Format_Grayscale8))
    return bytes(data.data())
