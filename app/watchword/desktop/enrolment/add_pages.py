"""Adding accounts, as one place in the window: scan, choose, preview, type, link.

What the rest of the window needs to know is here: `open_scan`, `open_manual`, `open_text` and
`open_files` begin; `closed` ends. What is needed from outside comes in as values and callables.
"""

import platform
from collections.abc import Callable, Sequence

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QHideEvent,
    QImage,
    QImageWriter,
    QPainter,
)
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from watchword.clock import Clock
from watchword.desktop.background.jobs import Job, Jobs, Lane
from watchword.desktop.enrolment import screen_grab
from watchword.desktop.enrolment.choose_page import ChoosePage
from watchword.desktop.enrolment.frame_source import FrameSource
from watchword.desktop.enrolment.linking_page import Linking, LinkingPage, Save
from watchword.desktop.enrolment.manual_page import ManualPage
from watchword.desktop.enrolment.preview_page import PreviewPage
from watchword.desktop.enrolment.scan_page import ScanPage
from watchword.enrolment.files import FileReading, read_files, read_picture
from watchword.enrolment.preview import Addition, LinkPreview, Preview, preview
from watchword.enrolment.scanned import (
    EnrolLinkFound,
    OtpauthFound,
    as_account,
    is_login_code,
    recognise,
)
from watchword.errors import InvalidInput, WatchwordError
from watchword.otp.parameters import PinMissing
from watchword.vault.account import Account

_MOST_FILES = 20
_MOST_LINES = 50  # of a pasted or dropped text
_LONGEST_TEXT = 100_000  # characters of a clipboard or a drop that are looked at
_PICTURES = "*.png *.jpg *.jpeg *.webp *.bmp"


