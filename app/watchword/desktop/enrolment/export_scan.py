"""Collecting the QR codes of one Google Authenticator export before the scan page: 2 of 5 scanned.

They come in any order and from anywhere (camera, pictures, clipboard); the camera goes on looking
until all are there, or the person goes on with those that are.
"""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from watchword.desktop.enrolment.scan_page import ScanPage
from watchword.desktop.look.texts import said
from watchword.errors import InvalidInput
from watchword.otp.migration import MigrationPart
from watchword.otp.migration_parts import MigrationParts, PartRefused

_MOST_NUMBERS = 6


class ExportScan(QObject):
    """What was collected, told on the scan page while something is missing."""

    finished = Signal()  # go on with what `collected` holds

    def __init__(self, page: ScanPage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._page = page
        self.collected = MigrationParts()
        self._begin_with: MigrationPart | None = None  # of another export, offered instead

    @property
    def under_way(self) -> bool:
        """Whether some parts are there and others are not."""
        return self.collected.size > 0 and not self.collected.complete

    def take(self, parts: Sequence[MigrationPart]) -> None:
        """Add parts; those of another export are refused, and what was collected stays."""
        if not self.under_way:
            self.collected = MigrationParts()
        refused: tuple[PartRefused, MigrationPart] | None = None
        new = False
        for part in parts:
            try:
                new = self.collected.add(part) or new
            except PartRefused as error:
                refused = refused or (error, part)
        if refused is not None:
            self._refuse(*refused)
        elif self.collected.complete:
            self._page.show_progress("")
            self.finished.emit()
        elif new:
            self._page.notice.hide()
            self._say()
        else:
            # The camera sees the same code until the next one is shown.
            self._page.notice.hide()
            self._page.say_hint(self.tr("This QR code was scanned already."))
            self._page.look_again()

    def refuse_other(self) -> None:
        """Say that a code that is no part of an export does not belong here now."""
        self._page.show_error(
            InvalidInput(
                self.tr("This QR code is not a part of the export"),
                self.tr("{progress} so far").format(progress=self.collected.progress),
                self.tr("Finish the export first, or add what was scanned"),
            )
        )
        self._say()

    def go_on_or_forget(self) -> None:
        """Go on collecting after the preview of an incomplete export; begin anew after another."""
        if not self.under_way:
            self.forget()

    def forget(self) -> None:
        """Drop everything that was collected."""
        self.collected = MigrationParts()
        self._begin_with = None
        self._page.show_progress("")

    def _refuse(self, error: PartRefused, part: MigrationPart) -> None:
        # The camera sees it again and again: what can be pressed must stay under the mouse.
        if part != self._begin_with or not self._page.notice.text():
            self._begin_with = part
            self._page.show_error(error)
            self._page.notice.offer(self.tr("Begin again with this one"), self._begin_again)
        self._say()

    def _begin_again(self) -> None:
        part = self._begin_with
        self.forget()
        if part is not None:
            self.take([part])

    def _say(self) -> None:
        missing = self.collected.missing
        numbers = ", ".join(map(str, missing[:_MOST_NUMBERS]))
        if len(missing) > _MOST_NUMBERS:
            numbers += " …"
        if len(missing) == 1:
            text = self.tr("Missing: {numbers}. Show it next.").format(numbers=numbers)
        else:
            text = self.tr("Missing: {numbers}. Show them in any order.").format(numbers=numbers)
        title = said(self.collected.progress)
        if self._page.progress.text() != f"{title} {text}":
            self._page.show_progress(title, text)
            self._page.progress.offer(self.tr("Add what was scanned"), self.finished.emit)
        self._page.look_again()
