"""Adding accounts, as one place in the window: scan, choose, preview, type, link.

What the rest of the window needs to know is here: `open_scan`, `open_manual`, `open_sign_in`,
`open_text`, `open_files` and `open_data` begin; `closed` ends. What is needed from outside comes in as values
and callables.
"""

import platform
from collections.abc import Callable, Sequence

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QHideEvent, QImage
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from watchword.clock import Clock
from watchword.desktop.background.jobs import Jobs
from watchword.desktop.enrolment import screen_grab
from watchword.desktop.enrolment.address_page import AddressPage
from watchword.desktop.enrolment.batch_page import BatchPage
from watchword.desktop.enrolment.browser_page import BrowserPage, SigningIn
from watchword.desktop.enrolment.choose_page import Choice, ChoosePage
from watchword.desktop.enrolment.export_scan import ExportScan
from watchword.desktop.enrolment.frame_source import FrameSource
from watchword.desktop.enrolment.linking_page import Linking, LinkingPage, Save
from watchword.desktop.enrolment.manual_page import ManualPage
from watchword.desktop.enrolment.preview_page import PreviewPage
from watchword.desktop.enrolment.scan_page import ScanPage
from watchword.desktop.enrolment.second_step_page import SecondStepPage
from watchword.desktop.enrolment.sources import Screenshot, Sources
from watchword.enrolment.batch import Batch, batch
from watchword.enrolment.findings import ExportFound, Findings, PinWanted, sort_texts
from watchword.enrolment.preview import Addition, LinkPreview, Preview, SignInPreview, preview
from watchword.enrolment.scanned import EnrolLinkFound, MigrationFound, OtpauthFound
from watchword.errors import InvalidInput, KnownError, WatchwordError
from watchword.otp.migration import MigrationPart
from watchword.otp.otpauth import OtpauthEntry
from watchword.protocol.origin import Origin
from watchword.providers.errors import EnrolmentExpired
from watchword.vault.account import Account

_PICTURES = "*.png *.jpg *.jpeg *.webp *.bmp"