class AddPages(QStackedWidget):
    """The pages, one at a time, and the way from what was found to what is saved."""

    closed = Signal(str)  # the id of the account that was added, or empty

    def __init__(
        self,
        *,
        jobs: Jobs,
        clock: Clock,
        source: FrameSource,
        accounts: Callable[[], Sequence[Account]],
        save: Save,
        link: Callable[[str, str], Linking],
        native_dialogs: bool = True,
        grab_screens: Callable[[], list[QImage]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Know how to get things done.

        `accounts()` are those there are; `save(addition, on_done, on_error)` saves one and
        calls back on the GUI thread; `link(link, device_name)` makes an enrolment that has
        contacted nothing. `source` is owned by these pages from now on. `grab_screens` None:
        the system's way, where it has one.
        """
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._jobs = jobs
        self._clock = clock
        self._accounts = accounts
        self._save = save
        self._link = link
        self._native_dialogs = native_dialogs
        self._reading: Job | None = None
        self._on_screen = False  # whether what is being read is the screens
        self._previews: list[Preview] = []
        self._came_from: QWidget | None = None
        if grab_screens is None and screen_grab.can_grab_screens():
            grab_screens = screen_grab.grab_screens
        self._grab_screens = grab_screens
        source.setParent(self)
        self.scan_page = ScanPage(source, jobs, clock, screens=grab_screens is not None)
        self.choose_page = ChoosePage()
        self.preview_page = PreviewPage()
        self.manual_page = ManualPage(clock.now)
        self.linking_page = LinkingPage(jobs, save)
        # A stack shows its first page at once; the camera must wait until it is asked for.
        self._nothing = QWidget()
        for page in (
            self._nothing,
            *(self.scan_page, self.choose_page, self.preview_page),
            *(self.manual_page, self.linking_page),
        ):
            self.addWidget(page)
        self._connect()

    def _connect(self) -> None:
        scan, manual = self.scan_page, self.manual_page
        scan.back_pressed.connect(self._close)
        scan.found.connect(self._take_texts)
        scan.screen_asked.connect(self._read_screens)
        scan.picture_asked.connect(self._ask_for_picture)
        scan.clipboard_asked.connect(self._read_clipboard)
        scan.typing_asked.connect(self.open_manual)
        manual.back_pressed.connect(self._leave_manual)
        manual.read.connect(self._take_found)
        self.choose_page.back_pressed.connect(self.open_scan)
        self.choose_page.chosen.connect(self._chosen)
        self.preview_page.confirmed.connect(self._confirmed)
        self.preview_page.link_confirmed.connect(self._link_confirmed)
        self.preview_page.cancelled.connect(self._back_from_preview)
        self.linking_page.finished.connect(self._finished)
        self.linking_page.cancelled.connect(self._close)

    @property
    def asks(self) -> bool:
        """Whether what is shown waits for an answer, here or in the browser."""
        return self.currentWidget() in {self.preview_page, self.linking_page}

    def open_scan(self) -> None:
        """Begin with the camera."""
        self._came_from = None
        self.setCurrentWidget(self.scan_page)

    def open_manual(self) -> None:
        """Begin with the form."""
        self._came_from = self.scan_page if self.currentWidget() is self.scan_page else None
        self.setCurrentWidget(self.manual_page)

    def open_text(self, text: str) -> None:
        """Begin with a text that was pasted, dropped, or given to the app as a link."""
        lines = text[:_LONGEST_TEXT].splitlines()[:_MOST_LINES]
        codes = [line.strip() for line in lines if is_login_code(line)]
        self._take_texts(tuple(dict.fromkeys(codes)) or (text[:_LONGEST_TEXT],))

    def open_files(self, paths: Sequence[str]) -> None:
        """Begin with picture files."""
        if self.currentWidget() is self._nothing:
            self.open_scan()
        chosen = list(paths[:_MOST_FILES])
        self._read_in_background(lambda: read_files(chosen))

    def leave(self) -> None:
        """Stop everything: the camera, a reading, a linking; nothing of it stays on a page."""
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        self._previews = []
        self.manual_page.forget()
        self.setCurrentWidget(self._nothing)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        # Minimising hides the pages, too, and ends nothing but the camera.
        if not event.spontaneous() and self._reading is not None:
            self._reading.cancel()
            self._reading = None

    # From a place to texts.

    def _ask_for_picture(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a picture"))
        dialog.setObjectName("picture dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters(
            [self.tr("Pictures ({kinds})").format(kinds=_PICTURES), self.tr("All files (*)")]
        )
        if not self._native_dialogs:
            dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self.open_files)
        dialog.open()

    def _read_clipboard(self) -> None:
        data = QGuiApplication.clipboard().mimeData()
        files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        if data.hasImage():
            self._read_image(QGuiApplication.clipboard().image())
        elif files:
            self.open_files(files)
        elif data.hasText() and data.text().strip():
            self.open_text(data.text())
        else:
            self._refuse(
                InvalidInput(
                    self.tr("The clipboard is empty"),
                    self.tr("It holds neither a picture nor a text"),
                    self.tr("Copy the QR code or its link first"),
                )
            )

    def _read_image(self, image: QImage) -> None:
        self._read_in_background(lambda: [read_picture(_as_png(image))])

    def _read_screens(self) -> None:
        if self._grab_screens is None:
            return
        pictures = [picture for picture in self._grab_screens() if not picture.isNull()]
        if not pictures:
            self._refuse(InvalidInput(self.tr("The screen could not be read")))
            return
        self._read_in_background(
            lambda: [read_picture(_as_png(each)) for each in pictures], on_screen=True
        )

    def _read_in_background(
        self, work: Callable[[], list[FileReading]], *, on_screen: bool = False
    ) -> None:
        self._on_screen = on_screen
        if self._reading is not None:
            self._reading.cancel()
        self.scan_page.notice.show_texts(self.tr("Reading the picture…"), kind="accent")
        self._reading = self._jobs.run(
            work, on_done=self._take_readings, on_error=self._refuse, lane=Lane.DECODE, page=self
        )

    def _take_readings(self, readings: list[FileReading]) -> None:
        self._reading = None
        self.scan_page.notice.hide()
        texts = tuple(dict.fromkeys(text for reading in readings for text in reading.texts))
        if texts:
            codes = tuple(text for text in texts if is_login_code(text))
            self._take_texts(codes or texts[:1])
            return
        error = next((reading.error for reading in readings if reading.error), None)
        if error is not None:
            self._refuse(InvalidInput(self.tr("The picture could not be read"), error))
        elif self._on_screen:
            self._refuse(
                InvalidInput(
                    self.tr("No QR code found on the screen"),
                    self.tr("It may lie under this window, or be shown very small"),
                    self.tr("Move this window away from the code and try again"),
                )
            )
        else:
            self._refuse(
                InvalidInput(
                    self.tr("No QR code found in the picture"),
                    self.tr("It may be too small, cut off, or too blurred"),
                    self.tr("Try a larger or sharper picture, with the whole code in it"),
                )
            )

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        data = event.mimeData()
        if data.hasImage() or data.hasText() or data.hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        data = event.mimeData()
        files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        event.acceptProposedAction()
        if self.currentWidget() is self.linking_page:
            return
        self.open_scan()
        if files:
            self.open_files(files)
        elif data.hasImage() and isinstance(image := data.imageData(), QImage):
            self._read_image(image)
        else:
            self.open_text(data.text())

    # From texts to a preview.

    def _take_texts(self, texts: tuple[str, ...]) -> None:
        """Go on with the one that can be used, let choose among several, or say why none can."""
        found: list[OtpauthFound | EnrolLinkFound] = []
        refused: list[InvalidInput] = []
        for text in texts:
            try:
                found.append(as_account(recognise(text, now=self._clock.now())))
            except InvalidInput as error:
                refused.append(error)
        if not found and len(texts) == 1 and isinstance(refused[0], PinMissing):
            self._ask_pin(texts[0], refused[0])
        elif not found:
            self._refuse(refused[0])
            self.scan_page.look_again()
        elif len(texts) == 1:
            self._take_found(found[0])
        else:
            accounts = self._accounts()
            self._previews = [preview(each, accounts) for each in found]
            self.choose_page.show_previews(self._previews, len(refused))
            self.setCurrentWidget(self.choose_page)

    def _ask_pin(self, link: str, missing: PinMissing) -> None:
        self.open_manual()
        self.manual_page.ask_pin(link, missing)

    def _take_found(self, found: OtpauthFound | EnrolLinkFound) -> None:
        self._came_from = self.currentWidget()
        self._show_preview(preview(found, self._accounts()))

    def _chosen(self, number: int) -> None:
        self._came_from = self.choose_page
        self._show_preview(self._previews[number])

    def _show_preview(self, shown: Preview) -> None:
        self.preview_page.show_preview(shown, platform.node() or self.tr("My computer"))
        self.setCurrentWidget(self.preview_page)

    def _refuse(self, error: WatchwordError) -> None:
        page = self.currentWidget()
        if page is self.manual_page:
            self.manual_page.show_error(error)
            return
        self.open_scan()
        self.scan_page.show_error(error)

    # From a preview to an account.

    def _confirmed(self, addition: Addition) -> None:
        def saved() -> None:
            self._finished(addition.account.id)

        self._save(addition, saved, self.preview_page.show_error)

    def _link_confirmed(self, shown: LinkPreview, device_name: str) -> None:
        try:
            linking = self._link(shown.link, device_name)
        except InvalidInput as error:
            self.preview_page.show_error(error)
            return
        self.setCurrentWidget(self.linking_page)
        self.linking_page.start(linking)

    def _back_from_preview(self) -> None:
        page = self._came_from
        if page is self.choose_page or page is self.manual_page:
            self.setCurrentWidget(page)
        else:
            self.open_scan()

    def _leave_manual(self) -> None:
        if self._came_from is self.scan_page:
            self.manual_page.forget()
            self.open_scan()
        else:
            self._close()

    def _finished(self, account_id: str) -> None:
        self.leave()
        self.closed.emit(account_id)

    def _close(self) -> None:
        self._finished("")


def _as_png(image: QImage) -> bytes:
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