class AddPages(QStackedWidget):
    """The pages, one at a time, and the way from what was found to what is saved."""

    closed = Signal(object)  # tuple[str, ...]: the ids of the accounts that were added
    copy_asked = Signal(str)

    def __init__(
        self,
        *,
        jobs: Jobs,
        clock: Clock,
        source: FrameSource,
        accounts: Callable[[], Sequence[Account]],
        save: Save,
        link: Callable[[str, str], Linking],
        sign_in: Callable[[Origin, str], SigningIn],
        open_address: Callable[[str], bool],
        save_link: Save | None = None,
        discard: Callable[[Account], None] = lambda _: None,
        native_dialogs: bool = True,
        grab_screens: Callable[[], list[QImage]] | None = None,
        screenshot: Screenshot | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Know how to get things done.

        `accounts()` are those there are; `save(additions, on_done, on_error)` saves them all or
        none and calls back on the GUI thread; `link(link, device_name)` makes an enrolment that
        has contacted nothing, `sign_in(origin, device_name)` a sign-in that has neither, and
        `open_address` opens the system's browser. `save_link` saves the account of a linking that
        goes on, by default as `save` does; `discard` takes one away again that came to nothing.
        `source` is owned by these pages from now on. `grab_screens` None:
        Qt's way, where it works; `screenshot` asks the desktop where Qt may not look.
        """
        super().__init__(parent)
        self._clock = clock
        self._accounts = accounts
        self._save = save
        self._link = link
        self._sign_in = sign_in
        self._native_dialogs = native_dialogs
        self._choices: list[Choice] = []
        self._entries: list[OtpauthEntry] = []  # of the choices that are accounts
        self._remark = ""
        self._saving = False
        self._added: tuple[str, ...] = ()
        self._seen_at = 0.0  # monotonic: when the code whose preview is shown was seen
        self._came_from: QWidget | None = None  # before the preview
        self._form_from: QWidget | None = None  # before one of the two forms
        self._signing_in_as: tuple[Origin, str] | None = None
        if grab_screens is None and screen_grab.can_grab_screens():
            grab_screens = screen_grab.grab_screens
        self._sources = Sources(jobs, grab_screens, screenshot, self)
        source.setParent(self)
        self.scan_page = ScanPage(source, jobs, clock, screens=self._sources.can_read_screens)
        self.choose_page = ChoosePage()
        self.preview_page = PreviewPage()
        self.batch_page = BatchPage()
        self.manual_page = ManualPage(clock.now)
        self.address_page = AddressPage()
        self.browser_page = BrowserPage(jobs, open_address)
        self.linking_page = LinkingPage(jobs, save_link or save, discard)
        self.second_step_page = SecondStepPage()
        self._export = ExportScan(self.scan_page, self)
        # A stack shows its first page at once; the camera must wait until it is asked for.
        self._nothing = QWidget()
        for page in (
            *(self._nothing, self.scan_page, self.choose_page, self.preview_page),
            *(self.batch_page, self.manual_page, self.address_page, self.browser_page),
            *(self.linking_page, self.second_step_page),
        ):
            self.addWidget(page)
        self._connect()

    def _connect(self) -> None:
        scan, manual = self.scan_page, self.manual_page
        scan.back_pressed.connect(self._close)
        scan.found.connect(self._take_texts)
        scan.screen_asked.connect(self._read_screens)
        scan.picture_asked.connect(self._ask_for_picture)
        scan.clipboard_asked.connect(self._sources.read_clipboard)
        scan.typing_asked.connect(self.open_manual)
        scan.sign_in_asked.connect(self.open_sign_in)
        self._sources.reading.connect(self._show_reading)
        self._sources.texts_found.connect(self._take_texts)
        self._sources.refused.connect(self._refuse)
        self._export.finished.connect(self._show_export)
        manual.back_pressed.connect(self._leave_form)
        manual.read.connect(self._take_typed)
        self.choose_page.back_pressed.connect(self.open_scan)
        self.choose_page.chosen.connect(self._chosen)
        self.choose_page.all_chosen.connect(self._all_chosen)
        self.preview_page.confirmed.connect(self._confirmed)
        self.preview_page.link_confirmed.connect(self._link_confirmed)
        self.preview_page.cancelled.connect(self._back_from_preview)
        self.batch_page.confirmed.connect(self._batch_confirmed)
        self.batch_page.cancelled.connect(self._back_from_preview)
        self.address_page.back_pressed.connect(self._leave_form)
        self.address_page.read.connect(self._take_address)
        self.browser_page.linked.connect(self._signed_in)
        self.browser_page.again_asked.connect(self._open_browser)
        self.browser_page.cancelled.connect(self._leave_browser)
        self.second_step_page.done.connect(lambda: self._finished(*self._added))
        self.second_step_page.copy_asked.connect(self.copy_asked)
        self.linking_page.finished.connect(self._finished)
        self.linking_page.cancelled.connect(self._close)

    @property
    def asks(self) -> bool:
        """Whether what is shown waits for an answer, here or in the browser."""
        return self._is_linking or self.currentWidget() in {self.preview_page, self.batch_page}

    @property
    def takes_data(self) -> bool:
        """Whether something may be dropped or pasted now: not while saving or linking."""
        return not (self._saving or self._is_linking)

    @property
    def _is_linking(self) -> bool:
        under_way = {self.browser_page, self.linking_page, self.second_step_page}
        return self.currentWidget() in under_way

    def open_scan(self) -> None:
        """Begin with the camera."""
        self._came_from = None
        self.setCurrentWidget(self.scan_page)

    def open_manual(self) -> None:
        """Begin with the form."""
        self._open_form(self.manual_page)

    def open_sign_in(self) -> None:
        """Begin with the address of a server."""
        self._open_form(self.address_page)

    def _open_form(self, form: QWidget) -> None:
        self._form_from = self.scan_page if self.currentWidget() is self.scan_page else None
        self.setCurrentWidget(form)

    def open_screens(self) -> None:
        """Begin with what is on the screens."""
        self.open_scan()
        self._read_screens()

    def open_server(self, origin: Origin) -> None:
        """Begin with a server whose address is known."""
        self._form_from = None
        self._take_address(origin)

    def open_text(self, text: str) -> None:
        """Begin with a text that was pasted, dropped, or given to the app as a link."""
        self._sources.read_text(text)

    def open_files(self, paths: Sequence[str]) -> None:
        """Begin with picture files."""
        self._sources.read_files(paths)

    def open_data(self, data: QMimeData) -> None:
        """Begin with what was dropped or pasted, whatever it is."""
        if self.currentWidget() is self.manual_page and self.manual_page.take_secret(data.text()):
            return
        if not self._sources.read_data(data):
            self._refuse(
                InvalidInput(
                    self.tr("There is nothing to read here"),
                    self.tr("It is neither a picture nor a text"),
                )
            )

    def leave(self) -> None:
        """Stop everything: the camera, a reading, a linking; nothing of it stays on a page."""
        self._sources.cancel()
        self._saving = False
        self._export.forget()
        self._choices, self._entries = [], []
        self._signing_in_as = None
        for page in (self.choose_page, self.preview_page, self.batch_page, self.second_step_page):
            page.forget()
        for form in (self.manual_page, self.address_page):
            form.forget()
        self.setCurrentWidget(self._nothing)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        # Minimising hides the pages, too, and ends nothing but the camera.
        if not event.spontaneous():
            self._sources.cancel()

    def _ask_for_picture(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose pictures"))
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

    def _read_screens(self) -> None:
        # What the camera sees may be a code, and this window may be on the picture.
        self.scan_page.look_away()
        self._sources.read_screens()

    # From texts to a preview.

    def _show_reading(self) -> None:
        self.open_scan()
        self.scan_page.notice.show_texts(self.tr("Reading the picture…"), kind="accent")

    def _take_texts(self, texts: tuple[str, ...], remark: str = "") -> None:
        """Go on with the one that can be used, let choose among several, or say why none can."""
        # Nothing that is still being read may come up in the place of what follows.
        self._sources.cancel()
        findings = sort_texts(texts, now=self._clock.now())
        self._remark = remark
        if findings.parts and not (findings.found or findings.pins):
            self._take_parts(findings.parts)
        elif self._export.under_way:
            self.open_scan()
            self._export.refuse_other()
        elif len(texts) == 1:
            self._take_one(findings)
        elif findings.found or findings.pins:
            self._offer(findings)
        else:
            self._refuse(findings.refused[0])

    def _take_one(self, findings: Findings) -> None:
        if findings.pins:
            self._ask_pin(findings.pins[0])
        elif findings.found:
            self._take_found(findings.found[0])
        else:
            self._refuse(findings.refused[0])

    def _offer(self, findings: Findings) -> None:
        accounts = self._accounts()
        self._choices = [preview(each, accounts) for each in findings.found]
        self._entries = [each.entry for each in findings.found if isinstance(each, OtpauthFound)]
        self._choices += findings.pins
        if findings.parts:
            self._choices.append(ExportFound(findings.parts))
        self.choose_page.show_choices(self._choices, len(findings.refused), self._remark)
        self.setCurrentWidget(self.choose_page)

    def _chosen(self, number: int) -> None:
        self._came_from = self.choose_page
        match choice := self._choices[number]:
            case PinWanted():
                self._ask_pin(choice)
            case ExportFound():
                self._take_parts(choice.parts)
            case _:
                self._show_preview(choice)

    def _all_chosen(self) -> None:
        self._came_from = self.choose_page
        self._show_batch(batch(self._entries, self._accounts()))

    def _ask_pin(self, wanted: PinWanted) -> None:
        self.open_manual()
        if self._came_from is self.choose_page:
            self._form_from = self.choose_page
        self.manual_page.ask_pin(wanted.link, wanted.missing)

    def _take_typed(self, found: OtpauthFound | EnrolLinkFound | MigrationFound) -> None:
        if isinstance(found, MigrationFound):
            self._sources.read_text(found.text)
        else:
            self._take_found(found)

    def _take_found(self, found: OtpauthFound | EnrolLinkFound) -> None:
        self._came_from = self.currentWidget()
        self._show_preview(preview(found, self._accounts()))

    def _take_address(self, origin: Origin) -> None:
        self._came_from = self.address_page
        self._remark = ""
        self._show_preview(SignInPreview(origin))

    def _show_preview(self, shown: Preview | SignInPreview) -> None:
        self._sources.cancel()
        self._seen_at = self._clock.monotonic()
        self.preview_page.show_preview(
            shown, platform.node() or self.tr("My computer"), self._remark
        )
        self.setCurrentWidget(self.preview_page)

    def _take_parts(self, parts: Sequence[MigrationPart]) -> None:
        self.open_scan()
        self._export.take(parts)

    def _show_export(self) -> None:
        collected = self._export.collected
        self._came_from = None
        self._show_batch(
            batch(
                collected.entries,
                self._accounts(),
                skipped=collected.skipped,
                missing=collected.missing,
                parts=collected.size,
            )
        )

    def _show_batch(self, shown: Batch) -> None:
        self._sources.cancel()
        self.batch_page.show_batch(shown, self._remark)
        self.setCurrentWidget(self.batch_page)

    def _refuse(self, error: WatchwordError) -> None:
        if self.currentWidget() is self.manual_page:
            self.manual_page.show_error(error)
            return
        self.open_scan()
        self.scan_page.show_error(error)
        self.scan_page.look_again()

    # From a preview to an account.

    def _confirmed(self, addition: Addition) -> None:
        self._save_all((addition,), self.preview_page.show_error)

    def _batch_confirmed(self, additions: tuple[Addition, ...]) -> None:
        self._save_all(additions, self.batch_page.show_error)

    def _save_all(
        self, additions: tuple[Addition, ...], show_error: Callable[[WatchwordError], None]
    ) -> None:
        def saved() -> None:
            self._added = tuple(each.account.id for each in additions)
            if any(each.answer for each in additions):
                self._saving = False
                self.second_step_page.show_answers(additions)
                self.setCurrentWidget(self.second_step_page)
            else:
                self._finished(*self._added)

        def not_saved(error: WatchwordError) -> None:
            self._saving = False
            show_error(error)

        self._saving = True
        self._save(additions, saved, not_saved)

    def _link_confirmed(self, shown: LinkPreview | SignInPreview, device_name: str) -> None:
        if isinstance(shown, SignInPreview):
            self._signing_in_as = shown.origin, device_name
            self._open_browser()
            return
        try:
            if shown.seconds and self._clock.monotonic() - self._seen_at >= shown.seconds:
                raise EnrolmentExpired(
                    self.tr("This code’s time is over"),
                    self.tr("It says itself for how many minutes it can be used"),
                    self.tr("Ask whoever runs the server for a new one"),
                )
            linking = self._link(shown.link, device_name)
        except KnownError as error:
            self.preview_page.show_error(error)
            return
        self.setCurrentWidget(self.linking_page)
        self.linking_page.start(linking, gives_codes=shown.gives_codes)

    def _open_browser(self) -> None:
        if self._signing_in_as is None:
            return
        try:
            signing_in = self._sign_in(*self._signing_in_as)
        except KnownError as error:
            self.setCurrentWidget(self.preview_page)
            self.preview_page.show_error(error)
            return
        self.setCurrentWidget(self.browser_page)
        self.browser_page.start(signing_in)

    def _signed_in(self, link: str) -> None:
        if self._signing_in_as is None:
            return
        try:
            linking = self._link(link, self._signing_in_as[1])
        except KnownError as error:
            self.browser_page.show_error(error)
            return
        self.setCurrentWidget(self.linking_page)
        self.linking_page.start(linking, signed_in=True)

    def _leave_browser(self) -> None:
        self.setCurrentWidget(self.preview_page)

    def _back_from_preview(self) -> None:
        before = self._came_from
        if before is not None and before in {
            self.choose_page,
            self.manual_page,
            self.address_page,
        }:
            self.setCurrentWidget(before)
        else:
            self._export.go_on_or_forget()
            self.open_scan()

    def _leave_form(self) -> None:
        if self._form_from is None:
            self._close()
            return
        self.manual_page.forget()
        self.address_page.forget()
        self.setCurrentWidget(self._form_from)

    def _finished(self, *account_ids: str) -> None:
        self.leave()
        self.closed.emit(account_ids)

    def _close(self) -> None:
        self._finished()
